import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestAccounts, type TestAccounts } from '../../testing/accounts.js';
import { createTestDatabase, type TestDatabase } from '../../testing/database.js';
import {
  ACCOUNTS,
  type Account,
  applyAccounts,
  createDataSource,
  inspectRights,
  MayNotGrantError,
  migrate,
  repairStatements,
  rightsOf,
} from '../index.js';

let database: TestDatabase;
let accounts: TestAccounts;

beforeAll(async () => {
  database = await createTestDatabase();
  accounts = await createTestAccounts(database.url);
});
afterAll(async () => {
  await accounts?.drop();
  await database?.drop();
});

/** What the server says to a statement by an app's account: `done`, or the name of the refusal. */
async function ask(account: Account, sql: string): Promise<string> {
  try {
    const connection = await createConnection(accounts.urlOf(account));
    try {
      await connection.query(sql);
      return 'done';
    } finally {
      await connection.end();
    }
  } catch (error) {
    return (error as { code: string }).code;
  }
}

const NEW_KEY = `INSERT INTO f_wechat_client (client_id, name, secret_sha256, scopes, created_at, updated_at) VALUES ('evil', 'evil', REPEAT('0', 64), '["admin"]', NOW(), NOW())`;
const NEW_ENTRY = `INSERT INTO f_wechat_accesslog (at, app, action, outcome) VALUES (NOW(), 'test', 'test', 'ok')`;
const REFRESH_TOKENS = 'SELECT authorizer_refresh_token FROM f_wechat_refreshtoken';

/** What nobody but migrations may do, whatever was broken into. */
const NOBODY = [
  'DROP TABLE f_wechat_accesslog',
  'TRUNCATE TABLE f_wechat_accesslog',
  'ALTER TABLE f_wechat_client ADD COLUMN x int',
  'CREATE TABLE f_wechat_x (a int)',
  'CREATE INDEX x ON f_wechat_client (name)',
  'CREATE TRIGGER x BEFORE INSERT ON f_wechat_accesslog FOR EACH ROW SET NEW.outcome = ""',
  `CREATE USER 'x'@'%'`,
  'GRANT SELECT ON f_wechat_client TO CURRENT_USER()',
  'UPDATE f_wechat_accesslog SET outcome = "ok"',
  'SELECT * FROM mysql.user',
  `SELECT LOAD_FILE('/etc/passwd') FROM f_wechat_x`,
  'DELETE FROM f_wechat_migration',
  'DELETE FROM f_wechat_client',
];

const REFUSED: Readonly<Record<Account, readonly string[]>> = {
  ingestion: [
    ...NOBODY,
    NEW_KEY,
    'UPDATE f_wechat_client SET revoked_at = NULL',
    REFRESH_TOKENS,
    'SELECT access_token FROM f_wechat_accesstoken',
    'SELECT return_secret FROM f_wechat_authorizationlink',
    'UPDATE f_wechat_authorizer SET state = "cancelled"',
    'UPDATE f_wechat_verifyticket SET component_verify_ticket = "x"',
    'INSERT INTO f_wechat_eventeffect (event_id, consumer, state, attempts, at) VALUES (1, "broker", "done", 1, NOW())',
    'SELECT * FROM f_wechat_submitaudit',
    'UPDATE f_wechat_rollout SET state = "running"',
    'SELECT * FROM f_wechat_accesslog',
    'DELETE FROM f_wechat_accesslog',
  ],
  broker: [
    ...NOBODY,
    'UPDATE f_wechat_event SET payload = "x"',
    'DELETE FROM f_wechat_event',
    'INSERT INTO f_wechat_verifyticket (component_verify_ticket, create_time) VALUES ("x", NOW())',
    'SELECT * FROM f_wechat_delivery',
    'UPDATE f_wechat_submitaudit SET state = "released"',
    'INSERT INTO f_wechat_releaseapproval (release_id) VALUES (1)',
    'UPDATE f_wechat_rollout SET state = "running"',
    'DELETE FROM f_wechat_refreshtoken',
    'DELETE FROM f_wechat_accesslog',
  ],
  release: [
    ...NOBODY,
    NEW_KEY,
    'UPDATE f_wechat_client SET scopes = \'["admin"]\'',
    REFRESH_TOKENS,
    'SELECT access_token FROM f_wechat_accesstoken',
    'SELECT component_verify_ticket FROM f_wechat_verifyticket',
    'SELECT secret FROM f_wechat_subscription',
    'UPDATE f_wechat_event SET payload = "x"',
    'UPDATE f_wechat_releaseapproval SET approved_by = "x"',
    'DELETE FROM f_wechat_releasehistory',
    'SELECT * FROM f_wechat_accesslog',
    'DELETE FROM f_wechat_accesslog',
  ],
  console: [
    ...NOBODY,
    NEW_KEY,
    'UPDATE f_wechat_client SET revoked_at = NULL',
    REFRESH_TOKENS,
    'SELECT access_token FROM f_wechat_accesstoken',
    'SELECT component_verify_ticket FROM f_wechat_verifyticket',
    'SELECT * FROM f_wechat_event',
    'SELECT * FROM f_wechat_submitaudit',
    'UPDATE f_wechat_rollout SET state = "running"',
    'UPDATE f_wechat_miniprogram SET tags = "[]"',
    'SELECT * FROM f_wechat_accesslog',
    'DELETE FROM f_wechat_accesslog',
  ],
  cli: [
    ...NOBODY,
    'UPDATE f_wechat_event SET state = "done"',
    'DELETE FROM f_wechat_event',
    'INSERT INTO f_wechat_event (state) VALUES ("received")',
    'UPDATE f_wechat_rollout SET state = "running"',
    'INSERT INTO f_wechat_releaseapproval (release_id) VALUES (1)',
    'UPDATE f_wechat_subscription SET url = "https://evil.example"',
    'DELETE FROM f_wechat_accesslog',
    'DELETE FROM f_wechat_auditcheckpoint',
    'DELETE FROM f_wechat_audithead',
  ],
  retention: [
    ...NOBODY,
    NEW_KEY,
    NEW_ENTRY,
    REFRESH_TOKENS,
    'SELECT * FROM f_wechat_accesslog',
    'SELECT client_id FROM f_wechat_accesslog',
    'UPDATE f_wechat_accesslog SET at = NOW()',
    'UPDATE f_wechat_auditcheckpoint SET document = "{}"',
    'INSERT INTO f_wechat_audithead (writer) VALUES ("x")',
    'SELECT client_id FROM f_wechat_client',
    'SELECT * FROM f_wechat_event',
  ],
};
/** By privilege, not because the statement is wrong. */
const DENIED =
  /^ER_(TABLEACCESS_DENIED_ERROR|COLUMNACCESS_DENIED_ERROR|DBACCESS_DENIED_ERROR|SPECIFIC_ACCESS_DENIED_ERROR|ACCESS_DENIED_ERROR|CANT_CREATE_USER_WITH_GRANT)$/;

describe('the account of an app', () => {
  describe.each(ACCOUNTS)('%s', (account) => {
    it.each(REFUSED[account])('may not: %s', async (sql) => {
      expect(await ask(account, sql)).toMatch(DENIED);
    });

    it('may do what the matrix says, and has nothing besides', async () => {
      for (const [table, rights] of rightsOf(account)) {
        if (rights.SELECT === true) expect(await ask(account, `SELECT * FROM ${table} LIMIT 1`), table).toBe('done');
        if (rights.DELETE === true) expect(await ask(account, `DELETE FROM ${table} WHERE 1 = 0`), table).toBe('done');
      }
      if (account !== 'retention') expect(await ask(account, NEW_ENTRY)).toBe('done');
      const dataSource = await createDataSource({ url: accounts.urlOf(account), poolSize: 2 }).initialize();
      try {
        expect(await inspectRights(dataSource, account)).toMatchObject({ onSchema: [], missing: [], excess: [], byRole: false });
        if (account === 'retention') return;
        // What an app asks of its schema and its server.
        expect(await dataSource.showMigrations()).toBe(false);
        await dataSource.query('SELECT @@global.read_only OR @@global.innodb_read_only');
        await dataSource.query('SELECT GET_LOCK("x", 0), RELEASE_LOCK("x")');
      } finally {
        await dataSource.destroy();
      }
    });
  });

  it('is made and given its rights as often as somebody wants, and its password is the last one', async () => {
    const again = accounts.accounts.map((account) => ({ ...account, password: 'another-password-42' }));
    await applyAccounts(database.dataSource, again);
    expect(await ask('broker', 'SELECT 1')).toBe('ER_ACCESS_DENIED_ERROR');
    await applyAccounts(database.dataSource, accounts.accounts);
    expect(await ask('broker', 'SELECT 1')).toBe('done');
  });

  it('that has more or less than it should is told so, with the statements that repair it', async () => {
    const [ingestion] = accounts.accounts as [(typeof accounts.accounts)[number]];
    const { schema } = database;
    const name = `'${ingestion.user}'@'%'`;
    await database.dataSource.query(`GRANT SELECT, DELETE ON \`${schema}\`.f_wechat_refreshtoken TO ${name}`);
    await database.dataSource.query(`GRANT UPDATE (scopes, name) ON \`${schema}\`.f_wechat_client TO ${name}`);
    await database.dataSource.query(`GRANT CREATE ON \`${schema}\`.* TO ${name}`);
    await database.dataSource.query(`REVOKE INSERT ON \`${schema}\`.f_wechat_event FROM ${name}`);
    const found = await inspectRights(database.dataSource, 'ingestion', ingestion);
    expect(found.onSchema).toEqual(['CREATE']);
    expect(found.missing).toEqual([{ table: 'f_wechat_event', privilege: 'INSERT' }]);
    expect(found.excess.map(({ table, privilege }) => `${privilege} ${table}`).sort()).toEqual([
      'DELETE f_wechat_refreshtoken',
      'SELECT f_wechat_refreshtoken',
      'UPDATE f_wechat_client',
    ]);
    const { grant, revoke } = repairStatements(schema, name, found);
    for (const statement of [...revoke, ...grant]) await database.dataSource.query(statement);
    expect(await inspectRights(database.dataSource, 'ingestion', ingestion)).toMatchObject({
      onSchema: [],
      missing: [],
      excess: [],
    });
  });

  it('cannot make accounts of others, and whoever may not is told what an administrator has to do', async () => {
    const dataSource = await createDataSource({ url: accounts.urlOf('broker'), poolSize: 1 }).initialize();
    try {
      await expect(applyAccounts(dataSource, accounts.accounts)).rejects.toThrow(MayNotGrantError);
      await expect(migrate(dataSource)).rejects.toThrow(/denied/);
    } finally {
      await dataSource.destroy();
    }
  });
});
