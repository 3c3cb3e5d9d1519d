import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Redis } from 'ioredis';

/*
 * One process of a platform that uses an SDK as its README says, with the Redis cache that the README recommends for several processes:
 * `node worker.ts <plan file>`. Gets the component token, says "ready", waits for a line, asks for the token many times at once, and prints what it got.
 */

export interface PeerPlan {
  readonly sdk: 'node-easywechat' | 'nest-wechat';
  readonly readers: number;
  readonly wechat: string;
  readonly redisUrl: string;
  readonly componentAppid: string;
  readonly secret: string;
  readonly pushToken: string;
  readonly aesKey: string;
  readonly ticket: string;
  readonly authorizerAppid: string;
  readonly refreshToken: string;
}

/** How many readers got which token, or which error. */
export interface PeerResult {
  readonly tokens: Readonly<Record<string, number>>;
  readonly errors: Readonly<Record<string, number>>;
}

const require = createRequire(import.meta.url);
const plan = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as PeerPlan;
const redis = new Redis(plan.redisUrl, { keyPrefix: `${plan.sdk}:` });

const cache = {
  async get(key: string): Promise<unknown> {
    const text = await redis.get(key);
    return text === null ? undefined : JSON.parse(text);
  },
  async set(key: string, value: unknown, seconds?: number): Promise<boolean> {
    await redis.set(key, JSON.stringify(value), 'EX', seconds && seconds > 0 ? seconds : 3_600);
    return true;
  },
  async has(key: string): Promise<boolean> {
    return (await redis.exists(key)) === 1;
  },
  async delete(key: string): Promise<boolean> {
    return (await redis.del(key)) === 1;
  },
};

/** `http.baseURL` is the README's way to another host; the token is cached by the SDK. */
async function easywechat(): Promise<() => Promise<string>> {
  const sdk = require('node-easywechat');
  const CacheInterface = require('node-easywechat/dist/Core/Contracts/CacheInterface');
  const app = new sdk.OpenPlatform({
    app_id: plan.componentAppid,
    secret: plan.secret,
    token: plan.pushToken,
    aes_key: plan.aesKey,
    http: { baseURL: `${plan.wechat}/` },
  });
  app.setCache(Object.assign(Object.create((CacheInterface.default ?? CacheInterface).prototype), cache));
  await app.getVerifyTicket().setTicket(plan.ticket);
  await app.getComponentAccessToken().getToken();
  return () => app.getAuthorizerAccessToken(plan.authorizerAppid, plan.refreshToken);
}

/** The SDK caches the component token only; the authorizer's is kept in the same cache, as a user of it would. Its URLs are absolute. */
async function nestWechat(): Promise<() => Promise<string>> {
  require('reflect-metadata');
  const { ComponentService } = require('nest-wechat');
  const axios = createRequire(require.resolve('nest-wechat'))('axios');
  (axios.default ?? axios).interceptors.request.use((request: { url?: string }) => {
    if (request.url) request.url = request.url.replace('https://api.weixin.qq.com', plan.wechat);
    return request;
  });
  const service = new ComponentService({
    componentAppId: plan.componentAppid,
    componentSecret: plan.secret,
    componentToken: plan.pushToken,
    componentEncodingAESKey: plan.aesKey,
    cacheAdapter: { ...cache, remove: cache.delete, close: () => {} },
  });
  await service.setTicket(plan.ticket);
  await service.getComponentAccessToken();
  return async () => {
    const kept = await cache.get(plan.authorizerAppid);
    if (kept) return kept as string;
    const { data } = await service.requestAuthorizerToken(plan.authorizerAppid, plan.refreshToken);
    if (!data.authorizer_access_token) throw new Error(`errcode ${data.errcode}`);
    await cache.set(plan.authorizerAppid, data.authorizer_access_token, data.expires_in - 100);
    return data.authorizer_access_token;
  };
}

const ask = await (plan.sdk === 'node-easywechat' ? easywechat() : nestWechat());
process.stdout.write('ready\n');
await new Promise((resolve) => process.stdin.once('data', resolve));
const tokens: Record<string, number> = {};
const errors: Record<string, number> = {};
await Promise.all(
  Array.from({ length: plan.readers }, () =>
    ask().then(
      (token) => {
        tokens[token] = (tokens[token] ?? 0) + 1;
      },
      (error: Error) => {
        const what = /errcode"?:? ?(-?\d+)/.exec(error.message)?.[0] ?? error.message.slice(0, 80);
        errors[what] = (errors[what] ?? 0) + 1;
      },
    ),
  ),
);
process.stdout.write(`${JSON.stringify({ tokens, errors } satisfies PeerResult)}\n`);
redis.disconnect();
process.exit(0);
