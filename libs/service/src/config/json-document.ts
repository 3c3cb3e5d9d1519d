import { readFileSync } from 'node:fs';
import type { ValidationError } from 'class-validator';
import { ConfigError } from './load-config.js';

/**
 * The JSON object of a setting: in the file that it names when its name ends with `_FILE`, or in the value itself.
 * @param form what the document looks like, for the message
 * @throws ConfigError that never quotes the document, which may hold secrets
 */
export function readDocument(key: string, value: string, form: string): object {
  const text = key.endsWith('_FILE') ? readText(key, value) : value;
  try {
    const document: unknown = JSON.parse(text);
    if (typeof document === 'object' && document !== null && !Array.isArray(document)) return document;
  } catch {
    // The parser's message would quote the document.
  }
  throw new ConfigError([{ key, problem: `is not a JSON object ${form}` }]);
}

function readText(key: string, path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new ConfigError([{ key, problem: `the file cannot be read (${(error as NodeJS.ErrnoException).code})` }]);
  }
  if (/^(fffe|feff)/.test(bytes.toString('hex', 0, 2)))
    throw new ConfigError([{ key, problem: 'the file is UTF-16; save it as UTF-8' }]);
  // Editors on Windows put a byte order mark in front.
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}

/** Where in a document something is wrong, and what. */
export function problemsIn(errors: readonly ValidationError[], prefix = ''): { path: string; problem: string }[] {
  return errors.flatMap((error) => {
    const path = /^\d+$/.test(error.property)
      ? `${prefix}[${error.property}]`
      : prefix
        ? `${prefix}.${error.property}`
        : error.property;
    const own = Object.values(error.constraints ?? {}).map((problem) => ({
      path,
      problem: problem.replace(`${error.property} `, ''),
    }));
    return [...own, ...problemsIn(error.children ?? [], path)];
  });
}
