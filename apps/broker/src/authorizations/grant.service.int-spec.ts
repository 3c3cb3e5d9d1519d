import { randomBytes } from 'node:crypto';
import { type EntityManager, QueryFailedError } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SecretBox } from '#persistence';
import { createLogger } from '#service';
import { type WechatApi, WechatApiError } from '#wechat';
import { createTestDatabase, type TestDatabase } from '../../../../libs/persistence/testing/database.js';
import { AuthorizerRepository, type Grant } from '../authorizers/authorizer.repository.js';
import { ProfileService } from '../authorizers/profile.service.js';
import type { TokenService } from '../tokens/token.service.js';
import { CodeRepository } from './code.repository.js';
import { GrantService } from './grant.service.js';
import { VisitRepository } from './visit.repository.js';

const componentAppid = 'wx00000000000000c0';
const box = new SecretBox([{ id: 'k1', key: randomBytes(32) }]);
const logger = await createLogger({ app: 'test', level: 'silent' });

/** Stumbles as often as it is told to. */
class Stumbling extends AuthorizerRepository {
  deadlocks = 0;

  override async storeGrant(manager: EntityManager, grant: Grant): Promise<void> {
    await super.storeGrant(manager, grant);
    if (this.deadlocks === 0) return;
    this.deadlocks -= 1;
    throw new QueryFailedError('', [], Object.assign(new Error('Deadlock found'), { code: 'ER_LOCK_DEADLOCK', errno: 1213 }));
  }
}

let database: TestDatabase;
let authorizers: Stumbling;
let grants: GrantService;
let authorizerAppid: string;
let code: string;
let exchange: () => Promise<unknown>;
let announced: number;
let exchanges: number;

beforeAll(async () => {
  database = await createTestDatabase();
  authorizers = new Stumbling(database.dataSource, box, logger);
  const wechat = {
    component: {
      apiQueryAuth: () => {
        exchanges += 1;
        return exchange();
      },
      apiGetAuthorizerInfo: async () => ({
        authorizer_info: {},
        authorization_info: { authorizer_appid: authorizerAppid, authorizer_refresh_token: 'refreshtoken@@@info' },
      }),
    },
  } as unknown as WechatApi;
  // Tokens have tests of their own.
  const tokens = {
    get: async () => ({ token: 't' }),
    capAtFormerLife: async () => {},
    replace: async () => async () => {},
    announce: async () => {
      announced += 1;
    },
  } as unknown as TokenService;
  const clock = { now: () => Date.now() };
  const codes = new CodeRepository(database.dataSource);
  const visits = new VisitRepository(database.dataSource);
  const profiles = new ProfileService(authorizers, tokens, wechat);
  grants = new GrantService(codes, visits, authorizers, profiles, tokens, wechat, logger, clock);
});
afterAll(() => database?.drop());
beforeEach(() => {
  authorizerAppid = `wx${randomBytes(8).toString('hex')}`;
  code = `queryauthcode@@@${randomBytes(8).toString('hex')}`;
  announced = 0;
  exchanges = 0;
  exchange = async () => ({
    authorization_info: { authorizer_appid: authorizerAppid, authorizer_refresh_token: 'refreshtoken@@@code', func_info: [] },
  });
});

const push = () => grants.accept({ componentAppid, code, source: 'push', authorizerAppid });
const callback = () => grants.accept({ componentAppid, code, source: 'callback' });

describe('an exchanged code', () => {
  it('is stored although the database stumbles, since it works only once', async () => {
    authorizers.deadlocks = 2;
    expect(await push()).toEqual({ authorizerAppid, exchanged: true });
    expect(exchanges).toBe(1);
    expect(await authorizers.credentials(componentAppid, authorizerAppid)).toMatchObject({
      state: 'active',
      refreshToken: 'refreshtoken@@@code',
    });
  });

  it('is told again by its second delivery', async () => {
    await push();
    expect(await callback()).toEqual({ authorizerAppid, exchanged: false });
    expect([exchanges, announced]).toEqual([1, 1]);
  });
});

describe('the time of a grant', () => {
  const grantedAt = async () => (await authorizers.find(componentAppid, authorizerAppid))?.grantedAt?.getTime();

  it('is raised by the push that comes after the callback', async () => {
    await callback();
    await database.dataSource.query('UPDATE f_wechat_authorizer SET granted_at = granted_at - INTERVAL 1 MINUTE');
    const later = new Date(Math.floor(Date.now() / 1_000) * 1_000);
    await grants.accept({ componentAppid, code, source: 'push', authorizerAppid, grantedAt: later });
    expect(await grantedAt()).toBe(later.getTime());
    await grants.accept({
      componentAppid,
      code,
      source: 'push',
      authorizerAppid,
      grantedAt: new Date(later.getTime() - 120_000),
    });
    expect(await grantedAt()).toBe(later.getTime());
  });

  it('that lies ahead is not believed: it would be newer than every cancellation', async () => {
    await callback();
    const ahead = new Date(Date.now() + 86_400_000);
    await grants.accept({ componentAppid, code, source: 'push', authorizerAppid, grantedAt: ahead });
    expect(await grantedAt()).toBeLessThanOrEqual(Date.now() + 1_000);
  });
});

describe('a code that was refused', () => {
  it('to the callback is no loss once the push says whose it is', async () => {
    exchange = async () => {
      throw new WechatApiError({
        kind: 'errcode',
        api: 'api_query_auth',
        errcode: 61009,
        errmsg: 'code is used',
        maybeExecuted: false,
      } as ConstructorParameters<typeof WechatApiError>[0]);
    };
    await expect(callback()).rejects.toMatchObject({ code: 'wechat-refused' });
    await expect(callback()).rejects.toMatchObject({ code: 'conflict' });
    expect(await push()).toEqual({ authorizerAppid, exchanged: false });
    expect(exchanges).toBe(1);
    expect(await authorizers.credentials(componentAppid, authorizerAppid)).toMatchObject({
      state: 'active',
      refreshToken: 'refreshtoken@@@info',
    });
    expect(await callback()).toEqual({ authorizerAppid, exchanged: false });
  });
});
