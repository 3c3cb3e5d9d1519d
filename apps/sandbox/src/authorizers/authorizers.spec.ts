import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { COMPONENT, field, Harness, MINI, MP, SECRET } from '../testing/harness.js';
import { PERMISSION_SETS } from '../world/permission-sets.js';

describe('authorizations and authorizer tokens (authorization §2.3, §5.3–§5.11, §6.3)', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await Harness.start();
  });
  beforeEach(async () => {
    await harness.setUp();
    await harness.control('POST', 'merchants', { appid: MINI, kind: 'miniprogram', nick_name: '奶茶店🧋' });
    await harness.control('POST', 'merchants', { appid: MP, kind: 'mp' });
  });
  afterAll(() => harness.close());

  const query = async (token: string, code: string) => harness.component('api_query_auth', token, { authorization_code: code });
  const refresh = (token: string, refreshToken: string, appid = MINI) =>
    harness.component('api_authorizer_token', token, { authorizer_appid: appid, authorizer_refresh_token: refreshToken });
  const use = async (token: string) => (await harness.post('/wxa/getversioninfo', token)).errcode as number;

  it('pushes authorized with code, absolute expiry and pre-auth code', async () => {
    const token = await harness.componentToken();
    const { pre_auth_code: preAuthCode } = await harness.component('api_create_preauthcode', token);
    const granted = await harness.authorize(MINI, { pre_auth_code: preAuthCode });
    expect(granted).toMatchObject({ info_type: 'authorized', push: { delivered: true } });
    const [push] = harness.receiver.of('authorized');
    expect(field(push!.message, 'AuthorizerAppid')).toBe(MINI);
    expect(field(push!.message, 'AuthorizationCode')).toBe(granted.auth_code);
    expect(field(push!.message, 'PreAuthCode')).toBe(preAuthCode);
    const aheadS = Number(field(push!.message, 'AuthorizationCodeExpiredTime')) - Date.now() / 1000;
    expect(aheadS).toBeGreaterThan(3500);
    expect(aheadS).toBeLessThan(3700);
    expect(
      (
        await harness.tryControl('POST', 'authorizations', {
          component_appid: COMPONENT,
          merchant_appid: MINI,
          pre_auth_code: preAuthCode,
        })
      ).status,
    ).toBe(409);
  });

  it('exchanges a code once: 61009 the second time, for nonsense and for a pre-auth code; 61010 when late', async () => {
    const token = await harness.componentToken();
    const { auth_code: code } = await harness.authorize(MINI, { sets: [18, 30, 1] });
    const { authorization_info: info } = await query(token, code);
    expect(info).toMatchObject({
      authorizer_appid: MINI,
      expires_in: 7200,
      authorizer_refresh_token: expect.stringMatching(/^refreshtoken@@@/),
    });
    expect(info.authorizer_access_token).toMatch(/^[\w-]{130,}$/);
    // Set 1 is for official accounts: granted sets are read from the answer, never assumed.
    expect(info.func_info).toEqual([{ funcscope_category: { id: 18 } }, { funcscope_category: { id: 30 } }]);
    expect((await query(token, code)).errcode).toBe(61009);
    expect((await query(token, 'queryauthcode@@@nonsense')).errcode).toBe(61009);
    const { auth_code: late } = await harness.authorize(MP);
    await harness.control('POST', 'clock', { jump_s: 3601 });
    expect((await query(token, late)).errcode).toBe(61010);
  });

  it('can give redirect and push different codes, both good', async () => {
    await harness.control('PATCH', 'settings', { same_code: false });
    const token = await harness.componentToken();
    const granted = await harness.authorize(MINI);
    expect(granted.auth_code).not.toBe(granted.push_auth_code);
    const first = (await query(token, granted.auth_code)).authorization_info;
    const second = (await query(token, granted.push_auth_code)).authorization_info;
    expect(second.authorizer_refresh_token).toBe(first.authorizer_refresh_token);
    expect(await use(first.authorizer_access_token)).toBe(0);
    expect(await use(second.authorizer_access_token)).toBe(0);
  });

  it('refreshes: newest and former token, then 40001; expiry 42001; wrong refresh token 61023; stranger 61003', async () => {
    const { componentToken, token: first, refreshToken } = await harness.authorized(MINI);
    const second = await refresh(componentToken, refreshToken);
    expect(second).toEqual({
      authorizer_access_token: expect.any(String),
      expires_in: 7200,
      authorizer_refresh_token: refreshToken,
    });
    expect(await use(first)).toBe(0);
    const third = await refresh(componentToken, refreshToken);
    expect(await use(first)).toBe(40001);
    expect(await use(second.authorizer_access_token)).toBe(0);
    await harness.control('POST', 'clock', { jump_s: 301 });
    expect(await use(second.authorizer_access_token)).toBe(40001);
    expect(await use(third.authorizer_access_token)).toBe(0);
    expect((await refresh(componentToken, 'refreshtoken@@@wrong')).errcode).toBe(61023);
    expect((await refresh(componentToken, '')).errcode).toBe(61023);
    expect((await refresh(componentToken, refreshToken, MP)).errcode).toBe(61003);
    await harness.control('POST', 'tokens/expire', { component_appid: COMPONENT, authorizer_appid: MINI });
    expect(await use(third.authorizer_access_token)).toBe(42001);
    const fourth = await refresh(componentToken, refreshToken);
    await harness.control('POST', 'tokens/expire', { component_appid: COMPONENT, authorizer_appid: MINI, how: 'kill' });
    expect(await use(fourth.authorizer_access_token)).toBe(40001);
  });

  it('can rotate, empty or leave out the refresh token of the next answer', async () => {
    const { componentToken, refreshToken } = await harness.authorized(MINI);
    const mode = (value: string) => harness.control('POST', 'tokens/refresh-mode', { component_appid: COMPONENT, mode: value });
    await mode('empty');
    expect((await refresh(componentToken, refreshToken)).authorizer_refresh_token).toBe('');
    await mode('absent');
    expect(await refresh(componentToken, refreshToken)).not.toHaveProperty('authorizer_refresh_token');
    await mode('rotate');
    const { authorizer_refresh_token: rotated } = await refresh(componentToken, refreshToken);
    expect(rotated).not.toBe(refreshToken);
    expect((await refresh(componentToken, refreshToken)).errcode).toBe(61023);
    expect((await refresh(componentToken, rotated)).authorizer_refresh_token).toBe(rotated);
  });

  it('re-authorization: updateauthorized, the old tokens die at the exchange, the refresh token changes', async () => {
    const { componentToken, token, refreshToken } = await harness.authorized(MINI, 'miniprogram', { sets: [18] });
    expect((await harness.authorize(MINI, { sets: [18] })).info_type).toBeNull();
    const again = await harness.authorize(MINI, { sets: [18, 30] });
    expect(again.info_type).toBe('updateauthorized');
    expect(harness.receiver.of('updateauthorized')).toHaveLength(1);
    expect(await use(token)).toBe(0);
    const { authorization_info: info } = await query(componentToken, again.auth_code);
    expect(await use(token)).toBe(40001);
    expect(info.authorizer_refresh_token).not.toBe(refreshToken);
    expect((await refresh(componentToken, refreshToken)).errcode).toBe(61023);
  });

  it('cancelling: unauthorized is pushed, tokens are dead, list and info know nothing', async () => {
    const { componentToken, token, refreshToken } = await harness.authorized(MINI);
    await harness.control('POST', 'authorizations/cancel', { component_appid: COMPONENT, merchant_appid: MINI });
    expect(field(harness.receiver.of('unauthorized')[0]?.message, 'AuthorizerAppid')).toBe(MINI);
    expect(await use(token)).toBe(61003);
    expect((await refresh(componentToken, refreshToken)).errcode).toBe(61003);
    expect((await harness.component('api_get_authorizer_info', componentToken, { authorizer_appid: MINI })).errcode).toBe(61003);
    expect((await harness.component('api_get_authorizer_list', componentToken, { offset: 0, count: 10 })).total_count).toBe(0);
  });

  it('info and list: profile with emoji, mini program mark, refresh token only after an exchange', async () => {
    const { componentToken, refreshToken } = await harness.authorized(MINI);
    await harness.authorize(MP);
    const info = (appid: string) => harness.component('api_get_authorizer_info', componentToken, { authorizer_appid: appid });
    const mini = await info(MINI);
    expect(mini.authorizer_info).toMatchObject({
      nick_name: '奶茶店🧋',
      user_name: expect.stringMatching(/^gh_/),
      MiniProgramInfo: { network: {} },
    });
    expect(mini.authorization_info.authorizer_refresh_token).toBe(refreshToken);
    const mp = await info(MP);
    expect(mp.authorizer_info).not.toHaveProperty('MiniProgramInfo');
    expect(mp.authorization_info).not.toHaveProperty('authorizer_refresh_token');
    const list = (offset: number, count: number) =>
      harness.component('api_get_authorizer_list', componentToken, { offset, count });
    const all = await list(0, 500);
    expect(all.total_count).toBe(2);
    expect(all.list.map((one: { refresh_token?: string }) => one.refresh_token)).toEqual([refreshToken, undefined]);
    expect((await list(1, 1)).list).toHaveLength(1);
    expect((await list(2, 10)).list).toEqual([]);
    expect((await list(0, 501)).errcode).toBe(40170);
    await harness.control('PATCH', `components/${COMPONENT}`, { list_refresh_tokens: false, info_refresh_tokens: false });
    expect((await list(0, 500)).list[0]).not.toHaveProperty('refresh_token');
    expect((await info(MINI)).authorization_info).not.toHaveProperty('authorizer_refresh_token');
  });

  it('options: names, values, both kinds of token', async () => {
    const { componentToken, token } = await harness.authorized(MP, 'mp');
    const option = (name: string, value?: string) => ({
      authorizer_appid: MP,
      option_name: name,
      ...(value && { option_value: value }),
    });
    expect((await harness.component('set_authorizer_option', token, option('voice_recognize', '1'))).errcode).toBe(0);
    expect((await harness.component('get_authorizer_option', componentToken, option('voice_recognize'))).option_value).toBe('1');
    expect((await harness.component('get_authorizer_option', token, option('nonsense'))).errcode).toBe(61012);
    expect((await harness.component('set_authorizer_option', token, option('voice_recognize', '2'))).errcode).toBe(61013);
  });

  it('tells token kinds apart', async () => {
    const { componentToken, token } = await harness.authorized(MINI);
    expect((await harness.component('api_create_preauthcode', token)).errcode).toBe(61014);
    expect((await harness.get('/wxa/gettemplatelist', token)).errcode).toBe(61014);
    expect(await use(componentToken)).toBe(48001);
    const oauth = {
      appid: MINI,
      code: 'x',
      component_appid: COMPONENT,
      grant_type: 'authorization_code',
      component_access_token: token,
    };
    expect(await (await harness.raw('GET', '/sns/oauth2/component/access_token', oauth)).json()).toMatchObject({
      errcode: 48001,
    });
  });

  it('exclusive sets are those of the page, in one line (errors-and-permission-sets.md §3.1)', () => {
    const exclusive = PERMISSION_SETS.filter((set) => set.kind === 'miniprogram' && set.exclusive).map(({ id }) => id);
    expect(exclusive).toEqual([18, 25, 40, 41, 45, 49, 51, 73, 76, 81, 85, 104, 119, 135, 138, 157, 158, 198]);
  });

  it('exclusive sets stay with the component that holds them', async () => {
    await harness.control('PATCH', `components/${COMPONENT}`, { permission_sets: [18, 30, 198, 120, 9999] });
    // Sets that the page does not list are held all the same.
    expect((await harness.authorize(MINI)).granted_sets).toEqual([18, 30, 198, 120, 9999]);
    const second = {
      component_appid: 'wxsecondcomponent',
      component_appsecret: SECRET,
      push_token: 't',
      encoding_aes_key: 'b'.repeat(43),
    };
    const urls = {
      auth_event_url: `http://127.0.0.1:${harness.receiver.port}/second`,
      message_event_url: 'http://127.0.0.1:9/$APPID$',
    };
    await harness.control('POST', 'components', { ...second, ...urls, authorization_domain: '127.0.0.1', ticket_push: false });
    await harness.control('PATCH', 'components/wxsecondcomponent', { permission_sets: [18, 30, 198, 120] });
    const granted = await harness.authorize(MINI, { component_appid: 'wxsecondcomponent' });
    expect(granted.granted_sets).toEqual([30, 120]);
  });

  it('before publication only accounts on the test list, and no registration (61028)', async () => {
    const merchant = await harness.control('GET', `merchants/${MINI}`);
    await harness.control('PATCH', `components/${COMPONENT}`, { published: false });
    expect(
      (await harness.tryControl('POST', 'authorizations', { component_appid: COMPONENT, merchant_appid: MINI })).status,
    ).toBe(409);
    await harness.control('PATCH', `components/${COMPONENT}`, { test_list: [merchant.user_name] });
    const { token, componentToken } = await harness.authorized(MINI);
    expect(await use(token)).toBe(0);
    await harness.control('PATCH', `components/${COMPONENT}`, { test_list: [] });
    expect(await use(token)).toBe(61028);
    const trial = { name: '小麦烤鸡', openid: `o${'A'.repeat(27)}` };
    expect((await harness.post('/wxa/component/fastregisterbetaweapp', componentToken, trial)).errcode).toBe(61028);
  });

  it('login, OAuth and the JS-SDK ticket on behalf', async () => {
    const { componentToken, token } = await harness.authorized(MP, 'mp');
    const sns = async (path: string, more: Record<string, string>) => {
      const common = { appid: MP, component_appid: COMPONENT, component_access_token: componentToken };
      const response = await harness.raw('GET', path, { ...common, ...more });
      expect(response.headers.get('content-type')).toContain('text/plain');
      return JSON.parse(await response.text());
    };
    const login = await harness.control('POST', 'js-codes', { appid: MP });
    const session = { js_code: login.code, grant_type: 'authorization_code' };
    expect(await sns('/sns/component/jscode2session', session)).toEqual({
      openid: login.openid,
      session_key: expect.any(String),
    });
    expect((await sns('/sns/component/jscode2session', session)).errcode).toBe(40163);
    expect((await sns('/sns/component/jscode2session', { js_code: 'nonsense' })).errcode).toBe(40029);
    expect((await sns('/sns/component/jscode2session', { appid: MINI, js_code: 'x' })).errcode).toBe(61003);
    expect((await sns('/sns/component/jscode2session', { component_appid: 'wxother' })).errcode).toBe(40094);

    const page = {
      appid: MP,
      redirect_uri: 'http://127.0.0.1/back?x=1',
      response_type: 'code',
      scope: 'snsapi_userinfo',
      state: 'abc',
      component_appid: COMPONENT,
    };
    const redirect = await harness.raw('GET', '/connect/oauth2/authorize', page, { redirect: 'manual' });
    const back = new URL(redirect.headers.get('location')!);
    expect(Object.fromEntries(back.searchParams)).toMatchObject({ x: '1', state: 'abc', appid: MP });
    const granted = await sns('/sns/oauth2/component/access_token', {
      code: back.searchParams.get('code')!,
      grant_type: 'authorization_code',
    });
    expect(granted).toMatchObject({ expires_in: 7200, scope: 'snsapi_userinfo', openid: expect.any(String) });
    expect(await sns('/sns/userinfo', { access_token: granted.access_token, openid: granted.openid })).toMatchObject({
      openid: granted.openid,
    });
    const again = await sns('/sns/oauth2/component/refresh_token', {
      grant_type: 'refresh_token',
      refresh_token: granted.refresh_token,
    });
    expect(again).toMatchObject({ openid: granted.openid, refresh_token: granted.refresh_token });

    const ticket = await harness.get('/cgi-bin/ticket/getticket', token, { type: 'jsapi' });
    expect(ticket).toMatchObject({ errcode: 0, ticket: expect.any(String), expires_in: 7200 });
    expect((await harness.get('/cgi-bin/ticket/getticket', token, { type: 'jsapi' })).ticket).toBe(ticket.ticket);
  });
});
