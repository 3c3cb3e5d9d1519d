import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Bull from 'bull';
import { Redis } from 'ioredis';
import { type Connection, createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { eventually } from '../../../test/support/eventually.js';
import { freePort } from '../../../test/support/processes.js';
import { secretsOfRun } from '../../../test/support/secrets.js';
import { type Suite, startSuite } from '../../../test/support/suite.js';

const MAIN = new URL('../../../dist/apps/cli/src/main.js', import.meta.url).pathname;

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Finding {
  readonly area: string;
  readonly result: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  readonly remedy?: string;
}

let suite: Suite;
let redis: Redis;
let db: Connection;
let folder: string;
let env: Record<string, string>;
/** Everything that any command has printed. */
let printed = '';
const c = () => suite.component.component_appid;

beforeAll(async () => {
  suite = await startSuite({ name: 'cli', sandboxComponent: { ticket_interval_s: 3_600 } });
  redis = new Redis(suite.redisUrl);
  db = await createConnection({ uri: suite.databaseUrl, timezone: 'Z' });
  folder = mkdtempSync(join(tmpdir(), 'wxplane-cli-'));
  const { push_token, encoding_aes_key, ...rest } = suite.component;
  env = {
    DATABASE_URL: suite.databaseUrlOf('cli'),
    REDIS_URL: suite.redisUrl,
    WXPLANE_ENCRYPTION_KEYS: suite.encryptionKeys,
    WXPLANE_COMPONENTS: JSON.stringify({
      components: [{ ...rest, push_tokens: [push_token], encoding_aes_keys: [encoding_aes_key] }],
    }),
    WECHAT_API_BASE_URL: suite.urls.sandbox,
    INGESTION_URL: suite.urls.ingestion,
    BROKER_URL: suite.urls.broker,
    RELEASE_URL: suite.urls.release,
    INGESTION_MANAGEMENT_URL: suite.management.ingestion,
    BROKER_MANAGEMENT_URL: suite.management.broker,
    RELEASE_MANAGEMENT_URL: suite.management.release,
    WXPLANE_CLIENT_KEY: suite.clientKey,
    WXPLANE_AS: 'tests',
    // Many short processes: none need compile what another has compiled.
    NODE_COMPILE_CACHE: join(folder, 'compiled'),
  };
  // As in production; the tests' Redis is a relaxed one.
  await redis.config('SET', 'appendonly', 'yes');
  await suite.control.post(`/components/${c()}/ticket`);
});
afterAll(async () => {
  redis?.disconnect();
  await db?.end();
  await suite?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

async function wxplane(args: readonly string[], more: Record<string, string | undefined> = {}): Promise<Run> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env['PATH'], ...env, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  printed += stdout + stderr;
  return { code, stdout, stderr };
}

/** With `--json`: standard output is one document and nothing else. */
async function json<T>(
  args: readonly string[],
  more?: Record<string, string | undefined>,
): Promise<{ code: number | null; document: T }> {
  const { code, stdout, stderr } = await wxplane([...args, '--json'], more);
  expect(stdout.trim().split('\n'), stderr).toHaveLength(1);
  return { code, document: JSON.parse(stdout) as T };
}

const doctor = (more?: Record<string, string | undefined>) => json<{ status: string; findings: Finding[] }>(['doctor'], more);
const failing = (findings: readonly Finding[]) => findings.filter(({ result }) => result === 'fail');

describe('wxplane doctor', () => {
  it('finds everything well, before and after the first component token', async () => {
    const before = await doctor();
    expect(before.document.findings.filter(({ result }) => result !== 'ok')).toEqual([]);
    expect((await suite.api('broker', 'GET', `/v1/components/${c()}/token`)).status).toBe(200);
    const { code, stdout } = await wxplane(['doctor']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('Everything is well.')]);
    for (const area of ['configuration', 'database', 'redis', 'clock', 'wechat', 'ticket', 'keys'])
      expect(stdout).toMatch(new RegExp(`^ok +${area} `, 'm'));
    expect(stdout).toContain('takes our address and the component token');
  });

  it('names our address when WeChat refuses it, an old ticket, an evicting Redis, a lost key; and what to do', async () => {
    await suite.control.patch(`/components/${c()}`, { ip_whitelist: ['203.0.113.9'] });
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await db.query('UPDATE f_wechat_verifyticket SET create_time = create_time - INTERVAL 3 HOUR');
    try {
      const [{ code, document }, lost] = await Promise.all([
        doctor(),
        doctor({
          WXPLANE_ENCRYPTION_KEYS: `other:${Buffer.alloc(32, 'Not the key it was, by far!!').toString('base64')}`,
        }),
      ]);
      expect([code, document.status]).toEqual([1, 'fail']);
      const found = failing(document.findings);
      expect(found.map(({ area }) => area).sort()).toEqual(['egress', 'redis', 'ticket']);
      expect(found.find(({ area }) => area === 'egress')).toMatchObject({
        detail: 'our address 127.0.0.1 is not on the IP whitelist',
        remedy: expect.stringContaining('白名单IP地址列表'),
      });
      expect(found.find(({ area }) => area === 'redis')?.detail).toContain('allkeys-lru');
      expect(found.find(({ area }) => area === 'ticket')?.detail).toContain('3 h ago');

      const keyId = /(?:^|,)([^,@]+)@tickets:/.exec(suite.encryptionKeys)![1];
      expect(failing(lost.document.findings).map(({ detail }) => detail)).toContainEqual(expect.stringContaining(`"${keyId}"`));
    } finally {
      await suite.control.patch(`/components/${c()}`, { ip_whitelist: [] });
      await redis.config('SET', 'maxmemory-policy', 'noeviction');
      await db.query('UPDATE f_wechat_verifyticket SET create_time = create_time + INTERVAL 3 HOUR');
    }
    // --wait ends as soon as nothing fails.
    expect((await wxplane(['doctor', '--wait', '20'])).code).toBe(0);
  });

  it('goes on without what is not there: wrong configuration is 78 and shows no value, a closed port is 1', async () => {
    const [{ code, document }, away] = await Promise.all([
      doctor({ REDIS_URL: 'not-a-url-s3cret', WXPLANE_COMPONENTS: undefined }),
      doctor({
        REDIS_URL: 'redis://127.0.0.1:1',
        DATABASE_URL: 'mysql://wx:s3cret@127.0.0.1:1/wx',
        WECHAT_API_BASE_URL: 'http://127.0.0.1:1',
      }),
    ]);
    expect(code).toBe(78);
    expect(failing(document.findings).map(({ detail }) => detail.split(':')[0])).toEqual(['REDIS_URL', 'WXPLANE_COMPONENTS']);
    expect(JSON.stringify(document)).not.toContain('s3cret');
    expect(away.code).toBe(1);
    expect(failing(away.document.findings).map(({ area }) => area)).toEqual(['database', 'redis', 'wechat']);
    expect(JSON.stringify(away.document)).not.toContain('s3cret');
  });
});

describe('wxplane authorizers, events, status', () => {
  const MERCHANT = 'wx00000000000000a1';

  it('lists, shows, refreshes and syncs authorizers', async () => {
    await suite.control.post('/merchants', { appid: MERCHANT, kind: 'miniprogram', nick_name: '花店 \u{1F33C}' });
    await suite.control.post('/authorizations', { component_appid: c(), merchant_appid: MERCHANT });
    const path = `/v1/components/${c()}/authorizers/${MERCHANT}`;
    await eventually('the authorization', async () => (await suite.api('broker', 'GET', path)).status === 200);
    expect(await wxplane(['authorizers', 'refresh', MERCHANT])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('花店'),
    });
    const [{ stdout }, shown] = await Promise.all([
      wxplane(['authorizers', 'list', '--state', 'active']),
      json(['authorizers', 'show', MERCHANT]),
    ]);
    expect(stdout).toMatch(new RegExp(`^APPID.*\\n${MERCHANT} +active +mini_program +花店`));
    expect(shown.document).toMatchObject({ authorizer_appid: MERCHANT, kind: 'mini_program' });
    const synced = await json<{ state: string; seen: number }>(['authorizers', 'sync', '--wait']);
    expect(synced).toMatchObject({ code: 0, document: { state: 'done', seen: 1 } });
  });

  it('finds an event, and sends it out again', async () => {
    const { document } = await json<{ items: { event_id: string; kind: string }[] }>([
      'events',
      'search',
      '--kind',
      'authorized',
    ]);
    expect(document.items).toHaveLength(1);
    const id = document.items[0]?.event_id as string;
    interface Shown {
      effects: { consumer: string; state: string; at: string }[];
      content: Record<string, unknown>;
    }
    const effects = async () => (await suite.api<Shown>('ingestion', 'GET', `/v1/events/${id}`)).body.effects;
    await eventually('its effect', async () => (await effects()).length > 0);
    const { document: before } = await json<Shown>(['events', 'show', id]);
    expect(JSON.stringify(before.content)).toContain(MERCHANT);
    expect(await json(['events', 'replay', id])).toEqual({ code: 0, document: { events: 1 } });
    await eventually('a new effect', async () => (await effects()).some(({ at }) => at > (before.effects[0]?.at ?? '')));
  });

  it('shows the suite at a glance, and what needs somebody', async () => {
    const [{ code, document }, sick] = await Promise.all([
      json<Record<string, unknown>>(['status']),
      wxplane(['status'], { BROKER_MANAGEMENT_URL: 'http://127.0.0.1:1', REDIS_URL: 'redis://127.0.0.1:1' }),
    ]);
    expect([code, document['problems']]).toEqual([0, []]);
    expect(document).toMatchObject({
      apps: ['ingestion', 'broker', 'release'].map((app) => ({ app, state: 'up' })),
      components: [{ component_appid: c(), authorizers: { active: 1 } }],
      inbox: { waiting: 0 },
    });
    expect(sick.code).toBe(1);
    expect(sick.stdout).toMatch(
      /Problems\n +broker is down: cannot be reached \(ECONNREFUSED\)\n +REDIS_URL: Redis cannot be reached/,
    );
  });
});

describe('wxplane clients, keys, queues', () => {
  interface Made {
    readonly client_id: string;
    readonly key: string;
  }

  it('rotates a client’s key: the new one works, the former one for the overlap; and shows neither', async () => {
    const { document: made } = await json<Made>(['clients', 'create', '--name', 'shop', '--scopes', 'authorizers:read']);
    const asks = async (key: string) =>
      (await suite.api('broker', 'GET', `/v1/components/${c()}/authorizers`, undefined, key)).status;
    const kept = await json<Made & { former_key_until: string }>(['clients', 'rotate', made.client_id, '--overlap', '600']);
    // Asked for the first time now, so no replica remembers anything else.
    expect([await asks(kept.document.key), await asks(made.key)]).toEqual([200, 200]);
    const [shown, dropped] = [
      await json<Record<string, unknown>>(['clients', 'show', made.client_id]),
      await json<Made & { former_key_until: null }>(['clients', 'rotate', made.client_id, '--overlap', '0']),
    ];
    expect(shown.document).toMatchObject({ name: 'shop', former_key_until: kept.document.former_key_until, revoked_at: null });
    expect(JSON.stringify(shown.document)).not.toMatch(/wxp_|sha256/i);
    expect(dropped.document.former_key_until).toBeNull();
    await eventually('the former keys are refused', async () => (await asks(kept.document.key)) === 401);
    expect([await asks(made.key), await asks(dropped.document.key)]).toEqual([401, 200]);
  });

  it('lists which keys stored secrets are under, column by column', async () => {
    interface Item {
      readonly table: string;
      readonly state: string;
      readonly count: number;
    }
    const [{ code, document }, other] = await Promise.all([
      json<{ key_ids: Record<string, string>; items: Item[] }>(['keys', 'list']),
      wxplane(['keys', 'list'], { WXPLANE_ENCRYPTION_KEYS: `k9:${randomBytes(32).toString('base64')}` }),
    ]);
    const tickets = document.items.filter(({ table }) => table === 'f_wechat_verifyticket');
    expect([code, tickets]).toMatchObject([0, [{ key_id: document.key_ids['tickets'], state: 'newest' }]]);
    expect(tickets[0]?.count).toBeGreaterThan(0);
    expect([other.code, other.stdout]).toEqual([1, expect.stringContaining('not configured')]);
  });

  it('shows dead letters, a paused queue, and has a job tried again', async () => {
    const queue = new Bull('broker.commands', suite.redisUrl, { prefix: '{wxplane}' });
    try {
      // Nobody works on a job of this name: it fails at once.
      const job = await queue.add('no-such-command', { componentAppid: c() }, { attempts: 1 });
      await eventually('a dead letter', async () => (await queue.getFailedCount()) === 1);
      const { document } = await json<{ items: { job_id: string }[] }>(['queues', 'dead-letters', '--queue', 'broker.commands']);
      expect(document.items).toMatchObject([{ job_id: String(job.id), queue: 'broker.commands' }]);
      await queue.pause();
      const again = await json<unknown>(['queues', 'redrive', '--queue', 'broker.commands', '--job', String(job.id)]);
      expect(again).toMatchObject({ code: 0, document: { redriven: [String(job.id)], missed: [] } });
      const status = await json<{ problems: string[]; queues: unknown[] }>(['status']);
      expect(status.document.problems).toContainEqual(expect.stringMatching(/^broker\.commands is paused/));
      expect(status.document.queues).toContainEqual(
        expect.objectContaining({ queue: 'broker.commands', paused: true, waiting: 1, dead_letters: 0 }),
      );
      const missed = await json<unknown>(['queues', 'redrive', '--queue', 'broker.commands', '--job', '999999']);
      expect(missed).toMatchObject({ code: 1, document: { redriven: [], missed: ['999999'] } });
    } finally {
      await queue.resume();
      await queue.empty();
      await queue.close();
    }
  });
});

describe('wxplane import', () => {
  const verdicts = (document: { rows: { verdict: string }[] }) => document.rows.map(({ verdict }) => verdict);
  type Import = { counts: Record<string, number>; rows: { place: string; appid: string; verdict: string; why: string }[] };
  let other: TestDatabase;
  let tokens: Record<string, string>;

  beforeAll(async () => {
    other = await createTestDatabase('wxcomponent');
    const made = await suite.control.post<{ refresh_tokens: Record<string, string> }>('/merchants/bulk', {
      count: 6,
      appid_prefix: 'wx000000bulk',
      kind: 'miniprogram',
      authorize_to: c(),
      exchanged: true,
    });
    tokens = made.refresh_tokens;
  });
  afterAll(() => other?.drop());

  const stored = async () =>
    (
      await db.query(
        'SELECT authorizer_appid, authorizer_refresh_token, update_time FROM f_wechat_refreshtoken ORDER BY refresh_id',
      )
    )[0];

  it('takes a CSV: dry run, import, and a second run that changes nothing', async () => {
    const [a, b] = Object.entries(tokens).slice(0, 2) as [[string, string], [string, string]];
    const file = join(folder, 'merchants.csv');
    writeFileSync(
      file,
      `appid,refresh_token\n${a[0]},${a[1]}\ngh_123,${a[1]}\n${b[0]},${b[1]}\n${b[0]},refreshtoken@@@${'z'.repeat(40)}\n`,
    );
    const before = await stored();
    const dry = await wxplane(['import', 'csv', file, '--dry-run']);
    expect(dry.code).toBe(1);
    expect(dry.stdout).toMatch(/^ROW .*RESULT/);
    expect(dry.stdout).toMatch(new RegExp(`^line 2 +${a[0]} +new`, 'm'));
    expect(dry.stdout).toMatch(/^line 3 +gh_123 +invalid +the appid/m);
    expect(dry.stdout).toMatch(/^line 5 .*invalid .*line 4/m);
    expect(dry.stdout).toContain('2 new · 0 replace · 0 same · 0 keep · 0 cancelled · 2 invalid (nothing was written)');
    expect(await stored()).toEqual(before);

    const done = await json<Import>(['import', 'csv', file, '--yes']);
    expect(verdicts(done.document)).toEqual(['new', 'new', 'invalid', 'invalid']);
    const after = await stored();
    expect(JSON.stringify(after)).not.toContain('refreshtoken@@@');
    const token = await suite.api<{ access_token: string }>('broker', 'GET', `/v1/components/${c()}/authorizers/${a[0]}/token`);
    expect(token.status).toBe(200);

    const again = await json<Import>(['import', 'csv', file, '--yes']);
    expect(verdicts(again.document)).toEqual(['same', 'same', 'invalid', 'invalid']);
    expect(await stored()).toEqual(after);
  });

  it('takes wxcomponent’s table, and never replaces a newer refresh token', async () => {
    const [known, , fresh, mended] = Object.entries(tokens) as [string, string][];
    const connection = await other.connect();
    await connection.query(
      `CREATE TABLE authorizers (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, appid varchar(32), apptype int, servicetype int, nickname varchar(64),
         username varchar(64), headimg varchar(256), qrcodeurl varchar(256), principalname varchar(64), refreshtoken varchar(128),
         funcinfo varchar(128), verifyinfo int, authtime datetime, updatetime datetime)`,
    );
    const foreign = `refreshtoken@@@${'q'.repeat(43)}`;
    const row = (appid: string, token: string, at: string) =>
      connection.query('INSERT INTO authorizers (appid, nickname, refreshtoken, authtime) VALUES (?, ?, ?, ?)', [
        appid,
        `店 ${appid}`,
        token,
        at,
      ]);
    await row(known![0], foreign, '2020-01-01 08:00:00');
    await row(fresh![0], fresh![1], '2026-01-01 08:00:00');
    await row('wx00000000000000a1', '', '2026-01-01 08:00:00');
    await row(mended![0], mended![1], '2026-03-01 08:00:00');
    // One that is stored here with an older token (the hour says whose clock is meant), and that the broker cannot mend by itself.
    await suite.control.patch(`/components/${c()}`, { info_refresh_tokens: false, list_refresh_tokens: false });
    await db.query(
      `INSERT INTO f_wechat_authorizer (component_appid, authorizer_appid, state, created_at, updated_at) VALUES (?, ?, 'needs_reauthorization', '2026-02-01', '2026-02-01')`,
      [c(), mended![0]],
    );
    await db.query(
      `INSERT INTO f_wechat_refreshtoken (component_appid, authorizer_appid, authorizer_refresh_token, create_time, granted_at) VALUES (?, ?, 'refreshtoken@@@old', '2026-02-28 23:59:59', '2026-02-28 23:59:59')`,
      [c(), mended![0]],
    );
    const from = { IMPORT_DATABASE_URL: other.url };
    const dry = await json<Import>(['import', 'wxcomponent', '--dry-run'], from);
    expect(verdicts(dry.document)).toEqual(['keep', 'new', 'replace', 'invalid']);
    const done = await json<Import>(['import', 'wxcomponent', '--yes'], from);
    expect(verdicts(done.document)).toEqual(['keep', 'new', 'replace', 'invalid']);
    for (const [appid] of [known!, fresh!, mended!])
      await eventually(`a token of ${appid}`, async () => {
        const { status } = await suite.api('broker', 'GET', `/v1/components/${c()}/authorizers/${appid}/token`);
        return status === 200;
      });
    const after = await stored();
    const again = await json<Import>(['import', 'wxcomponent', '--yes'], from);
    expect(verdicts(again.document)).toEqual(['keep', 'same', 'same', 'invalid']);
    expect(await stored()).toEqual(after);
    await connection.end();
    expect((await wxplane(['import', 'wxcomponent', '--dry-run'], { IMPORT_DATABASE_URL: suite.databaseUrl })).stderr).toContain(
      'not a database of wxcomponent',
    );
  });
});

describe('every command', () => {
  it('ends with 2 at unknown flags and commands, at a missing argument, and where nobody can be asked', async () => {
    const wrong = [
      ['doctor', '--nope'],
      ['nope'],
      ['releases', 'wait', 'seventeen'],
      // Standard input is no terminal here.
      ['events', 'replay', '--from', '2020-01-01', '--to', '2020-01-02'],
    ];
    const codes = await Promise.all(wrong.map(async (args) => [args, (await wxplane(args)).code]));
    expect(codes).toEqual(wrong.map((args) => [args, 2]));
  });

  it('is in the audit log with what it did to clients', async () => {
    await db.query(
      `INSERT INTO f_wechat_client (client_id, name, secret_sha256, scopes, created_at, updated_at)
       VALUES ('00000000000000ff', 'gone', REPEAT('0', 64), '["proxy"]', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
    );
    expect(await wxplane(['clients', 'revoke', '00000000000000ff', '--yes'])).toMatchObject({ code: 0 });
    const [rows] = await db.query(`SELECT action, subject FROM f_wechat_accesslog WHERE app = 'cli' ORDER BY accesslog_id`);
    // The client of this test was made in the same way.
    expect(rows).toContainEqual({ action: 'client.create', subject: suite.clientKey.split('_')[1] });
    expect(rows).toContainEqual({ action: 'client.revoke', subject: '00000000000000ff' });
  });

  it('says what an app refuses in the words of its problem, in JSON too, without a stack', async () => {
    const [refused, failed, away, unset] = await Promise.all([
      wxplane(['releases', 'show', '4711']),
      json<{ error: { code: string; exit_code: number } }>(['releases', 'show', '4711']),
      wxplane(['rollout', 'list'], { RELEASE_URL: `http://127.0.0.1:${await freePort()}` }),
      wxplane(['rollout', 'list'], { RELEASE_URL: undefined }),
    ]);
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^wxplane: There is no such thing: /) });
    expect(refused.stderr).not.toMatch(/\n +at /);
    expect(failed).toMatchObject({ code: 1, document: { error: { code: 'not-found', exit_code: 1 } } });
    expect([away.code, away.stderr]).toEqual([1, expect.stringMatching(/ECONNREFUSED[\s\S]*RELEASE_URL/)]);
    expect(unset.code).toBe(78);
  });

  it('has shown no ticket, token, code, secret or key', async () => {
    expect(printed).toContain(c());
    for (const secret of await secretsOfRun(suite)) expect(printed.includes(secret), `${secret.slice(0, 6)}…`).toBe(false);
  });
});
