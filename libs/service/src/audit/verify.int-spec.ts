import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDataSource } from '#persistence';
import { createTestDatabase, type TestDatabase } from '../../../persistence/testing/database.js';
import type { Logger } from '../log/logger.js';
import { AccessLog } from './access-log.js';
import { exportAudit, exportedAudit, storedAudit } from './audit-source.js';
import { publicKeysOf, signerFromFile } from './checkpoint.js';
import { Checkpointer } from './checkpointer.js';
import { type VerifyOptions, verifyAudit } from './verify.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const logger = { warn() {}, error() {}, info() {}, debug() {} } as unknown as Logger;
const keys = generateKeyPairSync('ed25519');
const others = generateKeyPairSync('ed25519');
const keyFile = join(mkdtempSync(join(tmpdir(), 'audit-')), 'key.pem');
writeFileSync(keyFile, keys.privateKey.export({ type: 'pkcs8', format: 'pem' }));
const publicKeys = publicKeysOf(String(keys.publicKey.export({ type: 'spki', format: 'pem' })));
const signer = signerFromFile(keyFile);

let database: TestDatabase;
/** Of the database. */
let now: number;
let checkpointer: Checkpointer;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

const sql = (text: string, parameters: unknown[] = []) => database.dataSource.query(text, parameters);
const newCheckpointer = (signed = true) =>
  new Checkpointer(database.dataSource, logger, signed ? signer : undefined, async () => new Date(now).toISOString());
const verify = (options: Partial<VerifyOptions> = {}, from = new Date(now - DAY_MS), to = new Date(now + 30_000)) =>
  verifyAudit(storedAudit(database.dataSource, from, to), { from, to, publicKeys, ...options });
const kinds = async (options: Partial<VerifyOptions> = {}) => [
  ...new Set((await verify(options)).findings.map(({ kind }) => kind)),
];

async function entriesOf(log: AccessLog, count: number): Promise<void> {
  for (let number = 0; number < count; number += 1)
    log.record({ action: 'thing.write', subject: `thing ${number}`, outcome: 'ok' });
  await log.flush();
}

/** Four minutes of two replicas, each minute with its checkpoint; in the third nothing happened. */
beforeEach(async () => {
  for (const table of ['accesslog', 'auditcheckpoint', 'audithead']) await sql(`DELETE FROM f_wechat_${table}`);
  now = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
  checkpointer = newCheckpointer();
  const [a, b] = [new AccessLog(database.dataSource, 'a', logger), new AccessLog(database.dataSource, 'b', logger)];
  for (const [ofA, ofB] of [
    [3, 2],
    [4, 3],
    [0, 0],
    [2, 0],
  ] as const) {
    await Promise.all([entriesOf(a, ofA), entriesOf(b, ofB)]);
    expect(await checkpointer.look()).toBeDefined();
    expect(await checkpointer.look()).toBeUndefined();
    now += MINUTE_MS;
  }
  await entriesOf(a, 2);
  await Promise.all([a.stop(), b.stop()]);
});

const entry = async (app: string, seq: number) =>
  (await sql('SELECT * FROM f_wechat_accesslog WHERE app = ? AND seq = ?', [app, seq]))[0] as Record<string, unknown>;

describe('the audit log of two replicas', () => {
  it('is what was written, with each minute’s checkpoint, also from an export without the database', async () => {
    expect(await verify()).toMatchObject({ findings: [], checkpoints: 4, signed: 4, entries: 16, unchained: { count: 0 } });
    const lines = [];
    const [from, to] = [new Date(now - DAY_MS), new Date(now + 30_000)];
    for await (const line of exportAudit(storedAudit(database.dataSource, from, to)))
      lines.push(JSON.parse(JSON.stringify(line)));
    expect(await verifyAudit(exportedAudit(lines), { from, to, publicKeys })).toMatchObject({ findings: [], entries: 16 });
    lines.find(({ type, seq, app }) => type === 'entry' && app === 'b' && seq === 4).subject = 'another';
    expect((await verifyAudit(exportedAudit(lines), { from, to, publicKeys })).findings).toMatchObject([
      { kind: 'changed', what: expect.stringContaining('number 4 of b-') },
    ]);
  });

  it('may have been written by clocks that step', async () => {
    await sql('DELETE FROM f_wechat_accesslog WHERE seq > 9 AND app = ?', ['a']);
    const log = new AccessLog(database.dataSource, 'c', logger);
    const real = Date.now;
    for (const step of [0, -5 * MINUTE_MS, 3 * DAY_MS, 0]) {
      Date.now = () => real() + step;
      await entriesOf(log, 2);
    }
    Date.now = real;
    await log.stop();
    await checkpointer.look();
    expect(await kinds()).toEqual([]);
  });

  it('counts what a replica of a release without chains writes beside them, and says until when', async () => {
    const plain = (at: Date) =>
      sql("INSERT INTO f_wechat_accesslog (at, app, action, outcome) VALUES (?, 'old', 'a', 'ok')", [at]);
    await plain(new Date(now));
    expect(await verify()).toMatchObject({
      findings: [],
      unchained: { count: 1, last: new Date(now).toISOString(), apps: ['old'] },
    });
    expect(await kinds({ chainedSince: new Date(now - 1) })).toEqual(['added']);
    for (let minute = 0; minute < 3; minute += 1) {
      await checkpointer.look();
      now += MINUTE_MS;
      await plain(new Date(now));
    }
    await checkpointer.look();
    expect(await kinds()).toEqual([]);
    const [{ id }] = await sql("SELECT MAX(accesslog_id) - 2 AS id FROM f_wechat_accesslog WHERE app = 'old'");
    await sql('DELETE FROM f_wechat_accesslog WHERE accesslog_id = ?', [id]);
    expect(await kinds()).toEqual(['missing']);
  });
});

describe('whoever has only the database', () => {
  const rewritten = async (app: string, seq: number, set: string) => {
    await sql(`UPDATE f_wechat_accesslog SET ${set} WHERE app = ? AND seq = ?`, [app, seq]);
  };

  it.each([
    'subject = "another"',
    'at = at - INTERVAL 1 SECOND',
    'outcome = "refused"',
    'client_id = "c1"',
    'times = 7',
    'hash = REPEAT("0", 64)',
    'prev = REPEAT("1", 64)',
  ])('is found when he changes an entry: %s', async (set) => {
    const { accesslog_id: id } = await entry('a', 5);
    await rewritten('a', 5, set);
    const [first] = (await verify()).findings;
    expect(first?.kind).toBe('changed');
    expect([id, (await entry('a', 4))['accesslog_id']]).toContain(/entry (\d+)/.exec(first!.what)?.[1]);
  });

  it('is found when he writes entries anew with hashes that are right, up to the end of the chain', async () => {
    const { hashOf, fromDocument, fromRow } = await import('./chain.js');
    let prev = String((await entry('a', 4))['hash']);
    for (let seq = 5; seq <= 11; seq += 1) {
      const document = { ...fromDocument(fromRow(await entry('a', seq)))!, prev };
      const changed = seq === 5 ? { ...document, columns: { ...document.columns, subject: 'another' } } : document;
      const hash = hashOf(changed);
      await sql('UPDATE f_wechat_accesslog SET subject = ?, prev = ?, hash = ? WHERE app = ? AND seq = ?', [
        changed.columns.subject,
        prev,
        hash,
        'a',
        seq,
      ]);
      prev = hash;
    }
    const { findings } = await verify();
    expect(findings[0]).toMatchObject({ kind: 'changed', what: expect.stringMatching(/number 7 of a-/) });
    // With the checkpoints made anew as well: they are signed with a key that he has not.
    for (const { seq, document } of await sql('SELECT seq, document FROM f_wechat_auditcheckpoint ORDER BY seq')) {
      const told = JSON.parse(document);
      const [before] = await sql('SELECT hash FROM f_wechat_auditcheckpoint WHERE seq = ?', [Number(seq) - 1]);
      for (const head of told.heads)
        head[3] = (await sql('SELECT hash FROM f_wechat_accesslog WHERE writer = ? AND seq = ?', [head[0], head[2]]))[0].hash;
      const { makeCheckpoint } = await import('./checkpoint.js');
      const forged = makeCheckpoint({ ...told, prev: before?.hash ?? told.prev }, undefined);
      await sql('UPDATE f_wechat_auditcheckpoint SET document = ?, hash = ? WHERE seq = ?', [forged.document, forged.hash, seq]);
    }
    expect(await kinds()).toEqual(['signature']);
    expect(await kinds({ publicKeys: [] })).toEqual([]);
  });

  it('is found when he deletes one entry, the end of a chain, or a whole chain', async () => {
    for (const which of [
      "app = 'a' AND seq = 4",
      "app = 'a' AND seq = 7",
      "app = 'b' AND seq >= 3",
      "app = 'b'",
      "app = 'a' AND seq = 1",
    ]) {
      const rows = await sql(`SELECT * FROM f_wechat_accesslog WHERE ${which}`);
      await sql(`DELETE FROM f_wechat_accesslog WHERE ${which}`);
      const { findings } = await verify();
      expect(findings[0], which).toMatchObject({ kind: 'missing', what: expect.stringMatching(/numbers? \d/) });
      for (const row of rows)
        await sql(
          `INSERT INTO f_wechat_accesslog (${Object.keys(row)}) VALUES (${Object.keys(row).map(() => '?')})`,
          Object.values(row),
        );
      expect(await kinds(), which).toEqual([]);
    }
  });

  it('is found when he swaps two entries', async () => {
    const [five, six] = [await entry('a', 5), await entry('a', 6)];
    const move = (from: unknown, to: unknown) =>
      sql('UPDATE f_wechat_accesslog SET accesslog_id = ? WHERE accesslog_id = ?', [to, from]);
    await move(five['accesslog_id'], 999_999_999);
    await move(six['accesslog_id'], five['accesslog_id']);
    await move(999_999_999, six['accesslog_id']);
    expect((await verify()).findings[0]).toMatchObject({ kind: 'moved', what: expect.stringContaining('number 6 of a-') });
    await sql('UPDATE f_wechat_accesslog SET seq = 1000000 - seq WHERE app = ? AND seq IN (5, 6)', ['a']);
    await sql('UPDATE f_wechat_accesslog SET seq = IF(seq = 999995, 6, 5) WHERE app = ? AND seq > 999000', ['a']);
    expect(await kinds()).toContain('changed');
  });

  it('is found when he adds to the past: in a chain of his own, at the end of a former one, before its beginning', async () => {
    const { Chain, toRow, INTO_ACCESSLOG } = await import('./chain.js');
    const { toColumns } = await import('./entry.js');
    const at = Date.now() - 3_600_000;
    const forged = new Chain('x').next(toColumns('x', { action: 'thing.write', outcome: 'ok' }, { at, lastAt: at, times: 1 }));
    const insert = (row: readonly unknown[]) =>
      sql(`INSERT INTO f_wechat_accesslog (${INTO_ACCESSLOG}) VALUES (${row.map(() => '?')})`, [...row]);
    await insert(toRow(forged));
    expect((await verify()).findings[0]).toMatchObject({ kind: 'added', what: expect.stringContaining('number 1 of x-') });
    await checkpointer.look();
    expect((await verify()).findings[0]).toMatchObject({ kind: 'added', what: expect.stringContaining('number 1 of x-') });

    const { writer, hash } = await entry('b', 5);
    const { hashOf } = await import('./chain.js');
    const more = { columns: forged.columns, writer: String(writer), seq: 6, prev: String(hash) };
    await insert(toRow({ ...more, hash: hashOf(more) }));
    await insert(toRow({ ...more, seq: 0, hash: hashOf({ ...more, seq: 0 }) }));
    const { findings } = await verify();
    expect(
      findings.filter(({ kind }) => kind === 'added').map(({ what }) => /number (\d+) of (\w)/.exec(what)!.slice(1)),
    ).toEqual(
      expect.arrayContaining([
        ['1', 'x'],
        ['6', 'b'],
        ['0', 'b'],
      ]),
    );
  });

  it('is found when he takes out, changes or repeats checkpoints, or a whole day of them', async () => {
    const kept = await sql('SELECT * FROM f_wechat_auditcheckpoint ORDER BY seq');
    const restore = async () => {
      await sql('DELETE FROM f_wechat_auditcheckpoint');
      for (const row of kept)
        await sql(
          `INSERT INTO f_wechat_auditcheckpoint (${Object.keys(row)}) VALUES (${Object.keys(row).map(() => '?')})`,
          Object.values(row),
        );
    };
    await sql('DELETE FROM f_wechat_auditcheckpoint WHERE seq = 2');
    expect((await verify()).findings.map(({ what }) => what).join()).toContain('checkpoints 2 to 2 are missing');
    await restore();
    await sql(
      'UPDATE f_wechat_auditcheckpoint SET document = REPLACE(document, "retention", "minute"), at = at + INTERVAL 1 SECOND WHERE seq = 2',
    );
    expect(await kinds()).toContain('checkpoint');
    await restore();
    // The end: the log since then as if it had not been.
    await sql('DELETE FROM f_wechat_auditcheckpoint WHERE seq > 1');
    await sql('DELETE FROM f_wechat_audithead WHERE checkpoint_seq > 1');
    now += MINUTE_MS;
    expect((await verify()).findings[0]).toMatchObject({ kind: 'gap' });
    expect((await verify({ known: { seq: 4, hash: kept[3].hash } })).findings.map(({ what }) => what).join()).toContain(
      'checkpoint 4, which was kept, is not there',
    );
    // The broker goes on, and remembers what it has written.
    await checkpointer.look();
    expect((await verify()).findings.map(({ what }) => what).join()).toContain('checkpoints 2 to 4 are missing');
    await restore();
    await sql(
      'UPDATE f_wechat_auditcheckpoint SET signature = (SELECT s FROM (SELECT signature AS s FROM f_wechat_auditcheckpoint WHERE seq = 1) x) WHERE seq = 3',
    );
    expect(await kinds()).toContain('signature');
    await restore();
    expect(await kinds({ publicKeys: publicKeysOf(String(others.publicKey.export({ type: 'spki', format: 'pem' }))) })).toEqual([
      'signature',
      'gap',
    ]);
  });

  it('is found when he puts a day in the place of another', async () => {
    const rows = await sql("SELECT * FROM f_wechat_accesslog WHERE app = 'a' AND seq <= 3 ORDER BY seq");
    await sql("DELETE FROM f_wechat_accesslog WHERE app = 'a' AND seq BETWEEN 4 AND 6");
    for (const row of rows) {
      const { accesslog_id: _, ...rest } = row;
      const again = { ...rest, seq: Number(row.seq) + 3 };
      await sql(
        `INSERT INTO f_wechat_accesslog (${Object.keys(again)}) VALUES (${Object.keys(again).map(() => '?')})`,
        Object.values(again),
      );
    }
    expect((await verify()).findings[0]).toMatchObject({ kind: 'changed' });
  });
});

it('names the first minute without a checkpoint', async () => {
  now += 5 * MINUTE_MS;
  await checkpointer.look();
  const minute = new Date(now - 5 * MINUTE_MS).toISOString();
  expect((await verify()).findings).toMatchObject([
    { kind: 'gap', at: minute, what: `no checkpoint from ${minute} on, for 5 min` },
  ]);
});

it('makes one checkpoint of a minute, however many replicas look at the same moment', async () => {
  const replicas = Array.from({ length: 6 }, () => newCheckpointer());
  // Whoever comes a little later sees in its transaction what was not there when it looked.
  for (let minute = 0; minute < 20; minute += 1) {
    const made = await Promise.all(replicas.map((replica) => replica.look()));
    expect(made.filter(Boolean)).toHaveLength(1);
    now += MINUTE_MS;
  }
  expect(await kinds()).toEqual([]);
});

it('drops whole days after their time, says so in a signed checkpoint, and what is left still verifies', async () => {
  const start = now;
  now += 10 * DAY_MS;
  const log = new AccessLog(database.dataSource, 'late', logger);
  const real = Date.now;
  Date.now = () => real() + 10 * DAY_MS;
  await entriesOf(log, 3);
  Date.now = real;
  await log.stop();
  await checkpointer.look();
  const deleted = await checkpointer.expire(5);
  expect(deleted).toBe(14);
  const [{ count }] = await sql('SELECT COUNT(*) AS count FROM f_wechat_auditcheckpoint WHERE at < ?', [new Date(start)]);
  expect(Number(count)).toBe(0);
  const { findings, entries, signed } = await verify();
  expect(findings.filter(({ kind }) => kind !== 'gap')).toEqual([]);
  expect({ entries, signed }).toEqual({ entries: 5, signed: 2 });
  // The former chain goes on, from where it was dropped.
  expect(await checkpointer.expire(5)).toBe(0);
});

it('is dropped by an account that can do nothing else, where the broker’s may only say what is too old', async () => {
  now += 10 * DAY_MS;
  const [broker, retention] = await Promise.all(
    (['broker', 'retention'] as const).map(async (account) =>
      createDataSource({ url: await database.urlOf(account), poolSize: 2 }).initialize(),
    ),
  );
  try {
    const signs = new Checkpointer(broker!, logger, signer, async () => new Date(now).toISOString());
    await signs.look();
    expect(await signs.expire(5)).toBeUndefined();
    expect(await signs.drop().catch(({ code }) => code)).toBe('ER_TABLEACCESS_DENIED_ERROR');
    expect(await new Checkpointer(retention!, logger, undefined).drop()).toBe(14);
    expect((await verify()).findings.filter(({ kind }) => kind !== 'gap')).toEqual([]);
  } finally {
    await Promise.all([broker!.destroy(), retention!.destroy()]);
  }
});
