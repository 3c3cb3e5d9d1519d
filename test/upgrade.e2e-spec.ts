import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Child } from '../scripts/lib/child.ts';
import { type LocalServices, startLocalServices } from '../scripts/lib/local-services.ts';
import { bin, ROOT } from '../scripts/lib/paths.ts';
import { createTestDatabase, type TestDatabase, testDatabaseServer } from './support/database.js';

/*
 * An upgrade migrates first and rolls the apps after, and a downgrade leaves the schema alone: the previous release has to work on
 * the schema of this one. The previous release is the last commit that did not have the newest migration.
 */
const previous = commitBeforeTheNewestMigration();
const folder = mkdtempSync(join(tmpdir(), 'wxplane-upgrade-'));
let servers: LocalServices;
let database: TestDatabase;

beforeAll(async () => {
  servers = await startLocalServices({ folder, relaxed: true, databaseUrl: testDatabaseServer() });
  database = await createTestDatabase('upgrade');
});

afterAll(async () => {
  await database?.drop();
  await servers?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(previous === undefined)('after the migration of this release', () => {
  it('the previous release goes through its main job on the new schema, and this one on what that one wrote', async () => {
    await run('migrate', ROOT, ['dist/libs/persistence/src/migrate.js']);

    const older = join(folder, 'previous');
    mkdirSync(older);
    execFileSync('sh', ['-c', `git archive ${previous} | tar -x -C '${older}'`], { cwd: ROOT });
    packagesFor(older);
    expect(await run('the previous release', older, ['scripts/start.ts', '--once'])).toMatch(/up to date/i);

    // Same folder for data and secrets, other code.
    const newer = join(folder, 'present');
    for (const file of execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' }).split(
      '\n',
    ))
      if (file && existsSync(join(ROOT, file))) cpSync(join(ROOT, file), join(newer, file));
    // With its exact times: what is built already is not built again.
    execFileSync('cp', ['-a', join(ROOT, 'dist'), newer]);
    symlinkSync(join(ROOT, 'node_modules'), join(newer, 'node_modules'));
    cpSync(join(older, '.local'), join(newer, '.local'), { recursive: true });
    await run('this release', newer, ['scripts/start.ts', '--once']);
  }, 400_000);
});

/** Ours, if the release has the same; else its own: it may need what we do without. */
function packagesFor(checkout: string): void {
  const lock = (folder: string) => readFileSync(join(folder, 'package-lock.json'), 'utf8');
  if (lock(checkout) === lock(ROOT)) symlinkSync(join(ROOT, 'node_modules'), join(checkout, 'node_modules'));
  else execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: checkout, stdio: 'pipe' });
}

/** @returns the output. @throws Error with its end when the exit code is not 0. */
async function run(name: string, cwd: string, args: string[]): Promise<string> {
  const child = new Child({
    name,
    command: bin('node'),
    args,
    cwd,
    env: { ...process.env, DATABASE_URL: database.url, REDIS_URL: servers.redisUrl },
  });
  const { code } = await child.exited;
  if (code !== 0) throw new Error(`${name} ended with ${code}\n${child.tail(60)}`);
  return child.output();
}

/** @returns `undefined` in a checkout without that much history. */
function commitBeforeTheNewestMigration(): string | undefined {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    const added = git('log', '-1', '--diff-filter=A', '--format=%H', '--', 'libs/persistence/src/migrations');
    return added ? git('rev-parse', '--verify', `${added}~1`) : undefined;
  } catch {
    return undefined;
  }
}
