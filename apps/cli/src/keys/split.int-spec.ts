import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  APP_DOMAINS,
  type EncryptionKey,
  reencrypt,
  SEALED_COLUMNS,
  SECRET_DOMAINS,
  type SealedColumn,
  SecretBox,
  SecretUnreadableError,
} from '#persistence';
import { createTestDatabase, type TestDatabase } from '../../../../libs/persistence/testing/database.js';
import { insertSealedRow, readRow, type StoredRow } from '../../../../libs/persistence/testing/sealed-rows.js';
import { type Holder, keysAt, newDomainKeys, STEPS, type StepName } from './split.domain.js';
import { storedKeys } from './stored-keys.js';

const APPS = ['ingestion', 'broker', 'release'] as const;
type App = (typeof APPS)[number];

const former: EncryptionKey[] = [{ id: 'k1', key: randomBytes(32) }];
const fresh = newDomainKeys('d1');
let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db?.drop());

/** As the app makes it at its start. */
const boxOf = (step: StepName, app: App) => new SecretBox(keysAt(step, app, former, fresh), { use: APP_DOMAINS[app] });
/** Everything that somebody can do who has the app's keys, and has read our sources. */
const stolenFrom = (holder: Holder) =>
  keysAt('3-alone', holder, former, fresh).flatMap(({ id, key }) =>
    fresh.map((other) => new SecretBox([{ id: other.id, key }, ...(id === other.id ? [] : [{ id, key }])])),
  );
const sealing = ({ domain }: SealedColumn) => APPS.filter((app) => APP_DOMAINS[app].seals.includes(domain));
const opening = ({ domain }: SealedColumn) => APPS.filter((app) => APP_DOMAINS[app].opens.includes(domain));
const insert = (column: SealedColumn, box: SecretBox) =>
  insertSealedRow(db.dataSource, column.table, (one, row) => box.seal(`secret of ${one.column}`, one.bindingOf(row)));
const open = (column: SealedColumn, row: StoredRow, box: SecretBox) =>
  box.open(String(row[column.column]), column.bindingOf(row));
async function anyRow(column: SealedColumn): Promise<StoredRow> {
  const [row] = await db.dataSource.query(`SELECT \`${column.id}\` AS id FROM \`${column.table}\` LIMIT 1`);
  return readRow(db.dataSource, column, row.id);
}
const idsInUse = async () => [...new Set((await storedKeys(db.dataSource)).map(({ keyId }) => keyId))].sort();

describe('from one key for everything to keys for each app', () => {
  it('whatever a replica sealed opens in each app that needs it, at the same step, the one before and the one after', async () => {
    for (const [index, { name: step }] of STEPS.entries()) {
      const together = [index - 1, index, index + 1].flatMap((other) => STEPS[other]?.name ?? []);
      for (const column of SEALED_COLUMNS)
        for (const writer of sealing(column)) {
          const row = await insert(column, boxOf(step, writer));
          for (const at of together)
            for (const reader of opening(column))
              expect(open(column, row, boxOf(at, reader)), `${writer} ${step}, ${reader} ${at}`).toBe(
                `secret of ${column.column}`,
              );
        }
    }
  });

  it('a rotation leaves every row under the key of its domain, and then the former key is in no use', async () => {
    expect(await idsInUse()).toContain('k1');
    const report = await reencrypt(db.dataSource, new SecretBox(keysAt('2-seals', 'cli', former, fresh)), { pauseMs: 0 });
    expect(report.reduce((sum, { unreadable, plain, unassigned }) => sum + unreadable + plain + unassigned, 0)).toBe(0);
    for (const { table, column, keyId, sample } of await storedKeys(db.dataSource))
      expect([table, column, keyId]).toEqual([table, column, `d1-${sample.binding.domain}`]);
    for (const column of SEALED_COLUMNS)
      for (const row of await db.dataSource.query(`SELECT * FROM \`${column.table}\``))
        for (const app of opening(column)) expect(open(column, row, boxOf('3-alone', app))).toBe(`secret of ${column.column}`);
    // Once more has nothing to do.
    const again = await reencrypt(db.dataSource, new SecretBox(keysAt('3-alone', 'cli', former, fresh)), { pauseMs: 0 });
    expect(again.reduce((sum, { total }) => sum + total, 0)).toBe(0);
  });

  it('a newer key of one domain is brought to the rows of that domain, and to no other', async () => {
    const newer: EncryptionKey = { id: 'd2-credentials', key: randomBytes(32), domains: ['credentials'] };
    const report = await reencrypt(db.dataSource, new SecretBox([newer, ...fresh]), { pauseMs: 0 });
    const rewritten = report.filter((column) => column.rewritten > 0).map(({ table }) => table);
    expect([...new Set(rewritten)].sort()).toEqual(['f_wechat_accesstoken', 'f_wechat_apisecurity', 'f_wechat_refreshtoken']);
    expect(await idsInUse()).toEqual(
      [...SECRET_DOMAINS]
        .filter((domain) => domain !== 'shared-tokens')
        .map((domain) => (domain === 'credentials' ? newer.id : `d1-${domain}`))
        .sort(),
    );
    await reencrypt(db.dataSource, new SecretBox([...fresh, newer]), { pauseMs: 0 });
  });
});

describe.each(APPS)('who has the keys of %s', (app) => {
  it('opens what the app opens, and nothing of what only others have the keys of', async () => {
    const use = APP_DOMAINS[app];
    for (const column of SEALED_COLUMNS) {
      const stored = await anyRow(column);
      const own = use.opens.includes(column.domain) || use.seals.includes(column.domain);
      if (use.opens.includes(column.domain)) expect(open(column, stored, boxOf('3-alone', app))).toContain('secret of');
      if (own) continue;
      for (const box of [boxOf('3-alone', app), ...stolenFrom(app)])
        expect(() => open(column, stored, box), `${column.table}.${column.column}`).toThrow(SecretUnreadableError);
    }
  });

  it('makes nothing that others take for theirs', async () => {
    const own = [...APP_DOMAINS[app].seals, ...APP_DOMAINS[app].opens];
    for (const column of SEALED_COLUMNS.filter(({ domain }) => !own.includes(domain))) {
      const binding = { ...column.bindingOf(await anyRow(column)), olderPlainText: false };
      for (const forger of stolenFrom(app))
        for (const write of ['v1', 'v2'] as const) {
          const forged = forger.seal('forged', binding, write);
          for (const reader of opening(column))
            expect(() => boxOf('3-alone', reader).open(forged, binding)).toThrow(SecretUnreadableError);
        }
    }
  });
});
