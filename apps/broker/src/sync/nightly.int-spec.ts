import { randomBytes } from 'node:crypto';
import Bull from 'bull';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SecretBox } from '#persistence';
import { Checkpointer, type ComponentRegistry, createLogger, Periodic, systemClock, WechatCallLog } from '#service';
import type { WechatApi } from '#wechat';
import { createTestDatabase, type TestDatabase } from '../../../../libs/persistence/testing/database.js';
import { createTestRedis, type TestRedis } from '../../../../libs/queues/testing/redis.js';
import { AuthorizerRepository } from '../authorizers/authorizer.repository.js';
import type { TokenService } from '../tokens/token.service.js';
import { Nightly } from './nightly.js';
import type { ProfilesOfList } from './profiles-of-list.js';
import { SyncProcessor } from './sync.processor.js';
import { SyncService } from './sync.service.js';

const logger = await createLogger({ app: 'test', level: 'silent' });
const box = new SecretBox([{ id: 'k1', key: randomBytes(32) }]);
const none = {
  renewOldest: async () => 0,
  unknown: async () => 0,
  read: async () => ({ read: 0, failed: 0 }),
} as unknown as ProfilesOfList;
const components = ['wx00000000000000c0', 'wx00000000000000c1'];

/** One broker: its clock, its service, its worker. */
class Replica {
  readonly queue: Bull.Queue<{ syncId: number }>;
  readonly nightly: Nightly;
  readonly lists: string[] = [];

  constructor(database: TestDatabase, redis: TestRedis, prefix: string) {
    this.queue = new Bull('broker.sync', redis.url, { prefix });
    const wechat = {
      component: {
        apiGetAuthorizerList: async (_: string, { component_appid }: { component_appid: string }) => {
          this.lists.push(component_appid);
          return { total_count: 0, list: [] };
        },
      },
    } as unknown as WechatApi;
    const service = new SyncService(
      database.dataSource,
      new AuthorizerRepository(database.dataSource, box, logger),
      none,
      { get: async () => ({ token: 't' }) } as unknown as TokenService,
      wechat,
      { all: components.map((componentAppid) => ({ componentAppid })) } as unknown as ComponentRegistry,
      this.queue,
      logger,
    );
    const processor = new SyncProcessor(service);
    void this.queue.process('sync', (job) => processor.run(job));
    this.nightly = new Nightly(service, systemClock, new Periodic(logger));
  }
}

let database: TestDatabase;
let redis: TestRedis;
let prefix: string;
let replicas: Replica[];

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
});
afterAll(() => Promise.all([database?.drop(), redis?.stop()]));

beforeEach(async () => {
  await database.dataSource.query('DELETE FROM f_wechat_sync');
  prefix = `{nightly-${randomBytes(6).toString('hex')}}`;
  replicas = Array.from({ length: 3 }, () => new Replica(database, redis, prefix));
});
afterEach(async () => {
  await replicas[0]?.queue.obliterate({ force: true });
  for (const { queue } of replicas) await queue.close();
});

const rows = (): Promise<{ component_appid: string; state: string }[]> =>
  database.dataSource.query('SELECT component_appid, state FROM f_wechat_sync ORDER BY component_appid');
const allDone = components.map((component_appid) => ({ component_appid, state: 'done' }));

describe('the nightly sync', () => {
  it('that every replica begins at the same moment runs once per component', async () => {
    for (let night = 0; night < 5; night += 1) {
      await database.dataSource.query('DELETE FROM f_wechat_sync');
      for (const { lists } of replicas) lists.splice(0);
      await Promise.all(replicas.map(({ nightly }) => nightly.sync()));
      await expect.poll(rows).toEqual(allDone);
      expect(replicas.flatMap(({ lists }) => lists).sort()).toEqual(components);
    }
  });

  it('is not begun again by a replica whose clock is late', async () => {
    await replicas[0]!.nightly.sync();
    await expect.poll(rows).toEqual(allDone);
    await replicas[1]!.nightly.sync();
    expect(await rows()).toEqual(allDone);
    expect(replicas.flatMap(({ lists }) => lists).sort()).toEqual(components);
  });

  it('is taken up by another replica when the first one was killed before it handed it over', async () => {
    await database.dataSource.query(
      'INSERT INTO f_wechat_sync (component_appid, created_at) VALUES (?, UTC_TIMESTAMP(3)), (?, UTC_TIMESTAMP(3))',
      components,
    );
    await replicas[1]!.nightly.sync();
    await expect.poll(rows).toEqual(allDone);
  });

  it('that cannot be begun fails: it is tried again and said, instead of being left out until the next night', async () => {
    const { dataSource } = database;
    await dataSource.query(
      `CREATE TRIGGER refused BEFORE INSERT ON f_wechat_sync FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'read-only'`,
    );
    try {
      await expect(replicas[0]!.nightly.sync()).rejects.toThrow('read-only');
    } finally {
      await dataSource.query('DROP TRIGGER refused');
    }
    await replicas[0]!.nightly.sync();
    await expect.poll(rows).toEqual(allDone);
  });

  it('is not hindered by one that a client asked for', async () => {
    await database.dataSource.query(
      `INSERT INTO f_wechat_sync (component_appid, client_id, created_at) VALUES (?, 'c', UTC_TIMESTAMP(3))`,
      [components[0]],
    );
    await replicas[0]!.nightly.sync();
    await expect.poll(async () => (await rows()).filter(({ state }) => state === 'done').length).toBe(2);
  });
});

describe('the nightly deletion', () => {
  it('takes what is older than its retention, and nothing else', async () => {
    const { dataSource } = database;
    await dataSource.query(
      `INSERT INTO f_wechat_call (at, app, api, method, path, outcome, duration_ms) VALUES
         (UTC_TIMESTAMP(3) - INTERVAL 15 DAY, 'old', 'a', 'GET', '/a', 'ok', 1), (UTC_TIMESTAMP(3) - INTERVAL 13 DAY, 'young', 'a', 'GET', '/a', 'ok', 1)`,
    );
    await dataSource.query(
      `INSERT INTO f_wechat_accesslog (at, app, action, outcome) VALUES
         (UTC_TIMESTAMP(3) - INTERVAL 401 DAY, 'old', 'a', 'ok'), (UTC_TIMESTAMP(3) - INTERVAL 399 DAY, 'young', 'a', 'ok')`,
    );
    await dataSource.query(
      `INSERT INTO f_wechat_callcount (day, component_appid, api) VALUES
         (UTC_TIMESTAMP() - INTERVAL 402 DAY, 'old', '/a'), (UTC_TIMESTAMP() - INTERVAL 398 DAY, 'young', '/a')`,
    );
    const calls = new WechatCallLog(dataSource, 'test', logger, new Registry());
    const audit = new Checkpointer(dataSource, logger, undefined);
    await calls.expire(14);
    await audit.expire(400);
    await calls.stop();
    for (const table of ['f_wechat_call', 'f_wechat_accesslog'])
      expect(await dataSource.query(`SELECT app FROM ${table}`)).toEqual([{ app: 'young' }]);
    expect(await dataSource.query('SELECT component_appid AS of FROM f_wechat_callcount')).toEqual([{ of: 'young' }]);
  });
});
