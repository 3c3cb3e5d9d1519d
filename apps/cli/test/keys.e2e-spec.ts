import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDataSource, migrate, SecretBox } from '#persistence';
import { Child } from '../../../scripts/lib/child.ts';
import { bareEnv } from '../../../scripts/lib/suite.ts';
import { createTestDatabase } from '../../../test/support/database.js';
import { eventually } from '../../../test/support/eventually.js';

const ROOT = new URL('../../../', import.meta.url).pathname;
const older = { id: 'k1', key: randomBytes(32) };
const newer = { id: 'k2', key: randomBytes(32) };
const keys = (...of: { id: string; key: Buffer }[]) => of.map(({ id, key }) => `${id}:${key.toString('base64')}`).join(',');
/** Of each kind: under the older key, and in an older system's plain text. */
const ROWS = 300;
let schema: Awaited<ReturnType<typeof createTestDatabase>>;
let database: DataSource;

beforeAll(async () => {
  schema = await createTestDatabase('keys');
  database = await createDataSource({ url: schema.url }).initialize();
  await migrate(database);
  const box = new SecretBox([older]);
  const insert = (index: number, refreshToken: string) =>
    database.query(
      `INSERT INTO f_wechat_refreshtoken (component_appid, authorizer_appid, authorizer_refresh_token, create_time, is_cancel)
       VALUES ('wxc', ?, ?, UTC_TIMESTAMP(), 0)`,
      [`wx${String(index).padStart(6, '0')}`, refreshToken],
    );
  for (let i = 0; i < ROWS; i += 1) {
    await insert(2 * i, box.seal(`refreshtoken@@@${2 * i}`, 'refreshtoken'));
    await insert(2 * i + 1, `refreshtoken@@@${2 * i + 1}`);
  }
  await database.query(
    `INSERT INTO f_wechat_verifyticket (component_appid, component_verify_ticket, create_time, pushed_at)
     VALUES ('wxc', 'ticket@@@of-an-older-system', UTC_TIMESTAMP(), UTC_TIMESTAMP())`,
  );
  await database.query(
    `INSERT INTO f_wechat_accesstoken (component_appid, authorizer_appid, kind, access_token) VALUES ('wxc', '', 'component', ?)`,
    [box.seal('the-token', 'accesstoken')],
  );
});
afterAll(async () => {
  await database?.destroy();
  await schema?.drop();
});

const rotate = (encryptionKeys: string, ...args: string[]) =>
  new Child({
    name: 'wxplane keys rotate',
    command: process.execPath,
    args: ['dist/apps/cli/src/main.js', 'keys', 'rotate', ...args],
    cwd: ROOT,
    env: { ...bareEnv(), DATABASE_URL: schema.url, WXPLANE_ENCRYPTION_KEYS: encryptionKeys },
  });
const stored = async (): Promise<string[]> =>
  (await database.query('SELECT authorizer_refresh_token AS t FROM f_wechat_refreshtoken ORDER BY authorizer_appid')).map(
    ({ t }: { t: string }) => t,
  );
const done = async () => (await stored()).filter((text) => text.startsWith('enc:v1:k2:')).length;

describe('wxplane keys rotate', () => {
  it('killed in the middle goes on where it was, tells how far it is, and leaves nothing under the former key', async () => {
    const both = keys(newer, older);
    const first = rotate(both, '--batch', '10', '--pause-ms', '100');
    // It says how far it is while it works, not only at the end.
    await eventually('progress', async () => /f_wechat_refreshtoken\.authorizer_refresh_token +\d+ of 600/.test(first.output()));
    await first.kill();
    const half = await done();
    expect(half).toBeGreaterThan(0);
    expect(half).toBeLessThan(2 * ROWS);

    // What changes meanwhile stays as it was changed.
    const changed = new SecretBox([older]).seal('refreshtoken@@@changed', 'refreshtoken');
    await database.query(`UPDATE f_wechat_refreshtoken SET authorizer_refresh_token = ? WHERE authorizer_appid = 'wx000599'`, [
      changed,
    ]);
    const second = rotate(both, '--batch', '50', '--pause-ms', '0');
    expect(await second.exited).toMatchObject({ code: 0 });
    expect(second.output()).toContain(`${2 * ROWS - half} of ${2 * ROWS - half}`);
    expect(second.output()).toContain('everything is under key "k2"');

    const only = new SecretBox([newer]);
    expect((await stored()).map((text) => only.openSealed(text, 'refreshtoken'))).toEqual([
      ...Array.from({ length: 2 * ROWS - 1 }, (_, i) => `refreshtoken@@@${i}`),
      'refreshtoken@@@changed',
    ]);
    const [ticket] = await database.query('SELECT component_verify_ticket AS t FROM f_wechat_verifyticket');
    expect(only.openSealed(ticket.t, 'verifyticket')).toBe('ticket@@@of-an-older-system');
    const [token] = await database.query('SELECT access_token AS t FROM f_wechat_accesstoken');
    expect(only.openSealed(token.t, 'accesstoken')).toBe('the-token');
    for (const child of [first, second]) expect(child.output()).not.toContain('@@@');
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
    expect(wrong.output()).toContain('cannot be read: the key they are under is not configured');
    expect(await stored()).toEqual(before);
  });
});
