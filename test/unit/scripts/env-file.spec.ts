import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { formatEnv } from '../../../scripts/lib/env-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'wxplane-env-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each([
  ['an address', 'mysql://wx:pass@127.0.0.1:3306/wxplane'],
  ['a path with a blank', '/home/zhang san/checkout/.local/run/components.json'],
  ['what a shell would expand', 'a$HOME `id` "b" \\ #c'],
  ['an apostrophe', "the shop's"],
  ['JSON of several lines', '{\n  "components": []\n}'],
])('the shell and the command line read %s alike', (_, value) => {
  const file = join(folder, 'env');
  writeFileSync(file, formatEnv({ BEFORE: '1', VALUE: value, AFTER: '2' }));
  const shell = execFileSync('sh', ['-c', '. "$1"; printf "%s|%s|%s" "$BEFORE" "$VALUE" "$AFTER"', 'sh', file], {
    encoding: 'utf8',
  });
  expect(shell).toBe(`1|${value}|2`);
  expect(parseEnv(formatEnv({ BEFORE: '1', VALUE: value, AFTER: '2' }))).toEqual({ BEFORE: '1', VALUE: value, AFTER: '2' });
});

it('an apostrophe in components given as JSON stays the same name', () => {
  const json = '{"components":[{"name":"the shop\'s $1"}]}';
  expect(JSON.parse(parseEnv(formatEnv({ C: json }))['C'] as string)).toEqual(JSON.parse(json));
});

it('what is not set has no line', () => {
  expect(formatEnv({ A: undefined, B: '', C: 'c' })).toBe('C=c\n');
});
