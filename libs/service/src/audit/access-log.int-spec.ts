import { afterAll, beforeAll, expect, it } from 'vitest';
import { AccessLogEntity } from '#persistence';
import { createTestDatabase, type TestDatabase } from '../../../persistence/testing/database.js';
import type { Logger } from '../log/logger.js';
import { type Access, AccessLog } from './access-log.js';

let database: TestDatabase;
let log: AccessLog;

const read = (caller: string, subject: string): Access => ({ action: 'thing.read', clientId: caller, subject, outcome: 'ok' });

beforeAll(async () => {
  database = await createTestDatabase();
  const silent = { warn() {}, error() {} } as unknown as Logger;
  log = new AccessLog(database.dataSource, 'things', silent);
});
afterAll(async () => {
  await log.stop();
  await database?.drop();
});

const entries = (subject: string) =>
  database.dataSource.getRepository(AccessLogEntity).find({ where: { subject }, order: { accesslogId: 'ASC' } });
const readOften = (subject: string, times: number) => {
  for (let count = 0; count < times; count += 1) log.count(read, 'c1', subject, () => `request-${count}`);
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
  log.count(read, 'c1', 'shared', () => 'r1');
  log.count(read, 'c2', 'shared', () => 'r2');
  log.count(read, 'c1', 'other', () => 'r3');
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
