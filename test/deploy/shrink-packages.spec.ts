import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { shrinkPackages } from '../../scripts/deploy/shrink-packages.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wxplane-shrink-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (file: string, text: string) => {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
};
const read = (file: string) => readFileSync(join(folder, file), 'utf8');

const CODE = `'use strict';
/** A comment with a letter outside Latin-1: 微信 */
// eslint-disable-next-line
class Widget { static describe(givenName) { return \`\${Widget.name} // \${givenName} /* kept */\`; } }
function lengthOf(longName) {
  return longName.length;
}
module.exports = { Widget, lengthOf, pattern: /\\/\\*not a comment/u };
`;

it('takes comments and space out of the code of packages, and changes no name, string or pattern', async () => {
  write('node_modules/thing/index.js', CODE);
  const { files, bytesBefore, bytesAfter } = await shrinkPackages(folder);
  const after = read('node_modules/thing/index.js');
  expect({ files, bytesBefore, bytesAfter }).toEqual({
    files: 1,
    bytesBefore: Buffer.byteLength(CODE),
    bytesAfter: after.length,
  });
  expect(after).not.toMatch(/微信|eslint|\n\s/);
  expect(after).toContain('longName');

  const thing = createRequire(join(folder, 'x.js'))(join(folder, 'node_modules/thing/index.js'));
  expect(thing.Widget.describe('me')).toBe('Widget // me /* kept */');
  expect(thing.lengthOf.name).toBe('lengthOf');
  expect(thing.pattern.source).toBe(String.raw`\/\*not a comment`);
});

it('knows modules and scripts, and leaves alone what it cannot read and what is not code', async () => {
  write('node_modules/@scope/module/index.mjs', '// one\nexport const one = 1;\nexport default await Promise.resolve(one);\n');
  write('node_modules/script/index.cjs', '// with\nwith (Math) exports.zero = floor(0.5);\n');
  write('node_modules/broken/index.js', 'this is { not code\n');
  write('node_modules/broken/LICENSE', '// Permission is hereby granted\n');
  write('node_modules/broken/data.json', '{ "a": 1 }\n');
  write('dist/own.js', '// ours\n');
  await shrinkPackages(folder);
  expect(read('node_modules/@scope/module/index.mjs')).toBe('export const one=1;export default await Promise.resolve(one);');
  expect(read('node_modules/script/index.cjs')).toMatch(/^with\s*\(Math\)/);
  expect(read('node_modules/broken/index.js')).toBe('this is { not code\n');
  expect(read('node_modules/broken/LICENSE')).toContain('Permission');
  expect(read('node_modules/broken/data.json')).toBe('{ "a": 1 }\n');
  expect(read('dist/own.js')).toBe('// ours\n');
});
