import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SEALED_COLUMNS } from '#persistence';
import { accountsSetting, urlOf } from '../scripts/lib/accounts.ts';
import { Child } from '../scripts/lib/child.ts';
import { type LocalServices, startLocalServices } from '../scripts/lib/local-services.ts';
import { bin, ROOT } from '../scripts/lib/paths.ts';
import { createTestDatabase, type TestDatabase, testDatabaseServer } from './support/database.js';
import { eventually } from './support/eventually.js';
import { LAST_RELEASE, missingRelease } from './support/last-release.js';
import { SandboxControl } from './support/sandbox.js';

/*
 * An upgrade migrates first and rolls the apps after, and a downgrade leaves the schema alone: this release takes over what the last one
 * wrote on its own schema, and the last one has to work on the schema of this one.
 */
const missing = missingRelease();
const folder = mkdtempSync(join(tmpdir(), 'wxplane-upgrade-'));
const [older, newer] = [join(folder, 'last'), join(folder, 'present')];
let servers: LocalServices;
let database: TestDatabase;
let running: Child | undefined;

beforeAll(async () => {
  if (missing !== undefined) return;
  servers = await startLocalServices({ folder, relaxed: true, databaseUrl: testDatabaseServer() });
  database = await createTestDatabase('upgrade');
});

afterAll(async () => {
  await running?.stop(30_000);
  await database?.drop();
  await servers?.stop();
  rmSync(folder, { recursive: true, force: true });
});

it(`rows, keys and a running rollout of ${LAST_RELEASE.version} are taken over; it works on the new schema meanwhile`, async (context) => {
  if (missing !== undefined) context.skip(missing);

  mkdirSync(older);
  execFileSync('sh', ['-c', `git archive ${LAST_RELEASE.commit} | tar -x -C '${older}'`], { cwd: ROOT });
  packagesFor(older);
  const last = await up('the last release', older);
  const rollout = await startRollout(last);
  const keys = clientKeys(older);
  await stop();
  const before = await allRows();
  expect(before.size).toBeGreaterThan(100);

  await run('migrate', ROOT, ['dist/libs/persistence/src/migrate.js']);
  await run('the last release on the new schema', older, ['scripts/start.ts', '--once']);

  present();
  const now = await up('this release', newer, { SECRETS_WRITE: 'v1' });
  expect(clientKeys(newer)).toEqual(keys);
  await finish(now, rollout);
  await everyTokenIsLive(now);
  await stop();
  expect(await formsOfSecrets()).toEqual(['enc:v1:', 'plain']);

  // From one account for all to one for each app, and the steps of docs/operations.md, "Secrets that stay in their rows": v2 is written
  // and the rest brought over, under load.
  const ownAccounts = { DATABASE_ACCOUNTS: accountsSetting(database.accounts) };
  const writing = await up('this release, writing v2', newer, { SECRETS_WRITE: 'v2', ...ownAccounts });
  const asOperator = { DATABASE_URL: urlOf(database.url, database.accounts, 'cli') };
  await run('keys migrate', ROOT, [...KEYS_MIGRATE], {
    ...keysOf(newer),
    SECRETS_WRITE: 'v2',
    ...asOperator,
    WXPLANE_AS: 'tests',
  });
  await everyTokenIsLive(writing);
  expect(await formsOfSecrets()).toEqual(['enc:v2:']);
  await stop();
  const strict = await up('this release, reading nothing but v2', newer, { SECRETS_WRITE: 'v2', SECRETS_STRICT: 'true' });
  await everyTokenIsLive(strict);
  await stop();
  await run('keys migrate --to v1', ROOT, [...KEYS_MIGRATE, '--to', 'v1'], { ...keysOf(newer), WXPLANE_AS: 'tests' });
  expect(await formsOfSecrets()).toEqual(['enc:v1:', 'plain']);

  const after = await allRows();
  expect([...before].filter((row) => !after.has(row))).toEqual([]);
}, 900_000);

const KEYS_MIGRATE = ['dist/apps/cli/src/main.js', 'keys', 'migrate', '--pause-ms', '0'] as const;

/** Those that are stored, and those that are made anew of the stored refresh tokens. */
async function everyTokenIsLive(suite: Suite): Promise<void> {
  for (const { authorizer_appid: appid, state } of await authorizers(suite)) {
    expect([appid, state]).toEqual([appid, 'active']);
    for (const body of [undefined, {}]) {
      const path = `authorizers/${appid}/token${body ? '/refresh' : ''}`;
      const { access_token: token } = await suite.api<{ access_token: string }>('BROKER', path, body);
      expect(await suite.sandbox.post('/tokens/check', { token }), appid).toMatchObject({ state: 'live' });
    }
  }
}

/** What the stored secrets of the columns begin with that have an older form; `plain`: texts of releases, whose form before v2 that is. */
async function formsOfSecrets(): Promise<string[]> {
  const connection = await database.connect();
  try {
    const forms = new Set<string>();
    for (const { table, column, formerlyPlain } of SEALED_COLUMNS.filter(({ onlyBound }) => !onlyBound)) {
      const form = `LEFT(\`${column}\`, 7)`;
      const [rows] = await connection.query<RowDataPacket[]>(
        `SELECT DISTINCT ${formerlyPlain ? `IF(${form} LIKE 'enc:%', ${form}, 'plain')` : form} AS form FROM \`${table}\` WHERE \`${column}\` <> ''`,
      );
      for (const { form } of rows) forms.add(form);
    }
    return [...forms].sort();
  } finally {
    await connection.end();
  }
}

/** For commands beside the suite of a checkout. */
function keysOf(checkout: string): Record<string, string> {
  const { encryption_keys } = JSON.parse(readFileSync(join(checkout, '.local/dev-secrets.json'), 'utf8'));
  return { WXPLANE_ENCRYPTION_KEYS: encryption_keys, WXPLANE_LOCAL_SUITE: 'false' };
}

/** A suite that is up, spoken to as its clients do. */
interface Suite {
  readonly sandbox: SandboxControl;
  readonly component: string;
  /** @param path below the component; with a slash in front, the whole. @throws Error with the answer, unless it is a 2xx */
  api<T>(app: 'BROKER' | 'RELEASE', path: string, body?: unknown): Promise<T>;
}

async function up(name: string, cwd: string, more: Record<string, string> = {}): Promise<Suite> {
  const child = start(name, cwd, ['scripts/start.ts'], more);
  running = child;
  await child.waitUntil(async () => child.output().includes('wxplane is up'), 300_000);
  expect(child.output(), child.tail(60)).not.toContain('failed:');
  const env = parseEnv(readFileSync(join(cwd, '.local/run/env'), 'utf8'));
  const component = env['COMPONENT_APPID']!;
  return {
    component,
    sandbox: new SandboxControl(env['SANDBOX_URL']!),
    async api<T>(app: 'BROKER' | 'RELEASE', path: string, body?: unknown): Promise<T> {
      const url = `${env[`${app}_URL`]}${path.startsWith('/') ? path : `/v1/components/${component}/${path}`}`;
      const response = await fetch(url, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${env['WXPLANE_CLIENT_KEY']}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(30_000),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
      return JSON.parse(text) as T;
    },
  };
}

async function stop(): Promise<void> {
  await running?.stop(60_000);
  running = undefined;
}

interface Rollout {
  readonly rollout_id: number;
  readonly state: string;
  readonly counts: Readonly<Record<'running' | 'succeeded' | 'failed', number>>;
}

/** One whose canary is in audit, with more to come. @returns its id, and whom it is for */
async function startRollout(suite: Suite): Promise<{ id: number; list: string[] }> {
  const list = (await authorizers(suite)).map(({ authorizer_appid }) => authorizer_appid).slice(0, 2);
  await suite.sandbox.patch('/settings', { audit_mode: 'manual' });
  const version = { user_version: '7.0.0', user_desc: 'under way' };
  const draft = await suite.sandbox.post<{ draft_id: number }>(`/components/${suite.component}/drafts`, version);
  const template = await suite.api<{ template_id: number }>('RELEASE', 'templates', { draft_id: draft.draft_id });
  const spec = {
    ...version,
    name: 'under way',
    targets: { list },
    template_id: template.template_id,
    ext_json: { extAppid: '{{appid}}' },
    policy: { submit: 'auto', publish: 'auto' },
    options: { canary_size: 1, per_minute: 6_000 },
  };
  const { hash } = await suite.api<{ hash: string }>('RELEASE', 'rollouts/preview', spec);
  const { rollout_id: id } = await suite.api<Rollout>('RELEASE', 'rollouts', { ...spec, preview_hash: hash });
  await inAudit(suite, list[0]!);
  return { id, list };
}

/** The auditor approves one after the other. */
async function finish(suite: Suite, { id, list }: { id: number; list: readonly string[] }): Promise<void> {
  expect(await suite.api<Rollout>('RELEASE', `/v1/rollouts/${id}`)).toMatchObject({ state: 'running', counts: { succeeded: 0 } });
  for (const appid of list) {
    await inAudit(suite, appid);
    await suite.sandbox.post(`/merchants/${appid}/audit/approve`);
  }
  await eventually('the rollout of the last release to end', async () => {
    const { state } = await suite.api<Rollout>('RELEASE', `/v1/rollouts/${id}`);
    return state === 'completed';
  });
  expect(await suite.api<Rollout>('RELEASE', `/v1/rollouts/${id}`)).toMatchObject({ counts: { succeeded: 2, failed: 0 } });
}

function inAudit(suite: Suite, appid: string): Promise<unknown> {
  return eventually(`a review of ${appid}`, async () => {
    const page = await suite.api<{ items: { state: string; user_version: string }[] }>(
      'RELEASE',
      `releases?authorizer_appid=${appid}&state=auditing`,
    );
    return page.items.some(({ user_version }) => user_version === '7.0.0');
  });
}

/** Mini programs of the walk's fleet: all that are active. */
async function authorizers(suite: Suite): Promise<readonly { authorizer_appid: string; state: string }[]> {
  return (await suite.api<{ items: { authorizer_appid: string; state: string }[] }>('BROKER', 'authorizers')).items;
}

/** What `npm start` made, in its folder; it makes others when the database does not know them. */
function clientKeys(checkout: string): unknown {
  return (JSON.parse(readFileSync(join(checkout, '.local/dev-secrets.json'), 'utf8')) as { client_keys: unknown }).client_keys;
}

/** The table and primary key of every row. */
async function allRows(): Promise<Set<string>> {
  const connection = await database.connect();
  try {
    const [columns] = await connection.query<RowDataPacket[]>(
      `SELECT table_name AS t, GROUP_CONCAT(CONCAT('\`', column_name, '\`') ORDER BY ordinal_position) AS k
         FROM information_schema.columns WHERE table_schema = ? AND column_key = 'PRI' GROUP BY table_name`,
      [database.name],
    );
    const all = new Set<string>();
    for (const { t, k } of columns) {
      const [rows] = await connection.query<RowDataPacket[]>(`SELECT ${k} FROM \`${t}\``);
      for (const row of rows) all.add(`${t} ${JSON.stringify(row)}`);
    }
    return all;
  } finally {
    await connection.end();
  }
}

/** This release as it is checked out, with the folder of data and secrets that the last one has left. */
function present(): void {
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' }).split('\n');
  for (const file of files) if (file && existsSync(join(ROOT, file))) cpSync(join(ROOT, file), join(newer, file));
  // With its exact times: what is built already is not built again.
  execFileSync('cp', ['-a', join(ROOT, 'dist'), newer]);
  symlinkSync(join(ROOT, 'node_modules'), join(newer, 'node_modules'));
  cpSync(join(older, '.local'), join(newer, '.local'), { recursive: true });
}

/** Ours, if the release has the same; else its own: it may need what we do without. */
function packagesFor(checkout: string): void {
  const lock = (of: string) => readFileSync(join(of, 'package-lock.json'), 'utf8');
  if (lock(checkout) === lock(ROOT)) symlinkSync(join(ROOT, 'node_modules'), join(checkout, 'node_modules'));
  else execFileSync('npm', ['ci', '--prefer-offline', '--no-audit', '--no-fund'], { cwd: checkout, stdio: 'pipe' });
}

function start(name: string, cwd: string, args: string[], more: Record<string, string>): Child {
  const env = { ...process.env, DATABASE_URL: database.url, ...more, REDIS_URL: servers.redisUrl };
  return new Child({ name, command: bin('node'), args, cwd, env });
}

/** @throws Error with the end of the output when the exit code is not 0 */
async function run(name: string, cwd: string, args: string[], more: Record<string, string> = {}): Promise<void> {
  const child = start(name, cwd, args, more);
  const { code } = await child.exited;
  if (code !== 0) throw new Error(`${name} ended with ${code}\n${child.tail(60)}`);
}
