import { afterAll, beforeAll, expect, it } from 'vitest';
import { AccessLogEntity } from '#persistence';
import { createTestDatabase, type TestDatabase } from '../../../persistence/testing/database.js';
import type { Logger } from '../log/logger.js';
import { type Access, AccessLog } from './access-log.js';
import { BEGINNING, fromDocument, fromRow, hashOf } from './chain.js';

let database: TestDatabase;
let log: AccessLog;
const silent = { warn() {}, error() {}, info() {}, debug() {} } as unknown as Logger;

const read = (caller: string, subject: string): Access => ({ action: 'thing.read', clientId: caller, subject, outcome: 'ok' });

beforeAll(async () => {
  database = await createTestDatabase();
  log = new AccessLog(database.dataSource, 'things', silent);
});
afterAll(async () => {
  await log.stop();
  await database?.drop();
});

const entries = (subject: string) =>
  database.dataSource.getRepository(AccessLogEntity).find({ where: { subject }, order: { accesslogId: 'ASC' } });
const readOften = (subject: string, times: number) => {
  for (let count = 0; count < times; count += 1) log.countBehind(read, 'c1', subject, () => ({ requestId: `request-${count}` }));
};

it('writes the first time without waiting for the others, then how often it happened again', async () => {
  readOften('often', 4);
  await expect.poll(() => entries('often')).toHaveLength(1);
  const [first] = await entries('often');
  expect(first).toMatchObject({ clientId: 'c1', action: 'thing.read', times: 1, requestId: 'request-0', lastAt: null });

  await log.flush();
  const [, again, ...more] = await entries('often');
  expect(again).toMatchObject({ clientId: 'c1', action: 'thing.read', times: 3, requestId: null });
  expect(Math.abs((again?.at.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
  expect(more).toEqual([]);
});

it('goes on counting what goes on, and takes it for new after a pause', async () => {
  readOften('paused', 2);
  await log.flush();
  readOften('paused', 5);
  await log.flush();
  expect((await entries('paused')).map((entry) => entry.times)).toEqual([1, 1, 5]);

  await log.flush();
  readOften('paused', 1);
  await log.flush();
  expect((await entries('paused')).map((entry) => entry.times)).toEqual([1, 1, 5, 1]);
});

it('tells callers and subjects apart', async () => {
  log.countBehind(read, 'c1', 'shared', () => ({ requestId: 'r1' }));
  log.countBehind(read, 'c2', 'shared', () => ({ requestId: 'r2' }));
  log.countBehind(read, 'c1', 'other', () => ({ requestId: 'r3' }));
  await log.flush();
  expect((await entries('shared')).map((entry) => [entry.clientId, entry.times])).toEqual([
    ['c1', 1],
    ['c2', 1],
  ]);
  expect(await entries('other')).toHaveLength(1);
});

it('loses no repetition when it is flushed in the middle of a round', async () => {
  readOften('round', 3);
  // The timer's round stands inside this caller's things while the flush forgets them, and they come back.
  const inside = log as unknown as { round: Iterator<void> | undefined; sweep(): Iterator<void> };
  inside.round = inside.sweep();
  inside.round.next();
  await log.flush();
  await log.flush();
  readOften('round', 4);
  inside.round?.next();
  await log.flush();
  expect((await entries('round')).map((entry) => entry.times)).toEqual([1, 2, 1, 3]);
});

it('chains each entry to the one before, as the table gives them back', async () => {
  log.record({ action: 'thing.write', outcome: 'ok', subject: 'chained \ud800 ', ip: '::1' });
  log.record({ action: 'thing.write', outcome: 'refused', reason: 'conflict', subject: '链', permission: 'things.write' });
  await log.flush();
  const rows: Record<string, unknown>[] = await database.dataSource.query('SELECT * FROM f_wechat_accesslog ORDER BY seq');
  const chain = rows.map((row) => fromDocument(fromRow(row))!);
  expect(chain.map(({ seq }) => seq)).toEqual(rows.map((_, index) => index + 1));
  for (const [index, entry] of chain.entries()) {
    expect(entry.hash).toBe(hashOf(entry));
    expect(entry.prev).toBe(chain[index - 1]?.hash ?? BEGINNING);
    expect(entry.writer).toBe(chain[0]!.writer);
  }
});

it('drops the newest of too many entries, and an entry says how many', async () => {
  const away = new AccessLog({ query: () => Promise.reject(new Error('away')) } as never, 'things', silent);
  const many = away as unknown as { waiting: { kind: () => Access }[]; dropped: number; tick(): void };
  for (let count = 0; count < 200_003; count += 1) away.record(read('c1', `number ${count}`));
  expect(many.waiting).toHaveLength(200_000);
  expect(many.waiting[0]!.kind().subject).toBe('number 0');
  many.waiting.splice(0, 100_000);
  many.tick();
  expect(many.waiting.at(-1)).toMatchObject({ times: 3 });
  expect(many.waiting.at(-1)!.kind()).toEqual({ action: 'audit.dropped', outcome: 'failed', reason: 'overflow' });
  many.waiting.splice(0);
  await away.stop();
});
