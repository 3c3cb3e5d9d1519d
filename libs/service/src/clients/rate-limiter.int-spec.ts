import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTestRedis, type TestRedis } from '../../../queues/testing/redis.js';
import type { Caller } from '../identity/caller.js';
import { createLogger } from '../log/logger.js';
import { createRedis, isReady } from '../redis/redis.js';
import { RateLimiter } from './rate-limiter.js';

const logger = await createLogger({ app: 'test', level: 'silent' });
let server: TestRedis;
const connections: Redis[] = [];
beforeAll(async () => {
  server = await createTestRedis();
});
afterAll(() => server?.stop());
afterEach(() => {
  for (const redis of connections.splice(0)) redis.disconnect();
});

async function connect(): Promise<Redis> {
  const redis = createRedis(server.url, 'test', logger);
  connections.push(redis);
  await expect.poll(() => isReady(redis)).toBe(true);
  return redis;
}
const newClient = (rateLimitPerS: number) => ({ clientId: randomBytes(8).toString('hex'), rateLimitPerS }) as Caller;
/** As the guard and the warm reads do it: what is at hand first. */
const through = async (limiter: RateLimiter, client: Caller) => limiter.take(client) || (await limiter.admit(client)) === 0;
const admitted = async (limiters: readonly RateLimiter[], client: Caller, each: number) => {
  const answers = await Promise.all(
    Array.from({ length: each * limiters.length }, (_, index) => through(limiters[index % limiters.length]!, client)),
  );
  return answers.filter(Boolean).length;
};

describe('RateLimiter', () => {
  it.each([1, 2, 5])('lets the same number through on %i replicas', async (replicas) => {
    const limiters = await Promise.all(Array.from({ length: replicas }, async () => new RateLimiter(await connect())));
    // Ten seconds' worth at once, and what grows back in the moment this takes.
    const slow = await admitted(limiters, newClient(0.5), 60);
    expect(slow).toBeGreaterThanOrEqual(5);
    expect(slow).toBeLessThanOrEqual(7);
  });

  it('gives one replica all, if only that one is asked', async () => {
    const [one, other] = [new RateLimiter(await connect()), new RateLimiter(await connect())];
    const client = newClient(0.5);
    expect(await admitted([one], client, 20)).toBeGreaterThanOrEqual(5);
    expect(await admitted([other], client, 20)).toBeLessThanOrEqual(1);
  });

  it('asks Redis once for many requests of a fast client, and not for each refusal', async () => {
    const redis = await connect();
    let asked = 0;
    const counting = new Proxy(redis, {
      get(target, name) {
        if (name === 'eval') asked += 1;
        const value = Reflect.get(target, name) as unknown;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const limiter = new RateLimiter(counting);
    const fast = newClient(4_000);
    for (let i = 0; i < 2_000; i += 1) expect(await through(limiter, fast)).toBe(true);
    expect(asked).toBeLessThanOrEqual(5);

    const slow = newClient(0.1);
    expect(await through(limiter, slow)).toBe(true);
    asked = 0;
    for (let i = 0; i < 100; i += 1) expect(await through(limiter, slow)).toBe(false);
    expect(asked).toBe(1);
    expect(await limiter.admit(slow)).toBeGreaterThanOrEqual(8);
  });

  it('has places for 100,000 made-up addresses, in process and in Redis, with short names, and still limits each', async () => {
    const redis = await connect();
    await redis.flushdb();
    const [shared, alone] = [new RateLimiter(redis), new RateLimiter()];
    for (let n = 0; n < 100_000; n += 1) await alone.admitStranger('launch', `10.0.0.${n}`, 1, 60);
    for (let n = 0; n < 30; n += 1)
      await Promise.all(
        Array.from({ length: 1_000 }, (_, m) => shared.admitStranger('launch', `${n}-${m} ${'x'.repeat(2_000)}`, 1, 60)),
      );
    expect(await redis.dbsize()).toBeLessThanOrEqual(8_192);
    for (const key of (await redis.scan('0', 'COUNT', 100))[1]) expect(key.length).toBeLessThan(40);
    expect(alone.names).toBeLessThanOrEqual(8_192);
    // Where Redis was too slow to answer, a place has a bucket of its own, too.
    expect(shared.names).toBeLessThanOrEqual(2 * 8_192);
    const tries = await Promise.all(Array.from({ length: 10 }, () => shared.admitStranger('callback', '1.2.3.4', 0.01, 500)));
    expect(tries.filter((waitS) => waitS === 0)).toHaveLength(5);
  }, 60_000);

  it('goes on by itself while Redis is away', async () => {
    const redis = await connect();
    const limiter = new RateLimiter(redis);
    const client = newClient(0.5);
    await through(limiter, client);
    redis.disconnect();
    const more = await admitted([limiter], client, 60);
    expect(more).toBeGreaterThanOrEqual(5);
    expect(more).toBeLessThanOrEqual(7);
  });
});
