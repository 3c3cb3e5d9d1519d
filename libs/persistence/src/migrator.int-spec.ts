import { readFileSync } from 'node:fs';
import { createConnection } from 'mysql2/promise';
import { afterEach, describe, expect, it } from 'vitest';
import { createEmptySchema } from '../testing/database.js';
import { createDataSource, ENTITIES, MIGRATIONS } from './data-source.js';
import { migrate } from './migrator.js';

const COMPONENT = 'wx1234567890abcdef';
const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function schemaWith(sql?: string) {
  const schema = await createEmptySchema();
  cleanups.push(() => schema.drop());
  if (sql) {
    const connection = await createConnection({ uri: schema.url, multipleStatements: true, charset: 'utf8mb4' });
    await connection.query(sql);
    await connection.end();
  }
  const dataSource = await createDataSource({ url: schema.url }).initialize();
  cleanups.push(() => dataSource.destroy());
  return { ...schema, dataSource };
}

const older = readFileSync(new URL('../testing/older-system.sql', import.meta.url), 'utf8');

describe('migrate', () => {
  it('builds a schema that every entity can be read from and written to', async () => {
    const { dataSource } = await schemaWith();
    const report = await migrate(dataSource);
    expect(report.applied).toHaveLength(MIGRATIONS.length);
    for (const entity of ENTITIES) expect(await dataSource.getRepository(entity).find({ take: 1 })).toEqual([]);
    expect(await dataSource.showMigrations()).toBe(false);
  });

  it('does nothing the second time', async () => {
    const { dataSource } = await schemaWith();
    await migrate(dataSource);
    expect((await migrate(dataSource)).applied).toEqual([]);
  });

  it('may run several times at once: one works, the others wait', async () => {
    const { url } = await schemaWith();
    const sources = await Promise.all([1, 2, 3].map(() => createDataSource({ url, poolSize: 3 }).initialize()));
    cleanups.push(() => Promise.all(sources.map((source) => source.destroy())));
    const reports = await Promise.all(sources.map((source) => migrate(source)));
    expect(reports.flatMap((report) => report.applied)).toHaveLength(MIGRATIONS.length);
  });

  it('goes on after a migration that was killed half-way', async () => {
    const { dataSource } = await schemaWith(older);
    await migrate(dataSource);
    // As if the process had died before the second migration was written down: it runs again over its own work.
    await dataSource.query('DELETE FROM f_wechat_migration WHERE name LIKE "ExtendSourceTables%"');
    expect((await migrate(dataSource)).applied).toEqual(['ExtendSourceTables1700000000002']);
    expect(await dataSource.query('SELECT COUNT(*) AS n FROM f_wechat_refreshtoken')).toEqual([{ n: '5' }]);
  });
});

describe('taking over an older system', () => {
  it('keeps every row and every value of the three tables', async () => {
    const { dataSource } = await schemaWith(older);
    const columns = {
      f_wechat_verifyticket: 'ticket_id, component_verify_ticket, create_time',
      f_wechat_refreshtoken: 'refresh_id, authorizer_refresh_token, authorizer_appid, create_time',
      f_wechat_submitaudit:
        'submitaudit_id, weapp_id, app_id, template_id, user_desc, user_version, ext_json, auditid, status, reason, create_time, is_release, release_time, auditresult_time, update_time',
    };
    const read = () =>
      Promise.all(Object.entries(columns).map(([table, list]) => dataSource.query(`SELECT ${list} FROM ${table} ORDER BY 1`)));
    const before = await read();
    await migrate(dataSource, COMPONENT);
    expect(await read()).toEqual(before);
  });

  it.each([
    ['MySQL 5.6, in utf8 and COMPACT rows', 'older-compact.sql', 'InnoDB Compact'],
    ['an administrator who made one of them MyISAM', 'older-one-myisam.sql', 'MyISAM Dynamic'],
  ])('converts the tables of %s before anything else, and keeps their rows', async (_whose, file, was) => {
    const { dataSource, schema } = await schemaWith(readFileSync(new URL(`../testing/${file}`, import.meta.url), 'utf8'));
    const report = await migrate(dataSource, COMPONENT);
    expect(report.applied).toHaveLength(MIGRATIONS.length);
    expect(report.converted).toContain(`f_wechat_submitaudit from ${was} to InnoDB Dynamic`);
    const odd = await dataSource.query(
      `SELECT TABLE_NAME, ENGINE, ROW_FORMAT FROM information_schema.TABLES
        WHERE TABLE_SCHEMA = ? AND (ENGINE <> 'InnoDB' OR ROW_FORMAT <> 'Dynamic')`,
      [schema],
    );
    expect(odd).toEqual([]);
    expect(await dataSource.query('SELECT COUNT(*) AS n FROM f_wechat_refreshtoken')).toEqual([{ n: '2' }]);
    expect(await dataSource.query('SELECT user_desc FROM f_wechat_submitaudit')).toEqual([{ user_desc: '第一版' }]);
    expect((await migrate(dataSource, COMPONENT)).converted).toEqual([]);
  });

  it('goes on with tables that a former version migrated as MyISAM', async () => {
    const { dataSource } = await schemaWith(older);
    await migrate(dataSource, COMPONENT);
    await dataSource.query('ALTER TABLE f_wechat_event ENGINE = MyISAM');
    expect((await migrate(dataSource, COMPONENT)).converted).toEqual(['f_wechat_event from MyISAM Dynamic to InnoDB Dynamic']);
  });

  it('assigns the rows to the one component that system served', async () => {
    const { dataSource } = await schemaWith(older);
    expect((await migrate(dataSource)).unassigned).toBe(13);
    const report = await migrate(dataSource, COMPONENT);
    expect(report.adopted).toEqual({ f_wechat_verifyticket: 2, f_wechat_refreshtoken: 5, f_wechat_submitaudit: 6 });
    expect(report.unassigned).toBe(0);
    const authorizers = await dataSource.query(
      'SELECT authorizer_appid FROM f_wechat_authorizer WHERE component_appid = ? ORDER BY 1',
      [COMPONENT],
    );
    expect(authorizers).toEqual([{ authorizer_appid: 'wxaaaaaaaaaaaaaaaa' }, { authorizer_appid: 'wxcccccccccccccccc' }]);
  });

  it('leaves the newest refresh token of an authorizer live and makes the others history', async () => {
    const { dataSource } = await schemaWith(older);
    await migrate(dataSource, COMPONENT);
    expect(await dataSource.query('SELECT refresh_id, is_cancel, cancel_reason FROM f_wechat_refreshtoken ORDER BY 1')).toEqual([
      { refresh_id: 1, is_cancel: 1, cancel_reason: 'superseded' },
      { refresh_id: 2, is_cancel: 1, cancel_reason: null },
      { refresh_id: 3, is_cancel: 0, cancel_reason: null },
      { refresh_id: 4, is_cancel: 1, cancel_reason: null },
      { refresh_id: 5, is_cancel: 0, cancel_reason: null },
    ]);
  });

  it('lets no older ticket be newer than the next one, in whatever time zone it was written', async () => {
    const { dataSource } = await schemaWith(
      `${older} INSERT INTO f_wechat_verifyticket (component_verify_ticket, create_time) VALUES ('ticket@@@beijing', UTC_TIMESTAMP() + INTERVAL 8 HOUR)`,
    );
    await migrate(dataSource, COMPONENT);
    const [row] = await dataSource.query('SELECT COUNT(*) AS n FROM f_wechat_verifyticket WHERE pushed_at > UTC_TIMESTAMP()');
    expect(row).toEqual({ n: '0' });
  });

  it('lets the database refuse a second live row', async () => {
    const { dataSource } = await schemaWith(older);
    await migrate(dataSource, COMPONENT);
    await expect(
      dataSource.query(
        `INSERT INTO f_wechat_refreshtoken (component_appid, authorizer_appid, authorizer_refresh_token, create_time, is_cancel) VALUES (?, 'wxaaaaaaaaaaaaaaaa', 'x', NOW(), 0)`,
        [COMPONENT],
      ),
    ).rejects.toMatchObject({ code: 'ER_DUP_ENTRY' });
  });

  it('holds what the older columns could not: long reasons with emoji, long versions, long ids', async () => {
    const { dataSource } = await schemaWith(older);
    await migrate(dataSource, COMPONENT);
    const reason = `1:界面😀<br>${'很长的原因'.repeat(500)}`;
    await dataSource.query(
      `INSERT INTO f_wechat_submitaudit (app_id, template_id, user_desc, user_version, ext_json, auditid, status, reason) VALUES ('wx1', 0, ?, ?, '{}', '4418446744073709551615', 1, ?)`,
      ['😀'.repeat(300), 'v'.repeat(64), reason],
    );
    const [row] = await dataSource.query(
      `SELECT reason, CHAR_LENGTH(user_version) AS version FROM f_wechat_submitaudit WHERE app_id = 'wx1'`,
    );
    expect(row).toEqual({ reason, version: 64 });
  });

  it('lets the older system go on writing while both run', async () => {
    const { dataSource } = await schemaWith(older);
    await migrate(dataSource, COMPONENT);
    await dataSource.query(
      `INSERT INTO f_wechat_verifyticket (component_verify_ticket, create_time) VALUES ('ticket@@@again', NOW())`,
    );
    await dataSource.query(
      `INSERT INTO f_wechat_refreshtoken (authorizer_refresh_token, authorizer_appid, create_time, is_cancel) VALUES ('r', 'wxnew', NOW(), 0)`,
    );
    await dataSource.query(
      `INSERT INTO f_wechat_submitaudit (weapp_id, app_id, template_id, user_desc, user_version, ext_json) VALUES (1, 'wxnew', 1, 'd', '1', '{}')`,
    );
    expect((await migrate(dataSource, COMPONENT)).adopted).toEqual({
      f_wechat_verifyticket: 1,
      f_wechat_refreshtoken: 1,
      f_wechat_submitaudit: 1,
    });
  });
});
