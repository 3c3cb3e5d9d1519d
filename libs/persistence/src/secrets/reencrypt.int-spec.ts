import { hash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../testing/database.js';
import { insertSealedRow, readRow } from '../../testing/sealed-rows.js';
import { ForgedSecretError, reencrypt } from './reencrypt.js';
import { BINDINGS, SEALED_COLUMNS, type SealedColumn } from './sealed-columns.js';
import { SecretBox } from './secret-box.js';

const older = { id: 'k1', key: randomBytes(32) };
const newer = { id: 'k2', key: randomBytes(32) };
let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
});
beforeEach(async () => {
  for (const table of new Set(SEALED_COLUMNS.map((column) => column.table))) await db.dataSource.query(`TRUNCATE \`${table}\``);
});
afterAll(() => db?.drop());

const write = (appid: string, token: string) =>
  db.dataSource.query(
    `INSERT INTO f_wechat_refreshtoken (component_appid, authorizer_appid, authorizer_refresh_token, create_time, is_cancel) VALUES ('wxc', ?, ?, UTC_TIMESTAMP(), 0)`,
    [appid, token],
  );
const stored = async (): Promise<string[]> =>
  (await db.dataSource.query('SELECT authorizer_refresh_token AS t FROM f_wechat_refreshtoken ORDER BY refresh_id')).map(
    (row: { t: string }) => row.t,
  );
const at = (index: number | string) => BINDINGS.refreshToken('wxc', `wx${index}`);

it('brings plain text and older keys under the newest one, goes on after a stop, and leaves what nobody can read', async () => {
  const before = new SecretBox([older], { write: 'v1' });
  for (let i = 0; i < 25; i += 1) await write(`wx${i}`, before.seal(`refreshtoken@@@${i}`, at(i)));
  await write('wxplain', 'refreshtoken@@@plain');
  await write('wxlost', new SecretBox([{ id: 'k0', key: randomBytes(32) }], { write: 'v1' }).seal('x', at('lost')));

  const box = new SecretBox([newer, older], { write: 'v1' });
  const stop = new AbortController();
  await expect(
    reencrypt(db.dataSource, box, {
      batch: 5,
      pauseMs: 0,
      adoptPlainText: true,
      signal: stop.signal,
      onProgress: ({ rewritten }) => rewritten >= 5 && stop.abort(),
    }),
  ).rejects.toThrow();
  const half = (await stored()).filter((text) => text.startsWith('enc:v1:k2:')).length;
  expect(half).toBeGreaterThanOrEqual(5);
  expect(half).toBeLessThan(26);

  const report = await reencrypt(db.dataSource, box, { batch: 5, pauseMs: 0, adoptPlainText: true });
  expect(report.find(({ column }) => column === 'authorizer_refresh_token')).toMatchObject({
    rewritten: 26 - half,
    adopted: 1,
    unreadable: 1,
    examples: [expect.stringMatching(/^refresh_id 27: .*no such key is configured \(key id "k0"\)$/)],
  });
  const texts = await stored();
  const only = new SecretBox([newer]);
  expect(texts.slice(0, 25).map((text, i) => only.open(text, at(i)))).toEqual(
    Array.from({ length: 25 }, (_, i) => `refreshtoken@@@${i}`),
  );
  expect(texts[25]).toMatch(/^enc:v1:k2:/);
  expect(only.open(texts[25]!, at('plain'))).toBe('refreshtoken@@@plain');
  expect(texts[26]).toMatch(/^enc:v1:k0:/);
});

it('a rotation of a writer of v1 leaves the v2 that is under the newest key, and keeps the form of what is not', async () => {
  const [former, present] = [new SecretBox([older]), new SecretBox([newer])];
  await write('wx0', present.seal('refreshtoken@@@0', at(0)));
  await write('wx1', former.seal('refreshtoken@@@1', at(1)));
  const before = await stored();
  await reencrypt(db.dataSource, new SecretBox([newer, older], { write: 'v1' }), { pauseMs: 0 });
  const after = await stored();
  expect(after[0]).toBe(before[0]);
  expect(after[1]).toMatch(/^enc:v2:k2:/);
  expect(present.open(after[1]!, at(1))).toBe('refreshtoken@@@1');
});

it('makes no plain text genuine unless it is told to', async () => {
  await write('wxplain', 'refreshtoken@@@plain');
  const report = await reencrypt(db.dataSource, new SecretBox([newer]), { pauseMs: 0 });
  expect(report.find(({ column }) => column === 'authorizer_refresh_token')).toMatchObject({ rewritten: 0, plain: 1 });
  expect(await stored()).toEqual(['refreshtoken@@@plain']);
});

describe.each(SEALED_COLUMNS.map((column) => [`${column.table}.${column.column}`, column] as const))('%s', (_, column) => {
  const box = new SecretBox([newer, older]);
  const insert = (by: SecretBox, of: SealedColumn = column) =>
    insertSealedRow(db.dataSource, of.table, (each, row) => by.seal('a secret', each.bindingOf(row)));

  it('comes from v1 to v2 and back, and opens all the while', async () => {
    const row = await insert(new SecretBox([older], { write: 'v1' }));
    for (const to of ['v2', 'v1', 'v2'] as const) {
      await reencrypt(db.dataSource, box, { to, pauseMs: 0 });
      const now = await readRow(db.dataSource, column, row[column.id]);
      if (column.formerlyPlain && to === 'v1') expect(now[column.column]).toBe('a secret');
      else expect(now[column.column]).toMatch(new RegExp(`^enc:${column.onlyBound ? 'v2' : to}:k2:`));
      expect(box.open(String(now[column.column]), column.bindingOf(now))).toBe('a secret');
    }
  });

  it('moved here from another row is not made genuine, and the row is named', async () => {
    const before = new SecretBox([older]);
    const [mine, stolen] = [await insert(before), await insert(before)];
    const sealed = stolen[column.column];
    await db.dataSource.query(`UPDATE \`${column.table}\` SET \`${column.column}\` = ? WHERE \`${column.id}\` = ?`, [
      sealed,
      mine[column.id],
    ]);
    const report = await reencrypt(db.dataSource, box, { pauseMs: 0, adoptPlainText: true });
    expect(report.find((each) => each.table === column.table && each.column === column.column)).toMatchObject({
      rewritten: 1,
      unreadable: 1,
      examples: [expect.stringContaining(`${column.id} ${mine[column.id]}: `)],
    });
    expect((await readRow(db.dataSource, column, mine[column.id]))[column.column]).toBe(sealed);
  });

  it('in plain text stops the run unless an older system wrote there', async () => {
    const row = await insert(box);
    await db.dataSource.query(`UPDATE \`${column.table}\` SET \`${column.column}\` = 'forged'`);
    const run = reencrypt(db.dataSource, box, { pauseMs: 0 });
    if (column.bindingOf(row).olderPlainText) expect((await run).map(({ plain }) => plain)).toContain(1);
    else await expect(run).rejects.toThrow(ForgedSecretError);
    expect((await readRow(db.dataSource, column, row[column.id]))[column.column]).toBe('forged');
  });

  it.runIf(column.formerlyPlain)(
    'in plain text is what a writer of v1 writes, and nothing that a rotation of it finds',
    async () => {
      const writer = new SecretBox([newer], { write: 'v1' });
      const row = await insert(writer);
      expect(row[column.column]).toBe('a secret');
      for (const { rewritten, plain, total } of await reencrypt(db.dataSource, writer, { pauseMs: 0 }))
        expect([rewritten, plain, total]).toEqual([0, 0, 0]);
      expect(writer.open(box.seal('newer', column.bindingOf(row)), column.bindingOf(row))).toBe('newer');
    },
  );

  it.runIf(column.formerlyPlain)('in plain text is taken over by a migration alone, which counts it', async () => {
    const row = await insert(new SecretBox([newer], { write: 'v1' }));
    const told: [string, number][] = [];
    const onAdopted = async (name: string, rows: number) => void told.push([name, rows]);
    await reencrypt(db.dataSource, box, { pauseMs: 0, onAdopted });
    expect(told).toEqual([]);
    await reencrypt(db.dataSource, box, { to: 'v2', pauseMs: 0, onAdopted });
    expect(told).toContainEqual([`${column.table}.${column.column}`, 1]);
    const now = await readRow(db.dataSource, column, row[column.id]);
    expect(new SecretBox([newer], { strict: true }).open(String(now[column.column]), column.bindingOf(now))).toBe('a secret');
    // What queries ask of the text is there from now on.
    if (column.digest) expect(now[column.digest]).toBe(hash('sha256', 'a secret', 'hex'));
  });
});
