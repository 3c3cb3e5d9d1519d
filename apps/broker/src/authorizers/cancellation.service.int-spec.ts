import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AuthorizerEntity, SecretBox } from '#persistence';
import { createLogger } from '#service';
import { type WechatApi, WechatApiError } from '#wechat';
import { createTestDatabase, type TestDatabase } from '../../../../libs/persistence/testing/database.js';
import type { TokenService } from '../tokens/token.service.js';
import { AuthorizerRepository } from './authorizer.repository.js';
import { CancellationService } from './cancellation.service.js';

const componentAppid = 'wx00000000000000c0';
const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
const box = new SecretBox([{ id: 'k1', key: randomBytes(32) }]);
const logger = await createLogger({ app: 'test', level: 'silent' });

const NOT_AUTHORIZED = {
  kind: 'errcode',
  api: 'api_get_authorizer_info',
  errcode: 61003,
  errmsg: 'component is not authorized by this account',
  maybeExecuted: false,
} as const;

/** Lets something happen between the look at an authorizer and what is done about it. */
class Interrupted extends AuthorizerRepository {
  meanwhile: (() => Promise<void>) | undefined;

  override async find(component: string, appid: string): Promise<AuthorizerEntity | null> {
    const found = await super.find(component, appid);
    const run = this.meanwhile;
    this.meanwhile = undefined;
    await run?.();
    return found;
  }
}

let database: TestDatabase;
let authorizers: Interrupted;
let cancellations: CancellationService;
let appid: string;
let asked: number;
/** What WeChat says of the account. */
let standing: boolean;

beforeAll(async () => {
  database = await createTestDatabase();
  authorizers = new Interrupted(database.dataSource, box, logger);
  // Tokens are not what this is about.
  const wechat = {
    component: {
      apiGetAuthorizerInfo: async () => {
        asked += 1;
        if (!standing) throw new WechatApiError(NOT_AUTHORIZED);
        return {};
      },
    },
  } as unknown as WechatApi;
  const tokens = { get: async () => ({ token: 't' }), replace: async () => async () => {} } as unknown as TokenService;
  cancellations = new CancellationService(authorizers, tokens, wechat, logger);
});
afterAll(() => database?.drop());
beforeEach(() => {
  appid = `wx${randomBytes(8).toString('hex')}`;
  [asked, standing] = [0, true];
});

const grant = (grantedAt: Date, refreshToken: string) =>
  database.dataSource.transaction((manager) =>
    authorizers.storeGrant(manager, {
      componentAppid,
      authorizerAppid: appid,
      refreshToken,
      permissionSets: undefined,
      grantedAt,
    }),
  );

describe('a cancellation', () => {
  it('ends the grant before it', async () => {
    await grant(at(10), 'refreshtoken@@@1');
    expect(await cancellations.accept(componentAppid, appid, at(20))).toBe(true);
    expect(await authorizers.credentials(componentAppid, appid)).toMatchObject({ state: 'cancelled', refreshToken: undefined });
    expect(asked).toBe(0);
  });

  it('never ends a grant that came while it was looked into', async () => {
    await grant(at(10), 'refreshtoken@@@1');
    authorizers.meanwhile = () => grant(at(30), 'refreshtoken@@@2');
    expect(await cancellations.accept(componentAppid, appid, at(20))).toBe(false);
    expect(await authorizers.credentials(componentAppid, appid)).toMatchObject({
      state: 'active',
      refreshToken: 'refreshtoken@@@2',
    });
    expect(asked).toBe(1);
  });

  it('whose time lies ahead ends nothing that WeChat says stands', async () => {
    await grant(at(10), 'refreshtoken@@@1');
    expect(await cancellations.accept(componentAppid, appid, at(20), { doubtful: true })).toBe(false);
    expect(await authorizers.credentials(componentAppid, appid)).toMatchObject({
      state: 'active',
      refreshToken: 'refreshtoken@@@1',
    });
    expect(asked).toBe(1);
  });

  it('whose time lies ahead ends what WeChat says is over', async () => {
    await grant(at(10), 'refreshtoken@@@1');
    standing = false;
    expect(await cancellations.accept(componentAppid, appid, at(20), { doubtful: true })).toBe(true);
    expect(await authorizers.credentials(componentAppid, appid)).toMatchObject({ state: 'cancelled', refreshToken: undefined });
  });
});
