import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { Rig } from '../testing/rig.js';

const merchant = 'wx00000000000000aa';
let rig: Rig;

beforeAll(async () => {
  rig = await Rig.start({ brokers: 2, env: { WECHAT_DAILY_BUDGETS: 'get_category=2' } });
  await rig.merchant(merchant);
  await rig.authorize(merchant);
});
afterAll(() => rig?.stop());
beforeEach(() => rig.forgetCalls());

const component = () => rig.components[0]!.component_appid;
const stateOf = async (appid: string) => (await rig.api<{ state: string; state_reason: string | null }>(rig.path(appid))).body;
const storedRefreshToken = async (appid: string) => {
  const [row] = await rig.database.query(
    'SELECT authorizer_refresh_token AS t FROM f_wechat_refreshtoken WHERE authorizer_appid = ? AND is_cancel = 0',
    [appid],
  );
  return row && rig.box.open(row.t, 'refreshtoken');
};

describe('an answer of WeChat', () => {
  it('is given with how long it may be kept', async () => {
    const { status, headers, body } = await rig.token(merchant);
    expect(status).toBe(200);
    expect(body.expires_in).toBeGreaterThan(7_000);
    expect(body.cache_seconds).toBe(240);
    expect(headers.get('cache-control')).toBe('private, max-age=240');
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers.get('content-type')).toContain('application/json');
  });

  it('with a life of its own is obeyed', async () => {
    await rig.control.patch('/settings', { authorizer_token_s: 100 });
    await rig.age(-1, merchant);
    const { body } = await rig.token(merchant);
    expect(body.expires_in).toBeLessThanOrEqual(100);
    expect(body.cache_seconds).toBeLessThanOrEqual(90);
    await rig.control.patch('/settings', { authorizer_token_s: 7200 });
    await rig.age(-1, merchant);
  });

  it.each(['empty', 'absent'])('with an %s refresh token changes nothing', async (mode) => {
    const before = await storedRefreshToken(merchant);
    await rig.control.post('/tokens/refresh-mode', { component_appid: component(), authorizer_appid: merchant, mode });
    await rig.age(-1, merchant);
    expect((await rig.token(merchant)).status).toBe(200);
    expect(await storedRefreshToken(merchant)).toBe(before);
  });

  it('with another refresh token has it stored, and it works', async () => {
    const before = await storedRefreshToken(merchant);
    await rig.control.post('/tokens/refresh-mode', { component_appid: component(), authorizer_appid: merchant, mode: 'rotate' });
    await rig.age(-1, merchant);
    expect((await rig.token(merchant)).status).toBe(200);
    expect(await storedRefreshToken(merchant)).not.toBe(before);
    await rig.age(-1, merchant);
    expect((await rig.token(merchant)).status).toBe(200);
  });

  it.each([
    ['HTML', { action: 'html' }],
    ['nothing', { action: 'empty' }],
    ['an empty token', { action: 'body', body: '{"authorizer_access_token":"","expires_in":7200}' }],
    ['200 with an errcode', { action: 'errcode', errcode: -1 }],
    ['5xx', { action: 'status', status: 502 }],
  ])('that is %s is no token: the reader is told, and the next one after the pause gets a living one', async (_, fault) => {
    await rig.age(-1, merchant);
    await rig.control.post('/faults', { path: '/cgi-bin/component/api_authorizer_token', ...fault });
    const refused = await rig.token(merchant);
    expect(refused.status).toBeGreaterThanOrEqual(502);
    expect(refused.headers.get('retry-after')).toBeTruthy();
    const token = await eventually('a token', async () => {
      const { status, body } = await rig.token(merchant);
      return status === 200 && body.access_token;
    });
    expect(await rig.liveness(token)).toBe('live');
    expect((await stateOf(merchant)).state).toBe('active');
  });

  it('that WeChat is down leaves the living token, marked as stale, and does not hammer', async () => {
    await rig.age(200, merchant);
    await rig.control.post('/faults', {
      path: '/cgi-bin/component/api_authorizer_token',
      action: 'errcode',
      errcode: -1,
      times: 0,
    });
    const answer = await eventually('the mark', async () => {
      const { status, body } = await rig.token(merchant);
      expect(status).toBe(200);
      return body.stale && body;
    });
    expect(await rig.liveness(answer.access_token)).not.toBe('unknown');
    for (let i = 0; i < 200; i += 1) await rig.token(merchant, { broker: i % 2 });
    expect(await rig.calls('api_authorizer_token')).toBeLessThan(8);
    await rig.control.delete('/faults');
    await rig.database.query('UPDATE f_wechat_accesstoken SET retry_at = NULL, failures = 0 WHERE authorizer_appid = ?', [
      merchant,
    ]);
    await rig.age(-1, merchant);
    expect((await rig.token(merchant)).status).toBe(200);
  });
});

describe('a lost refresh token', () => {
  it.each(['info', 'list'])('is found again in WeChat’s %s', async (source) => {
    await rig.control.patch(`/components/${component()}`, {
      info_refresh_tokens: source === 'info',
      list_refresh_tokens: source === 'list',
    });
    await rig.database.query('DELETE FROM f_wechat_refreshtoken WHERE authorizer_appid = ?', [merchant]);
    await rig.age(-1, merchant);
    const { status, body } = await rig.token(merchant);
    expect(status).toBe(200);
    expect(await rig.liveness(body.access_token)).toBe('live');
    expect(await storedRefreshToken(merchant)).toMatch(/^refreshtoken@@@/);
  });

  it('that WeChat refuses (61023) is replaced by the present one', async () => {
    await rig.control.patch(`/components/${component()}`, { info_refresh_tokens: true, list_refresh_tokens: true });
    await rig.database.query(
      'UPDATE f_wechat_refreshtoken SET authorizer_refresh_token = ? WHERE authorizer_appid = ? AND is_cancel = 0',
      [rig.box.seal('refreshtoken@@@of-yesterday', 'refreshtoken'), merchant],
    );
    await rig.age(-1, merchant);
    expect((await rig.token(merchant)).status).toBe(200);
    expect((await stateOf(merchant)).state).toBe('active');
  });

  it('that nobody has needs the merchant, and the authorizer says so; a new authorization mends it', async () => {
    await rig.control.patch(`/components/${component()}`, { info_refresh_tokens: false, list_refresh_tokens: false });
    await rig.database.query('DELETE FROM f_wechat_refreshtoken WHERE authorizer_appid = ?', [merchant]);
    await rig.age(-1, merchant);
    const refused = await rig.token(merchant);
    expect(refused).toMatchObject({ status: 409, body: { type: 'urn:wxplane:problem:authorizer-needs-reauthorization' } });
    expect(await stateOf(merchant)).toMatchObject({
      state: 'needs_reauthorization',
      state_reason: expect.stringContaining('no refresh token'),
    });
    const calls = await rig.calls('api_get_authorizer_info');
    for (let i = 0; i < 50; i += 1) await rig.token(merchant, { broker: i % 2 });
    expect(await rig.calls('api_get_authorizer_info')).toBe(calls);
    await rig.control.patch(`/components/${component()}`, { info_refresh_tokens: true, list_refresh_tokens: true });
    await rig.authorize(merchant);
    expect((await rig.token(merchant)).status).toBe(200);
    expect((await stateOf(merchant)).state).toBe('active');
  });

  it('in an older system’s plain text is used, and encrypted', async () => {
    const plain = await storedRefreshToken(merchant);
    await rig.database.query(
      'UPDATE f_wechat_refreshtoken SET authorizer_refresh_token = ? WHERE authorizer_appid = ? AND is_cancel = 0',
      [plain, merchant],
    );
    await rig.age(-1, merchant);
    expect((await rig.token(merchant)).status).toBe(200);
    const [row] = await rig.database.query(
      'SELECT authorizer_refresh_token AS t FROM f_wechat_refreshtoken WHERE authorizer_appid = ? AND is_cancel = 0',
      [merchant],
    );
    expect(row.t).toMatch(/^enc:v1:/);
  });

  it('61003 tells the merchant is needed, and WeChat is left alone', async () => {
    await rig.control.post('/authorizations/cancel', { component_appid: component(), merchant_appid: merchant, push: 'drop' });
    await rig.age(-1, merchant);
    expect((await rig.token(merchant)).status).toBe(409);
    expect((await stateOf(merchant)).state).toBe('needs_reauthorization');
    const calls = await rig.calls('api_authorizer_token');
    for (let i = 0; i < 50; i += 1) await rig.token(merchant, { broker: i % 2 });
    expect(await rig.calls('api_authorizer_token')).toBe(calls);
    await rig.authorize(merchant);
    expect((await rig.token(merchant)).status).toBe(200);
  });
});

describe('tickets', () => {
  it('the newest by its own time counts, not the last stored; one older than 12 hours is none', async () => {
    await rig.database.query('UPDATE f_wechat_verifyticket SET pushed_at = UTC_TIMESTAMP() - INTERVAL 1 MINUTE');
    await rig.database.query(
      `INSERT INTO f_wechat_verifyticket (component_appid, component_verify_ticket, create_time, pushed_at) VALUES (?, ?, UTC_TIMESTAMP(), UTC_TIMESTAMP() - INTERVAL 11 HOUR)`,
      [component(), rig.box.seal('ticket@@@captured-and-sent-again', 'verifyticket')],
    );
    await rig.age(-1);
    expect((await rig.token()).status).toBe(200);

    await rig.database.query('UPDATE f_wechat_verifyticket SET pushed_at = UTC_TIMESTAMP() - INTERVAL 13 HOUR');
    await rig.age(-1);
    const refused = await rig.token();
    expect(refused).toMatchObject({ status: 503, body: { type: 'urn:wxplane:problem:ticket-missing' } });
    expect(await rig.calls('api_start_push_ticket')).toBe(1);
    await rig.pushTicket();
    await rig.effect(await rig.deliver(await rig.lastPush(component(), 'component_verify_ticket')));
    await eventually('a component token', async () => (await rig.token()).status === 200);
  });
});

it('a component shows how it is doing', async () => {
  const { body } = await rig.api<{ items: unknown[] }>('/v1/components');
  expect(body.items).toEqual([(await rig.api(rig.path())).body]);
  expect(body.items[0]).toMatchObject({
    component_appid: component(),
    ticket_age: expect.any(Number),
    token: { expires_in: expect.any(Number), failures: 0, problem: null },
    authorizers: { active: expect.any(Number) },
  });
  expect((await rig.api('/v1/components/wx0000000000000000')).status).toBe(404);
});

describe('the proxy', () => {
  it('puts the token in, and passes WeChat’s answer untouched', async () => {
    const answer = await rig.api<{ errcode: number; category_list?: unknown }>(
      `${rig.path(merchant)}/wechat/wxa/get_category?access_token=mine`,
    );
    expect(answer.status).toBe(200);
    expect(answer.body.errcode).toBe(0);
  });

  it('keeps to the day’s budget of the operator', async () => {
    await eventually('the budget to be used up', async () => {
      const { status } = await rig.api(`${rig.path(merchant)}/wechat/wxa/get_category`);
      return status === 503;
    });
    const refused = await rig.api<{ type: string; budget: number }>(`${rig.path(merchant)}/wechat/wxa/get_category`);
    expect(refused.body).toMatchObject({ type: 'urn:wxplane:problem:wechat-quota', budget: 2 });
    await eventually('the counts', async () => {
      const counts = await rig.api<{ items: { api: string; calls: number; budget: number }[] }>(`${rig.path()}/call-counts`);
      const count = counts.body.items.find(({ api }) => api === 'get_category');
      return count?.calls === 2 && count.budget === 2;
    });
  });

  it('refreshes a refused token once and repeats, with the same body', async () => {
    await rig.control.post('/tokens/expire', { component_appid: component(), authorizer_appid: merchant });
    const answer = await rig.api<{ errcode: number }>(`${rig.path(merchant)}/wechat/cgi-bin/openapi/quota/get`, {
      method: 'POST',
      body: { cgi_path: '/wxa/commit' },
    });
    expect(answer.body.errcode).toBe(0);
    expect(await rig.calls('api_authorizer_token')).toBe(1);
    expect(await rig.calls('get')).toBe(2);
  });

  it('streams files both ways', async () => {
    const form = new FormData();
    const image = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(1_500_000, 7)]);
    form.append('media', new Blob([image], { type: 'image/png' }), 'a.png');
    const response = await fetch(`${rig.brokers[0]!.url}${rig.path(merchant)}/wechat/cgi-bin/media/upload?type=image`, {
      method: 'POST',
      headers: { authorization: `Bearer ${rig.key}` },
      body: form,
    });
    const { media_id } = (await response.json()) as { media_id: string };
    expect(media_id).toBeTruthy();
    const code = await fetch(`${rig.brokers[0]!.url}${rig.path(merchant)}/wechat/wxa/get_qrcode`, {
      headers: { authorization: `Bearer ${rig.key}` },
    });
    const type = code.headers.get('content-type') ?? '';
    expect(type.startsWith('image/') || type.includes('json')).toBe(true);
    if (type.startsWith('image/')) expect((await code.arrayBuffer()).byteLength).toBeGreaterThan(50);
  });

  it('refuses token APIs, tricks, foreign authorizers and clients without the scope', async () => {
    const status = async (path: string, key = rig.key) => (await rig.api(path, { key })).status;
    expect(await status(`${rig.path()}/wechat/cgi-bin/component/api_component_token`)).toBe(403);
    expect(await status(`${rig.path(merchant)}/wechat/wxa/..%2fcgi-bin/token`)).toBe(403);
    expect(
      await status(`${rig.path(merchant)}/wechat/wxa/get_category`, await rig.client({ scopes: ['authorizer-token'] })),
    ).toBe(403);
    const other = await rig.client({ scopes: ['proxy'], authorizers: ['wx00000000000000bb'] });
    expect(await status(`${rig.path(merchant)}/wechat/wxa/get_category`, other)).toBe(403);
    expect(await status(`${rig.path()}/wechat/wxa/gettemplatelist`, other)).toBe(403);
    const narrow = await rig.client({ scopes: ['proxy'], options: { proxy_paths: ['/wxa/getversioninfo'] } });
    expect(await status(`${rig.path(merchant)}/wechat/wxa/commit`, narrow)).toBe(403);
    expect(
      (await rig.api(`${rig.path(merchant)}/wechat/wxa/getversioninfo`, { key: narrow, method: 'POST', body: {} })).status,
    ).toBe(200);
    expect((await rig.api(`${rig.path(merchant)}/wechat/wxa/commit`, { key: null })).status).toBe(401);
  });

  it('leaves a record of each call, to be found by its rid and by who asked', async () => {
    const key = await rig.client({ scopes: ['proxy'], name: 'finder' });
    const answer = await rig.api<{ errcode: number; errmsg: string }>(`${rig.path(merchant)}/wechat/wxa/undocodeaudit`, { key });
    const rid = /rid: ([0-9a-f-]+)/.exec(answer.body.errmsg)?.[1];
    expect(rid).toBeTruthy();
    const found = await eventually('the record', async () => {
      const { body } = await rig.api<{ items: { api: string; errcode: number; client_id: string; authorizer_appid: string }[] }>(
        `${rig.path()}/calls?rid=${rid}`,
      );
      return body.items.length === 1 && body.items[0];
    });
    expect(found).toMatchObject({
      api: 'undocodeaudit',
      errcode: answer.body.errcode,
      authorizer_appid: merchant,
      client_id: key.split('_')[1],
    });
  });
});

describe('on behalf', () => {
  it('logs a mini program’s user in', async () => {
    const { code, openid } = await rig.control.post<{ code: string; openid: string }>('/js-codes', { appid: merchant });
    const answer = await rig.api<{ openid: string; session_key: string }>(`${rig.path(merchant)}/code2session`, {
      method: 'POST',
      body: { js_code: code },
    });
    expect(answer.body).toMatchObject({ openid, session_key: expect.any(String) });
    const again = await rig.api<{ wechat: { errcode: number } }>(`${rig.path(merchant)}/code2session`, {
      method: 'POST',
      body: { js_code: code },
    });
    expect(again.status).toBe(502);
    expect([40029, 40163]).toContain(again.body.wechat.errcode);
  });

  it('sends an official account’s user through OAuth', async () => {
    const account = 'wx00000000000000dd';
    await rig.merchant(account, { kind: 'mp' });
    await rig.authorize(account);
    const { body } = await rig.api<{ url: string }>(`${rig.path(account)}/oauth/url`, {
      method: 'POST',
      body: { redirect_uri: 'http://127.0.0.1:9/x', state: 's' },
    });
    expect(body.url).toMatch(
      /appid=wx00000000000000dd&redirect_uri=.*&response_type=code&scope=snsapi_base&state=s&component_appid=.*#wechat_redirect$/,
    );
    const { code, openid } = await rig.control.post<{ code: string; openid: string }>('/js-codes', {
      appid: account,
      kind: 'oauth',
      scope: 'snsapi_userinfo',
    });
    const user = await rig.api<{ openid: string; access_token: string; refresh_token: string; user: { openid: string } }>(
      `${rig.path(account)}/oauth/token`,
      {
        method: 'POST',
        body: { code, user_info: true },
      },
    );
    expect(user.body).toMatchObject({ openid, user: { openid } });
    const again = await rig.api<{ openid: string }>(`${rig.path(account)}/oauth/refresh`, {
      method: 'POST',
      body: { refresh_token: user.body.refresh_token },
    });
    expect(again.body.openid).toBe(openid);
  });

  it('gives one JS-SDK ticket to many, and signs a page', async () => {
    type Ticket = { ticket: string; wx_config?: { appId: string; timestamp: number; nonceStr: string; signature: string } };
    const url = 'https://shop.example/page?a=1#part';
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        rig.api<Ticket>(`${rig.path(merchant)}/jsapi-ticket?url=${encodeURIComponent(url)}`, { broker: i % 2 }),
      ),
    );
    expect(new Set(answers.map(({ body }) => body.ticket)).size).toBe(1);
    expect(await rig.calls('getticket')).toBe(1);
    const { ticket, wx_config } = answers[0]!.body;
    const text = `jsapi_ticket=${ticket}&noncestr=${wx_config?.nonceStr}&timestamp=${wx_config?.timestamp}&url=https://shop.example/page?a=1`;
    expect(wx_config).toMatchObject({ appId: merchant, signature: createHash('sha1').update(text).digest('hex') });
  });
});

describe('the sync', () => {
  it('adds what is missing here, mends refresh tokens, marks what WeChat no longer lists, and deletes nothing', async () => {
    await rig.control.post('/merchants/bulk', {
      count: 620,
      kind: 'miniprogram',
      appid_prefix: 'wxbulk',
      authorize_to: component(),
      exchanged: true,
    });
    await rig.database.query(
      `INSERT INTO f_wechat_authorizer (component_appid, authorizer_appid, state, created_at, updated_at) VALUES (?, 'wxgoneforever00000', 'active', '2020-01-01', '2020-01-01')`,
      [component()],
    );
    await rig.database.query(
      'UPDATE f_wechat_refreshtoken SET authorizer_refresh_token = ?, update_time = UTC_TIMESTAMP() - INTERVAL 1 HOUR WHERE authorizer_appid = ?',
      [rig.box.seal('refreshtoken@@@old', 'refreshtoken'), merchant],
    );
    type Sync = {
      sync_id: number;
      state: string;
      total: number;
      seen: number;
      added: number;
      recovered: number;
      missing: number;
      problem: string | null;
    };
    const started = await rig.api<Sync>(`${rig.path()}/authorizers/sync`, { method: 'POST' });
    expect(started.status).toBe(202);
    const done = await eventually(
      'the sync',
      async () => {
        const { body } = await rig.api<Sync>(`${rig.path()}/authorizers/sync/${started.body.sync_id}`);
        return body.state === 'done' && body;
      },
      120_000,
    );
    expect(done).toMatchObject({ added: 620, missing: 1, problem: null });
    expect(done.seen).toBe(done.total);
    expect(done.recovered).toBeGreaterThanOrEqual(1);
    expect(await storedRefreshToken(merchant)).not.toBe('refreshtoken@@@old');
    const [gone] = await rig.database.query(
      `SELECT missing_since, state FROM f_wechat_authorizer WHERE authorizer_appid = 'wxgoneforever00000'`,
    );
    expect(gone).toMatchObject({ state: 'active', missing_since: expect.any(Date) });
    const { body } = await rig.api<{ items: { authorizer_appid: string }[] }>(`${rig.path()}/authorizers?q=wxbulk&limit=1`);
    expect((await rig.token(body.items[0]!.authorizer_appid)).status).toBe(200);
  });
});

describe('clients', () => {
  it('a rotated key works beside the former one for the overlap; a revoked one stops on every replica', async () => {
    type Key = { client_id: string; key: string };
    const made = await rig.api<Key>('/v1/clients', {
      method: 'POST',
      body: { name: 'shop', scopes: ['authorizer-token'], authorizers: [merchant] },
    });
    expect(made.status).toBe(201);
    const use = async (key: string, broker: number) => (await rig.token(merchant, { key, broker })).status;
    expect([await use(made.body.key, 0), await use(made.body.key, 1)]).toEqual([200, 200]);
    const rotated = await rig.api<Key>(`/v1/clients/${made.body.client_id}/rotate`, { method: 'POST', body: { overlap: 60 } });
    expect(await Promise.all([made.body.key, rotated.body.key].flatMap((key) => [use(key, 0), use(key, 1)]))).toEqual([
      200, 200, 200, 200,
    ]);
    await rig.api(`/v1/clients/${made.body.client_id}/rotate`, { method: 'POST', body: { overlap: 0 } });
    expect([await use(made.body.key, 0), await use(rotated.body.key, 1)]).toEqual([401, 401]);
    await rig.api(`/v1/clients/${made.body.client_id}`, { method: 'DELETE' });
    const list = await rig.api<{ items: { client_id: string; revoked_at: string | null }[] }>('/v1/clients');
    expect(list.body.items.find(({ client_id }) => client_id === made.body.client_id)?.revoked_at).toBeTruthy();
    expect(JSON.stringify(list.body)).not.toMatch(/sha256|wxp_/);
  });

  it('may not send more than their rate', async () => {
    const key = await rig.client({ scopes: ['authorizer-token'], options: { rate_limit_per_s: 1 } });
    const answers = await Promise.all(Array.from({ length: 30 }, () => rig.token(merchant, { key })));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(10);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(15);
    expect(answers.find(({ status }) => status === 429)?.headers.get('retry-after')).toBeTruthy();
  });

  it('leave who, what, when and from where in the audit log, warm reads included', async () => {
    const key = await rig.client({ scopes: ['authorizer-token'] });
    for (let i = 0; i < 25; i += 1) await rig.token(merchant, { key });
    const entries = await eventually('the entries', async () => {
      type Entry = { action: string; times: number; authorizer_appid: string; ip: string; request_id: string };
      const { body } = await rig.api<{ items: Entry[] }>(`/v1/audit-log?client_id=${key.split('_')[1]}`);
      return body.items.reduce((sum, { times }) => sum + times, 0) === 25 && body.items;
    });
    expect(entries.length).toBeLessThan(25);
    expect(entries[0]).toMatchObject({
      action: 'token.reveal',
      authorizer_appid: merchant,
      ip: '127.0.0.1',
      request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });
});
