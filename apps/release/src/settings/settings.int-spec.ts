import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../../test/support/eventually.js';
import { ReleaseWorld } from '../../testing/release-world.js';
import { COMPONENT } from '../../testing/stand-ins.js';
import type { CategoriesView, PossibleCategories } from './categories.dto.js';
import type { PlatformDomainsView } from './domains.dto.js';
import type { NicknameAuditView, NicknameView } from './identity.dto.js';
import type { PluginPage } from './plugins.dto.js';
import type { QrRulePage } from './qr-rules.dto.js';

interface Problem {
  readonly code?: string;
  readonly wechat?: { readonly errcode: number };
  readonly remedy?: { readonly en: string; readonly zh: string };
}

/** What an operator sets besides releases (mini-program-release.md §6): checked here first, then by the sandbox. */
describe('settings per mini program and of the platform', () => {
  let world: ReleaseWorld;
  let apps: string[];
  let app: string;
  let next = 0;

  beforeAll(async () => {
    world = await ReleaseWorld.start();
    apps = await world.authorize(16);
  });
  afterAll(() => world?.stop());
  beforeEach(() => {
    app = apps[next++] as string;
  });

  const of = (path: string) => world.component(`/authorizers/${app}${path}`);
  const send = <T = Problem>(method: string, path: string, body?: unknown) => world.call<T>(of(path), body, { method });
  const read = <T>(path: string) => world.ok<T>(of(path));
  const asked = (path: string) => world.sandbox.calls(path, app);
  const decide = (what: string, verdict: string, body: object = {}) =>
    world.sandbox.control(`/merchants/${app}/${what}/${verdict}`, body);
  const refusal = ({ status, body }: { status: number; body: Problem }) => ({
    status,
    errcode: body.wechat?.errcode,
    remedy: Boolean(body.remedy?.en && body.remedy.zh),
  });
  const upload = async () => {
    const key = await world.client(['releases:write']);
    const answer = await fetch(`http://127.0.0.1:${world.service.httpPort}${of('/media')}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'image/png' },
      body: Buffer.from('a picture'),
    });
    return ((await answer.json()) as { media_id: string }).media_id;
  };

  it('platform: server and jump domains, their confirm file; a mini program takes from them', async () => {
    const change = (path: string, body: unknown) => world.call<PlatformDomainsView & Problem>(world.component(path), body);
    const added = await change('/server-domains', {
      action: 'add',
      domains: ['a.example.com', 'b.example.com'],
      published_together: true,
    });
    expect(added).toMatchObject({ status: 200, body: { testing: ['a.example.com', 'b.example.com'], invalid: [] } });
    expect(await world.ok<PlatformDomainsView>(world.component('/server-domains'))).toEqual({
      published: ['a.example.com', 'b.example.com'],
      testing: ['a.example.com', 'b.example.com'],
      testing_only: [],
      invalid: [],
    });
    for (const domain of ['https://a.example.com', 'a.example.com/x', '10.0.0.1', 'api.weixin.qq.com', 'localhost'])
      expect((await change('/server-domains', { action: 'add', domains: [domain] })).status).toBe(400);
    const many = (count: number) => Array.from({ length: count }, (_, index) => `h${index}.example.com`);
    expect((await change('/server-domains', { action: 'set', domains: many(1_001) })).status).toBe(400);
    expect((await change('/jump-domains', { action: 'set', domains: many(201) })).status).toBe(400);
    expect(
      (await change('/jump-domains', { action: 'set', domains: ['www.example.com'], published_together: true })).status,
    ).toBe(200);
    expect(await world.ok<unknown>(world.component('/jump-domains/confirm-file'))).toEqual({
      file_name: expect.stringMatching(/\.txt$/),
      file_content: expect.any(String),
    });

    const domains = (body: unknown) => send<Problem & { requestdomain?: string[] }>('POST', '/domains', body);
    expect((await domains({ action: 'add', requestdomain: ['https://10.0.0.1'] })).status).toBe(400);
    expect(refusal(await domains({ action: 'add', requestdomain: ['https://c.example.org'] }))).toEqual({
      status: 502,
      errcode: 85301,
      remedy: true,
    });
    const once = await domains({ action: 'add', requestdomain: ['https://x.a.example.com'] });
    const twice = await domains({ action: 'add', requestdomain: [] });
    expect([once.body.requestdomain, twice.body.requestdomain]).toEqual([
      ['https://x.a.example.com'],
      ['https://x.a.example.com'],
    ]);
    expect((await read<{ requestdomain: string[] }>('/domains')).requestdomain).toEqual(['https://x.a.example.com']);
    expect((await domains({ action: 'set', directly: true, requestdomain: ['https://c.example.org'] })).status).toBe(200);
    expect(await asked('/wxa/modify_domain_directly')).toBe(1);

    const webview = (body: unknown) => send<{ webviewdomain?: string[] }>('POST', '/webview-domains', body);
    await webview({ action: 'set', webviewdomain: ['https://www.example.com'] });
    const unchanged = await webview({ action: 'set', webviewdomain: ['https://www.example.com'] });
    expect(unchanged).toMatchObject({ status: 200, body: { webviewdomain: ['https://www.example.com'] } });
    expect(await read<unknown>('/webview-domains/confirm-file')).toMatchObject({ file_name: expect.any(String) });
    expect((await send('PUT', '/prefetch-domains', { domains: many(6) })).status).toBe(400);
    expect(await send('PUT', '/prefetch-domains', { domains: ['a.example.com'] })).toMatchObject({
      status: 200,
      body: { domains: ['a.example.com'], limit: 5 },
    });
  });

  it('what concerns all mini programs needs a key that is not restricted to some', async () => {
    const key = await world.client(['releases:read', 'releases:write'], [app]);
    const call = async (method: string, path: string, body?: unknown) =>
      (await world.call(world.component(path), body, { method, key })).status;
    expect(await call('POST', '/server-domains', { action: 'set', domains: [] })).toBe(403);
    expect(await call('POST', '/jump-domains', { action: 'set', domains: [] })).toBe(403);
    expect(await call('POST', '/templates', { draft_id: 0 })).toBe(403);
    expect(await call('DELETE', '/templates/0')).toBe(403);
    expect(await call('PUT', '/ext-settings', { variables: {} })).toBe(403);
    expect(await call('PUT', '/audit-profiles/shop', { audit: {} })).toBe(403);
    expect(await call('DELETE', '/audit-profiles/shop')).toBe(403);
    expect((await world.call(of('/search-status'), { searchable: false }, { method: 'PUT', key })).status).toBe(200);
  });

  it('categories: what may be added, a certificate, its rejection, another one, removal', async () => {
    const { items } = await read<PossibleCategories>('/categories/available');
    const choice = items.find((item) => item.certificates.length > 0);
    expect(choice).toMatchObject({ first: 220, second: 632, second_name: '点餐平台', sensitive: true });
    const pair = { first: 220, second: 632 };
    const certificates = [{ name: choice?.certificates[0]?.[0] ?? '', media_id: await upload() }];
    const held = async () => (await read<CategoriesView>('/categories')).categories.find(({ second }) => second === 632);
    expect(refusal(await send('POST', '/categories', { categories: [pair] }))).toMatchObject({ errcode: 53311, remedy: true });
    expect((await send('POST', '/categories', { categories: [] })).status).toBe(400);
    expect((await send('POST', '/categories', { categories: [{ first: 0, second: 'x' }] })).status).toBe(400);
    const added = await send<CategoriesView>('POST', '/categories', { categories: [{ ...pair, certificates }] });
    expect(added).toMatchObject({ status: 201, body: { quota: 19 } });
    expect(await held()).toMatchObject({ audit_status: 1 });
    expect(refusal(await send('DELETE', '/categories/220/632'))).toMatchObject({ errcode: 53308, remedy: true });
    await decide('category', 'reject', { reason: '许可证已过期' });
    expect(await held()).toMatchObject({ audit_status: 2, audit_reason: '许可证已过期' });
    expect((await send('PUT', '/categories/220/632', { certificates })).status).toBe(200);
    await decide('category', 'approve');
    expect(refusal(await send('PUT', '/categories/220/632', { certificates }))).toMatchObject({ errcode: 53307 });
    expect((await send('DELETE', '/categories/220/632')).status).toBe(204);
    expect(await held()).toBeUndefined();
  });

  it('name: checked, set at once or reviewed, and the review read', async () => {
    expect((await send('POST', '/nickname/check', { nick_name: '小程序商店' })).status).toBe(400);
    expect(await send('POST', '/nickname/check', { nick_name: '山茶花官方店' })).toMatchObject({
      status: 200,
      body: { hit_condition: true, wording: expect.any(String) },
    });
    expect((await send('PUT', '/nickname', { nick_name: '山茶花小店' })).status).toBe(400);
    expect(await asked('/wxa/setnickname')).toBe(0);
    const license = await upload();
    expect(await send('PUT', '/nickname', { nick_name: '山茶花小店', license })).toMatchObject({
      status: 200,
      body: { audit_id: null },
    });
    // It holds: what rollouts fill in for {{nickname}} is read at once.
    expect(world.around.refreshed).toContain(app);
    const proof = { license, materials: [await upload()] };
    const { body } = await send<NicknameView>('PUT', '/nickname', { nick_name: '山茶花官方店', ...proof });
    const sent = await world.sandbox.control<{ calls: { request: { body: unknown } }[] }>(
      `/calls?path=/wxa/setnickname&appid=${app}&limit=1`,
    );
    expect(JSON.stringify(sent.calls[0])).toContain('naming_other_stuff_1');
    const audit = () => read<NicknameAuditView>(`/nickname/audits/${body.audit_id}`);
    expect(await audit()).toMatchObject({ state: 'in-audit', nick_name: '山茶花官方店', audited_at: null });
    await decide('nickname', 'reject', { reason: '请补充授权书' });
    expect(await audit()).toMatchObject({ state: 'failed', fail_reason: '请补充授权书', audited_at: expect.any(String) });
    expect(refusal((await world.call<Problem>(of('/nickname/audits/7'))) as never)).toMatchObject({
      errcode: 91011,
      remedy: true,
    });
  });

  it('avatar, introduction, search, ICP filing', async () => {
    const media_id = await upload();
    expect((await send('PUT', '/avatar', { media_id, x1: 0.5, x2: 0.5 })).status).toBe(400);
    expect((await send('PUT', '/avatar', { media_id, x2: 1.5 })).status).toBe(400);
    expect((await send('PUT', '/avatar', { media_id })).status).toBe(204);
    expect(refusal(await send('PUT', '/avatar', { media_id: 'A'.repeat(64) }))).toMatchObject({ errcode: 40007, remedy: true });
    expect((await send('PUT', '/signature', { signature: '茶' })).status).toBe(400);
    expect((await send('PUT', '/signature', { signature: '茶'.repeat(121) })).status).toBe(400);
    expect((await send('PUT', '/signature', { signature: 'tea, every day 现泡茶' })).status).toBe(400);
    expect(await asked('/cgi-bin/account/modifysignature')).toBe(0);
    expect((await send('PUT', '/signature', { signature: '每天现泡的手工茶' })).status).toBe(204);
    expect(refusal(await send('PUT', '/signature', { signature: '出售违禁物品' }))).toMatchObject({
      errcode: 53201,
      remedy: true,
    });
    expect(await send('PUT', '/search-status', { searchable: false })).toMatchObject({ status: 200 });
    expect(await read<unknown>('/search-status')).toEqual({ searchable: false });
    expect(await read<unknown>('/icp-filing')).toEqual({ status: 6, filed: true, canceling: false, available: true });
  });

  it('basic info is read whichever method WeChat takes', async () => {
    for (const basic_info_method of ['POST', 'GET', 'any']) {
      await world.sandbox.control('/settings', { basic_info_method }, 'PATCH');
      expect(await read<unknown>('/basic-info')).toMatchObject({ appid: app, account_type: 3, customer_type: 1 });
    }
  });

  it('more categories than allowed are asked for with a reason', async () => {
    await world.sandbox.control('/faults', {
      path: '/cgi-bin/wxopen/addcategory',
      appid: app,
      action: 'errcode',
      errcode: 53310,
      times: 1,
    });
    const categories = [{ first: 304, second: 326 }];
    const refused = await send('POST', '/categories', { categories });
    expect(refusal(refused)).toMatchObject({ errcode: 53310, remedy: true });
    expect(refused.body.remedy?.en).toContain('apply_reason');
    expect((await send('POST', '/categories', { categories, apply_reason: '门店增加了新业务' })).status).toBe(201);
    const { calls } = await world.sandbox.control<{ calls: { request: { body: unknown } }[] }>(
      `/calls?path=/cgi-bin/wxopen/addcategory&appid=${app}&limit=5`,
    );
    expect(JSON.stringify(calls)).toContain('门店增加了新业务');
  });

  it('the privacy guide: times as 30天, the region as a number', async () => {
    const owner = { contact_email: 'a@b.c', notice_method: '弹窗' };
    const set = (more: object) =>
      send('PUT', '/privacy-settings', { privacy_ver: 2, setting_list: [], owner_setting: { ...owner, ...more } });
    for (const wrong of [{ store_expire_timestamp: '30 days' }, { store_region: 'x' }])
      expect((await set(wrong)).status).toBe(400);
    expect((await set({ store_expire_timestamp: '30天', store_region: '1017' })).status).toBe(200);
    const { calls } = await world.sandbox.control<{ calls: { request: { body: unknown } }[] }>(
      `/calls?path=/cgi-bin/component/setprivacysetting&appid=${app}&limit=1`,
    );
    expect(JSON.stringify(calls).replaceAll('\\', '')).toContain('"store_region":1017');
  });

  it('plugins: applied for, listed, updated, removed', async () => {
    expect((await send('POST', '/plugins', { plugin_appid: 'plugin' })).status).toBe(400);
    expect(await send<PluginPage>('POST', '/plugins', { plugin_appid: 'wxplugin0001' })).toMatchObject({
      status: 201,
      body: { items: [{ plugin_appid: 'wxplugin0001', state: 'usable' }] },
    });
    expect((await send('POST', '/plugins', { plugin_appid: 'wxplugin0001' })).status).toBe(201);
    await send('POST', '/plugins', { plugin_appid: 'wxplugin_review', reason: '用于物流查询' });
    expect((await read<PluginPage>('/plugins')).items.map(({ state }) => state)).toEqual(['usable', 'applying']);
    expect(refusal(await send('DELETE', '/plugins/wxplugin_review'))).toMatchObject({ errcode: 89243, remedy: true });
    expect((await send('PUT', '/plugins/wxplugin0001', { user_version: '1.2.0' })).status).toBe(204);
    expect((await send('DELETE', '/plugins/wxplugin0001')).status).toBe(204);
    expect((await send('DELETE', '/plugins/wxplugin0001')).status).toBe(204);
    expect(refusal(await send('PUT', '/plugins/wxplugin0001', { user_version: '1.2.0' }))).toMatchObject({
      errcode: 89244,
      remedy: true,
    });
  });

  it('rules of ordinary QR codes: added once per key, edited, paged, deleted; published only when online', async () => {
    const rule = { prefix: 'https://shop.example.com/table/', path: 'pages/index/index', open_version: 'trial' };
    for (const wrong of [
      { prefix: 'shop' },
      { path: '/pages/index' },
      { open_version: 3 },
      { debug_urls: ['https://b.example.com/'] },
    ])
      expect((await send('POST', '/qr-rules', { ...rule, ...wrong })).status).toBe(400);
    expect(await asked('/cgi-bin/wxopen/qrcodejumpadd')).toBe(0);
    const headers = { 'idempotency-key': 'rule-1' };
    for (let times = 0; times < 2; times += 1) expect((await world.call(of('/qr-rules'), rule, { headers })).status).toBe(204);
    expect(await asked('/cgi-bin/wxopen/qrcodejumpadd')).toBe(1);
    expect((await send('POST', '/qr-rules', rule)).status).toBe(204);
    expect(refusal(await send('POST', '/qr-rules', { ...rule, path: 'pages/table/table' }))).toMatchObject({
      errcode: 85071,
      remedy: true,
    });
    const debug_urls = [`${rule.prefix}7`];
    expect((await send('PUT', '/qr-rules', { ...rule, exclusive: true, debug_urls })).status).toBe(204);
    await send('POST', '/qr-rules', { ...rule, prefix: 'https://shop.example.com/room/' });
    const first = await read<QrRulePage>('/qr-rules?limit=1');
    expect(first).toMatchObject({ total: 2, publish_quota: 100, items: [{ exclusive: true, debug_urls, published: false }] });
    const second = await read<QrRulePage>(`/qr-rules?limit=1&cursor=${first.next_cursor}`);
    expect(second).toMatchObject({ next_cursor: null, items: [{ prefix: 'https://shop.example.com/room/' }] });
    // As the release before wrote it: the page’s number.
    expect(await read<QrRulePage>('/qr-rules?limit=1&cursor=2')).toEqual(second);
    expect(refusal(await send('POST', '/qr-rules/publish', { prefix: rule.prefix }))).toMatchObject({
      errcode: 85074,
      remedy: true,
    });
    expect(await read<unknown>('/qr-rules/check-file')).toMatchObject({ file_content: expect.any(String) });
    expect((await send('POST', '/qr-rules/delete', { prefix: rule.prefix })).status).toBe(204);
    expect((await read<QrRulePage>('/qr-rules')).total).toBe(1);
  });

  it('privacy APIs: listed and applied for', async () => {
    const list = async () =>
      (await read<{ items: { api_name: string; state: string }[] }>('/privacy-interfaces')).items.find(
        ({ api_name }) => api_name === 'wx.getLocation',
      );
    expect(await list()).toMatchObject({ state: 'to-apply' });
    const body = { api_name: 'wx.getLocation', content: '显示最近的门店' };
    expect((await send('POST', '/privacy-interfaces', { ...body, content: '字'.repeat(301) })).status).toBe(400);
    expect(await send('POST', '/privacy-interfaces', body)).toMatchObject({
      status: 201,
      body: { audit_id: expect.any(Number) },
    });
    expect(await list()).toMatchObject({ state: 'applying' });
    expect(refusal(await send('POST', '/privacy-interfaces', body))).toMatchObject({ errcode: 61031, remedy: true });
  });

  it('writes are in the audit log', async () => {
    // The log is written in batches.
    await eventually('the audit log to have them', async () => {
      const rows = (await world.database.dataSource.query(
        'SELECT DISTINCT action FROM f_wechat_accesslog WHERE component_appid = ? AND authorizer_appid IS NOT NULL',
        [COMPONENT],
      )) as { action: string }[];
      const actions = new Set(rows.map(({ action }) => action));
      return ['add-categories', 'add-qr-rule', 'nickname'].every((name) => actions.has(`mini-program.${name}`));
    });
  });
});
