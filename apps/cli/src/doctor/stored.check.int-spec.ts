import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SEALED_COLUMNS, SecretBox, type SecretBoxOptions } from '#persistence';
import { createTestDatabase, type TestDatabase } from '../../../../libs/persistence/testing/database.js';
import { insertSealedRow, type StoredRow } from '../../../../libs/persistence/testing/sealed-rows.js';
import { checkKeys } from './stored.check.js';

const key = { id: 'k1', key: randomBytes(32) };
const box = (options: SecretBoxOptions = {}) => new SecretBox([key], options);
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  for (const table of new Set(SEALED_COLUMNS.map((column) => column.table)))
    await database.dataSource.query(`TRUNCATE \`${table}\``);
});
afterAll(() => database?.drop());

const insert = (table: string, by: SecretBox) =>
  insertSealedRow(database.dataSource, table, (column, row) => by.seal('a secret', column.bindingOf(row)));
const found = async (by: SecretBox) =>
  (await checkKeys(database.dataSource, by)).map(({ result, detail }) => `${result}: ${detail}`);
const setPlain = (table: string, column: string) => database.dataSource.query(`UPDATE \`${table}\` SET \`${column}\` = 'plain'`);

describe('the keys, as the doctor finds them', () => {
  it('are well when everything is where it was sealed', async () => {
    for (const { table } of SEALED_COLUMNS) await insert(table, box());
    expect(await found(box())).toEqual(['ok: everything stored is under "k1"']);
    expect(await found(box({ strict: true }))).toEqual(['ok: everything stored is under "k1"']);
  });

  it('has a word about the older form once the newer one is written, and not before', async () => {
    await insert('f_wechat_event', box({ write: 'v1' }));
    expect(await found(box({ write: 'v1' }))).toEqual(['ok: everything stored is under "k1"']);
    for (const by of [box(), box({ strict: true })])
      expect(await found(by)).toEqual(['warn: 1 stored secret is of the older form, which can be moved to another row']);
  });

  it('warns of plain text where an older system wrote, and fails where none did', async () => {
    await insert('f_wechat_verifyticket', box());
    await setPlain('f_wechat_verifyticket', 'component_verify_ticket');
    expect(await found(box())).toEqual(['warn: 1 stored secret is in plain text, from an older system']);
    await insert('f_wechat_event', box());
    await setPlain('f_wechat_event', 'payload');
    expect(await found(box())).toContain(
      'fail: 1 of f_wechat_event.payload is plain text, and only ciphertext was ever written there',
    );
  });

  it('has a word about plain text of the last release once v2 is written, and not before', async () => {
    await insert('f_wechat_rollout', box({ write: 'v1' }));
    expect(await found(box({ write: 'v1' }))).toEqual(['ok: everything stored is under "k1"']);
    expect(await found(box())).toEqual(['warn: 1 text is in plain text, as the last release wrote releases and settings']);
  });

  it('fails for what was moved from another row', async () => {
    const rows: StoredRow[] = [await insert('f_wechat_accesstoken', box()), await insert('f_wechat_accesstoken', box())];
    await database.dataSource.query('UPDATE f_wechat_accesstoken SET access_token = ? WHERE token_id = ?', [
      rows[1]!['access_token'],
      rows[0]!['token_id'],
    ]);
    expect(await found(box())).toEqual(['fail: a secret sealed under key k1 (f_wechat_accesstoken.access_token) does not open']);
  });
});
