import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BINDINGS, createDataSource, migrate, parseEncryptionKeys, SECRET_DOMAINS, SecretBox } from '#persistence';
import { createTestAccounts, type TestAccounts } from '../../../libs/persistence/testing/accounts.js';
import { Child } from '../../../scripts/lib/child.ts';
import { bareEnv } from '../../../scripts/lib/suite.ts';
import { createTestDatabase } from '../../../test/support/database.js';
import { eventually } from '../../../test/support/eventually.js';

const ROOT = new URL('../../../', import.meta.url).pathname;
const older = { id: 'k1', key: randomBytes(32) };
const newer = { id: 'k2', key: randomBytes(32) };
const keys = (...of: { id: string; key: Buffer }[]) => of.map(({ id, key }) => `${id}:${key.toString('base64')}`).join(',');
const appid = (index: number) => `wx${String(index).padStart(6, '0')}`;
const bindingOf = (index: number) => BINDINGS.refreshToken('wxc', appid(index));
const ofToken = BINDINGS.accessToken('wxc', '', 'component', 0);
/** Of each kind: under the older key, and in an older system's plain text. */
const ROWS = 300;
let schema: Awaited<ReturnType<typeof createTestDatabase>>;
let database: DataSource;
let accounts: TestAccounts;

beforeAll(async () => {
  schema = await createTestDatabase('keys');
  database = await createDataSource({ url: schema.url }).initialize();
  await migrate(database);
  accounts = await createTestAccounts(schema.url);
  const box = new SecretBox([older], { write: 'v1' });
  const insert = (index: number, refreshToken: string) =>
    database.query(
      `INSERT INTO f_wechat_refreshtoken (component_appid, authorizer_appid, authorizer_refresh_token, create_time, is_cancel)
       VALUES ('wxc', ?, ?, UTC_TIMESTAMP(), 0)`,
      [appid(index), refreshToken],
    );
  for (let i = 0; i < ROWS; i += 1) {
    await insert(2 * i, box.seal(`refreshtoken@@@${2 * i}`, bindingOf(2 * i)));
    await insert(2 * i + 1, `refreshtoken@@@${2 * i + 1}`);
  }
  await database.query(
    `INSERT INTO f_wechat_verifyticket (component_appid, component_verify_ticket, create_time, pushed_at)
     VALUES ('wxc', 'ticket@@@of-an-older-system', UTC_TIMESTAMP(), UTC_TIMESTAMP())`,
  );
  await database.query(
    `INSERT INTO f_wechat_accesstoken (component_appid, authorizer_appid, kind, access_token) VALUES ('wxc', '', 'component', ?)`,
    [box.seal('the-token', ofToken)],
  );
});
afterAll(async () => {
  await database?.destroy();
  await accounts?.drop();
  await schema?.drop();
});

const keysCommand = (encryptionKeys: string, args: readonly string[], env: Record<string, string> = {}) =>
  new Child({
    name: 'wxplane keys',
    command: process.execPath,
    args: ['dist/apps/cli/src/main.js', 'keys', ...args],
    cwd: ROOT,
    env: {
      ...bareEnv(),
      DATABASE_URL: accounts.urlOf('cli'),
      WXPLANE_ENCRYPTION_KEYS: encryptionKeys,
      WXPLANE_AS: 'tests',
      ...env,
    },
  });
const rotate = (encryptionKeys: string, ...args: string[]) => keysCommand(encryptionKeys, ['rotate', ...args]);
const stored = async (): Promise<string[]> =>
  (await database.query('SELECT authorizer_refresh_token AS t FROM f_wechat_refreshtoken ORDER BY authorizer_appid')).map(
    ({ t }: { t: string }) => t,
  );
const count = async (prefix: string) => (await stored()).filter((text) => text.startsWith(prefix)).length;

describe('wxplane keys rotate', () => {
  it('killed in the middle goes on where it was, tells how far it is, and leaves nothing under the former key', async () => {
    const both = keys(newer, older);
    const first = rotate(both, '--batch', '10', '--pause-ms', '100', '--adopt-plain-text');
    // It says how far it is while it works, not only at the end.
    await eventually('progress', async () => /f_wechat_refreshtoken\.authorizer_refresh_token +\d+ of 600/.test(first.output()));
    await first.kill();
    const half = await count('enc:v1:k2:');
    expect(half).toBeGreaterThan(0);
    expect(half).toBeLessThan(2 * ROWS);

    // What changes meanwhile stays as it was changed.
    const changed = new SecretBox([older], { write: 'v1' }).seal('refreshtoken@@@changed', bindingOf(599));
    await database.query(`UPDATE f_wechat_refreshtoken SET authorizer_refresh_token = ? WHERE authorizer_appid = 'wx000599'`, [
      changed,
    ]);
    const second = rotate(both, '--batch', '50', '--pause-ms', '0', '--adopt-plain-text');
    expect(await second.exited).toMatchObject({ code: 0 });
    expect(second.output()).toContain(`${2 * ROWS - half} of ${2 * ROWS - half}`);
    expect(second.output()).toContain('everything is under key "k2"');

    const only = new SecretBox([newer]);
    expect((await stored()).map((text, index) => only.open(text, bindingOf(index)))).toEqual([
      ...Array.from({ length: 2 * ROWS - 1 }, (_, i) => `refreshtoken@@@${i}`),
      'refreshtoken@@@changed',
    ]);
    const [ticket] = await database.query('SELECT component_verify_ticket AS t, pushed_at FROM f_wechat_verifyticket');
    expect(ticket.t).toMatch(/^enc:v1:k2:/);
    expect(only.open(ticket.t, BINDINGS.ticket('wxc', ticket.pushed_at))).toBe('ticket@@@of-an-older-system');
    const [token] = await database.query('SELECT access_token AS t FROM f_wechat_accesstoken');
    expect(only.open(token.t, ofToken)).toBe('the-token');
    for (const child of [first, second]) expect(child.output()).not.toContain('@@@');
    // Plain text that became genuine is counted in the audit log, each row once, and the run that did it named.
    const entries: { subject: string; times: string }[] = await database.query(
      `SELECT subject, SUM(times) AS times FROM f_wechat_accesslog WHERE action = 'keys.adopt-plain-text' GROUP BY subject ORDER BY subject`,
    );
    expect(entries.map(({ subject, times }) => [subject, Number(times)])).toEqual([
      ['f_wechat_refreshtoken.authorizer_refresh_token', expect.toSatisfy((times: number) => times <= ROWS && times > ROWS - 10)],
      ['f_wechat_verifyticket.component_verify_ticket', 1],
    ]);
  });

  it('is done at once when there is nothing left; and says so in JSON', async () => {
    const again = rotate(keys(newer), '--json');
    expect(await again.exited).toMatchObject({ code: 0 });
    const { key_id, columns } = JSON.parse(again.output().slice(again.output().indexOf('{'))) as {
      key_id: string;
      columns: { total: number }[];
    };
    expect(key_id).toBe('k2');
    expect(columns.reduce((sum, { total }) => sum + total, 0)).toBe(0);
  });

  it('without the key that rows are under changes nothing of them, and says what to do', async () => {
    const before = await stored();
    const wrong = rotate(keys({ id: 'k3', key: randomBytes(32) }));
    expect(await wrong.exited).toMatchObject({ code: 1 });
    expect(wrong.output()).toContain('cannot be read: the key is not configured');
    expect(wrong.output()).toContain('f_wechat_accesstoken.access_token, token_id 1: a stored secret cannot be read');
    expect(await stored()).toEqual(before);
  });
});

describe('wxplane keys split', () => {
  const STEPS = ['1-opens', '2-seals', '3-alone'];
  const HOLDERS = ['ingestion', 'broker', 'release', 'cli'];
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'wxplane-split-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const fileOf = (step: string, holder: string) => join(folder, 'keys', step, `encryption-keys-${holder}`);

  it('writes for each app what it is given at each step, for its owner only, and says no key', async () => {
    const run = keysCommand(keys(newer), ['split', '--to', join(folder, 'keys'), '--name', 'd1']);
    expect(await run.exited).toMatchObject({ code: 0 });
    const written = new Set<string>();
    for (const step of STEPS)
      for (const holder of HOLDERS) {
        const file = fileOf(step, holder);
        expect(statSync(file).mode & 0o777).toBe(0o600);
        const parsed = parseEncryptionKeys(readFileSync(file, 'utf8'));
        expect(parsed.some(({ id }) => id === 'k2')).toBe(step !== '3-alone');
        for (const { key } of parsed) written.add(key.toString('base64'));
      }
    // One for each kind of secret, and the former one.
    expect(written.size).toBe(SECRET_DOMAINS.length + 1);
    for (const key of written) expect(run.output()).not.toContain(key);
    // Neither again over them, nor under ids that are in use.
    const again = keysCommand(keys(newer), ['split', '--to', join(folder, 'keys'), '--name', 'd1']);
    expect([(await again.exited).code, again.output()]).toEqual([1, expect.stringContaining('EEXIST')]);
    const taken = keysCommand(readFileSync(fileOf('3-alone', 'cli'), 'utf8').trim(), ['split', '--to', folder, '--name', 'd1']);
    expect([(await taken.exited).code, taken.output()]).toEqual([
      1,
      expect.stringContaining('"d1-answers" is configured already'),
    ]);
    const ofOneApp = keysCommand(readFileSync(fileOf('3-alone', 'release'), 'utf8').trim(), ['split', '--to', folder]);
    expect([(await ofOneApp.exited).code, ofOneApp.output()]).toEqual([1, expect.stringContaining('has no key for credentials')]);
  });

  it('of whose files those of the command line bring everything over, so that the former key can go; those of an app do not', async () => {
    const byFile = (step: string, holder: string, ...args: string[]) =>
      keysCommand('', args, { WXPLANE_ENCRYPTION_KEYS_FILE: fileOf(step, holder) });
    const alone = byFile('3-alone', 'broker', 'rotate');
    expect([(await alone.exited).code, alone.output()]).toEqual([
      78,
      expect.stringContaining('no key is for approvals, release'),
    ]);
    const run = byFile('2-seals', 'cli', 'rotate', '--pause-ms', '0');
    expect([(await run.exited).code, run.output()]).toEqual([
      0,
      expect.stringContaining('everything is under the newest key of its domain; former keys are no longer needed'),
    ]);
    expect(await count('enc:v1:d1-credentials:')).toBe(2 * ROWS);
    const list = byFile('3-alone', 'cli', 'list', '--json');
    expect(await list.exited).toMatchObject({ code: 0 });
    const { key_id, key_ids, items } = JSON.parse(list.output().slice(list.output().indexOf('{'))) as {
      key_id: string | null;
      key_ids: Record<string, string>;
      items: { table: string; state: string }[];
    };
    expect([key_id, key_ids['tickets']]).toEqual([null, 'd1-tickets']);
    expect(new Set(items.map(({ state }) => state))).toEqual(new Set(['newest']));
    const ofIngestion = byFile('3-alone', 'ingestion', 'list');
    expect([(await ofIngestion.exited).code, ofIngestion.output()]).toEqual([1, expect.stringContaining('not configured')]);
    // Back, for what follows.
    const back = keysCommand(`${keys(newer)},${readFileSync(fileOf('3-alone', 'cli'), 'utf8').trim()}`, [
      'rotate',
      '--pause-ms',
      '0',
    ]);
    expect(await back.exited).toMatchObject({ code: 0 });
  });
});

describe('wxplane keys migrate', () => {
  const v2 = { SECRETS_WRITE: 'v2' };
  const box = new SecretBox([newer]);

  it('killed in the middle goes on where it was, while a former replica and a new one read and write', async () => {
    const former = new SecretBox([newer], { write: 'v1' });
    const change = (index: number, sealed: string) =>
      database.query(
        `UPDATE f_wechat_refreshtoken SET previous_refresh_token = authorizer_refresh_token, authorizer_refresh_token = ?
          WHERE authorizer_appid = ?`,
        [sealed, appid(index)],
      );
    const first = keysCommand(keys(newer), ['migrate', '--batch', '10', '--pause-ms', '100'], v2);
    await eventually('it is under way', async () => (await count('enc:v2:k2:')) > 0);
    // The new replica writes v2, one that still writes v1 reads both.
    await change(0, box.seal('refreshtoken@@@new', bindingOf(0)));
    await change(599, former.seal('refreshtoken@@@former', bindingOf(599)));
    await first.kill();
    const half = await count('enc:v2:k2:');
    expect(half).toBeGreaterThan(0);
    expect(half).toBeLessThan(2 * ROWS);
    for (const reader of [box, former])
      expect((await stored()).slice(1, 599).map((text, index) => reader.open(text, bindingOf(index + 1)))).toEqual(
        Array.from({ length: 598 }, (_, index) => `refreshtoken@@@${index + 1}`),
      );

    const second = keysCommand(keys(newer), ['migrate', '--batch', '50', '--pause-ms', '0'], v2);
    expect(await second.exited).toMatchObject({ code: 0 });
    expect(second.output()).toContain('everything is under key "k2" and of the form v2');
    const strict = new SecretBox([newer], { strict: true });
    const texts = await stored();
    expect(texts.map((text, index) => strict.open(text, bindingOf(index)))).toEqual([
      'refreshtoken@@@new',
      ...Array.from({ length: 2 * ROWS - 2 }, (_, index) => `refreshtoken@@@${index + 1}`),
      'refreshtoken@@@former',
    ]);
    const [ticket] = await database.query('SELECT component_verify_ticket AS t, pushed_at FROM f_wechat_verifyticket');
    expect(strict.open(ticket.t, BINDINGS.ticket('wxc', ticket.pushed_at))).toBe('ticket@@@of-an-older-system');
    const [previous] = await database.query(
      'SELECT previous_refresh_token AS t FROM f_wechat_refreshtoken WHERE authorizer_appid = ?',
      [appid(599)],
    );
    expect(strict.open(previous.t, bindingOf(599))).toBe('refreshtoken@@@changed');
  });

  it('takes it back with --to v1, for a release that knows nothing else', async () => {
    const back = keysCommand(keys(newer), ['migrate', '--to', 'v1', '--pause-ms', '0']);
    expect(await back.exited).toMatchObject({ code: 0 });
    expect(await count('enc:v1:k2:')).toBe(2 * ROWS);
    const again = keysCommand(keys(newer), ['migrate', '--pause-ms', '0'], v2);
    expect(await again.exited).toMatchObject({ code: 0 });
    expect(await count('enc:v2:k2:')).toBe(2 * ROWS);
  });

  it('leaves plain text, moved ciphertext and rows of no component as they are, names the rows and fails', async () => {
    const before = await stored();
    const write = (index: number, text: string) =>
      database.query('UPDATE f_wechat_refreshtoken SET authorizer_refresh_token = ? WHERE authorizer_appid = ?', [
        text,
        appid(index),
      ]);
    await write(1, 'refreshtoken@@@forged');
    // Under a former key, so that it would be written again; another merchant's.
    const both = keys({ id: 'k4', key: randomBytes(32) }, newer);
    await write(2, before[3]!);
    await database.query(`UPDATE f_wechat_refreshtoken SET component_appid = '' WHERE authorizer_appid = ?`, [appid(4)]);
    await write(4, 'refreshtoken@@@of-no-component');
    const run = keysCommand(both, ['migrate', '--pause-ms', '0'], v2);
    expect(await run.exited).toMatchObject({ code: 1 });
    expect(run.output()).toContain('2 secrets are in plain text');
    expect(run.output()).toMatch(
      /authorizer_refresh_token, refresh_id 3: .* it was altered, or belongs to another row or column/,
    );
    const adopting = keysCommand(both, ['migrate', '--pause-ms', '0', '--adopt-plain-text'], v2);
    expect(await adopting.exited).toMatchObject({ code: 1 });
    expect(adopting.output()).toContain('1 secret belongs to no component yet');
    const after = await stored();
    expect(after[2]).toBe(before[3]);
    expect(after[4]).toBe('refreshtoken@@@of-no-component');
    expect(after[1]).toMatch(/^enc:v2:k4:/);
    for (const child of [run, adopting]) expect(child.output()).not.toContain('@@@');
  });

  it('stops at plain text where no older system wrote, whatever it was told, and names the row', async () => {
    await database.query(`UPDATE f_wechat_accesstoken SET access_token = 'a forged token'`);
    const run = keysCommand(keys(newer), ['migrate', '--adopt-plain-text', '--pause-ms', '0'], v2);
    expect(await run.exited).toMatchObject({ code: 1 });
    expect(run.output()).toContain('f_wechat_accesstoken.access_token of token_id 1 is plain text');
    expect(run.output()).not.toContain('a forged token');
    expect((await database.query('SELECT access_token AS t FROM f_wechat_accesstoken'))[0].t).toBe('a forged token');
  });
});
