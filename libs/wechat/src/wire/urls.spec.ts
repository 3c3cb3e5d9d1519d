import { describe, expect, it } from 'vitest';
import { WechatUrls } from './urls.js';

const urls = new WechatUrls();
const page = { componentAppid: 'wxc', preAuthCode: 'preauthcode@@@a+b', redirectUri: 'https://a.example/cb?x=1&y=2' };

describe('WechatUrls', () => {
  it('PC authorization page', () => {
    expect(urls.authorizationPagePc(page)).toBe(
      'https://mp.weixin.qq.com/cgi-bin/componentloginpage?component_appid=wxc&pre_auth_code=preauthcode%40%40%40a%2Bb&redirect_uri=https%3A%2F%2Fa.example%2Fcb%3Fx%3D1%26y%3D2&auth_type=3',
    );
  });

  it('mobile page in its new form, with everything', () => {
    const url = new URL(urls.authorizationPageH5({ ...page, authType: 8, bizAppid: 'wxb', categoryIdList: [99, 88] }));
    expect(url.origin + url.pathname).toBe('https://open.weixin.qq.com/wxaopen/safe/bindcomponent');
    expect(url.hash).toBe('#wechat_redirect');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      action: 'bindcomponent',
      no_scan: '1',
      component_appid: 'wxc',
      pre_auth_code: 'preauthcode@@@a+b',
      redirect_uri: 'https://a.example/cb?x=1&y=2',
      auth_type: '8',
      biz_appid: 'wxb',
      category_id_list: '99|88',
    });
  });

  it('web OAuth in the order that WeChat minds', () => {
    const oauth = {
      componentAppid: 'wxc',
      authorizerAppid: 'wxa',
      redirectUri: 'https://a.example/',
      scope: 'snsapi_base',
    } as const;
    expect(urls.oauthAuthorize({ ...oauth, state: 's' })).toBe(
      'https://open.weixin.qq.com/connect/oauth2/authorize?appid=wxa&redirect_uri=https%3A%2F%2Fa.example%2F&response_type=code&scope=snsapi_base&state=s&component_appid=wxc#wechat_redirect',
    );
    expect(() => urls.oauthAuthorize({ ...oauth, state: '中'.repeat(43) })).toThrow(RangeError);
  });

  it('every base can be replaced', () => {
    const local = new WechatUrls({
      apiBaseUrl: 'http://127.0.0.1:1/',
      mpBaseUrl: 'http://127.0.0.1:2',
      openBaseUrl: 'http://127.0.0.1:3/x/',
    });
    expect(local.api('/wxa/release', { access_token: 't', none: undefined })).toBe(
      'http://127.0.0.1:1/wxa/release?access_token=t',
    );
    expect(local.authorizationPagePc(page)).toMatch(/^http:\/\/127\.0\.0\.1:2\/cgi-bin/);
    expect(local.authorizationPageH5(page)).toMatch(/^http:\/\/127\.0\.0\.1:3\/x\/wxaopen/);
    expect(() => new WechatUrls({ apiBaseUrl: 'file:///etc' })).toThrow(TypeError);
  });
});
