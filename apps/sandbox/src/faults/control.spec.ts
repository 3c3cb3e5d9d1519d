import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { App } from '../testing/app.js';
import { COMPONENT, eventually, Harness, MINI } from '../testing/harness.js';

describe('control API', () => {
  let harness: Harness;
  let app: App;
  beforeAll(async () => {
    harness = await Harness.start();
  });
  beforeEach(async () => {
    await harness.setUp();
    app = await App.create(harness);
  });
  afterAll(() => harness.close());

  const fault = (body: Record<string, unknown>) => harness.control('POST', 'faults', { path: '/wxa/commit', ...body });
  const rawCommit = (version: string) => {
    const body = { template_id: app.templateId, ext_json: '{}', user_version: version, user_desc: '' };
    return harness.raw('POST', '/wxa/commit', { access_token: app.token }, { body: JSON.stringify(body) });
  };
  const trial = async () => (await app.post('/wxa/getversioninfo')).exp_info?.exp_version;

  it.each<[string, Record<string, unknown>, number, string]>([
    ['status', { action: 'status', status: 502 }, 502, '502 Bad Gateway'],
    ['html', { action: 'html' }, 200, '<html>'],
    ['empty', { action: 'empty' }, 200, ''],
    ['body', { action: 'body', body: '{"x":' }, 200, '{"x":'],
    ['errcode', { action: 'errcode', errcode: 45011 }, 200, '"errcode":45011'],
  ])('fault %s: first not executed, then executed with only the answer spoilt', async (_name, body, status, part) => {
    await fault(body);
    const before = await rawCommit('1');
    expect(before.status).toBe(status);
    expect(await before.text()).toContain(part);
    expect(await trial()).toBeUndefined();
    await fault({ ...body, after: true });
    expect(await (await rawCommit('2')).text()).toContain(part);
    expect(await trial()).toBe('2');
    expect((await app.commit('3')).errcode).toBe(0);
  });

  it('with raw_control_characters names begin with a control character that no JSON may have', async () => {
    await harness.control('PATCH', 'settings', { raw_control_characters: true });
    const query = { access_token: await harness.componentToken() };
    const body = JSON.stringify({ component_appid: COMPONENT, authorizer_appid: MINI });
    const text = await (await harness.raw('POST', '/cgi-bin/component/api_get_authorizer_info', query, { body })).text();
    expect(text).toContain('"nick_name":"\u0014');
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
  });

  it('fault cut: before and after the execution', async () => {
    await fault({ action: 'cut' });
    await expect(rawCommit('1')).rejects.toThrow();
    expect(await trial()).toBeUndefined();
    await fault({ action: 'cut', after: true });
    await expect(rawCommit('2')).rejects.toThrow();
    expect(await trial()).toBe('2');
  });

  it('fault hang answers nothing; delay keeps the app busy meanwhile', async () => {
    await fault({ action: 'hang' });
    const body = { template_id: app.templateId, ext_json: '{}', user_version: '1', user_desc: '' };
    const signal = AbortSignal.timeout(200);
    const hung = harness.raw('POST', '/wxa/commit', { access_token: app.token }, { body: JSON.stringify(body), signal });
    await expect(hung).rejects.toThrow();
    await fault({ action: 'delay', delay_ms: 1500 });
    const slow = app.commit('2');
    await eventually(async () => (await harness.control('GET', 'faults')).faults.at(-1).used).toBe(1);
    expect((await app.commit('3')).errcode).toBe(9402202);
    expect((await slow).errcode).toBe(0);
  });

  it('every documented code appears by the name of a call, with its words and its body (errors-and-permission-sets.md §4)', async () => {
    const refused = async (path: string, body: Record<string, unknown>) => {
      await fault({ path, action: 'errcode', ...body });
      return app.post(path);
    };
    const hints = [{ errcode: 86308, err_field: 'icp_subject.base_info.name', errmsg: '证件有效期不满足要求' }];
    expect(await refused('/wxa/icp/apply_icp_filing', { errcode: 86202, details: { hints } })).toMatchObject({
      errcode: 86202,
      hints,
    });
    // The same number on two paths has two texts.
    const texts = [
      await refused('/wxa/icp/get_online_icp_order', { errcode: 86328 }),
      await refused('/wxa/icp/apply_icp_filing', { errcode: 86328 }),
    ].map(({ errmsg }) => String(errmsg).split(' rid')[0]);
    expect(texts).toEqual(['resource not found', 'can not read the picture']);
    for (const errcode of [41033, 53101, 61055, 85302, 89414, 10060023, 268485194])
      expect((await refused('/wxa/commit', { errcode })).errmsg, String(errcode)).not.toMatch(/^error /);
  });

  it('a held answer waits until its fault is deleted', async () => {
    const { id } = await fault({ action: 'errcode', errcode: 61003, hold: true });
    let answered = false;
    const answer = app.commit('1').finally(() => {
      answered = true;
    });
    await eventually(async () => (await harness.control('GET', 'faults')).faults[0].used).toBe(1);
    expect(answered).toBe(false);
    await harness.control('DELETE', `faults/${id}`);
    expect((await answer).errcode).toBe(61003);
  });

  it('faults by prefix, account, number and share; listed and ended', async () => {
    const other = await harness.authorized('wxmini0000000000002');
    const { id } = await fault({ path: '/wxa/*', appid: MINI, action: 'errcode', errcode: -1, times: 0 });
    expect((await app.post('/wxa/getversioninfo')).errcode).toBe(-1);
    expect((await app.get('/wxa/queryquota')).errcode).toBe(-1);
    expect((await harness.post('/wxa/getversioninfo', other.token)).errcode).toBe(0);
    expect((await harness.control('GET', 'faults')).faults).toMatchObject([{ id, used: 2 }]);
    await harness.control('DELETE', `faults/${id}`);
    expect((await app.post('/wxa/getversioninfo')).errcode).toBe(0);
    await fault({ path: '*', action: 'errcode', share: 0, times: 0 });
    expect((await app.post('/wxa/getversioninfo')).errcode).toBe(0);
    await harness.control('DELETE', 'faults');
    expect((await harness.tryControl('DELETE', `faults/${id}`)).status).toBe(404);
  });

  it('records and counts calls, masks secrets, reveals on demand', async () => {
    await harness.control('DELETE', 'calls');
    await app.commit('1');
    await app.post('/wxa/getversioninfo');
    await app.post('/wxa/getversioninfo');
    await harness.componentToken();
    expect((await harness.control('GET', 'calls/counts')).counts).toEqual({
      '/wxa/commit': 1,
      '/wxa/getversioninfo': 2,
      '/cgi-bin/component/api_component_token': 1,
    });
    const byAccount = await harness.control('GET', 'calls/counts?by=appid&path=/wxa/getversioninfo');
    expect(byAccount.counts).toEqual({ '/wxa/getversioninfo': { [MINI]: 2 } });
    const { calls, total } = await harness.control('GET', `calls?appid=${COMPONENT}&limit=2`);
    expect(total).toBe(4);
    expect(calls).toHaveLength(2);
    expect(calls[0]).toMatchObject({
      path: '/cgi-bin/component/api_component_token',
      errcode: 0,
      http_status: 200,
      method: 'POST',
    });
    const everything = JSON.stringify(await harness.control('GET', 'calls?limit=5000'));
    for (const secret of [app.token, harness.ticket, 'a-component-secret']) expect(everything).not.toContain(secret);
    expect(JSON.stringify(await harness.control('GET', 'calls?reveal=1'))).toContain(harness.ticket);
  });

  it('state hides secrets unless asked; pushes do, too', async () => {
    const hidden = JSON.stringify([
      await harness.control('GET', 'state'),
      await harness.control('GET', 'pushes'),
      await harness.control('GET', 'components'),
    ]);
    const shown = JSON.stringify([
      await harness.control('GET', 'state?reveal=1'),
      await harness.control('GET', 'pushes?reveal=1'),
    ]);
    for (const secret of [app.token, harness.ticket, 'a-component-secret', 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG']) {
      expect(hidden).not.toContain(secret);
      expect(shown).toContain(secret);
    }
  });

  it('refuses unknown fields and bad values with 400, unknown subjects with 404', async () => {
    expect((await harness.tryControl('POST', 'faults', { path: '*', action: 'explode' })).status).toBe(400);
    expect((await harness.tryControl('PATCH', 'settings', { audit_after_seconds: 5 })).status).toBe(400);
    expect((await harness.tryControl('PATCH', `components/${COMPONENT}`, { encoding_aes_key: 'short' })).status).toBe(400);
    expect((await harness.tryControl('GET', 'components/wxnobody')).status).toBe(404);
    expect((await harness.tryControl('POST', 'audits/1/approve', {})).status).toBe(404);
    expect((await harness.tryControl('POST', `merchants/${MINI}/audit/approve`, {})).status).toBe(409);
    expect((await harness.raw('GET', '/cgi-bin/no_such_api')).status).toBe(404);
    expect((await harness.raw('POST', '/_control/faults', {}, { body: '{' })).status).toBe(400);
  });

  it('the clock speeds up and stands still', async () => {
    const { now_ms: before } = await harness.control('POST', 'clock', { speed: 0 });
    expect((await harness.control('GET', 'clock')).now_ms).toBe(before);
    const { now_ms: after } = await harness.control('POST', 'clock', { jump_s: 10 });
    expect(after).toBe(before + 10_000);
    await harness.control('POST', 'clock', { speed: 100_000 });
    await eventually(async () => (await harness.control('GET', 'clock')).now_ms - after).toBeGreaterThan(60_000);
  });

  it('minute limits answer 45011, app limits are per app', async () => {
    await harness.control('POST', 'quotas', { path: '/wxa/getversioninfo', per_minute: 1 });
    expect((await app.post('/wxa/getversioninfo')).errcode).toBe(0);
    expect((await app.post('/wxa/getversioninfo')).errcode).toBe(45011);
    const other = await harness.authorized('wxmini0000000000002');
    expect((await harness.post('/wxa/getversioninfo', other.token)).errcode).toBe(0);
    await harness.control('POST', 'clock', { jump_s: 61 });
    expect((await app.post('/wxa/getversioninfo')).errcode).toBe(0);
  });

  it('shows a page for people', async () => {
    await app.commit('1.2.3');
    const page = await (await harness.raw('GET', '/')).text();
    for (const part of ['微信开放平台沙箱', COMPONENT, MINI, '1.2.3', '/wxa/commit']) expect(page).toContain(part);
    expect(page).not.toContain(app.token);
    expect((await harness.raw('GET', '/_control/page')).status).toBe(200);
  });

  it('holds ten thousand merchants', async () => {
    const made = await harness.control('POST', 'merchants/bulk', {
      count: 10_000,
      authorize_to: COMPONENT,
      sets: [18],
      exchanged: true,
    });
    expect(made).toMatchObject({ created: 10_000, first_appid: 'wxbulk000001', last_appid: 'wxbulk010000' });
    const seen = new Set<string>();
    for (let offset = 0; ; offset += 500) {
      const { list } = await harness.component('api_get_authorizer_list', app.componentToken, { offset, count: 500 });
      if (list.length === 0) break;
      for (const one of list) seen.add(one.authorizer_appid);
    }
    expect(seen.size).toBe(10_001);
    const refreshed = await harness.component('api_authorizer_token', app.componentToken, {
      authorizer_appid: 'wxbulk009999',
      authorizer_refresh_token: made.refresh_tokens['wxbulk009999'],
    });
    expect((await harness.post('/wxa/getversioninfo', refreshed.authorizer_access_token)).errcode).toBe(0);
  });
});
