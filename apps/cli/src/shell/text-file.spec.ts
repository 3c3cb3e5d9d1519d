import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { jsonFile } from './arguments.js';
import { readTextFile } from './text-file.js';

const folder = mkdtempSync(join(tmpdir(), 'wxplane-text-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(...bytes: (Buffer | string)[]): string {
  const path = join(folder, 'any');
  writeFileSync(path, Buffer.concat(bytes.map((part) => Buffer.from(part as string))));
  return path;
}

describe('a text file', () => {
  const swapped = (text: string) => Buffer.from(text, 'utf16le').swap16();
  it.each([
    ['UTF-8', file.bind(undefined, 'appid,店')],
    ['UTF-8 with a byte order mark', file.bind(undefined, '\uFEFFappid,店')],
    ['UTF-16, as Excel saves it', file.bind(undefined, Buffer.from('\uFEFFappid,店', 'utf16le'))],
    ['UTF-16 of the other order', file.bind(undefined, swapped('\uFEFFappid,店'))],
    ['UTF-16 without a mark', file.bind(undefined, Buffer.from('appid,店', 'utf16le'))],
    ['GB18030, as on a Chinese Windows', file.bind(undefined, 'appid,', Buffer.from([0xb5, 0xea]))],
  ])('is read in %s', (_what, write) => {
    expect(readTextFile(write())).toBe('appid,店');
  });

  it.each([
    [[Buffer.from('504b03040a00', 'hex')], /Excel workbook/],
    [[Buffer.from('d0cf11e0a1b1', 'hex')], /old Excel workbook/],
    [[Buffer.from('1f8b0800', 'hex')], /compressed/],
    [[Buffer.from('80ff00', 'hex')], /no text/],
  ])('that is none is called what it is', (bytes, message) => {
    expect(() => readTextFile(file(...bytes))).toThrow(message);
  });

  it('with a byte order mark is JSON all the same', () => {
    expect(jsonFile(file('\uFEFF{"name":"bom"}'))).toEqual({ name: 'bom' });
  });
});
