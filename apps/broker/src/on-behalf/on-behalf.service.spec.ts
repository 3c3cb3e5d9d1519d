import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Component, ComponentRegistry } from '#service';
import { type WechatApi, WechatApiError, WechatUrls } from '#wechat';
import type { TokenService } from '../tokens/token.service.js';
import { OnBehalfService } from './on-behalf.service.js';

const component = 'wx00000000000000c0';
const account = 'wx00000000000000dd';
const answer = { access_token: 'u', expires_in: 7_200, refresh_token: 'r', openid: 'o', scope: 'snsapi_userinfo' };
const oauthAccessToken = vi.fn();
const oauthUserInfo = vi.fn();
let service: OnBehalfService;

beforeEach(() => {
  vi.resetAllMocks();
  oauthAccessToken.mockResolvedValue(answer);
  service = new OnBehalfService(
    { get: async () => ({ token: 't', remainingMs: 1_000_000 }) } as unknown as TokenService,
    { onBehalf: { oauthAccessToken, oauthUserInfo } } as unknown as WechatApi,
    new WechatUrls({}),
    new ComponentRegistry([{ componentAppid: component } as Component]),
    { now: () => 0 },
  );
});

describe('an OAuth code', () => {
  const exchange = () => service.oauthCode(component, account, { code: 'c', user_info: true });

  it('gives the user’s tokens and profile', async () => {
    oauthUserInfo.mockResolvedValue({ openid: 'o', nickname: 'n' });
    expect(await exchange()).toEqual({ ...answer, user: { openid: 'o', nickname: 'n' } });
  });

  it('is used up, so that its tokens are given although WeChat refuses the profile', async () => {
    oauthUserInfo.mockRejectedValue(
      new WechatApiError({ kind: 'errcode', api: 'userinfo', errcode: 48001, errmsg: 'no', rid: 'r-1', maybeExecuted: false }),
    );
    expect(await exchange()).toEqual({ ...answer, user_error: { errcode: 48001, errmsg: 'no', rid: 'r-1' } });
  });
});

describe('the address for OAuth', () => {
  const begin = (state?: string) =>
    service.oauthUrl(component, account, { redirect_uri: 'https://shop.example/', ...(state === undefined ? {} : { state }) });

  it.each([[undefined], ['']])('has a state that cannot be guessed when the caller gives none (%j), and tells it', (none) => {
    const [one, other] = [begin(none), begin(none)];
    expect(one.state).toMatch(/^[0-9a-f]{32}$/);
    expect(other.state).not.toBe(one.state);
    expect(new URL(one.url).searchParams.get('state')).toBe(one.state);
  });

  it('has the caller’s own state as it came', () => {
    expect(begin('order 7')).toMatchObject({ state: 'order 7', url: expect.stringContaining('&state=order%207&') });
  });
});

describe('the JS-SDK ticket for coupons', () => {
  it('signs no page', async () => {
    expect(await service.jsapiTicket(component, account, { type: 'wx_card' })).toMatchObject({ ticket: 't' });
    await expect(
      service.jsapiTicket(component, account, { type: 'wx_card', url: 'https://shop.example/' }),
    ).rejects.toMatchObject({ code: 'invalid-request' });
  });
});
