import { readFileSync } from 'node:fs';
import { wrongUse } from './failure.js';

/** Beginnings of files that are no text, whatever their name says. */
const OTHER_FILES: readonly (readonly [string, string])[] = [
  ['504b0304', 'an Excel workbook or another archive; save it as "CSV UTF-8"'],
  ['d0cf11e0', 'an old Excel workbook; save it as "CSV UTF-8"'],
  ['25504446', 'a PDF'],
  ['1f8b', 'compressed; unpack it first'],
];

/**
 * A text file as people have it: UTF-8, UTF-16 as Excel saves "Unicode text", or GB18030 as it saves CSV on a Chinese Windows; without its
 * byte order mark. "-" is standard input.
 * @throws CliError wrong use, that names the file and what it is, not what is in it
 */
export function readTextFile(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file === '-' ? 0 : file);
  } catch (error) {
    throw wrongUse(`${file} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  const start = bytes.subarray(0, 4).toString('hex');
  const other = OTHER_FILES.find(([mark]) => start.startsWith(mark));
  if (other) throw wrongUse(`${file} is ${other[1]}`);
  const text = decoded(bytes);
  if (text === undefined || text.includes('\0')) throw wrongUse(`${file} is no text in UTF-8, UTF-16 or GB18030`);
  return text;
}

function decoded(bytes: Buffer): string | undefined {
  for (const encoding of encodingsOf(bytes)) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      // Not in this one.
    }
  }
  return undefined;
}

function encodingsOf(bytes: Buffer): string[] {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return ['utf-16le'];
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return ['utf-16be'];
  return ['utf-8', 'gb18030'];
}
