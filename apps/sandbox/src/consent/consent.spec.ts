import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { COMPONENT, eventually, field, Harness, MINI, MP } from '../testing/harness.js';

describe('consent pages (authorization §5.2)', () => {
  let harness: Harness;
  let componentToken: string;
  beforeAll(async () => {
    harness = await Harness.start();
  });
  beforeEach(async () => {
    await harness.setUp({ authorization_domain: 'shop.example:8080' });
    await harness.control('POST', 'merchants', { appid: MINI, kind: 'miniprogram', nick_name: '<b>奶茶店</b>🧋' });
    await harness.control('POST', 'merchants', { appid: MP, kind: 'mp' });
    componentToken = await harness.componentToken();
  });
  afterAll(() => harness.close());

  const HOME = 'http://shop.example:8080/launch';
  const BACK = 'http://shop.example:8080/back?state=s1';
  const preAuthCode = async () => (await harness.component('api_create_preauthcode', componentToken)).pre_auth_code as string;
  const openPage = async (
    more: Record<string, string> = {},
    referrer: string | undefined = HOME,
    path = '/cgi-bin/componentloginpage',
  ) => {
    const query = {
      component_appid: COMPONENT,
      pre_auth_code: more['pre_auth_code'] ?? (await preAuthCode()),
      redirect_uri: BACK,
      ...more,
    };
    const response = await harness.raw('GET', path, query, referrer ? { headers: { referer: referrer } } : {});
    expect(response.headers.get('content-type')).toContain('text/html');
    return response.text();
  };
  const decide = (page: string, fields: [string, string][]) => {
    const action = /action="(\/_consent\/[^"]+)" id="consent"/.exec(page)![1]!;
    return harness.raw('POST', action, {}, { body: new URLSearchParams(fields), redirect: 'manual' });
  };

  it.each(['/cgi-bin/componentloginpage', '/wxaopen/safe/bindcomponent', '/safe/bindcomponent'])(
    '%s offers accounts and sets by stable ids',
    async (path) => {
      const page = await openPage({ auth_type: '3' }, HOME, path);
      for (const id of [`merchant-${MINI}`, `merchant-${MP}`, 'set-18', 'set-1', 'authorize', 'cancel', 'search'])
        expect(page).toContain(`id="${id}"`);
      expect(page).not.toContain('<b>奶茶店</b>');
    },
  );

  it('filters by auth_type, biz_appid and category_id_list', async () => {
    expect(await openPage({ auth_type: '1' })).not.toContain(MINI);
    expect(await openPage({ auth_type: '2' })).not.toContain(MP);
    const one = await openPage({ auth_type: '1', biz_appid: MINI, category_id_list: '18|30' });
    expect(one).toContain(`merchant-${MINI}`);
    expect(one).not.toContain(`merchant-${MP}`);
    expect(one.match(/id="set-\d+"/g)).toEqual(['id="set-18"', 'id="set-30"']);
  });

  it('redirects with code and expiry, keeps the own query, pushes the same grant, spends the pre-auth code', async () => {
    const code = await preAuthCode();
    const page = await openPage({ pre_auth_code: code, auth_type: '2' });
    const answer = await decide(page, [
      ['merchant', MINI],
      ['set', '18'],
      ['set', '30'],
      ['decision', 'authorize'],
    ]);
    expect(answer.status).toBe(302);
    const back = new URL(answer.headers.get('location')!);
    expect(back.origin + back.pathname).toBe('http://shop.example:8080/back');
    expect(back.searchParams.get('state')).toBe('s1');
    expect(Number(back.searchParams.get('expires_in'))).toBeGreaterThan(0);
    await eventually(() => harness.receiver.of('authorized').length).toBe(1);
    expect(field(harness.receiver.of('authorized')[0]!.message, 'PreAuthCode')).toBe(code);
    const { authorization_info: info } = await harness.component('api_query_auth', componentToken, {
      authorization_code: back.searchParams.get('auth_code'),
    });
    expect(info.func_info).toHaveLength(2);
    expect(await openPage({ pre_auth_code: code })).toContain('pre_auth_code was used');
    expect(
      await (
        await decide(page, [
          ['merchant', MINI],
          ['decision', 'authorize'],
        ])
      ).text(),
    ).toContain('pre_auth_code was used');
  });

  it('cancel authorises nothing', async () => {
    const page = await openPage();
    const answer = await decide(page, [
      ['merchant', MINI],
      ['decision', 'cancel'],
    ]);
    expect(await answer.text()).toContain('id="cancelled"');
    expect((await harness.control('GET', `components/${COMPONENT}/authorizations`)).total).toBe(0);
  });

  it.each<[string, string, Record<string, string>, string]>([
    ['no referrer', '', {}, '授权入口页所在域名：空'],
    ['another host', 'http://evil.example/', {}, '授权入口页所在域名：evil.example'],
    ['another port', 'http://shop.example:9/', {}, '授权入口页所在域名：shop.example:9'],
    [
      'a foreign redirect',
      HOME,
      { redirect_uri: 'http://shop.example.evil.example/' },
      '授权后回调页域名：shop.example.evil.example',
    ],
    ['no redirect', HOME, { redirect_uri: '' }, '授权后回调页域名：空'],
    ['an unknown code', HOME, { pre_auth_code: 'preauthcode@@@x' }, 'pre_auth_code is invalid'],
    ['an unknown component', HOME, { component_appid: 'wxnobody' }, 'unknown component_appid'],
  ])('refuses %s in WeChat’s words', async (_name, referrer, more, words) => {
    const code = more['pre_auth_code'] ?? (await preAuthCode());
    const query = { component_appid: COMPONENT, redirect_uri: BACK, ...more, pre_auth_code: code };
    const response = await harness.raw(
      'GET',
      '/cgi-bin/componentloginpage',
      query,
      referrer ? { headers: { referer: referrer } } : {},
    );
    const page = await response.text();
    expect(page).toContain('id="error"');
    expect(page).toContain(words);
  });

  it('an expired pre-auth code is refused; lenient and off take a missing referrer', async () => {
    const late = await preAuthCode();
    await harness.control('POST', 'clock', { jump_s: 1801 });
    expect(await openPage({ pre_auth_code: late })).toContain('pre_auth_code has expired');
    const open = async (referrer: string) => {
      const query = { component_appid: COMPONENT, pre_auth_code: await preAuthCode(), redirect_uri: BACK };
      return (
        await harness.raw('GET', '/cgi-bin/componentloginpage', query, referrer ? { headers: { referer: referrer } } : {})
      ).text();
    };
    await harness.control('PATCH', `components/${COMPONENT}`, { referrer_check: 'lenient' });
    expect(await open('')).toContain('id="authorize"');
    expect(await open('http://evil.example')).toContain('id="error"');
    await harness.control('PATCH', `components/${COMPONENT}`, { referrer_check: 'off' });
    expect(await open('http://evil.example')).toContain('id="authorize"');
  });

  it('can lose the redirect', async () => {
    await harness.control('PATCH', 'settings', { redirect_mode: 'drop' });
    const answer = await decide(await openPage(), [
      ['merchant', MINI],
      ['set', '18'],
      ['decision', 'authorize'],
    ]);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('id="done"');
    expect((await harness.control('GET', `components/${COMPONENT}/authorizations`)).total).toBe(1);
  });

  it('shows fifty of many accounts and finds the others', async () => {
    await harness.control('POST', 'merchants/bulk', { count: 200 });
    const page = await openPage({ auth_type: '2' });
    expect(page.match(/id="merchant-/g)).toHaveLength(50);
    const session = /action="(\/_consent\/[^"]+)"/.exec(page)![1]!;
    const found = await (await harness.raw('GET', session, { q: 'wxbulk000200' })).text();
    expect(found.match(/id="merchant-/g)).toHaveLength(1);
    expect(found).toContain('id="merchant-wxbulk000200"');
  });
});
