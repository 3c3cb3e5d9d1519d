import { spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const ROOT = new URL('../../../', import.meta.url).pathname;
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
/** What `npm start`, `npm test` and so on call, before anything is installed. */
const ENTRIES = Object.values(scripts).flatMap((command) => /^node (scripts\/[\w-]+\.mjs)$/.exec(command)?.[1] ?? []);

/** A checkout as it was cloned: plain JavaScript, no packages, nothing built. */
const checkout = mkdtempSync(join(tmpdir(), 'wxplane-fresh-'));
for (const file of ['package.json', 'package-lock.json', ...globSync('{scripts,bench,test}/**/*.mjs', { cwd: ROOT })])
  cpSync(join(ROOT, file), join(checkout, file));
const before = readdirSync(checkout).sort();
afterAll(() => rmSync(checkout, { recursive: true, force: true }));

describe('--help in a fresh clone', () => {
  it.each([...ENTRIES.map((entry) => [entry]), ['scripts/bench.mjs', 'broker']])(
    'of %s %s is printed and installs nothing',
    (entry, ...args) => {
      for (const flag of ['--help', '-h']) {
        const { status, stdout, stderr } = spawnSync(process.execPath, [join(checkout, entry), ...args, flag], {
          encoding: 'utf8',
        });
        expect([status, stderr]).toEqual([0, '']);
        expect(stdout).toMatch(/npm (run |start|test)/);
        expect(readdirSync(checkout).sort()).toEqual(before);
      }
    },
  );

  it('is there for everything that would install packages', () => {
    expect(ENTRIES.length).toBeGreaterThan(3);
  });
});
