import { type XmlLimits, type XmlRecord, XmlRefusedError } from './xml.js';

const FORBIDDEN_NAMES = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * WeChat's JSON is not quite JSON: nicknames and reviewers' words come with raw control characters in them, and with backslashes that
 * escape nothing. Both are read as what they are; everything else that is no JSON is an error.
 * @throws SyntaxError
 */
export function parseWechatJson(text: string): unknown {
  return parseLeniently(text, (clean) => JSON.parse(clean));
}

/** Whether a push, or its content, is in JSON. */
export const isJson = (text: string): boolean => /^\uFEFF?\s*\{/.test(text);

/**
 * A push in JSON, as the record that its XML would have given: numbers as WeChat wrote them, since 64-bit ids would lose digits.
 * @throws XmlRefusedError
 */
export function parseJsonRecord(text: string, limits: XmlLimits = {}): XmlRecord {
  const { maxBytes = 256 * 1024, maxDepth = 12, maxElements = Number.POSITIVE_INFINITY } = limits;
  if (Buffer.byteLength(text) > maxBytes) throw new XmlRefusedError(`document is larger than ${maxBytes} bytes`);
  let value: unknown;
  try {
    // Before the reviver, which calls itself for each level.
    const depth = depthOf(text);
    if (depth > maxDepth) throw new XmlRefusedError(`nested deeper than ${maxDepth}`);
    value = parseLeniently(text, (clean) => JSON.parse(clean, digitsAsWritten));
  } catch (error) {
    if (error instanceof XmlRefusedError) throw error;
    throw new XmlRefusedError('document is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new XmlRefusedError('document is no JSON object');
  let elements = 0;
  const toRecord = (object: object): XmlRecord => {
    const record: Record<string, XmlRecord[string]> = {};
    for (const [name, inner] of Object.entries(object)) {
      elements += 1;
      if (elements > maxElements) throw new XmlRefusedError(`more than ${maxElements} elements`);
      if (FORBIDDEN_NAMES.has(name)) throw new XmlRefusedError('forbidden element name');
      record[name] = Array.isArray(inner) ? inner.flat(maxDepth).map(toItem) : toItem(inner);
    }
    return record;
  };
  const toItem = (inner: unknown): string | XmlRecord =>
    typeof inner === 'object' && inner !== null ? toRecord(inner) : inner === null ? '' : String(inner);
  return toRecord(value);
}

/** Most of what comes is JSON, and is looked at once. */
function parseLeniently(text: string, parse: (text: string) => unknown): unknown {
  const clean = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  try {
    return parse(clean);
  } catch (error) {
    const mended = mend(clean);
    if (mended === clean) throw error;
    return parse(mended);
  }
}

function digitsAsWritten(_name: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' ? (context?.source ?? String(value)) : value;
}

/** The last one may be cut: whatever comes, a quotation mark begins a match and is not looked at again. */
const TEXTS = /"(?:[^"\\]+|\\[\s\S])*\\?(?:"|$)/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are exactly the characters that JSON forbids in a text
const CONTROL = /[\u0000-\u001f]/g;
const NO_ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}|([\s\S]))/g;

/** Texts with their control characters escaped and idle backslashes doubled; control characters between texts are layout. */
function mend(text: string): string {
  const parts: string[] = [];
  let at = 0;
  for (const match of text.matchAll(TEXTS)) {
    parts.push(text.slice(at, match.index).replace(CONTROL, ' '), mendText(match[0]));
    at = match.index + match[0].length;
  }
  parts.push(text.slice(at).replace(CONTROL, ' '));
  return parts.join('');
}

const mendText = (literal: string): string =>
  literal
    .replace(NO_ESCAPE, (whole, idle: string | undefined) => (idle === undefined ? whole : `\\\\${idle}`))
    .replace(CONTROL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

function depthOf(text: string): number {
  let depth = 0;
  let most = 0;
  for (const [bracket] of text.replace(TEXTS, '').matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    most = Math.max(most, depth);
  }
  return most;
}
