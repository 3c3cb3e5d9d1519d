import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger, Periodic } from '#service';
import { RELEASE_CHECK_PAIRS } from '#wechat';
import { createTestDatabase, type TestDatabase } from '../../persistence/testing/database.js';
import { DirectEvents } from './direct-events.js';

const logger = await createLogger({ app: 'test', level: 'silent' });
/** Away: it is never connected. */
const redis = new Redis({ lazyConnect: true });
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  redis.disconnect();
  await database?.drop();
});

let keys = 0;
async function event(
  kind: string,
  state: string,
  more: { decided?: boolean; note?: string; route?: string; at?: string } = {},
): Promise<string> {
  keys += 1;
  const { insertId } = await database.dataSource.query(
    `INSERT INTO f_wechat_event (component_appid, family, kind, dedupe_key, received_at, payload, state, note, route, decided_at)
     VALUES ('wxc', 'component', ?, ?, ${more.at ?? 'UTC_TIMESTAMP(3)'}, '', ?, ?, ?, ${more.decided ? 'UTC_TIMESTAMP(3)' : 'NULL'})`,
    [kind, String(keys).padStart(64, '0'), state, more.note ?? null, more.route ?? null],
  );
  return String(insertId);
}
const effect = (eventId: string) =>
  database.dataSource.query(
    `INSERT IGNORE INTO f_wechat_eventeffect (event_id, consumer, state, at) VALUES (?, 'broker', 'done', UTC_TIMESTAMP(3))`,
    [eventId],
  );
const reader = (handle: (eventId: string) => Promise<void>) =>
  new DirectEvents({
    dataSource: database.dataSource,
    redis,
    logger,
    periodic: new Periodic(logger),
    consumer: 'broker',
    handle,
  });

describe('events while the queues cannot be used', () => {
  it('are taken from the inbox: those that lie in a queue, and those that ingestion has decided about; each once', async () => {
    await event('authorized', 'queued', { at: 'UTC_TIMESTAMP(3) - INTERVAL 2 DAY' });
    const queued = await event('authorized', 'queued');
    await event('authorized', 'received');
    const decided = await event('unauthorized', 'received', { decided: true });
    await event('authorized', 'mismatch');
    await event('weapp_audit_success', 'queued');
    await event('authorized', 'queued', { route: 'release-check' });
    // As a replica of the release before writes it.
    await event('authorized', 'queued', { note: 'release check' });
    await effect(await event('authorized', 'queued'));
    const taken: string[] = [];
    const direct = reader(async (eventId) => {
      taken.push(eventId);
      await effect(eventId);
    });
    expect(await direct.look()).toBe(2);
    expect(taken).toEqual([queued, decided]);
    expect(await direct.look()).toBe(0);
  });

  it('one replica at a time; one that fails holds up no other, and comes again', async () => {
    const [first, second] = [await event('authorized', 'queued'), await event('authorized', 'queued')];
    const entered = Promise.withResolvers<void>();
    const letGo = Promise.withResolvers<void>();
    const taken: string[] = [];
    const one = reader(async (eventId) => {
      if (eventId === first) {
        entered.resolve();
        await letGo.promise;
        throw new Error('WeChat is away');
      }
      taken.push(eventId);
      await effect(eventId);
    });
    const looking = one.look();
    await entered.promise;
    expect(await reader(async () => expect.unreachable('two replicas at once')).look()).toBe(0);
    letGo.resolve();
    expect(await looking).toBe(1);
    expect(taken).toEqual([second]);
    const other = reader(async (eventId) => {
      taken.push(eventId);
      await effect(eventId);
    });
    expect(await other.look()).toBe(1);
    expect(taken).toEqual([second, first]);
  });

  it('of WeChat’s release check are taken by its own reader: minutes back, and nobody else’s messages', async () => {
    const [{ officialAccount }] = RELEASE_CHECK_PAIRS as [(typeof RELEASE_CHECK_PAIRS)[number]];
    const message = async (appid: string, more: Parameters<typeof event>[2]) => {
      const id = await event('message.text', 'queued', more);
      await database.dataSource.query('UPDATE f_wechat_event SET authorizer_appid = ? WHERE event_id = ?', [appid, id]);
      return id;
    };
    await message('wx0000000000000abc', {});
    await message(officialAccount.appid, { route: 'release-check', at: 'UTC_TIMESTAMP(3) - INTERVAL 1 HOUR' });
    const wanted = await message(officialAccount.appid, { route: 'release-check' });
    // As a replica of the release before writes it.
    const former = await message(officialAccount.appid, { note: 'release check' });
    const taken: string[] = [];
    const direct = new DirectEvents({
      dataSource: database.dataSource,
      redis,
      logger,
      periodic: new Periodic(logger),
      consumer: 'release-check',
      handle: async (eventId) => void taken.push(eventId),
    });
    expect(await direct.look()).toBe(2);
    expect(taken).toEqual([wanted, former]);
  });
});
