import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../testing/database.js';
import { insertSealedRow, readRow, type StoredRow } from '../../testing/sealed-rows.js';
import { hasOlderForm } from './binding.js';
import { SEALED_COLUMNS, type SealedColumn } from './sealed-columns.js';
import { SecretBox, SecretUnreadableError } from './secret-box.js';

const key = { id: 'k1', key: randomBytes(32) };
const box = new SecretBox([key]);
const strict = new SecretBox([key], { strict: true });
let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db?.drop());

const nameOf = ({ table, column }: SealedColumn) => `${table}.${column}`;
const insert = (table: string) =>
  insertSealedRow(db.dataSource, table, (column, row) => box.seal(`secret of ${nameOf(column)}`, column.bindingOf(row)));
const write = async (column: SealedColumn, row: StoredRow, text: unknown): Promise<StoredRow> => {
  await db.dataSource.query(`UPDATE \`${column.table}\` SET \`${column.column}\` = ? WHERE \`${column.id}\` = ?`, [
    text,
    row[column.id],
  ]);
  return readRow(db.dataSource, column, row[column.id]);
};
const open = (column: SealedColumn, row: StoredRow, by = box) => by.open(String(row[column.column]), column.bindingOf(row));
const sameClass = (one: SealedColumn, other: SealedColumn, row: StoredRow) =>
  one.table === other.table && one.bindingOf(row).columnClass === other.bindingOf(row).columnClass;

/** Of an older system, and of the release that sealed nothing else. */
const PLAIN_TEXT_BEFORE = [
  'f_wechat_verifyticket',
  'f_wechat_refreshtoken',
  'f_wechat_submitaudit',
  'f_wechat_rollout',
  'f_wechat_auditprofile',
  'f_wechat_extsettings',
  'f_wechat_idempotency',
];

it('no column that this database calls encrypted is missing among the sealed ones', async () => {
  const columns: { name: string }[] = await db.dataSource.query(
    `SELECT CONCAT(TABLE_NAME, '.', COLUMN_NAME) AS name FROM information_schema.COLUMNS
      WHERE TABLE_SCHEMA = DATABASE() AND COLUMN_NAME REGEXP 'secret|token|ticket|payload|ext_json|submit_request|variables|response|^body$|^spec$|^form$|^request$|^data$|^authorize_url$|^target$'
        AND COLUMN_NAME NOT REGEXP '_(id|until|at|sha256|hash|expires_at)$' AND DATA_TYPE IN ('varchar', 'text', 'mediumtext', 'longtext')`,
  );
  expect(columns.map(({ name }) => name).sort()).toEqual([...SEALED_COLUMNS].map(nameOf).sort());
});

describe.each(SEALED_COLUMNS.map((column) => [nameOf(column), column] as const))('%s', (_, column) => {
  it('opens where it was sealed, as the database gives the row back', async () => {
    expect(open(column, await insert(column.table))).toBe(`secret of ${nameOf(column)}`);
  });

  it('does not open in another row', async () => {
    const [mine, stolen] = [await insert(column.table), await insert(column.table)];
    const moved = await write(column, mine, stolen[column.column]);
    expect(() => open(column, moved)).toThrow(SecretUnreadableError);
  });

  it('swapped with another row opens in neither', async () => {
    const [one, other] = [await insert(column.table), await insert(column.table)];
    const swapped = [await write(column, one, other[column.column]), await write(column, other, one[column.column])];
    for (const row of swapped) expect(() => open(column, row)).toThrow(SecretUnreadableError);
  });

  it('takes nothing from another column or table', async () => {
    for (const from of SEALED_COLUMNS.filter((other) => other !== column)) {
      const [row, source] = [await insert(column.table), await insert(from.table)];
      const moved = await write(column, row, source[from.column]);
      expect(() => open(column, moved), nameOf(from)).toThrow(SecretUnreadableError);
      // Within the row, too, unless SQL itself moves it there: the current token becomes the previous one.
      if (from.table !== column.table || sameClass(from, column, row)) continue;
      const within = await write(column, row, row[from.column]);
      expect(() => open(column, within), nameOf(from)).toThrow(SecretUnreadableError);
    }
  });

  it('does not open when its row is given another natural key', async () => {
    for (const key of column.key) {
      const row = await insert(column.table);
      const value = row[key];
      const other = value instanceof Date ? new Date(value.getTime() - 60_000) : /^\d+$/.test(String(value)) ? 999_999 : 'other';
      await db.dataSource.query(`UPDATE \`${column.table}\` SET \`${key}\` = ? WHERE \`${column.id}\` = ?`, [
        other,
        row[column.id],
      ]);
      const changed = await readRow(db.dataSource, column, key === column.id ? other : row[column.id]);
      expect(() => open(column, changed), key).toThrow(SecretUnreadableError);
      await db.dataSource.query(`DELETE FROM \`${column.table}\` WHERE \`${column.id}\` = ?`, [changed[column.id]]);
    }
  });

  it('cut short does not open', async () => {
    const row = await insert(column.table);
    const sealed = String(row[column.column]);
    for (const length of [sealed.length - 1, sealed.length - 30, 60, 'enc:v2:k1:'.length, 'enc:v2:'.length, 5]) {
      const cut = await write(column, row, sealed.slice(0, length));
      expect(() => open(column, cut), `${length} characters`).toThrow(SecretUnreadableError);
    }
  });

  it('declared to be of the older form does not open', async () => {
    const row = await insert(column.table);
    const sealed = String(row[column.column]);
    const salt = Buffer.from(sealed.slice('enc:v2:k1:'.length), 'base64url').subarray(32).toString('base64url');
    for (const downgraded of [sealed.replace('enc:v2:', 'enc:v1:'), `enc:v1:k1:${salt}`]) {
      expect(() => open(column, { ...row, [column.column]: downgraded })).toThrow(SecretUnreadableError);
    }
  });

  it('takes the older form from another column of nobody, and no older form at all when strict', async () => {
    const row = await insert(column.table);
    const binding = column.bindingOf(row);
    expect(column.onlyBound === true).toBe(!hasOlderForm(binding));
    const older = box.seal('x', binding, 'v1');
    expect(open(column, { ...row, [column.column]: older })).toBe('x');
    expect(() => open(column, { ...row, [column.column]: box.seal('x', { ...binding, purpose: 'other' }, 'v1') })).toThrow(
      SecretUnreadableError,
    );
    expect(() => open(column, { ...row, [column.column]: strict.seal('x', binding).replace('v2', 'v1') }, strict)).toThrow(
      /SECRETS_STRICT/,
    );
  });

  it('takes plain text only where an older system or the last release wrote it, and none when strict', async () => {
    const row = await insert(column.table);
    const plain = { ...row, [column.column]: 'plain' };
    if (PLAIN_TEXT_BEFORE.includes(column.table)) expect(open(column, plain)).toBe('plain');
    else expect(() => open(column, plain)).toThrow(SecretUnreadableError);
    expect(() => open(column, plain, strict)).toThrow(SecretUnreadableError);
  });
});
