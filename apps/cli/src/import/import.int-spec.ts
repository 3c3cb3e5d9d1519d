import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../libs/persistence/testing/database.js';
import { importCommand } from './import.command.js';
import { readWxcomponent } from './wxcomponent.js';

const component = 'wx00000000000000c0';
let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'import-'));
  vi.stubEnv('WXPLANE_AS', 'tests');
  vi.stubEnv('DATABASE_URL', database.url);
  vi.stubEnv('WXPLANE_ENCRYPTION_KEYS', `k1:${randomBytes(32).toString('base64')}`);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
  await database?.drop();
});

it('an import that stops in the middle has its entry in the audit log already', async () => {
  const file = join(folder, 'merchants.csv');
  const row = (n: number) => `wx${String(n).padStart(16, '0')},refreshtoken@@@${randomBytes(16).toString('hex')}`;
  writeFileSync(file, `appid,refresh_token\n${row(1)}\n${row(2)}\n`);
  const { dataSource } = database;
  await dataSource.query(
    `CREATE TRIGGER stops BEFORE INSERT ON f_wechat_refreshtoken FOR EACH ROW
     IF NEW.authorizer_appid = 'wx0000000000000002' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'stopped'; END IF`,
  );
  const importing = importCommand().parseAsync(['csv', file, '--component', component, '--yes'], { from: 'user' });
  await expect(importing).rejects.toThrow('stopped');
  const [written] = await dataSource.query('SELECT COUNT(*) AS n FROM f_wechat_refreshtoken');
  expect(Number(written.n)).toBe(1);
  expect(await dataSource.query('SELECT action, component_appid, subject, outcome FROM f_wechat_accesslog')).toEqual([
    { action: 'authorizers.import', component_appid: component, subject: '2 authorizations', outcome: 'ok' },
  ]);
});

it('refresh tokens of another machine are read over TLS only, unless somebody says that they may travel in clear', async () => {
  const url = new URL(database.url);
  // This machine, under a name that does not say so. Its server has no certificate that can be checked.
  url.hostname = '0.0.0.0';
  await expect(readWxcomponent(url.href, '+08:00')).rejects.toThrow('gives no TLS with a certificate that can be checked');
  await expect(readWxcomponent(url.href, '+08:00', true)).rejects.toThrow('this is not a database of wxcomponent');
});
