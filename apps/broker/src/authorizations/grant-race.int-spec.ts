import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SecretBox } from '#persistence';
import { createLogger, createRedis, DomainError, HealthRegistry, isReady, Progress } from '#service';
import { type WechatApi, WechatApiError } from '#wechat';
import { createTestDatabase, type TestDatabase } from '../../../../libs/persistence/testing/database.js';
import { createTestRedis, type TestRedis } from '../../../../libs/queues/testing/redis.js';
import { AuthorizerRepository } from '../authorizers/authorizer.repository.js';
import { AuthorizerSource } from '../authorizers/authorizer.source.js';
import { ProfileService } from '../authorizers/profile.service.js';
import { RefreshTokenRecovery } from '../authorizers/refresh-token.recovery.js';
import { BrokerConfig } from '../config/broker.config.js';
import { InvalidationBus } from '../invalidation/invalidation.bus.js';
import { Cooldowns } from '../tokens/cooldowns.js';
import { authorizerToken } from '../tokens/token.domain.js';
import { TokenRepository } from '../tokens/token.repository.js';
import { TokenService } from '../tokens/token.service.js';
import { TokenRefresher } from '../tokens/token-refresher.js';
import { TokenShare } from '../tokens/token-share.js';
import { CodeRepository } from './code.repository.js';
import { GrantService } from './grant.service.js';
import { VisitRepository } from './visit.repository.js';

const componentAppid = 'wx00000000000000c0';
const box = new SecretBox([{ id: 'k1', key: randomBytes(32) }]);
const logger = await createLogger({ app: 'test', level: 'silent' });
const random = () => randomBytes(8).toString('hex');

/** WeChat, as far as it makes and ends tokens: each refresh gives another refresh token, each exchange ends all before it. */
class Wechat {
  private readonly accounts = new Map<string, { refreshToken: string; live: string; former: string }>();
  private readonly codes = new Map<string, string>();

  readonly api = {
    component: {
      apiQueryAuth: async (_: string, { authorization_code: code }: { authorization_code: string }) => {
        const appid = this.codes.get(code);
        if (!appid) throw refusal('api_query_auth', 61009);
        this.codes.delete(code);
        const account = { refreshToken: `refreshtoken@@@${random()}`, live: random(), former: '' };
        this.accounts.set(appid, account);
        await sleep(Math.random() * 10);
        return {
          authorization_info: {
            authorizer_appid: appid,
            authorizer_access_token: account.live,
            expires_in: 7_200,
            authorizer_refresh_token: account.refreshToken,
            func_info: [{ funcscope_category: { id: 1 } }, { funcscope_category: { id: 18 } }],
          },
        };
      },
      apiAuthorizerToken: async (_: string, body: { authorizer_appid: string; authorizer_refresh_token: string }) => {
        const account = this.accounts.get(body.authorizer_appid);
        if (account?.refreshToken !== body.authorizer_refresh_token) throw refusal('api_authorizer_token', 61023);
        Object.assign(account, { former: account.live, live: random(), refreshToken: `refreshtoken@@@${random()}` });
        const answer = {
          authorizer_access_token: account.live,
          expires_in: 7_200,
          authorizer_refresh_token: account.refreshToken,
        };
        await sleep(Math.random() * 10);
        return answer;
      },
      apiGetAuthorizerInfo: async (_: string, { authorizer_appid }: { authorizer_appid: string }) => ({
        authorizer_info: { nick_name: authorizer_appid },
        authorization_info: { authorizer_appid, authorizer_refresh_token: this.accounts.get(authorizer_appid)?.refreshToken },
      }),
      apiGetAuthorizerList: async () => ({ total_count: 0, list: [] }),
    },
    diagnosis: { getApiDomainIps: async () => ({}) },
  } as unknown as WechatApi;

  code(appid: string): string {
    const code = `queryauthcode@@@${random()}`;
    this.codes.set(code, appid);
    return code;
  }

  accepts(appid: string, token: string): boolean {
    const account = this.accounts.get(appid);
    return account !== undefined && (account.live === token || account.former === token);
  }
}
const refusal = (api: string, errcode: number) =>
  new WechatApiError({ kind: 'errcode', api, errcode, errmsg: 'refused', maybeExecuted: false });

/** What one broker process has of grants and tokens. */
class Replica {
  readonly redis: Redis;
  readonly bus: InvalidationBus;
  readonly tokens: TokenService;
  readonly grants: GrantService;

  constructor(database: TestDatabase, wechat: WechatApi) {
    // Whoever reports a token gets another, however young it is.
    const config = Object.assign(new BrokerConfig(), { REDIS_URL: redisServer.url, TOKEN_TRUST_MS: 0 });
    this.redis = createRedis(redisServer.url, 'test', logger);
    this.bus = new InvalidationBus(config, this.redis, logger, new HealthRegistry(), new Progress());
    const share = new TokenShare(this.redis, box);
    const rows = new TokenRepository(database.dataSource, box, logger);
    const refresher = new TokenRefresher(config, rows, share, this.bus, logger, new Registry());
    this.tokens = new TokenService(config, rows, share, refresher, this.bus, logger);
    const authorizers = new AuthorizerRepository(database.dataSource, box, logger);
    const recovery = new RefreshTokenRecovery(this.tokens, wechat, logger);
    refresher.register('authorizer', new AuthorizerSource(authorizers, recovery, this.tokens, wechat, new Cooldowns(this.redis)));
    refresher.register('component', { renew: async () => ({ token: 'component', expiresInMs: 7_200_000 }) });
    this.grants = new GrantService(
      new CodeRepository(database.dataSource),
      new VisitRepository(database.dataSource),
      authorizers,
      new ProfileService(authorizers, this.tokens, wechat),
      this.tokens,
      wechat,
      logger,
      { now: () => Date.now() },
    );
    this.tokens.onModuleInit();
    share.onModuleInit();
    this.bus.onModuleInit();
  }

  stop(): void {
    this.bus.onApplicationShutdown();
    this.redis.disconnect();
  }
}

let database: TestDatabase;
let redisServer: TestRedis;
let replicas: Replica[];
const wechat = new Wechat();

beforeAll(async () => {
  [database, redisServer] = await Promise.all([createTestDatabase(), createTestRedis()]);
  replicas = [new Replica(database, wechat.api), new Replica(database, wechat.api)];
});
afterAll(async () => {
  for (const replica of replicas ?? []) replica.stop();
  await Promise.all([database?.drop(), redisServer?.stop()]);
});

describe('grants and refreshes of the same authorizers', () => {
  it('at the same time on two replicas: no deadlock is seen, and each ends with a living token and an active state', async () => {
    await expect.poll(() => replicas.every(({ redis, bus }) => isReady(redis) && bus.trusted)).toBe(true);
    const appids = Array.from({ length: 4 }, () => `wx${random()}`);
    const any = () => replicas[Math.floor(Math.random() * replicas.length)]!;
    const grant = (appid: string) =>
      any().grants.accept({ componentAppid, code: wechat.code(appid), source: 'push', authorizerAppid: appid });
    for (const appid of appids) await grant(appid);

    const errors: unknown[] = [];
    const repeat = async (times: number, run: () => Promise<unknown>) => {
      for (let i = 0; i < times; i += 1) await run().catch((error: unknown) => errors.push(error));
    };
    const refresh = async (appid: string) => {
      const subject = authorizerToken(componentAppid, appid);
      await any().tokens.reportInvalid(subject, (await any().tokens.get(subject)).token);
    };
    await Promise.all(
      appids.flatMap((appid) => [
        repeat(25, () => grant(appid)),
        // The same code twice, as callback and push.
        repeat(10, async () => {
          const delivery = { componentAppid, code: wechat.code(appid), authorizerAppid: appid };
          await Promise.all(
            (['push', 'callback'] as const).map((source, index) => replicas[index]!.grants.accept({ ...delivery, source })),
          );
        }),
        repeat(25, () => refresh(appid)),
        repeat(25, () => refresh(appid)),
      ]),
    );
    // WeChat refuses a refresh token that a grant of the same moment has ended.
    const refused = (error: unknown) => error instanceof DomainError && error.code === 'wechat-refused';
    expect(
      errors
        .filter((error) => !refused(error))
        .map((error) => `${(error as Error).message}: ${(error as { sql?: string }).sql?.slice(0, 80)}`),
    ).toEqual([]);

    for (const appid of appids) {
      const subject = authorizerToken(componentAppid, appid);
      for (const { tokens } of replicas) {
        const usable = async () => {
          const { token } = await tokens.get(subject);
          // A caller who is refused says so.
          return wechat.accepts(appid, token) ? token : (await tokens.reportInvalid(subject, token)).live.token;
        };
        await expect.poll(async () => wechat.accepts(appid, await usable())).toBe(true);
      }
    }
    const states = await database.dataSource.query('SELECT DISTINCT state FROM f_wechat_authorizer');
    expect(states).toEqual([{ state: 'active' }]);
  }, 90_000);
});
