import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ReleaseWorld } from '../../testing/release-world.js';

interface Problem {
  readonly type?: string;
  readonly permission_sets?: readonly number[];
  readonly refused?: readonly unknown[];
  readonly missing?: Readonly<Record<string, readonly string[]>>;
  readonly wechat?: { readonly errcode: number; readonly details?: Readonly<Record<string, unknown>> };
  readonly remedy?: { readonly en: string; readonly zh: string };
}

describe('what WeChat refuses when something is set', () => {
  let world: ReleaseWorld;
  let app: string;

  beforeAll(async () => {
    world = await ReleaseWorld.start();
    const domains = { action: 'set', domains: ['shop.example.com'], published_together: true };
    await world.ok(world.component('/server-domains'), domains);
    await world.ok(world.component('/jump-domains'), domains);
  });
  afterAll(() => world?.stop());
  beforeEach(async () => {
    [app] = (await world.authorize(1)) as [string];
  });
  afterEach(() => settings({ unusable_domains: 'refuse', unfiled_domains: [] }));

  const settings = (body: object) => world.sandbox.control('/settings', body, 'PATCH');
  const fault = (path: string, errcode: number) =>
    world.sandbox.control('/faults', { path, appid: app, action: 'errcode', errcode, times: 1 });
  const send = (path: string, body: unknown, method = 'POST') =>
    world.call<Problem>(world.component(`/authorizers/${app}${path}`), body, { method });
  const add = (...requestdomain: string[]) => send('/domains', { action: 'add', requestdomain });
  const web = (action: string, ...webviewdomain: string[]) => send('/webview-domains', { action, webviewdomain });
  const GOOD = 'https://api.shop.example.com';
  const FOREIGN = 'https://api.elsewhere.example.com';
  const UNFILED = 'https://new.shop.example.com';

  it('the lists of 85301, 85302 and 85303 reach the caller whole', async () => {
    await settings({ unfiled_domains: ['new.shop.example.com'] });
    const details = async (...domains: string[]) => {
      const { status, body } = await add(GOOD, ...domains);
      expect([status, body.type, Boolean(body.remedy?.en && body.remedy.zh)]).toEqual([
        502,
        'urn:wxplane:problem:wechat-refused',
        true,
      ]);
      return body.wechat;
    };
    expect(await details(FOREIGN)).toMatchObject({ errcode: 85301, details: { invalid_requestdomain: [FOREIGN] } });
    expect(await details(UNFILED)).toMatchObject({ errcode: 85302, details: { no_icp_domain: [UNFILED] } });
    expect(await details(FOREIGN, UNFILED)).toMatchObject({
      errcode: 85303,
      details: { invalid_requestdomain: [FOREIGN], no_icp_domain: [UNFILED] },
    });
  });

  it('says which domain is missing where: with the platform, or in its published list only', async () => {
    const lists = { action: 'add', domains: ['trial.example.com'] };
    expect(await world.ok(world.component('/server-domains'), lists)).toMatchObject({
      published: ['shop.example.com'],
      testing_only: ['trial.example.com'],
    });
    const trial = 'https://api.trial.example.com';
    const missing = { unregistered: [FOREIGN], testing_only: [trial], not_set: [] };
    expect(await add(FOREIGN, trial)).toMatchObject({ status: 502, body: { missing, wechat: { errcode: 85301 } } });
    await settings({ unusable_domains: 'filter' });
    expect(await add(FOREIGN, trial)).toMatchObject({ status: 502, body: { missing, wechat: { errcode: 85017 } } });
    await world.ok(world.component('/server-domains'), { ...lists, published_together: true });
    expect(await add(trial)).toMatchObject({ status: 200, body: { requestdomain: [trial] } });
  });

  it('a permission set that was not granted is named, with how to get it, and WeChat is not asked', async () => {
    await world.database.dataSource.query(
      'DELETE FROM f_wechat_authorizerpermission WHERE authorizer_appid = ? AND funcscope_id <> 18',
      [app],
    );
    const refused = async (path: string, method: string, body: object, wechat: string) => {
      const { status, body: problem } = await send(path, body, method);
      expect([status, problem.type]).toEqual([409, 'urn:wxplane:problem:permission-set-missing']);
      expect(problem.remedy?.zh).toContain('authorization-links');
      expect(await world.sandbox.calls(wechat, app)).toBe(0);
      return problem.permission_sets;
    };
    expect(await refused('/signature', 'PUT', { signature: '每天现泡的手工茶' }, '/cgi-bin/account/modifysignature')).toEqual([
      30, 3,
    ]);
    expect(await refused('/plugins', 'POST', { plugin_appid: 'wx00000000000000aa' }, '/wxa/plugin')).toEqual([40]);
    expect((await send('/testers', { wechatid: 'tester_02' })).status).toBe(201);
  });

  it('a list as long as WeChat takes arrives without a gap', async () => {
    const many = Array.from({ length: 200 }, (_, index) => `https://host-${index}.of.a.very.long.name.elsewhere.example.com`);
    const { body } = await add(...many);
    expect(body.wechat).toMatchObject({ errcode: 85301, details: { invalid_requestdomain: many } });
  });

  it('lists beside errcode 0 reach the caller too', async () => {
    await settings({ unusable_domains: 'tell' });
    expect(await add(GOOD, FOREIGN)).toMatchObject({
      status: 200,
      body: { requestdomain: [GOOD], invalid_requestdomain: [FOREIGN] },
    });
  });

  it('"no domain to modify" (85017) is done for a domain that is there, and a refusal for one that was filtered away', async () => {
    await settings({ unusable_domains: 'filter' });
    expect(await add(GOOD)).toMatchObject({ status: 200, body: { requestdomain: [GOOD] } });
    expect(await add(GOOD)).toMatchObject({ status: 200, body: { requestdomain: [GOOD] } });
    expect(await add(FOREIGN)).toMatchObject({
      status: 502,
      body: { refused: [FOREIGN], there: { requestdomain: [GOOD] }, wechat: { errcode: 85017 } },
    });
  });

  it('"web-view domains unchanged" (89019) is done only if the list read back is as asked', async () => {
    const page = 'https://www.shop.example.com';
    expect(await web('set', page)).toMatchObject({ status: 200 });
    expect(await web('set', page)).toMatchObject({ status: 200, body: { webviewdomain: [page] } });
    const other = 'https://m.shop.example.com';
    await fault('/wxa/setwebviewdomain', 89019);
    expect(await web('add', other)).toMatchObject({ status: 502, body: { refused: [other], wechat: { errcode: 89019 } } });
    await fault('/wxa/setwebviewdomain', 89019);
    expect(await web('delete', page)).toMatchObject({ status: 502, body: { refused: [page], wechat: { errcode: 89019 } } });
    await fault('/wxa/setwebviewdomain', 89019);
    expect(await web('set', other)).toMatchObject({ status: 502, body: { refused: [other, page] } });
    await fault('/wxa/setwebviewdomain', 89019);
    expect(await send('/webview-domains', {})).toMatchObject({ status: 502, body: { refused: ['https://shop.example.com'] } });
  });

  it('what is there already is done: a category (53304), a tester (85004)', async () => {
    const there = { first: 287, second: 616 };
    for (let times = 0; times < 2; times += 1) expect((await send('/categories', { categories: [there] })).status).toBe(201);
    for (let times = 0; times < 2; times += 1) expect((await send('/testers', { wechatid: 'tester_01' })).status).toBe(201);
    const other = { first: 220, second: 632 };
    expect(await send('/categories', { categories: [there, other] })).toMatchObject({
      status: 502,
      body: { refused: [other], wechat: { errcode: 53304 } },
    });
  });

  it('a rule of QR codes that is there already (85071) is done, another one with its prefix is not', async () => {
    const rule = { prefix: 'https://shop.example.com/table/', path: 'pages/index/index', open_version: 'trial' };
    for (let times = 0; times < 2; times += 1) expect((await send('/qr-rules', rule)).status).toBe(204);
    for (const other of [{ path: 'pages/table/table' }, { exclusive: true }, { open_version: 'online' }])
      expect(await send('/qr-rules', { ...rule, ...other })).toMatchObject({ status: 502, body: { wechat: { errcode: 85071 } } });
  });

  it('a quota of a month that is used up (53300) is told as a quota', async () => {
    await fault('/cgi-bin/wxopen/addcategory', 53300);
    expect(await send('/categories', { categories: [{ first: 287, second: 616 }] })).toMatchObject({
      status: 503,
      body: { type: 'urn:wxplane:problem:wechat-quota', wechat: { errcode: 53300 } },
    });
  });
});
