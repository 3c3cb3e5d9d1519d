import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import { afterAll, describe, expect, it } from 'vitest';
import { BINDINGS, createDataSource, migrate, parseEncryptionKeys, SecretBox } from '#persistence';
import { findProgram } from '../../scripts/lib/programs.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { startSuite } from '../support/suite.ts';

/** Settings of a MySQL client for a URL; the password goes by the environment, never by the command line. */
function client(url: string): { args: string[]; env: NodeJS.ProcessEnv; schema: string } {
  const { hostname, port, username, password, pathname } = new URL(url);
  return {
    args: ['--no-defaults', `--host=${hostname}`, `--port=${port}`, `--user=${decodeURIComponent(username)}`, '--protocol=tcp'],
    env: { PATH: process.env['PATH'], ...(password ? { MYSQL_PWD: decodeURIComponent(password) } : {}) },
    schema: pathname.slice(1),
  };
}

/** As the runbook says: dump, wipe, restore, migrate. */
describe('backup and restore', () => {
  const databases: TestDatabase[] = [];
  afterAll(async () => {
    for (const database of databases) await database.drop();
  });
  const newDatabase = async () => {
    const database = await createTestDatabase('backup');
    databases.push(database);
    return database;
  };

  it('brings every refresh token back, readable; without the key nobody reads it', async () => {
    const box = new SecretBox(parseEncryptionKeys(`k1:${randomBytes(32).toString('base64')}`));
    const tokens = Array.from(
      { length: 200 },
      (_, n) => [`wx${String(n).padStart(16, '0')}`, `refreshtoken@@@${randomBytes(24).toString('base64url')}`] as const,
    );
    const before = await newDatabase();
    const source = await createDataSource({ url: before.url }).initialize();
    await migrate(source);
    for (const [appid, token] of tokens) {
      await source.query(
        `INSERT INTO f_wechat_refreshtoken (component_appid, authorizer_appid, authorizer_refresh_token, create_time) VALUES ('wx1234567890abcdef', ?, ?, UTC_TIMESTAMP())`,
        [appid, box.seal(token, BINDINGS.refreshToken('wx1234567890abcdef', appid))],
      );
    }
    // Bytes that a careless dump would spoil.
    await source.query(
      `INSERT INTO f_wechat_authorizer (component_appid, authorizer_appid, nick_name, created_at, updated_at)
       VALUES ('wx1234567890abcdef', ?, '𠮷野家 🍜 "quoted" \\\\ ok', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
      [tokens[0]![0]],
    );
    await source.destroy();

    const dump = client(before.url);
    const dumped = execFileSync(
      findProgram('mariadb-dump', 'mysqldump')!,
      [...dump.args, '--single-transaction', '--routines', '--hex-blob', dump.schema],
      { env: dump.env, maxBuffer: 1e8 },
    );
    for (const [, token] of tokens) expect(dumped.includes(token)).toBe(false);
    await before.drop();

    const after = await newDatabase();
    const restore = client(after.url);
    execFileSync(findProgram('mariadb', 'mysql')!, [...restore.args, restore.schema], { env: restore.env, input: dumped });
    const restored = await createDataSource({ url: after.url }).initialize();
    try {
      // The migrations that the dump contains are known; there is nothing to do.
      expect((await migrate(restored)).applied).toEqual([]);
      const rows: { appid: string; sealed: string }[] = await restored.query(
        'SELECT authorizer_appid AS appid, authorizer_refresh_token AS sealed FROM f_wechat_refreshtoken WHERE is_cancel = 0 ORDER BY refresh_id',
      );
      expect(
        rows.map(({ appid, sealed }) => [appid, box.open(sealed, BINDINGS.refreshToken('wx1234567890abcdef', appid))]),
      ).toEqual(tokens);
      const stranger = new SecretBox(parseEncryptionKeys(`k2:${randomBytes(32).toString('base64')}`));
      expect(() => stranger.open(rows[0]!.sealed, BINDINGS.refreshToken('wx1234567890abcdef', tokens[0]![0]))).toThrow(
        /no such key/,
      );
      expect(await restored.query('SELECT nick_name FROM f_wechat_authorizer')).toEqual([
        { nick_name: '𠮷野家 🍜 "quoted" \\ ok' },
      ]);
      // The fence that the database holds came along: a second live row is refused.
      await expect(
        restored.query(
          `INSERT INTO f_wechat_refreshtoken (component_appid, authorizer_appid, authorizer_refresh_token, create_time) VALUES ('wx1234567890abcdef', ?, 'x', UTC_TIMESTAMP())`,
          [tokens[0]![0]],
        ),
      ).rejects.toMatchObject({ code: 'ER_DUP_ENTRY' });
    } finally {
      await restored.destroy();
    }
  });

  it('puts a suite back to work; a merchant who came after the backup is found again at WeChat', async () => {
    const suite = await startSuite({ name: 'restored', services: ['ingestion', 'broker'] });
    const { component_appid: component } = suite.component;
    const path = (merchant: string) => `/v1/components/${component}/authorizers/${merchant}/token`;
    const reads = async (merchant: string) => (await suite.api('broker', 'GET', path(merchant))).status === 200;
    const authorize = async (merchant: string) => {
      await suite.control.post('/merchants', { appid: merchant, kind: 'miniprogram', nick_name: merchant });
      await suite.control.post('/authorizations', { component_appid: component, merchant_appid: merchant });
      await eventually(`a token of ${merchant}`, () => reads(merchant));
    };
    const [early, late] = ['wx00000000000000a1', 'wx00000000000000a2'];
    const db = await createConnection(suite.databaseUrl);
    try {
      await authorize(early);
      const { args, env, schema } = client(suite.databaseUrl);
      const dumped = execFileSync(
        findProgram('mariadb-dump', 'mysqldump')!,
        [...args, '--single-transaction', '--routines', '--hex-blob', schema],
        { env, maxBuffer: 1e8 },
      );
      // The hour that is lost.
      await authorize(late);

      for (const app of ['ingestion', 'broker'] as const) await suite.process(app).stop();
      await db.query(`DROP DATABASE \`${schema}\``);
      await db.query(`CREATE DATABASE \`${schema}\` CHARACTER SET utf8mb4`);
      execFileSync(findProgram('mariadb', 'mysql')!, [...args, schema], { env, input: dumped });
      const redis = new Redis(suite.redisUrl);
      await redis.flushall();
      redis.disconnect();
      for (const app of ['ingestion', 'broker'] as const) await suite.start(app);

      expect([await reads(early), await reads(late)]).toEqual([true, false]);
      expect((await suite.api('broker', 'POST', `/v1/components/${component}/authorizers/sync`)).status).toBe(202);
      await eventually(`a token of ${late}`, () => reads(late));
    } finally {
      await db.end();
      await suite.stop();
    }
  });
});
