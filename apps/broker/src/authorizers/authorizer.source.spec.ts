import type { Redis } from 'ioredis';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from '#service';
import { type WechatApi, WechatApiError } from '#wechat';
import { Cooldowns } from '../tokens/cooldowns.js';
import { authorizerToken } from '../tokens/token.domain.js';
import type { StoredFailure } from '../tokens/token.repository.js';
import type { TokenService } from '../tokens/token.service.js';
import type { AuthorizerRepository } from './authorizer.repository.js';
import { AuthorizerSource } from './authorizer.source.js';
import { RefreshTokenRecovery } from './refresh-token.recovery.js';

const component = 'wx00000000000000c0';
const logger = await createLogger({ app: 'test', level: 'silent' });
const refusal = (errcode: number) =>
  new WechatApiError({ kind: 'errcode', api: 'api_authorizer_token', errcode, errmsg: 'refused', maybeExecuted: false } as never);

/** What replicas know of each other's cooldowns: cooldowns.int-spec.ts. */
const away = { status: 'reconnecting' } as Redis;

const apiAuthorizerToken = vi.fn();
const apiGetAuthorizerInfo = vi.fn();
const apiGetAuthorizerList = vi.fn();
const getApiDomainIps = vi.fn();
const setState = vi.fn();
let source: AuthorizerSource;

beforeEach(() => {
  vi.resetAllMocks();
  const wechat = {
    component: { apiAuthorizerToken, apiGetAuthorizerInfo, apiGetAuthorizerList },
    diagnosis: { getApiDomainIps },
  } as unknown as WechatApi;
  const tokens = { get: async () => ({ token: 't' }) } as unknown as TokenService;
  const authorizers = {
    credentials: async () => ({ state: 'active', refreshToken: 'refreshtoken@@@stored' }),
    setState,
  } as unknown as AuthorizerRepository;
  source = new AuthorizerSource(
    authorizers,
    new RefreshTokenRecovery(tokens, wechat, logger),
    tokens,
    wechat,
    new Cooldowns(away),
  );
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

describe('a refused refresh token', () => {
  const subject = authorizerToken(component, 'wx1');
  const listed = { authorization_info: { authorizer_refresh_token: 'refreshtoken@@@stored' } };
  const failedWith = (errcode: number, code = 'wechat-refused'): StoredFailure => ({ code, detail: 'no', errcode });
  const renew = (failed?: StoredFailure) => source.renew(subject, { failed }).catch((error: unknown) => error);

  beforeEach(() => {
    apiGetAuthorizerInfo.mockResolvedValue(listed);
    apiGetAuthorizerList.mockResolvedValue({ total_count: 0, list: [] });
  });

  it.each([
    // WeChat has no other one: once more after some minutes, then the merchant is needed.
    [61023, undefined, 'degraded', 'wechat-refused', 120_000],
    [61023, failedWith(61023), 'needs_reauthorization', 'authorizer-needs-reauthorization', 120_000],
    [
      61023,
      failedWith(61023, 'authorizer-needs-reauthorization'),
      'needs_reauthorization',
      'authorizer-needs-reauthorization',
      120_000,
    ],
    // What went before was something else.
    [61023, failedWith(-1), 'degraded', 'wechat-refused', 120_000],
    [61023, failedWith(61023, 'wechat-unreachable'), 'degraded', 'wechat-refused', 120_000],
    // The password was changed.
    [42007, undefined, 'degraded', 'wechat-refused', 120_000],
    [42007, failedWith(42007), 'needs_reauthorization', 'authorizer-needs-reauthorization', 120_000],
    // WeChat lists the account, so that it is not the authorization.
    [61003, undefined, 'degraded', 'wechat-refused', 60_000],
    [61007, undefined, 'degraded', 'wechat-refused', 60_000],
    [-1, undefined, 'degraded', 'wechat-refused', undefined],
  ])('(%i after %j) makes the authorizer %s', async (errcode, before, state, code, floorMs) => {
    apiAuthorizerToken.mockRejectedValue(refusal(errcode));
    expect(await renew(before)).toMatchObject({ code, options: floorMs === undefined ? {} : { floorMs } });
    expect(setState.mock.calls.map(([, , to]) => to)).toEqual([state]);
    expect(apiAuthorizerToken).toHaveBeenCalledTimes(1);
  });

  it.each([61003, 61007, 61023, 42007])(
    '(%i) of an account that WeChat does not have needs the merchant at once',
    async (errcode) => {
      apiAuthorizerToken.mockRejectedValue(refusal(errcode));
      apiGetAuthorizerInfo.mockRejectedValue(refusal(61003));
      expect(await renew()).toMatchObject({ code: 'authorizer-needs-reauthorization' });
      expect(setState.mock.calls.map(([, , to]) => to)).toEqual(['needs_reauthorization']);
    },
  );

  it.each([61023, 42007])('(%i) is replaced by the one that WeChat has', async (errcode) => {
    apiAuthorizerToken.mockRejectedValueOnce(refusal(errcode));
    apiAuthorizerToken.mockResolvedValueOnce({ authorizer_access_token: 'a', expires_in: 7_200 });
    apiGetAuthorizerInfo.mockResolvedValue({ authorization_info: { authorizer_refresh_token: 'refreshtoken@@@present' } });
    expect(await renew()).toMatchObject({ token: 'a' });
    expect(apiAuthorizerToken).toHaveBeenLastCalledWith(
      't',
      expect.objectContaining({ authorizer_refresh_token: 'refreshtoken@@@present' }),
    );
    expect(setState).not.toHaveBeenCalled();
  });

  it('is not decided upon while WeChat cannot be asked', async () => {
    apiAuthorizerToken.mockRejectedValue(refusal(61023));
    apiGetAuthorizerInfo.mockRejectedValue(refusal(-1));
    apiGetAuthorizerList.mockRejectedValue(refusal(-1));
    expect(await renew(failedWith(61023))).toMatchObject({ code: 'wechat-unreachable', options: { floorMs: 5_000 } });
    expect(setState.mock.calls.map(([, , to]) => to)).toEqual(['degraded']);
  });
});

describe('a report of a token', () => {
  it.each([
    [40001, false],
    [61003, false],
    // The API is not granted: that says nothing about the token.
    [61007, true],
    [-1, true],
  ])('that WeChat answers with %i: accepted %s', async (errcode, expected) => {
    getApiDomainIps.mockRejectedValue(refusal(errcode));
    expect(await source.accepts(authorizerToken(component, 'wx1'), 't')).toBe(expected);
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
