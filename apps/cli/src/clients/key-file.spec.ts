import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { keepKey } from './key-file.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'key-file-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('a key goes to a new file that only its owner may read, and is not shown', async () => {
  const path = join(folder, 'new');
  const { shown } = await keepKey(path, async () => ({ key: 'wxp_a_b' }));
  expect(shown).toEqual({ key_file: path });
  expect([readFileSync(path, 'utf8'), (statSync(path).mode & 0o777).toString(8)]).toEqual(['wxp_a_b\n', '600']);
});

it('no key is made when the file is there already, or cannot be made', async () => {
  const taken = join(folder, 'taken');
  writeFileSync(taken, 'mine');
  const make = () => expect.unreachable('a key was made');
  await expect(keepKey(taken, make)).rejects.toThrow('is there already');
  await expect(keepKey(join(folder, 'nowhere', 'x'), make)).rejects.toThrow('cannot be made (ENOENT)');
  expect(readFileSync(taken, 'utf8')).toBe('mine');
});

it('no file is left when no key was made', async () => {
  const path = join(folder, 'none');
  await expect(keepKey(path, () => Promise.reject(new Error('MySQL is away')))).rejects.toThrow('MySQL is away');
  expect(existsSync(path)).toBe(false);
});
