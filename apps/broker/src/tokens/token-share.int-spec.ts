import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { BINDINGS, SecretBox } from '#persistence';
import { createLogger, createRedis, isReady } from '#service';
import { createTestRedis, type TestRedis } from '../../../../libs/queues/testing/redis.js';
import { TokenShare } from './token-share.js';

const PREFIX = '{wxplane}:token:';
const box = new SecretBox([{ id: 'k1', key: randomBytes(32) }]);
let server: TestRedis;
let redis: Redis;
let share: TokenShare;

beforeAll(async () => {
  const logger = await createLogger({ app: 'test', level: 'silent' });
  server = await createTestRedis();
  redis = createRedis(server.url, 'test', logger);
  share = new TokenShare(redis, box);
  await vi.waitUntil(() => isReady(redis), { timeout: 10_000 });
  share.onModuleInit();
});
afterAll(async () => {
  redis?.disconnect();
  await server?.stop();
});

const newKey = () => `authorizer:wxcomponent:wx${randomBytes(8).toString('hex')}`;
const put = (key: string, token: string, generation = 1) => share.put(key, generation, token, 60_000, 7_200_000);
const read = async (key: string) => (await share.get(key)).live?.token;

it('keeps tokens, encrypted', async () => {
  const key = newKey();
  await put(key, 'token@@@a');
  expect(await read(key)).toBe('token@@@a');
  expect(JSON.stringify(await redis.hgetall(PREFIX + key))).not.toContain('token@@@');
});

it('gives out nothing that was written into Redis by somebody else', async () => {
  const [mine, other] = [newKey(), newKey()];
  await put(mine, 'token@@@mine');
  await put(other, 'token@@@other');
  const before = await redis.hgetall(PREFIX + mine);
  const { t: stolen = '' } = await redis.hgetall(PREFIX + other);
  for (const forged of [
    'token@@@forged',
    stolen,
    box.seal('token@@@column', BINDINGS.accessToken('wxc', 'wxa', 'authorizer', 1)),
  ]) {
    await redis.hset(PREFIX + mine, 't', forged);
    expect(await read(mine)).toBeUndefined();
  }
  // An older token of the same account does not pass for a newer one either.
  await redis.hset(PREFIX + mine, 't', before['t'] ?? '', 'g', 2);
  expect(await read(mine)).toBeUndefined();
  // The next one who reads MySQL puts things right.
  const { shareEpoch } = await share.get(mine);
  await share.put(mine, 2, 'token@@@again', 60_000, 7_200_000, shareEpoch);
  expect(await read(mine)).toBe('token@@@again');
});

it('takes no copy of who read before Redis was emptied, however often it was: another one may have replaced the token since', async () => {
  const key = newKey();
  await put(key, 'token@@@a');
  const emptied = async () => {
    await redis.flushall();
    await read(key);
    return (await share.get(key)).shareEpoch;
  };
  const eras = [(await share.get(key)).shareEpoch, await emptied()];
  await put(key, 'token@@@b', 2);
  expect(await read(key)).toBe('token@@@b');
  eras.push(await emptied());
  expect(eras).toEqual([expect.stringMatching(/./), expect.stringMatching(/./), expect.stringMatching(/./)]);
  for (const era of eras.slice(0, -1)) await share.put(key, 1, 'token@@@a', 60_000, 7_200_000, era);
  expect(await read(key)).toBeUndefined();
  await redis.flushall();
  for (const era of eras) await share.put(key, 1, 'token@@@a', 60_000, 7_200_000, era);
  expect(await read(key)).toBeUndefined();
  expect(new Set(eras).size).toBe(3);
  await emptied();
  await put(key, 'token@@@c', 3);
  expect(await read(key)).toBe('token@@@c');
});
