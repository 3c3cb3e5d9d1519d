import type { Redis } from 'ioredis';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from '#service';
import { type WechatApi, WechatApiError } from '#wechat';
import { Pauses } from '../tokens/pauses.js';
import { authorizerToken } from '../tokens/token.domain.js';
import type { TokenService } from '../tokens/token.service.js';
import type { AuthorizerRepository } from './authorizer.repository.js';
import { AuthorizerSource } from './authorizer.source.js';
import { RefreshTokenRecovery } from './refresh-token.recovery.js';

const component = 'wx00000000000000c0';
const logger = await createLogger({ app: 'test', level: 'silent' });
const refusal = (errcode: number) =>
  new WechatApiError({ kind: 'errcode', api: 'api_authorizer_token', errcode, errmsg: 'refused', maybeExecuted: false } as never);

/** What replicas know of each other's pauses: pauses.int-spec.ts. */
const away = { status: 'reconnecting' } as Redis;

const apiAuthorizerToken = vi.fn();
const apiGetAuthorizerInfo = vi.fn();
const apiGetAuthorizerList = vi.fn();
const setState = vi.fn();
let source: AuthorizerSource;

beforeEach(() => {
  vi.resetAllMocks();
  const wechat = { component: { apiAuthorizerToken, apiGetAuthorizerInfo, apiGetAuthorizerList } } as unknown as WechatApi;
  const tokens = { get: async () => ({ token: 't' }) } as unknown as TokenService;
  const authorizers = {
    credentials: async () => ({ state: 'active', refreshToken: 'refreshtoken@@@stored' }),
    setState,
  } as unknown as AuthorizerRepository;
  source = new AuthorizerSource(authorizers, new RefreshTokenRecovery(tokens, wechat, logger), tokens, wechat, new Pauses(away));
});

const renewAll = (count: number) =>
  Promise.allSettled(Array.from({ length: count }, (_, index) => source.renew(authorizerToken(component, `wx${index}`))));

describe('a refusal that concerns the whole component', () => {
  it.each([45009, 61004])('%i is not asked for again by every authorizer', async (errcode) => {
    apiAuthorizerToken.mockRejectedValue(refusal(errcode));
    await renewAll(1);
    const outcomes = await renewAll(50);
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    expect(apiAuthorizerToken).toHaveBeenCalledTimes(1);
    expect(setState).not.toHaveBeenCalled();
    expect(apiGetAuthorizerInfo).not.toHaveBeenCalled();
  });

  it('does not stop another component', async () => {
    apiAuthorizerToken.mockRejectedValueOnce(refusal(45009));
    await renewAll(1);
    apiAuthorizerToken.mockResolvedValue({ authorizer_access_token: 'a', expires_in: 7_200 });
    expect(await source.renew(authorizerToken('wxother', 'wx1'))).toMatchObject({ token: 'a' });
  });
});

describe('refused refresh tokens', () => {
  it('are looked for in one reading of the list', async () => {
    apiAuthorizerToken.mockRejectedValue(refusal(61023));
    apiGetAuthorizerInfo.mockResolvedValue({});
    apiGetAuthorizerList.mockResolvedValue({ total_count: 0, list: [] });
    await renewAll(50);
    expect(apiGetAuthorizerInfo).toHaveBeenCalledTimes(50);
    expect(apiGetAuthorizerList).toHaveBeenCalledTimes(1);
  });
});
