import { once } from 'node:events';
import { createServer } from 'node:net';
import Bull from 'bull';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Child } from '../../../../scripts/lib/child.ts';
import { freePort } from '../../../../scripts/lib/ports.ts';
import { FaultProxy } from '../../../../test/soak/fault-proxy.ts';
import { QUEUE_PREFIX } from '../../../queues/src/index.js';
import { RedisServers } from '../../testing/redis-servers.js';
import { StrictScriptProxy } from '../../testing/strict-script-proxy.js';
import { createLogger } from '../log/logger.js';
import { createBullRedis, createRedis, createSubscriber, isReady, stateOf } from './redis.js';
import { RedisTrial } from './trial.js';

const servers = new RedisServers();
const logger = await createLogger({ app: 'test', level: 'silent' });
const endings: (() => unknown)[] = [];
let server: Child;
let port: number;

beforeEach(async () => {
  port = await freePort();
  server = servers.start(`redis-${port}`, port, []);
  await servers.answers(server, '-p', String(port));
});
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
  await server.kill();
});
afterAll(() => servers.stop());

const admin = (...args: string[]) => servers.cli('-p', String(port), ...args);
const url = (at = port, user = '') => `redis://${user}127.0.0.1:${at}`;
const soon = { timeout: 30_000, interval: 50 };

async function proxied(): Promise<FaultProxy> {
  const proxy = await FaultProxy.start(port);
  endings.push(() => proxy.stop());
  return proxy;
}
async function commands(place: string): Promise<Redis> {
  const redis = createRedis(place, 'test', logger);
  endings.push(() => redis.disconnect());
  await expect.poll(() => isReady(redis), soon).toBe(true);
  return redis;
}
/** As every app has it. */
function tried(redis: Redis): RedisTrial {
  const trial = new RedisTrial(redis, logger);
  trial.start();
  endings.push(() => trial.stop());
  return trial;
}
/** @returns what it answers within a second */
const answer = (redis: Redis) =>
  Promise.race([redis.ping(), new Promise((resolve) => setTimeout(resolve, 1_000, 'nothing'))]).catch(() => 'an error');
function worker(place: string): { queue: Bull.Queue; done: string[] } {
  const done: string[] = [];
  const queue = new Bull('work', {
    prefix: QUEUE_PREFIX,
    createClient: (type, options) => createBullRedis(place, type, `bull-${type}`, logger, options),
    settings: { stalledInterval: 1_000, lockDuration: 3_000, retryProcessDelay: 500 },
  });
  void queue.process(2, (job, finished) => {
    done.push(job.data.id);
    finished();
  });
  endings.push(() => queue.close(true));
  return { queue, done };
}

describe('half-open connections to Redis', () => {
  it('for commands: nobody waits for one any more after a second, and a new one is made by itself', async () => {
    const proxy = await proxied();
    const redis = await commands(url(proxy.port));
    proxy.strand();
    await expect.poll(() => stateOf(redis), soon).toBe('silent');
    await expect.poll(() => isReady(redis), soon).toBe(true);
    expect(await redis.ping()).toBe('PONG');
  });

  it('whose greeting nobody answered and that was cut meanwhile is made anew when Redis is there again', async () => {
    await server.kill();
    // It takes one connection, says nothing, and is gone.
    const mute = createServer((socket) => {
      mute.close();
      setTimeout(() => socket.destroy(), 300);
    });
    await once(mute.listen(port, '127.0.0.1'), 'listening');
    const redis = createBullRedis(url(), 'client', 'bull-client', logger);
    endings.push(() => redis.disconnect());
    await once(mute, 'close');
    // While it is tried again and again the time of the first greeting runs out.
    await new Promise((resolve) => redis.once('ready', resolve));
    server = servers.start(`redis-again-${port}`, port, []);
    await servers.answers(server, '-p', String(port));
    await expect.poll(() => answer(redis), soon).toBe('PONG');
  });

  it('of a queue, the blocking one too: its worker takes jobs again without a restart', async () => {
    const proxy = await proxied();
    const { queue, done } = worker(url(proxy.port));
    await queue.add({ id: 'before' });
    await expect.poll(() => done, soon).toEqual(['before']);
    proxy.strand();
    // Not through the connections that are lost.
    const other = new Bull('work', url(), { prefix: QUEUE_PREFIX });
    endings.push(() => other.close());
    await other.add({ id: 'after' });
    await expect.poll(() => done, soon).toContain('after');
    await queue.add({ id: 'by its own' });
    await expect.poll(() => done, soon).toContain('by its own');
  });

  it('of a channel: messages are heard again', async () => {
    const proxy = await proxied();
    const subscriber = createSubscriber(url(proxy.port), 'test', logger);
    endings.push(() => subscriber.disconnect());
    const heard: string[] = [];
    subscriber.on('message', (_, text) => heard.push(text));
    await subscriber.subscribe('news');
    proxy.strand();
    const publisher = await commands(url());
    await expect
      .poll(async () => {
        await publisher.publish('news', 'again');
        return heard.length > 0;
      }, soon)
      .toBe(true);
  });
});

describe('a Redis that stands still (SIGSTOP)', () => {
  it('is not waited for, and is used again as soon as it goes on', async () => {
    const redis = await commands(url());
    const { queue, done } = worker(url());
    await queue.add({ id: 'before' });
    await expect.poll(() => done, soon).toEqual(['before']);
    process.kill(server.pid!, 'SIGSTOP');
    await expect.poll(() => isReady(redis), soon).toBe(false);
    // A producer gets its answer, in a short time, without anybody's own bound.
    await expect(queue.add({ id: 'meanwhile' })).rejects.toThrow();
    process.kill(server.pid!, 'SIGCONT');
    await expect.poll(() => isReady(redis), soon).toBe(true);
    await queue.add({ id: 'after' });
    await expect.poll(() => done, soon).toContain('after');
  });
});

describe('what a process says of Redis in its log', () => {
  /** The events of lines that an operator sees. */
  async function heard() {
    const lines: string[] = [];
    const own = await createLogger({ app: 'test', level: 'info' });
    for (const level of ['info', 'warn', 'error'] as const)
      own[level] = ((fields: { event: string }) => lines.push(fields.event)) as never;
    return { own, lines };
  }

  it('one line when it stands still, however many connections there are, and “back” only when it answers again', async () => {
    const { own, lines } = await heard();
    const [redis, ...others] = [
      createRedis(url(), 'commands', own),
      createBullRedis(url(), 'client', 'bull-client', own),
      createBullRedis(url(), 'bclient', 'bull-bclient', own),
      createSubscriber(url(), 'channel', own),
    ] as const;
    for (const one of [redis, ...others]) endings.push(() => one.disconnect());
    await expect.poll(() => isReady(redis), soon).toBe(true);
    await Promise.all(others.map((one) => one.ping()));
    let attempts = 0;
    for (const one of others) one.on('connect', () => (attempts += 1));
    process.kill(server.pid!, 'SIGSTOP');
    // The system accepts connections for a server that stands still: each of them has been tried again.
    await expect.poll(() => attempts, soon).toBeGreaterThanOrEqual(2 * others.length);
    expect(lines).toEqual(['redis.away']);
    process.kill(server.pid!, 'SIGCONT');
    await expect.poll(() => lines, soon).toEqual(['redis.away', 'redis.back']);
  });

  it('a password that it does not take, with what to do', async () => {
    const { own, lines } = await heard();
    const redis = createRedis(url(), 'commands', own);
    endings.push(() => redis.disconnect());
    await expect.poll(() => isReady(redis), soon).toBe(true);
    admin('config', 'set', 'requirepass', 'new');
    admin('-a', 'new', 'client', 'kill', 'type', 'normal', 'skipme', 'yes');
    await expect.poll(() => lines, soon).toEqual(['redis.denies']);
    admin('-a', 'new', 'config', 'set', 'requirepass', '');
    await expect.poll(() => lines, soon).toEqual(['redis.denies', 'redis.back']);
  });
});

describe('a Redis that lets nobody in', () => {
  it.each([
    ['NOAUTH', 'no password', ''],
    ['WRONGPASS', 'the password of yesterday', ':yesterday@'],
  ])('%s (%s): is said with its word and what to do, and not as a server that is gone', async (word, _, user) => {
    admin('config', 'set', 'requirepass', 'today');
    const redis = createRedis(url(port, user), 'test', logger);
    endings.push(() => redis.disconnect());
    const trial = tried(redis);
    await expect.poll(() => stateOf(redis), soon).toBe(word);
    expect(isReady(redis)).toBe(false);
    expect(trial.mover.remedy).toMatch(new RegExp(`^Redis refuses .*${word}.*REDIS_URL`));
    // The same connection once the server takes it.
    admin('-a', 'today', 'config', 'set', 'requirepass', user ? 'yesterday' : '');
    await expect.poll(() => isReady(redis), soon).toBe(true);
    expect(stateOf(redis)).toBe('up');
  });

  it('is tried again and again at a growing pace, by the connections of the queues too, and at once again after it was back', async () => {
    admin('config', 'set', 'requirepass', 'today');
    const delays: number[] = [];
    const queue = new Bull('work', {
      prefix: QUEUE_PREFIX,
      createClient: (type, options) => {
        const redis = createBullRedis(url(port, ':yesterday@'), type, `bull-${type}`, logger, options);
        if (type === 'client') redis.on('reconnecting', (ms: number) => delays.push(ms));
        return redis;
      },
    });
    queue.on('error', () => {});
    endings.push(() => queue.close(true));
    await expect.poll(() => delays, soon).toEqual([200, 400, 800, 1_600]);
    admin('-a', 'today', 'config', 'set', 'requirepass', 'yesterday');
    await queue.isReady();
    await expect.poll(() => queue.client.ping(), soon).toBe('PONG');
    admin('-a', 'yesterday', 'client', 'kill', 'type', 'normal', 'skipme', 'yes');
    await expect.poll(() => delays.at(-1), soon).toBe(200);
  });

  it('and then is gone: the word goes with it', async () => {
    admin('config', 'set', 'requirepass', 'today');
    const redis = createRedis(url(), 'test', logger);
    endings.push(() => redis.disconnect());
    await expect.poll(() => stateOf(redis), soon).toBe('NOAUTH');
    await server.kill();
    await expect.poll(() => stateOf(redis), soon).toBe('away');
  });
});

describe('a Redis that answers and refuses', () => {
  const FULL = 'maxmemory 1mb, noeviction';
  it.each([
    [
      'NOREPLICAS',
      'min-replicas-to-write 1',
      ['config', 'set', 'min-replicas-to-write', '1'],
      ['config', 'set', 'min-replicas-to-write', '0'],
    ],
    ['OOM', FULL, ['config', 'set', 'maxmemory', '1mb'], ['config', 'set', 'maxmemory', '0']],
    ['READONLY', 'a replica', ['replicaof', '127.0.0.1', '1'], ['replicaof', 'no', 'one']],
    ['NOPERM', 'a user without channels', ['acl', 'setuser', 'app', 'resetchannels'], ['acl', 'setuser', 'app', 'allchannels']],
    ['NOPERM', 'a user without scripts', ['acl', 'setuser', 'app', '-eval'], ['acl', 'setuser', 'app', '+eval']],
  ])('%s (%s): counts as away, with its word, until it takes everything again', async (word, _, refuse, accept) => {
    admin('acl', 'setuser', 'app', 'on', '>secret', '~*', '&*', '+@all');
    const redis = await commands(url(port, 'app:secret@'));
    const trial = tried(redis);
    await trial.look();
    expect(stateOf(redis)).toBe('up');
    admin(...refuse);
    await expect.poll(() => stateOf(redis), soon).toBe(word);
    expect(isReady(redis)).toBe(false);
    admin(...accept);
    await expect.poll(() => isReady(redis), soon).toBe(true);
  });

  it('scripts whose keys are made inside (a cloud’s proxy): counts as away', async () => {
    const proxy = await StrictScriptProxy.start(port);
    endings.push(() => proxy.stop());
    const redis = await commands(url(proxy.port));
    tried(redis);
    await expect.poll(() => stateOf(redis), soon).toBe('ERR');
    // What it does take it still takes.
    expect(await redis.set('a', '1')).toBe('OK');
  });

  it('channels to a user, as Redis 7 does to new ones: no process ends, and workers begin as soon as it may', async () => {
    admin('acl', 'setuser', 'app', 'on', '>secret', '~*', 'resetchannels', '+@all');
    const { done } = worker(url(port, 'app:secret@'));
    const subscriber = createSubscriber(url(port, 'app:secret@'), 'test', logger);
    endings.push(() => subscriber.disconnect());
    const subscribed = subscriber.subscribe('news').then(() => done.push('subscribed'));
    const other = new Bull('work', url(), { prefix: QUEUE_PREFIX });
    endings.push(() => other.close());
    await other.add({ id: 'waits' });
    await expect.poll(() => admin('acl', 'log'), soon).toMatch(/channel/);
    expect(done).toEqual([]);
    admin('acl', 'setuser', 'app', 'allchannels');
    await subscribed;
    await expect.poll(() => done, soon).toContain('waits');
    // And taken away again while both are subscribed: Redis ends the connections.
    admin('acl', 'log', 'reset');
    admin('acl', 'setuser', 'app', 'resetchannels');
    await expect.poll(() => admin('acl', 'log'), soon).toMatch(/channel/);
    admin('acl', 'setuser', 'app', 'allchannels');
    await expect.poll(async () => (await other.add({ id: 'later' })) && done.includes('later'), soon).toBe(true);
  });
});
