import { randomBytes } from 'node:crypto';
import Queue from 'bull';
import { Redis } from 'ioredis';
import { createConnection, createPool, type Pool, type ResultSetHeader } from 'mysql2/promise';
import { Client } from 'undici';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { QUEUE_PREFIX, QUEUES } from '#queues';
import type { Child } from '../../../test/support/processes.ts';
import { freePorts, startApp, waitUntilReady } from '../../../test/support/processes.ts';
import { componentsOf } from '../testing/running.js';
import { OwnServers } from '../testing/servers.js';
import { type MadePush, makePush, newPushKeys, ticketXml, unauthorizedXml } from '../testing/wechat.js';

const PUSHES = 20_000;
const SENDERS = 40;
/** Between two pushes of a sender: 1,500 a second in all. As fast as it can, a good machine has sent all before the last outage. */
const PACE_MS = 27;

const keys = newPushKeys();
let servers: OwnServers;
let ports: number[];
let app: Child;
let consumer: Queue.Queue;
let pool: Pool;

beforeAll(async () => {
  servers = await OwnServers.start();
  ports = await freePorts(2);
  app = await start();
});
afterAll(async () => {
  await consumer?.close();
  await pool?.end();
  await app?.stop();
  await servers?.stop();
});

const encryptionKey = randomBytes(32).toString('base64');

async function start(): Promise<Child> {
  const child = startApp({
    name: 'ingestion',
    entry: 'dist/apps/ingestion/src/main.js',
    env: {
      DATABASE_URL: servers.mariadb.url,
      REDIS_URL: servers.redis.url,
      DATABASE_START_TIMEOUT_S: '60',
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: String(ports[0]),
      MANAGEMENT_HOST: '127.0.0.1',
      MANAGEMENT_PORT: String(ports[1]),
      LOG_LEVEL: 'error',
      SWEEP_INTERVAL_MS: '500',
      PUSH_DATABASE_TIMEOUT_MS: '800',
      WXPLANE_COMPONENTS: componentsOf(keys),
      WXPLANE_ENCRYPTION_KEYS: `k1:${encryptionKey}`,
    },
  });
  await waitUntilReady(child, `http://127.0.0.1:${ports[1]}/health/live`);
  return child;
}

/**
 * A consumer as broker and release are: its note about the event and what it does are one transaction, so that a second run does nothing.
 * What it did is counted in a table without any key that could hide a second time.
 */
async function consume(): Promise<{ runs: () => number }> {
  let runs = 0;
  const setup = await createConnection(servers.mariadb.url);
  await setup.query('CREATE TABLE chaos_effect (effect_id BIGINT AUTO_INCREMENT PRIMARY KEY, authorizer_appid VARCHAR(64) NULL)');
  await setup.end();
  pool = createPool({ uri: servers.mariadb.url, connectionLimit: 20 });
  consumer = new Queue(QUEUES.brokerEvents, servers.redis.url, { prefix: QUEUE_PREFIX });
  consumer.on('error', () => {});
  void consumer.process('event', 20, async (job) => {
    const { eventId } = job.data as { eventId: string };
    const connection = await pool.getConnection();
    try {
      runs += 1;
      await connection.beginTransaction();
      const [noted] = await connection.query<ResultSetHeader>(
        `INSERT IGNORE INTO f_wechat_eventeffect (event_id, consumer, state, at) VALUES (?, 'broker', 'done', UTC_TIMESTAMP(3))`,
        [eventId],
      );
      if (noted.affectedRows === 1)
        await connection.query(
          'INSERT INTO chaos_effect (authorizer_appid) SELECT authorizer_appid FROM f_wechat_event WHERE event_id = ?',
          [eventId],
        );
      await connection.commit();
      connection.release();
    } catch (error) {
      connection.destroy();
      throw error;
    }
  });
  return { runs: () => runs };
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const appid = (index: number) => `wx${index.toString(16).padStart(16, '0')}`;

/** WeChat's side: many pushes, up to three tries each. */
class Stream {
  /** Appids, or names of tickets, whose push was answered `success`. */
  readonly acknowledged = new Set<string>();
  /** What was said instead, and how often. */
  readonly answers = new Map<string, number>();
  sent = 0;
  private next = 0;
  private over = false;

  run(): Promise<unknown> {
    return Promise.all(Array.from({ length: SENDERS }, () => this.sender()));
  }

  /** Waits until so many more pushes were sent, one way or another. */
  async further(count: number): Promise<void> {
    const until = this.sent + count;
    while (this.sent < until) await pause(10);
  }

  /** All outages were played: the senders may end, as soon as enough was sent. On a slow machine an outage takes thousands of tries. */
  end(): void {
    this.over = true;
  }

  private enough(): boolean {
    return this.over && this.next >= PUSHES && this.acknowledged.size > PUSHES / 2;
  }

  private async sender(): Promise<void> {
    const client = new Client(`http://127.0.0.1:${ports[0]}`);
    while (!this.enough()) {
      const index = this.next++;
      const name = index % 500 === 0 ? `ticket ${index}` : appid(index);
      const push = makePush(keys, name.startsWith('ticket') ? ticketXml(keys, `ticket@@@${index}`) : unauthorizedXml(keys, name));
      // Three tries; then WeChat gives up, and nobody promised anything.
      for (let tries = 0; tries < 3; tries += 1) {
        const answer = await attempt(client, push);
        if (answer === '200 success') {
          this.acknowledged.add(name);
          break;
        }
        this.answers.set(answer, (this.answers.get(answer) ?? 0) + 1);
        await pause(50);
      }
      this.sent += 1;
      await pause(PACE_MS);
    }
    await client.close();
  }
}

/** One try, as WeChat makes it. */
async function attempt(client: Client, push: MadePush): Promise<string> {
  try {
    const { statusCode, body } = await client.request({
      path: push.path,
      method: 'POST',
      body: push.body,
      bodyTimeout: 5_000,
      headersTimeout: 5_000,
    });
    return `${statusCode} ${await body.text()}`;
  } catch {
    return 'no answer';
  }
}

/** Lets the queue grow, with nobody taking from it, and then leaves Redis no room for more. */
async function fillQueue(stream: Stream): Promise<{ waiting: () => Promise<number>; empty: () => Promise<void> }> {
  const redis = new Redis(servers.redis.url);
  redis.on('error', () => {});
  await consumer.pause(true, true);
  // Bull counts within a transaction, which a full Redis refuses.
  const waiting = () => redis.llen(`${QUEUE_PREFIX}:${QUEUES.brokerEvents}:wait`);
  while ((await waiting()) < 1_000) await stream.further(100);
  await redis.config('SET', 'maxmemory', '1');
  await expect(redis.set('{wxplane}:chaos', 'x')).rejects.toThrow(/OOM/);
  return {
    waiting,
    empty: async () => {
      await redis.config('SET', 'maxmemory', '0');
      await redis.quit();
      await consumer.resume(true);
    },
  };
}

it(`of at least ${PUSHES.toLocaleString('en')} pushes, through crashes and outages, each that was answered success has its effect exactly once`, async () => {
  const { runs } = await consume();
  const stream = new Stream();
  const { acknowledged, answers } = stream;
  const sending = stream.run();
  await stream.further(2_000);
  await app.kill();
  app = await start();
  await stream.further(500);

  // The queue is full. Pushes are acknowledged as ever, and kept.
  const queue = await fillQueue(stream);
  const waiting = await queue.waiting();
  const before = acknowledged.size;
  const failures = total(answers);
  await stream.further(1_500);
  expect(acknowledged.size - before).toBeGreaterThan(1_400);
  expect(total(answers)).toBe(failures);
  expect(await queue.waiting()).toBe(waiting);
  await app.kill();
  app = await start();
  await stream.further(500);
  await queue.empty();
  await stream.further(500);

  await servers.mariadb.child.kill();
  await stream.further(1_500);
  // Killed and started while MySQL is away and Redis holds pushes that were answered; it takes more.
  await app.kill();
  app = await start();
  const held = acknowledged.size;
  await stream.further(500);
  expect(acknowledged.size).toBeGreaterThan(held);
  await servers.startMariadb();
  await stream.further(1_000);
  await servers.redis.child.stop();
  await stream.further(1_500);
  await app.kill();
  app = await start();
  await servers.startRedis();
  await stream.further(1_000);

  // Both are away: nothing is said to be taken, and what is said is short and plain.
  await Promise.all([servers.redis.child.stop(), servers.mariadb.child.stop()]);
  await stream.further(2 * SENDERS);
  const taken = acknowledged.size;
  await stream.further(300);
  expect(acknowledged.size).toBe(taken);
  await Promise.all([servers.startRedis(), servers.startMariadb()]);
  await stream.further(500);
  stream.end();
  await sending;
  expect([...answers.keys()].sort()).toEqual(['503 not stored, come again', 'no answer']);

  const database = await createConnection(servers.mariadb.url);
  const count = async (sql: string) => {
    const [rows] = await database.query(sql);
    return Number((rows as { n: string }[])[0]!.n);
  };
  const deadline = Date.now() + 420_000;
  for (;;) {
    const open = await count(
      `SELECT COUNT(*) AS n FROM f_wechat_event e WHERE state <> 'queued' OR NOT EXISTS (SELECT 1 FROM f_wechat_eventeffect f WHERE f.event_id = e.event_id)`,
    );
    if (open === 0 && (await count('SELECT COUNT(*) AS n FROM f_wechat_event')) >= acknowledged.size) break;
    if (Date.now() > deadline) throw new Error(`${open} events have no effect yet`);
    await pause(250);
  }

  const [rows] = await database.query(
    `SELECT e.authorizer_appid AS appid, e.events, COALESCE(f.effects, 0) AS effects
       FROM (SELECT authorizer_appid, COUNT(*) AS events FROM f_wechat_event WHERE kind = 'unauthorized' GROUP BY authorizer_appid) e
       LEFT JOIN (SELECT authorizer_appid, COUNT(*) AS effects FROM chaos_effect GROUP BY authorizer_appid) f
         ON f.authorizer_appid = e.authorizer_appid`,
  );
  const seen = new Map((rows as { appid: string; events: string; effects: string }[]).map((row) => [row.appid, row]));
  const authorizers = [...acknowledged].filter((name) => name.startsWith('wx'));
  const lost = authorizers.filter((name) => !seen.has(name));
  const wrong = [...seen.values()].filter((row) => Number(row.events) !== 1 || Number(row.effects) !== 1);
  expect({ lost, wrong }).toEqual({ lost: [], wrong: [] });
  const tickets = await count('SELECT COUNT(*) AS n FROM f_wechat_verifyticket');
  const ticketEvents = await count(`SELECT COUNT(*) AS n FROM f_wechat_event WHERE kind = 'component_verify_ticket'`);
  expect(tickets).toBe(ticketEvents);
  expect(ticketEvents).toBeGreaterThanOrEqual([...acknowledged].filter((name) => name.startsWith('ticket')).length);
  console.log(
    `${acknowledged.size} acknowledged, ${total(answers)} tries refused or cut, ${waiting} jobs in the full queue, ${seen.size + ticketEvents} events stored, ${runs()} job runs, 0 lost`,
  );
  await database.end();
}, 600_000);

const total = (answers: ReadonlyMap<string, number>) => [...answers.values()].reduce((sum, count) => sum + count, 0);
