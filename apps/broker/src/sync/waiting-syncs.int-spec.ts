import { randomBytes } from 'node:crypto';
import Bull from 'bull';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { SecretBox } from '#persistence';
import { QUEUE_PREFIX, QUEUES } from '#queues';
import {
  type Component,
  ComponentRegistry,
  createBlockingRedis,
  createLogger,
  createRedis,
  isReady,
  LossWatch,
  Periodic,
} from '#service';
import type { WechatApi } from '#wechat';
import { createTestDatabase, type TestDatabase } from '../../../../libs/persistence/testing/database.js';
import { RedisServers } from '../../../../libs/service/testing/redis-servers.js';
import type { Child } from '../../../../scripts/lib/child.ts';
import { freePort } from '../../../../scripts/lib/ports.ts';
import { AuthorizerRepository } from '../authorizers/authorizer.repository.js';
import type { TokenService } from '../tokens/token.service.js';
import type { ProfilesOfList } from './profiles-of-list.js';
import { SyncProcessor } from './sync.processor.js';
import { SyncService } from './sync.service.js';
import { WaitingSyncs } from './waiting-syncs.js';

const logger = await createLogger({ app: 'test', level: 'silent' });
const component = 'wx00000000000000c0';
const servers = new RedisServers();

let database: TestDatabase;
let port: number;
let server: Child;
let redis: Redis;
let queue: Bull.Queue<{ syncId: number }>;
let watch: LossWatch;
const periodic = new Periodic(logger);
let service: SyncService;
let processor: SyncProcessor;
/** How often WeChat was asked for the list. */
let lists = 0;
/** What its answer waits for. */
let held: Promise<void> | undefined;

async function startServer(): Promise<void> {
  server = servers.start('redis', port, []);
  await servers.answers(server, '-p', String(port));
}

beforeAll(async () => {
  database = await createTestDatabase();
  port = await freePort();
  await startServer();
  const place = `redis://127.0.0.1:${port}`;
  redis = createRedis(place, 'test', logger);
  queue = new Bull(QUEUES.brokerSync, {
    prefix: QUEUE_PREFIX,
    createClient: (type, options) => createBlockingRedis(place, `bull-${type}`, logger, options),
  });
  const wechat = {
    component: {
      apiGetAuthorizerList: async () => {
        lists += 1;
        await held;
        return { total_count: 0, list: [] };
      },
    },
  } as unknown as WechatApi;
  service = new SyncService(
    database.dataSource,
    new AuthorizerRepository(database.dataSource, new SecretBox([{ id: 'k1', key: randomBytes(32) }]), logger),
    { unknown: async () => 0, read: async () => ({ read: 0, failed: 0 }) } as unknown as ProfilesOfList,
    { get: async () => ({ token: 't' }) } as unknown as TokenService,
    wechat,
    new ComponentRegistry([{ componentAppid: component } as Component]),
    queue,
    logger,
  );
  processor = new SyncProcessor(service);
  watch = new LossWatch(redis, logger, new Periodic(logger));
  new WaitingSyncs(service, redis, watch, logger, periodic);
});
afterAll(async () => {
  await periodic.beforeApplicationShutdown();
  await queue?.close();
  redis?.disconnect();
  await servers.stop();
  await database?.drop();
});
beforeEach(() => database.dataSource.query('DELETE FROM f_wechat_sync'));

const states = async () =>
  (await database.dataSource.query('SELECT state FROM f_wechat_sync ORDER BY sync_id')).map(
    ({ state }: { state: string }) => state,
  );

it('runs whose jobs Redis lost are handed over again, waiting and running ones', async () => {
  await expect.poll(() => watch.look()).toBe(true);
  const { sync_id } = await service.start(component, 'client');
  await database.dataSource.query(
    `INSERT INTO f_wechat_sync (component_appid, state, created_at, started_at) VALUES (?, 'running', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
    [component],
  );
  await redis.flushall();
  expect(await watch.look()).toBe(true);
  expect((await queue.getWaiting()).map(({ id }) => id).sort()).toEqual([`sync-${sync_id}`, `sync-${sync_id + 1}`].sort());
  // Asked for again and again, and still one job each.
  await service.takeUp(0);
  expect(await queue.count()).toBe(2);
  await queue.obliterate({ force: true });
});

it('a run that Redis did not take waits in MySQL, is taken up by whoever runs then, and runs once', async () => {
  await server.kill();
  await expect.poll(() => isReady(redis)).toBe(false);
  expect(await service.start(component, 'client')).toMatchObject({ state: 'waiting' });
  expect(await states()).toEqual(['waiting']);
  // The process that took the request is gone, and with it what it would have sent later.
  queue.client.disconnect();
  await startServer();
  queue.client.connect().catch(() => {});
  lists = 0;
  void queue.process('sync', (job) => processor.run(job));
  periodic.onApplicationBootstrap();
  await expect.poll(states).toEqual(['done']);
  expect(lists).toBe(1);
});

it('a run goes on while Redis is away, by one replica; who gets its job meanwhile leaves it alone', async () => {
  await server.kill();
  await expect.poll(() => isReady(redis)).toBe(false);
  const answer = Promise.withResolvers<void>();
  held = answer.promise;
  lists = 0;
  const { sync_id } = await service.start(component, 'client');
  await expect.poll(() => lists).toBe(1);
  expect(await states()).toEqual(['running']);
  // Another replica that looks at the same moment.
  expect(await service.runDirectly()).toBe(false);
  // Its job, in a process that reaches Redis.
  expect(await service.run(sync_id, async () => {})).toBe(false);
  expect(await states()).toEqual(['running']);
  answer.resolve();
  await expect.poll(states).toEqual(['done']);
  expect(lists).toBe(1);
});
