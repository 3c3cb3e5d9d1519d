import { randomBytes } from 'node:crypto';
import { BullModule, getQueueToken } from '@nestjs/bull';
import { Controller, Get, Module, type OnModuleInit, Param } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Queue } from 'bull';
import { Redis } from 'ioredis';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SEALED_COLUMNS } from '#persistence';
import { JOB_WORKERS, QUEUES, type QueueName } from '#queues';
import { FaultProxy } from '../../../../test/soak/fault-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../../../persistence/testing/database.js';
import { createTestRedis, type TestRedis } from '../../../queues/testing/redis.js';
import { AccessLog, Progress, Public, type RunningService, runService, ServiceConfig } from '../index.js';
import { FACTS } from './database-facts.js';

@Controller()
class ThingController {
  @Get('things/:id') @Public() get(@Param('id') id: string) {
    return { id };
  }
  @Get('broken') @Public() broken() {
    throw new Error('no');
  }
}
/** The queues of the app whose name it takes. */
const NAMES = Object.entries(JOB_WORKERS).flatMap(([name, workers]) => (Object.values(workers).includes('broker') ? [name] : []));

@Module({ imports: [BullModule.registerQueue(...NAMES.map((name) => ({ name })))], controllers: [ThingController] })
class ThingModule implements OnModuleInit {
  constructor(private readonly modules: ModuleRef) {}

  /** It has a handler for each job, as a start demands, and takes none: they are counted where they wait. */
  async onModuleInit(): Promise<void> {
    for (const name of NAMES) {
      const queue = this.modules.get<Queue>(getQueueToken(name), { strict: false });
      await queue.pause(true);
      for (const job of Object.keys(JOB_WORKERS[name as QueueName])) void queue.process(job, async () => {});
    }
  }
}

const ADMIN_KEY = randomBytes(16).toString('hex');
let database: TestDatabase;
let service: RunningService;
let queue: Queue;
let server: TestRedis;
let redis: Redis;
/** Between the service and its servers. */
let toMysql: FaultProxy;
let toRedis: FaultProxy;

const through = async (url: string): Promise<{ url: string; proxy: FaultProxy }> => {
  const changed = new URL(url);
  const proxy = await FaultProxy.start(Number(changed.port));
  changed.hostname = '127.0.0.1';
  changed.port = String(proxy.port);
  return { url: changed.href, proxy };
};

const ask = async (path: string, headers: Record<string, string> = {}, method: 'GET' | 'PUT' = 'GET') => {
  const {
    statusCode,
    headers: answered,
    body,
  } = await request(`http://127.0.0.1:${service.managementPort}${path}`, { headers, method });
  return { statusCode, headers: answered, text: await body.text() };
};
const metric = async (line: string) => {
  const { text } = await ask('/metrics');
  return text
    .split('\n')
    .find((one) => one.startsWith(`${line} `))
    ?.slice(line.length + 1);
};
const admin = (key: string) => ({ authorization: `Basic ${Buffer.from(`admin:${key}`).toString('base64')}` });

beforeAll(async () => {
  database = await createTestDatabase();
  server = await createTestRedis();
  redis = new Redis(server.url);
  const [mysql, commands] = await Promise.all([through(database.url), through(server.url)]);
  [toMysql, toRedis] = [mysql.proxy, commands.proxy];
  service = await runService(
    { app: 'broker', title: 'Things', description: '', config: ServiceConfig, imports: () => [ThingModule] },
    {
      DATABASE_URL: mysql.url,
      REDIS_URL: commands.url,
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: '0',
      MANAGEMENT_HOST: '127.0.0.1',
      MANAGEMENT_PORT: '0',
      MANAGEMENT_ADMIN_KEY: ADMIN_KEY,
      LOG_LEVEL: 'fatal',
      WXPLANE_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
      WXPLANE_COMPONENTS: JSON.stringify({
        components: [
          {
            component_appid: 'wx1234567890abcdef',
            component_appsecret: randomBytes(16).toString('hex'),
            push_tokens: ['Abc123def'],
            encoding_aes_keys: [randomBytes(40).toString('base64').replace(/[+/=]/g, 'a').slice(0, 43)],
          },
        ],
      }),
    },
  );
  queue = service.app.get<Queue>(getQueueToken(QUEUES.brokerEvents), { strict: false });
});
afterAll(async () => {
  await service?.stop('test');
  await Promise.all([toMysql?.stop(), toRedis?.stop()]);
  redis?.disconnect();
  await server?.stop();
  await database?.drop();
});

describe('metrics of every app', () => {
  it('count requests by route template, never by what somebody typed', async () => {
    const base = `http://127.0.0.1:${service.httpPort}`;
    for (const path of ['/things/1', '/things/2', '/broken', '/no-such-route-1', '/no-such-route-2'])
      await (await request(`${base}${path}`)).body.dump();
    const count = (method: string, route: string, status: string) =>
      metric(`wxplane_http_request_seconds_count{method="${method}",route="${route}",status="${status}"}`);
    expect(await count('GET', '/things/:id', '2xx')).toBe('2');
    expect(await count('GET', '/broken', '5xx')).toBe('1');
    expect(await count('unknown', 'unknown', '4xx')).toBe('2');
    expect((await ask('/metrics')).text).not.toContain('no-such-route');
  });

  it('say whether the replica is ready, its checks, its connections', async () => {
    expect(await metric('wxplane_ready')).toBe('1');
    expect(await metric('wxplane_health_check{check="mysql"}')).toBe('1');
    expect(await metric('wxplane_redis_up')).toBe('1');
    expect(await metric('wxplane_database_connections{state="limit"}')).toBe('10');
    expect(await metric('wxplane_database_waiting')).toBe('0');
  });

  it('count jobs by state and tell the age of the oldest, also while somebody has paused the queue', async () => {
    await queue.add('event', { eventId: '1' }, { timestamp: Date.now() - 120_000 } as never);
    await queue.pause();
    await queue.add('event', { eventId: '2' });
    await queue.add('event', { eventId: '3' }, { delay: 60_000 });
    await redis.lpush(`{wxplane}:${QUEUES.releaseEvents}:wait`, '1');
    const jobs = (state: string, name: string = QUEUES.brokerEvents) =>
      metric(`wxplane_queue_jobs{queue="${name}",state="${state}"}`);
    await expect.poll(() => jobs('waiting'), { timeout: 20_000, interval: 500 }).toBe('2');
    expect(await jobs('waiting', QUEUES.releaseEvents)).toBe('1');
    await queue.resume();
    expect(await jobs('delayed')).toBe('1');
    expect(await jobs('failed')).toBe('0');
    expect(Number(await metric(`wxplane_queue_oldest_job_seconds{queue="${QUEUES.brokerEvents}"}`))).toBeGreaterThan(100);
  });

  it('and its readiness say what must move and does not, and stay in service for that', async () => {
    const remedy = 'look at it';
    const standstill = { what: 'tickets of wxc', still_s: 4_000, limit_s: 3_600, remedy };
    const progress = service.app.get(Progress);
    progress.register({ what: standstill.what, limitS: 3_600, remedy, stillS: () => 4_000 });
    expect(await metric('wxplane_stalled_seconds{what="tickets of wxc"}')).toBe('4000');
    expect(await metric(`wxplane_stalled_seconds{what="queue ${QUEUES.deliveries}"}`)).toBe('0');
    const ready = async () => {
      const { statusCode, text } = await ask('/health/ready');
      return [statusCode, JSON.parse(text)];
    };
    expect(await ready()).toMatchObject([200, { status: 'degraded', checks: { progress: { stands_still: [standstill] } } }]);
    progress.register({ what: standstill.what, limitS: 3_600, remedy, stillS: () => 0 });
    expect(await ready()).toMatchObject([200, { checks: { progress: { status: 'up' } } }]);
  });

  it('tell what is in the database', async () => {
    await database.dataSource.query(
      `INSERT INTO f_wechat_authorizer (component_appid, authorizer_appid, state, created_at, updated_at)
       VALUES ('wx1234567890abcdef', 'wxa', 'active', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3)), ('wx1234567890abcdef', 'wxb', 'needs_reauthorization', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
    );
    const authorizers = (state: string) => metric(`wxplane_authorizers{component="wx1234567890abcdef",state="${state}"}`);
    await expect.poll(() => authorizers('active'), { timeout: 20_000, interval: 500 }).toBe('1');
    expect(await authorizers('needs_reauthorization')).toBe('1');
  });

  it.each(Object.entries(FACTS))('every figure of %s is a statement that the schema answers', async (_, facts) => {
    for (const { sql, labels } of facts) {
      const rows: Record<string, unknown>[] = await database.dataSource.query(sql);
      for (const row of rows) expect(Object.keys(row).sort()).toEqual([...labels, 'value'].sort());
    }
  });

  it('has every sealed column in the figure of an app that keeps its table', () => {
    const sql = Object.values(FACTS).flatMap((facts) =>
      facts.filter(({ name }) => name === 'wxplane_secrets').map((fact) => fact.sql),
    );
    for (const { table, column } of SEALED_COLUMNS)
      expect(
        sql.some((text) => text.includes(`'${table}.${column}'`)),
        `${table}.${column}`,
      ).toBe(true);
  });
});

describe('the queue dashboard', () => {
  it('is shown to whoever has the admin key, and to nobody else', async () => {
    expect((await ask('/queues')).statusCode).toBe(401);
    expect((await ask('/queues', admin('wrong'))).statusCode).toBe(401);
    expect((await ask('/queues/api/queues')).statusCode).toBe(401);
    const page = await ask('/queues', admin(ADMIN_KEY));
    expect(page.statusCode).toBe(200);
    expect(page.text).toContain('wxplane queues');
    const api = await ask('/queues/api/queues', admin(ADMIN_KEY));
    expect(api.text).toContain(QUEUES.brokerEvents);
    const asset = /src="([^"]+\.js)"/.exec(page.text)?.[1];
    expect((await ask(new URL(asset!, 'http://x/queues/').pathname, admin(ADMIN_KEY))).statusCode).toBe(200);
  });

  it('leaves an entry in the audit log of keys that are wrong, repetitions counted, and of none where none was sent', async () => {
    const wrongKeys = async () => {
      await service.app.get(AccessLog).flush();
      return database.dataSource.query(
        `SELECT SUM(times) AS times, ip, actor_kind, reason, outcome FROM f_wechat_accesslog
          WHERE action = 'request.refused' AND subject = '/queues of the management port' GROUP BY 2, 3, 4, 5`,
      );
    };
    const [{ times = 0 } = {}] = await wrongKeys();
    for (let number = 0; number < 3; number += 1) expect((await ask('/queues')).statusCode).toBe(401);
    for (const wrong of ['guess', 'another', 'a third'])
      for (const path of ['/queues', '/queues/api/queues']) expect((await ask(path, admin(wrong))).statusCode).toBe(401);
    expect((await ask('/queues', { authorization: `Bearer ${ADMIN_KEY}` })).statusCode).toBe(401);
    await expect.poll(wrongKeys, { timeout: 90_000, interval: 1_000 }).toEqual([
      expect.objectContaining({
        times: String(Number(times) + 7),
        ip: '127.0.0.1',
        actor_kind: 'stranger',
        outcome: 'refused',
      }),
    ]);
  }, 120_000);

  it('changes nothing but for its own page, and every change that is made or refused is in the audit log', async () => {
    const own = `http://127.0.0.1:${service.managementPort}`;
    const pause = `/queues/api/queues/${QUEUES.brokerEvents}/pause`;
    const change = async (path: string, origin: Record<string, string>) =>
      (await ask(path, { ...admin(ADMIN_KEY), ...origin }, 'PUT')).statusCode;
    const strange = [
      {},
      { origin: 'null' },
      { origin: 'https://evil.example' },
      { origin: `${own}0`, 'sec-fetch-site': 'same-origin' },
    ];
    for (const origin of strange) expect(await change(pause, origin)).toBe(403);
    expect(await queue.isPaused()).toBe(false);
    expect(await change(pause, { origin: own })).toBe(200);
    expect(await queue.isPaused()).toBe(true);
    expect(await change(pause.replace('pause', 'resume'), { origin: own })).toBe(200);
    expect(await queue.isPaused()).toBe(false);
    await service.app.get(AccessLog).flush();
    const entries = await database.dataSource.query(
      `SELECT subject, outcome, ip FROM f_wechat_accesslog WHERE action = 'queues.write' ORDER BY accesslog_id`,
    );
    const entry = (path: string, outcome: string) => ({ subject: `PUT ${path}`, outcome, ip: '127.0.0.1' });
    expect(entries).toEqual([
      ...strange.map(() => entry(pause, 'refused')),
      entry(pause, 'ok'),
      entry(pause.replace('pause', 'resume'), 'ok'),
    ]);
  });
});

/** As the ServiceMonitor has it. */
const SCRAPE_TIMEOUT_MS = 10_000;

describe('a scrape while MySQL and Redis are silent, or refuse', () => {
  it('is answered in its time, and says what does not answer', async () => {
    toMysql.set('stall');
    toRedis.set('stall');
    const scrape = async () => {
      const signal = AbortSignal.timeout(SCRAPE_TIMEOUT_MS);
      const answer = await fetch(`http://127.0.0.1:${service.managementPort}/metrics`, { signal });
      return { status: answer.status, text: await answer.text() };
    };
    // What was read before is still good for a few seconds.
    await expect
      .poll(scrape, { timeout: 30_000, interval: 1_000 })
      .toEqual({ status: 200, text: expect.stringContaining('wxplane_health_check{check="mysql"} 0\n') });
    // Redis is back first, and refuses, as it does while it loads its data.
    await redis.set(`{wxplane}:${QUEUES.brokerSync}:wait`, 'not a list');
    toMysql.set('pass');
    toRedis.set('pass');
    await expect
      .poll(scrape, { timeout: 30_000, interval: 1_000 })
      .toEqual({ status: 200, text: expect.stringContaining('wxplane_health_check{check="mysql"} 1\n') });
    expect((await scrape()).text).not.toContain('wxplane_queue_jobs{');
  });
});
