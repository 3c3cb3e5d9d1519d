import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { verifyReturn } from '../src/authorizations/return-url.domain.js';
import { Rig } from '../testing/rig.js';

interface Link {
  readonly link_id: string;
  readonly url: string;
  readonly return_secret: string;
  readonly uses: number;
}

const PC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/130.0 Safari/537.36';
const WECHAT = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0.50';
const merchant = 'wx00000000000000aa';
let rig: Rig;

beforeAll(async () => {
  // Redirect and push carry different codes here: what they share is the visit.
  rig = await Rig.start({ brokers: 2, settings: { same_code: false } });
  await rig.merchant(merchant, { nick_name: '山茶花小店 🌺' });
});
afterAll(() => rig?.stop());

const component = () => rig.components[0]!.component_appid;
const makeLink = async (body: Record<string, unknown> = {}) => {
  const made = await rig.api<Link>(`${rig.path()}/authorization-links`, { method: 'POST', body });
  expect(made.status).toBe(201);
  return made.body;
};
/** What the browser keeps of the launch page. */
let cookie = '';
const open = async (link: Link, agent = PC) => {
  const headers = { 'user-agent': agent, cookie };
  const page = await rig.api<string>(new URL(link.url).pathname, { key: null, headers });
  cookie = page.headers.get('set-cookie')?.split(';')[0] ?? cookie;
  return page;
};
const goOf = (html: string) => {
  const href = /id="go" href="([^"]+)"/.exec(html)?.[1];
  if (!href) throw new Error(`no #go in ${html.slice(0, 500)}`);
  return new URL(href.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code))));
};
/** The merchant consents to what a launch page leads to. */
const consent = async (go: URL, more: Record<string, unknown> = {}) =>
  rig.control.post<{ info_type: string | null; redirect_url: string; auth_code: string; push_auth_code: string }>(
    '/authorizations',
    {
      component_appid: component(),
      merchant_appid: merchant,
      pre_auth_code: go.searchParams.get('pre_auth_code'),
      redirect_uri: go.searchParams.get('redirect_uri'),
      redirect: 'none',
      always_push: true,
      ...more,
    },
  );
const arrive = (redirectUrl: string, broker = 0, headers: Record<string, string> = { cookie }) => {
  const { pathname, search } = new URL(redirectUrl);
  return rig.api<string>(`${pathname}${search}`, { key: null, broker, headers });
};

describe('the launch page', () => {
  it('leads a computer and WeChat to their own consent pages, with all parameters, by a real link', async () => {
    const link = await makeLink({ auth_type: 2, biz_appid: merchant, category_ids: [18, 30] });
    const page = await open(link);
    expect(page.status).toBe(200);
    expect(page.headers.get('referrer-policy')).toBe('strict-origin-when-cross-origin');
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const go = goOf(page.body);
    expect(go.pathname).toBe('/cgi-bin/componentloginpage');
    expect(Object.fromEntries(go.searchParams)).toMatchObject({
      component_appid: component(),
      auth_type: '2',
      biz_appid: merchant,
      category_id_list: '18|30',
      redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:9\/authorize\/callback\?visit=[0-9a-f]{32}$/),
    });
    const phone = goOf((await open(link, WECHAT)).body);
    expect(phone.pathname).toBe('/wxaopen/safe/bindcomponent');
    expect(phone.hash).toBe('#wechat_redirect');
    expect(phone.searchParams.get('pre_auth_code')).not.toBe(go.searchParams.get('pre_auth_code'));
  });

  it('says what is wrong with a link that is not open', async () => {
    expect((await open({ url: `http://x/authorize/${'0'.repeat(32)}` } as Link)).status).toBe(404);
    const link = await makeLink();
    await rig.api(`${rig.path()}/authorization-links/${link.link_id}`, { method: 'DELETE' });
    const page = await open(link);
    expect(page.status).toBe(410);
    expect(page.body).toContain('链接已失效');
    const past = await makeLink();
    await rig.database.query(
      'UPDATE f_wechat_authorizationlink SET expires_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND WHERE link_id = ?',
      [past.link_id],
    );
    expect((await open(past)).body).toContain('链接已过期');
  });

  it('shows what WeChat said when it makes no pre-auth code', async () => {
    const link = await makeLink();
    await rig.control.post('/faults', {
      path: '/cgi-bin/component/api_create_preauthcode',
      action: 'errcode',
      errcode: 45009,
      errmsg: 'reach max api daily quota limit rid: 66a1b2c3-00112233-44556677',
    });
    const page = await open(link);
    expect(page.status).toBe(503);
    expect(page.body).toContain('45009');
    expect(page.body).toContain('66a1b2c3-00112233-44556677');
  });
});

describe('callback and push of one grant', () => {
  it('arriving together on two replicas with different codes exchange one of them, once', async () => {
    const link = await makeLink({ max_uses: 2 });
    const granted = await consent(goOf((await open(link)).body));
    expect(granted.auth_code).not.toBe(granted.push_auth_code);
    await rig.forgetCalls();
    const xml = await rig.lastPush(component(), granted.info_type!);
    const [page, event] = await Promise.all([arrive(granted.redirect_url, 1), rig.deliver(xml)]);
    expect(page.status).toBe(200);
    expect(page.body).toContain('山茶花小店 🌺');
    await rig.effect(event);
    expect(await rig.calls('api_query_auth')).toBe(1);
    const token = await rig.token(merchant);
    expect(await rig.liveness(token.body.access_token)).toBe('live');
    const after = await rig.api<Link>(`${rig.path()}/authorization-links/${link.link_id}`);
    expect(after.body.uses).toBe(1);
    // A reload of the result page, and a replay of the push.
    expect((await arrive(granted.redirect_url)).status).toBe(200);
    await rig.database.query('DELETE FROM f_wechat_eventeffect WHERE event_id = ?', [event]);
    await rig.enqueue(event, '1');
    expect((await rig.effect(event)).state).toBe('skipped');
    expect(await rig.calls('api_query_auth')).toBe(1);
    expect((await rig.token(merchant)).body.access_token).toBe(token.body.access_token);
  });

  it('a single-use link is used up; its page says so', async () => {
    const link = await makeLink();
    const granted = await consent(goOf((await open(link)).body));
    expect((await arrive(granted.redirect_url)).status).toBe(200);
    expect((await open(link)).body).toContain('链接已被使用');
  });

  it('of a visit that was opened before another one used the link up counts for nobody, whichever comes first', async () => {
    const link = await makeLink();
    const [first, second] = [goOf((await open(link)).body), goOf((await open(link)).body)];
    expect((await arrive((await consent(first)).redirect_url)).status).toBe(200);
    const granted = await consent(second);
    await rig.effect(await rig.deliver(await rig.lastPush(component(), granted.info_type!)));
    const page = await arrive(granted.redirect_url);
    expect([page.status, page.body]).toEqual([410, expect.stringContaining('链接已被使用')]);
    expect((await rig.api<Link>(`${rig.path()}/authorization-links/${link.link_id}`)).body.uses).toBe(1);
    expect(await rig.liveness((await rig.token(merchant)).body.access_token)).toBe('live');
  });

  it('used on another link, or of another account than the link is for, gives no return', async () => {
    const return_url = 'https://127.0.0.1:1/back';
    const granted = await consent(goOf((await open(await makeLink({ return_url }))).body));
    expect((await arrive(granted.redirect_url)).status).toBe(303);
    const other = goOf((await open(await makeLink({ return_url }))).body);
    const forged = new URL(other.searchParams.get('redirect_uri')!);
    forged.searchParams.set('auth_code', granted.auth_code);
    const page = await arrive(forged.href);
    expect([page.status, page.body]).toEqual([409, expect.stringContaining('授权码已使用')]);

    const narrow = goOf((await open(await makeLink({ return_url, biz_appid: 'wx00000000000000ff' }))).body);
    const wrong = await arrive((await consent(narrow)).redirect_url);
    expect([wrong.status, wrong.body]).toEqual([409, expect.stringContaining('授权的账号不符')]);
  });

  it('used by a push that names no pre-auth code is shown as used before, and gives no return', async () => {
    const granted = await consent(goOf((await open(await makeLink({ return_url: 'https://127.0.0.1:1/back' }))).body));
    const pushed = (await rig.lastPush(component(), granted.info_type!))
      .replace(/<PreAuthCode>.*?<\/PreAuthCode>/s, '')
      .replace(granted.push_auth_code, granted.auth_code);
    expect((await rig.effect(await rig.deliver(pushed))).state).toBe('done');
    const page = await arrive(granted.redirect_url);
    expect([page.status, page.body]).toEqual([409, expect.stringContaining('授权码已使用')]);
    expect(page.body).toContain('若微信中已显示授权成功，则无需再次操作');
  });

  it('goes back to the browser that opened the page, and to no other', async () => {
    const granted = await consent(goOf((await open(await makeLink({ return_url: 'https://127.0.0.1:1/back' }))).body));
    const elsewhere = await arrive(granted.redirect_url, 0, {});
    expect([elsewhere.status, elsewhere.body]).toEqual([409, expect.stringContaining('授权已生效，但不在同一浏览器')]);
    expect((await arrive(granted.redirect_url)).status).toBe(303);
  });

  it('goes back to the client with its state and a signature that holds', async () => {
    const link = await makeLink({ return_url: 'https://127.0.0.1:1/back?own=1', state: 'tenant 42 & 店' });
    const granted = await consent(goOf((await open(link)).body));
    const back = await arrive(granted.redirect_url);
    expect(back.status).toBe(303);
    const target = new URL(back.headers.get('location')!);
    const query = Object.fromEntries(target.searchParams);
    expect(query).toMatchObject({ own: '1', state: 'tenant 42 & 店', authorizer_appid: merchant, result: 'authorized' });
    expect(verifyReturn(link.return_secret, query, ['own'])).toBe(true);
    expect(verifyReturn(link.return_secret, { ...query, authorizer_appid: 'wxother' }, ['own'])).toBe(false);
  });

  it('refuses to return to plain http elsewhere, or with a user in the address', async () => {
    for (const return_url of ['http://shop.example/back', 'https://user:pw@shop.example/', 'javascript:alert(1)']) {
      const refused = await rig.api(`${rig.path()}/authorization-links`, { method: 'POST', body: { return_url } });
      expect(refused.status).toBe(400);
    }
  });

  it('a code that WeChat does not take is shown with what to do', async () => {
    const link = await makeLink();
    const go = goOf((await open(link)).body);
    const redirect = new URL(go.searchParams.get('redirect_uri')!);
    const page = await rig.api<string>(
      `${redirect.pathname}${redirect.search}&auth_code=queryauthcode@@@nonsense&expires_in=600`,
      { key: null },
    );
    expect(page.status).toBeGreaterThanOrEqual(400);
    expect(page.body).toContain('61009');
    expect(page.body).toContain(`/authorize/${link.link_id}`);
    expect((await rig.api<string>('/authorize/callback?visit=nonsense&auth_code=x', { key: null })).status).toBe(404);
    expect((await rig.api<string>(`${redirect.pathname}${redirect.search}`, { key: null })).body).toContain('未完成授权');
  });

  it('an exchange whose answer was lost is mended from WeChat’s own records', async () => {
    const link = await makeLink();
    const granted = await consent(goOf((await open(link)).body));
    await rig.control.post('/faults', { path: '/cgi-bin/component/api_query_auth', action: 'cut', after: true });
    expect((await arrive(granted.redirect_url)).status).toBe(503);
    const event = await rig.deliver(
      (await rig.lastPush(component(), granted.info_type!)).replace(
        /<AuthorizationCode>.*?<\/AuthorizationCode>/s,
        `<AuthorizationCode><![CDATA[${granted.auth_code}]]></AuthorizationCode>`,
      ),
    );
    await rig.effect(event);
    const token = await eventually('a living token', async () => {
      const { body } = await rig.token(merchant);
      return body.access_token && (await rig.liveness(body.access_token)) === 'live' && body.access_token;
    });
    expect(token).toBeTruthy();
  });
});

describe('quick registration', () => {
  it('yields an authorizer', async () => {
    const fresh = 'wx00000000000000ee';
    await rig.merchant(fresh);
    const { auth_code } = await rig.control.post<{ auth_code: string }>('/authorizations', {
      component_appid: component(),
      merchant_appid: fresh,
      push: 'drop',
    });
    const xml = `<xml><AppId><![CDATA[${component()}]]></AppId><CreateTime>1800000000</CreateTime><InfoType><![CDATA[notify_third_fasteregister]]></InfoType>
      <appid><![CDATA[${fresh}]]></appid><status>0</status><auth_code><![CDATA[${auth_code}]]></auth_code><msg><![CDATA[OK]]></msg><info><name>店</name></info></xml>`;
    expect((await rig.effect(await rig.deliver(xml))).state).toBe('done');
    expect((await rig.token(fresh)).status).toBe(200);
    const failed = xml.replace('<status>0', '<status>101');
    expect(await rig.effect(await rig.deliver(failed))).toMatchObject({ state: 'skipped', note: expect.stringContaining('101') });
  });
});

describe('authorizers', () => {
  it('are listed, searched and described without asking WeChat', async () => {
    await rig.forgetCalls();
    type List = {
      items: { authorizer_appid: string; nick_name: string; kind: string; permission_sets: { id: number }[] }[];
      next_cursor: string | null;
    };
    const all = await rig.api<List>(`${rig.path()}/authorizers?limit=1`);
    expect(all.body.items).toHaveLength(1);
    expect(all.body.next_cursor).toBeTruthy();
    const rest = await rig.api<List>(`${rig.path()}/authorizers?limit=1&cursor=${all.body.next_cursor}`);
    expect(rest.body.items[0]?.authorizer_appid).not.toBe(all.body.items[0]?.authorizer_appid);
    const found = await rig.api<List>(
      `${rig.path()}/authorizers?q=${encodeURIComponent('山茶')}&kind=mini_program&state=active&permission_set=18`,
    );
    expect(found.body.items.map((item) => item.authorizer_appid)).toEqual([merchant]);
    // 18 is not 118, and not part of 181.
    const sets = found.body.items[0]!.permission_sets.map(({ id }) => id);
    await rig.database.query('DELETE FROM f_wechat_authorizerpermission WHERE authorizer_appid = ? AND funcscope_id = 18', [
      merchant,
    ]);
    await rig.database.query('INSERT IGNORE INTO f_wechat_authorizerpermission VALUES (?, ?, 118)', [component(), merchant]);
    expect((await rig.api<List>(`${rig.path()}/authorizers?permission_set=18&q=${merchant}`)).body.items).toEqual([]);
    expect(await rig.calls('api_get_authorizer_info')).toBe(0);
    const again = await rig.api<{ permission_sets: { id: number }[]; profile: { nick_name: string } }>(
      `${rig.path(merchant)}/refresh`,
      { method: 'POST' },
    );
    expect(again.body.permission_sets.map(({ id }) => id)).toEqual(sets);
    expect(again.body.profile.nick_name).toBe('山茶花小店 🌺');
  });

  it('have their new name once WeChat says that it passed, and keep the old one when it failed', async () => {
    const xml = (ret: number) =>
      `<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[o]]></FromUserName><CreateTime>1800000000</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[wxa_nickname_audit]]></Event><ret>${ret}</ret><nickname><![CDATA[听起来不同的店]]></nickname><reason></reason></xml>`;
    const name = async () => (await rig.api<{ nick_name: string }>(rig.path(merchant))).body.nick_name;
    await rig.control.patch(`/merchants/${merchant}`, { nick_name: '改名后的店' });
    expect((await rig.effect(await rig.deliver(xml(2), 0, merchant))).state).toBe('skipped');
    expect(await name()).toBe('山茶花小店 🌺');
    expect((await rig.effect(await rig.deliver(xml(3), 0, merchant))).state).toBe('done');
    // The event may be an old one: what WeChat has now counts.
    expect(await name()).toBe('改名后的店');
    await rig.control.patch(`/merchants/${merchant}`, { nick_name: '山茶花小店 🌺' });
    await rig.api(`${rig.path(merchant)}/refresh`, { method: 'POST' });
  });

  it('are known although raw control characters stand in their profiles', async () => {
    const fresh = 'wx00000000000000ef';
    await rig.merchant(fresh, { nick_name: '茶馆', principal_name: 'Firm A' });
    await rig.control.patch('/settings', { raw_control_characters: true });
    try {
      await rig.authorize(fresh);
      const known = await eventually('the profile to be known', async () => {
        const { body } = await rig.api<{ nick_name: string | null; principal_name: string | null }>(rig.path(fresh));
        return body.nick_name ? body : undefined;
      });
      expect(known).toMatchObject({ nick_name: '\u0014茶馆', principal_name: '\u0014Firm A' });
    } finally {
      await rig.control.patch('/settings', { raw_control_characters: false });
    }
  });

  it('keep what is known when WeChat gives no profile', async () => {
    await rig.control.post('/faults', { path: '/cgi-bin/component/api_get_authorizer_info', action: 'html' });
    expect((await rig.api(`${rig.path(merchant)}/refresh`, { method: 'POST' })).status).toBe(503);
    expect((await rig.api<{ nick_name: string }>(rig.path(merchant))).body.nick_name).toBe('山茶花小店 🌺');
  });

  it("are not taken from another account's answer", async () => {
    const other = 'wx00000000000000ee';
    await rig.control.post('/faults', {
      path: '/cgi-bin/component/api_get_authorizer_info',
      action: 'body',
      status: 200,
      content_type: 'application/json',
      body: JSON.stringify({
        authorizer_info: { nick_name: 'Other', user_name: 'gh_other' },
        authorization_info: { authorizer_appid: other, authorizer_refresh_token: 'refreshtoken@@@others', func_info: [] },
      }),
    });
    const before = (await rig.api(rig.path(merchant))).body;
    const refused = await rig.api<{ detail: string }>(`${rig.path(merchant)}/refresh`, { method: 'POST' });
    expect([refused.status, refused.body.detail]).toEqual([503, expect.stringContaining(`the answer is about ${other}`)]);
    expect((await rig.api(rig.path(merchant))).body).toEqual(before);
  });
});

it('one address does not use up the pre-auth codes of all', async () => {
  const link = await makeLink({ max_uses: 100 });
  await rig.forgetCalls();
  const pages: number[] = [];
  for (let i = 0; i < 40; i += 1) pages.push((await open(link)).status);
  expect(pages).toContain(429);
  expect(await rig.calls('api_create_preauthcode')).toBeLessThanOrEqual(25);
});

it('nothing secret was printed', async () => {
  const { pushes } = await rig.control.get<{ pushes: { xml: string }[] }>('/pushes?limit=500&reveal=1');
  const secrets = pushes.flatMap(({ xml }) => [...xml.matchAll(/[a-z]+@@@[\w-]{20,}/g)].map(([text]) => text));
  expect(secrets.length).toBeGreaterThan(5);
  const output = rig.output();
  expect(secrets.filter((secret) => output.includes(secret))).toEqual([]);
});
