import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger, createRedis, isReady } from '#service';
import { type WechatApi, WechatApiError } from '#wechat';
import { createTestRedis, type TestRedis } from '../../../../libs/queues/testing/redis.js';
import type { AuthorizerRepository } from '../authorizers/authorizer.repository.js';
import { AuthorizerSource } from '../authorizers/authorizer.source.js';
import { RefreshTokenRecovery } from '../authorizers/refresh-token.recovery.js';
import { Cooldowns } from './cooldowns.js';
import { authorizerToken } from './token.domain.js';
import type { TokenService } from './token.service.js';

const logger = await createLogger({ app: 'test', level: 'silent' });
let server: TestRedis;
let redises: Redis[];
let one: Cooldowns;
let two: Cooldowns;
let name: string;

beforeAll(async () => {
  server = await createTestRedis();
});
afterAll(() => server?.stop());

beforeEach(async () => {
  redises = [0, 1].map(() => createRedis(server.url, 'test', logger));
  await expect.poll(() => redises.every(isReady)).toBe(true);
  [one, two] = redises.map((redis) => new Cooldowns(redis)) as [Cooldowns, Cooldowns];
  name = randomBytes(8).toString('hex');
});
afterEach(() => {
  for (const redis of redises) redis.disconnect();
});

describe('a pause', () => {
  it('is known to every replica, ends, is remembered, and is forgotten', async () => {
    expect(await two.look(name)).toBeUndefined();
    await one.begin(name, { value: 7, ms: 300, rememberMs: 60_000 });
    expect(await two.look(name)).toEqual({ value: 7, active: true });
    await sleep(350);
    expect(await two.look(name)).toEqual({ value: 7, active: false });
    await two.forget(name);
    expect(await one.look(name)).toBeUndefined();
  });

  it('holds for whoever began it while Redis is away', async () => {
    redises[0]?.disconnect();
    await one.begin(name, { value: 'mine', ms: 60_000 });
    expect(await one.look(name)).toEqual({ value: 'mine', active: true });
    expect(await two.look(name)).toBeUndefined();
  });
});

describe('a refusal that concerns the whole component', () => {
  it.each([45009, 61004, 61011])('%i to one replica is asked for by none for a minute', async (errcode) => {
    const component = `wx${name}`;
    const apiAuthorizerToken = vi.fn();
    apiAuthorizerToken.mockRejectedValue(
      new WechatApiError({
        kind: 'errcode',
        api: 'api_authorizer_token',
        errcode,
        errmsg: 'refused',
        rid: '66a1b2c3-00112233-44556677',
        maybeExecuted: false,
      }),
    );
    const wechat = { component: { apiAuthorizerToken } } as unknown as WechatApi;
    const tokens = { get: async () => ({ token: 't' }) } as unknown as TokenService;
    const authorizers = {
      credentials: async () => ({ state: 'active', refreshToken: 'refreshtoken@@@stored' }),
    } as unknown as AuthorizerRepository;
    const recovery = new RefreshTokenRecovery(tokens, wechat, logger);
    const renew = (cooldowns: Cooldowns, appid: string) =>
      new AuthorizerSource(authorizers, recovery, tokens, wechat, cooldowns).renew(authorizerToken(component, appid));
    await expect(renew(one, 'wx1')).rejects.toThrow();
    await expect(renew(two, 'wx2')).rejects.toMatchObject({
      options: { floorMs: 60_000, wechat: { errcode, errmsg: 'refused', rid: '66a1b2c3-00112233-44556677' } },
    });
    expect(apiAuthorizerToken).toHaveBeenCalledTimes(1);
  });
});
