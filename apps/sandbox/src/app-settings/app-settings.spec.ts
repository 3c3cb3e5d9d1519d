import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { App, expectOk } from '../testing/app.js';
import { type Answer, COMPONENT, Harness } from '../testing/harness.js';

/** Release reference §6.1, §6.3, §6.4, §6.7, §6.8. */
describe('settings of an app', () => {
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

  const open = (name: string, body: Answer = {}) => app.post(`/cgi-bin/wxopen/${name}`, body);
  const errcode = async (answer: Promise<Answer>) => (await answer)['errcode'];
  const decide = (what: string, verdict: string, body: Answer = {}) =>
    harness.control('POST', `merchants/${app.appid}/${what}/${verdict}`, body);
  const upload = async (): Promise<string> => {
    const form = new FormData();
    form.set('media', new Blob([Buffer.from('a picture')], { type: 'image/png' }), 'licence.png');
    const answer = await harness.raw('POST', '/cgi-bin/media/upload', { access_token: app.token, type: 'image' }, { body: form });
    return ((await answer.json()) as Answer)['media_id'] as string;
  };

  describe('categories', () => {
    const restaurant = { first: 220, second: 632 };
    const held = async (second: number) =>
      (await app.get('/cgi-bin/wxopen/getcategory'))['categories'].find((category: Answer) => category['second'] === second);

    it('one that needs a certificate is reviewed, may be corrected after a refusal, and is told', async () => {
      expect(await errcode(open('addcategory', { categories: [restaurant] }))).toBe(53311);
      const certicates = [{ key: '《食品经营许可证》', value: await upload() }];
      await expectOk(open('addcategory', { categories: [{ ...restaurant, certicates }] }));
      expect(await held(632)).toMatchObject({ audit_status: 1 });
      expect((await app.get('/wxa/get_category'))['category_list']).not.toContainEqual(
        expect.objectContaining({ second_id: 632 }),
      );
      expect(await errcode(open('deletecategory', restaurant))).toBe(53308);
      expect(await errcode(open('modifycategory', { ...restaurant, certicates }))).toBe(53307);
      await decide('category', 'reject', { reason: '许可证已过期' });
      expect(await held(632)).toMatchObject({ audit_status: 2, audit_reason: '许可证已过期' });
      expect(harness.receiver.of('wxa_category_audit').at(-1)?.message).toContain('许可证已过期');
      await expectOk(open('modifycategory', { ...restaurant, certicates }));
      await decide('category', 'approve');
      expect(await held(632)).toMatchObject({ audit_status: 3 });
      expect((await app.get('/wxa/get_category'))['category_list']).toContainEqual(expect.objectContaining({ second_id: 632 }));
      expect(await errcode(open('modifycategory', { ...restaurant, certicates }))).toBe(53307);
      await expectOk(open('deletecategory', restaurant));
      expect(await held(632)).toBeUndefined();
    });

    it('refuses strangers’ pictures, unknown and repeated ones', async () => {
      const certicates = [{ key: 'x', value: 'A'.repeat(64) }];
      expect(await errcode(open('addcategory', { categories: [{ ...restaurant, certicates }] }))).toBe(40007);
      expect(await errcode(open('addcategory', { categories: [{ first: 9, second: 9 }] }))).toBe(53303);
      expect(await errcode(open('addcategory', { categories: [{ first: 287, second: 616 }] }))).toBe(53304);
      expect(await errcode(open('deletecategory', { first: 9, second: 9 }))).toBe(53303);
    });

    it('more than an account may have are asked for with a reason (53310)', async () => {
      const categories = Array.from({ length: 20 }, (_, index) => ({
        first_class: '甲',
        second_class: `乙${index}`,
        first_id: 900,
        second_id: 901 + index,
      }));
      await harness.control('PATCH', `merchants/${app.appid}`, { categories });
      const one = { categories: [{ first: 287, second: 616 }] };
      expect(await errcode(open('addcategory', one))).toBe(53310);
      await expectOk(open('addcategory', { ...one, apply_reason: '门店增加了新业务' }));
    });

    it('counts additions by the month', async () => {
      for (let times = 0; times < 20; times += 1) {
        await expectOk(open('deletecategory', { first: 287, second: 616 }));
        await expectOk(open('addcategory', { categories: [{ first: 287, second: 616 }] }));
      }
      await expectOk(open('deletecategory', { first: 287, second: 616 }));
      expect(await errcode(open('addcategory', { categories: [{ first: 287, second: 616 }] }))).toBe(53300);
      expect(await app.get('/cgi-bin/wxopen/getcategory')).toMatchObject({ limit: 20, quota: 0 });
      await harness.control('POST', 'clock', { jump_s: 32 * 86_400 });
      await harness.newTicket();
      const { token } = await harness.authorized(app.appid);
      expect(
        await errcode(harness.post('/cgi-bin/wxopen/addcategory', token, { categories: [{ first: 287, second: 616 }] })),
      ).toBe(0);
    });
  });

  it('a name that hits a keyword is reviewed; any other holds at once', async () => {
    const check = (nick_name: string) => app.post('/cgi-bin/wxverify/checkwxverifynickname', { nick_name });
    expect(await check('山茶花小店')).toMatchObject({ hit_condition: false });
    const license = await upload();
    // §6.4: `license` for organisations, `id_card` for persons.
    expect(await errcode(app.post('/wxa/setnickname', { nick_name: '山茶花小店' }))).toBe(91009);
    expect(await errcode(app.post('/wxa/setnickname', { nick_name: '山茶花小店', license: 'A'.repeat(64) }))).toBe(40007);
    expect(await expectOk(app.post('/wxa/setnickname', { nick_name: '山茶花小店', license }))).not.toHaveProperty('audit_id');
    expect((await harness.control('GET', `merchants/${app.appid}`))['nick_name']).toBe('山茶花小店');
    expect(await check('山茶花官方店')).toMatchObject({ hit_condition: true, wording: expect.stringContaining('官方') });
    const { audit_id } = await expectOk(app.post('/wxa/setnickname', { nick_name: '山茶花官方店', license }));
    const query = () => app.post('/wxa/api_wxa_querynickname', { audit_id });
    expect(await query()).toMatchObject({ audit_stat: 1, nickname: '山茶花官方店' });
    await decide('nickname', 'reject', { reason: '请补充授权书' });
    expect(await query()).toMatchObject({ audit_stat: 2, fail_reason: '请补充授权书' });
    expect(harness.receiver.of('wxa_nickname_audit')).toHaveLength(1);
    expect((await harness.control('GET', `merchants/${app.appid}`))['nick_name']).toBe('山茶花小店');
    expect(await errcode(check('小程序商店'))).toBe(53010);
    expect((await app.post('/cgi-bin/account/getaccountbasicinfo'))['nickname_info']).toMatchObject({
      modify_used_count: 2,
      modify_quota: 2,
    });
  });

  it('introduction and avatar: checked, and five changes a month', async () => {
    const signature = (text: string) => errcode(app.post('/cgi-bin/account/modifysignature', { signature: text }));
    expect(await signature('茶')).toBe(53204);
    expect(await signature('tea, every day 现泡茶')).toBe(53204);
    const escaped = JSON.stringify({ signature: '每天现泡的手工茶' }).replace(
      /[^\x20-\x7e]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16)}`,
    );
    expect(await errcode(app.post('/cgi-bin/account/modifysignature', escaped))).toBe(53204);
    expect(await signature('茶'.repeat(121))).toBe(53204);
    expect(await signature('出售违禁物品')).toBe(53201);
    for (let times = 0; times < 5; times += 1) expect(await signature('每天现泡的手工茶')).toBe(0);
    expect(await signature('每天现泡的手工茶')).toBe(53200);
    const avatar = (id: string, crop: Answer = { x1: 0, y1: 0, x2: 1, y2: 1 }) =>
      errcode(app.post('/cgi-bin/account/modifyheadimage', { head_img_media_id: id, ...crop }));
    const id = await upload();
    expect(await avatar('A'.repeat(64))).toBe(40007);
    expect(await avatar(id, { x1: 0.5, y1: 0, x2: 0.5, y2: 1 })).toBe(40097);
    for (let times = 0; times < 5; times += 1) expect(await avatar(id)).toBe(0);
    expect(await avatar(id)).toBe(53202);
    expect(await app.get('/cgi-bin/account/getaccountbasicinfo')).toMatchObject({
      signature_info: { modify_used_count: 5, modify_quota: 5 },
      head_image_info: { modify_used_count: 5 },
    });
  });

  it('basic info: a mini program is of type 3, and the method is GET, POST or either', async () => {
    const path = '/cgi-bin/account/getaccountbasicinfo';
    expect(await app.post(path)).toMatchObject({ errcode: 0, account_type: 3, customer_type: 1 });
    const settings = (basic_info_method: string) => harness.control('PATCH', 'settings', { basic_info_method });
    await settings('GET');
    expect(await errcode(app.post(path))).toBe(43001);
    expect(await errcode(app.get(path))).toBe(0);
    await settings('POST');
    expect(await errcode(app.get(path))).toBe(43002);
    await settings('any');
  });

  it('41033: apps that were not registered by API, where WeChat still looks at that (§6.3)', async () => {
    await harness.control('PATCH', 'settings', { api_registered_only: true });
    const license = await upload();
    expect(await errcode(app.post('/wxa/setnickname', { nick_name: '山茶花小店', license }))).toBe(41033);
    expect(await errcode(app.post('/cgi-bin/account/modifysignature', { signature: '每天现泡的手工茶' }))).toBe(41033);
    expect(await errcode(open('addcategory', { categories: [{ first: 287, second: 616 }] }))).toBe(41033);
    await harness.control('PATCH', 'settings', { api_registered_only: false });
  });

  it('privacy guide: each member that is missing or wrong has a code of its own (§6.5)', async () => {
    const owner = { contact_email: 'a@b.c', notice_method: '弹窗' };
    const set = (owner_setting: Answer, more: Answer = {}) =>
      errcode(app.post('/cgi-bin/component/setprivacysetting', { privacy_ver: 2, setting_list: [], owner_setting, ...more }));
    expect(await set({ notice_method: '弹窗' })).toBe(86069);
    expect(await set({ contact_email: 'a@b.c' })).toBe(86070);
    expect(await set({ ...owner, store_expire_timestamp: '30 days' })).toBe(86072);
    expect(await set({ ...owner, ext_file_media_id: 'A'.repeat(64) })).toBe(86073);
    expect(await set(owner, { setting_list: undefined })).toBe(40097);
    expect(await set(owner, { privacy_ver: 1, setting_list: undefined })).toBe(86074);
    expect(await set({ ...owner, store_expire_timestamp: '30天', store_region: 1017 })).toBe(0);
    await app.putOnline('1.0.0');
    const file = { ...owner, ext_file_media_id: await upload() };
    expect(await set(file, { privacy_ver: 1, setting_list: undefined })).toBe(86075);
  });

  it('plugins: applied for, listed, updated, removed', async () => {
    const plugin = (action: string, more: Answer = {}) => app.post('/wxa/plugin', { action, ...more });
    await expectOk(plugin('apply', { plugin_appid: 'wxplugin0001' }));
    await expectOk(plugin('apply', { plugin_appid: 'wxplugin_review' }));
    expect((await plugin('list'))['plugin_list']).toMatchObject([
      { appid: 'wxplugin0001', status: 2 },
      { appid: 'wxplugin_review', status: 1 },
    ]);
    expect(await errcode(plugin('apply', { plugin_appid: 'wxplugin0001' }))).toBe(89237);
    expect(await errcode(plugin('apply', { plugin_appid: 'plugin' }))).toBe(89239);
    expect(await errcode(plugin('unbind', { plugin_appid: 'wxplugin_review' }))).toBe(89243);
    expect(await errcode(plugin('update', { plugin_appid: 'wxplugin0001', user_version: '1.2.0' }))).toBe(0);
    expect(await errcode(plugin('unbind', { plugin_appid: 'wxplugin0001' }))).toBe(0);
    expect(await errcode(plugin('unbind', { plugin_appid: 'wxplugin0001' }))).toBe(89244);
    expect(await errcode(plugin('update', { plugin_appid: 'wxplugin0001', user_version: '1.2.0' }))).toBe(89244);
    expect(await errcode(plugin('rename'))).toBe(40097);
    const { token } = await harness.authorized('wxmini0000000000009', 'miniprogram', { sets: [18] });
    expect(await errcode(harness.post('/wxa/plugin', token, { action: 'list' }))).toBe(61007);
  });

  it('rules of ordinary QR codes: added, edited until published, published once online', async () => {
    const rule = {
      prefix: 'https://a.example/shop',
      permit_sub_rule: 1,
      path: 'pages/index/index',
      open_version: 2,
      debug_url: [],
    };
    expect(await errcode(open('qrcodejumpadd', { ...rule, prefix: 'a.example' }))).toBe(85066);
    await expectOk(open('qrcodejumpadd', { ...rule, is_edit: 0 }));
    expect(await errcode(open('qrcodejumpadd', rule))).toBe(85071);
    await expectOk(open('qrcodejumpadd', { ...rule, path: 'pages/a/a', is_edit: 1 }));
    expect(await open('qrcodejumpget')).toMatchObject({
      rule_list: [{ prefix: rule.prefix, path: 'pages/a/a', state: 1 }],
      qrcodejump_pub_quota: 100,
      total_count: 1,
    });
    expect(await errcode(open('qrcodejumppublish', { prefix: rule.prefix }))).toBe(85074);
    await app.putOnline('1.0.0');
    await expectOk(open('qrcodejumppublish', { prefix: rule.prefix }));
    expect(await errcode(open('qrcodejumpadd', { ...rule, is_edit: 1 }))).toBe(40097);
    expect(await open('qrcodejumpget', { get_type: 1, prefix_list: [rule.prefix] })).toMatchObject({
      rule_list: [{ state: 2 }],
      qrcodejump_pub_quota: 99,
    });
    expect(await open('qrcodejumpdownload')).toMatchObject({ file_name: expect.stringMatching(/\.txt$/) });
    await expectOk(open('qrcodejumpdelete', { prefix: rule.prefix }));
    expect((await open('qrcodejumpget'))['rule_list']).toEqual([]);
  });

  describe('domains (mini-program-release.md §6.1, POST /wxa/modify_domain; checklist 17)', () => {
    const good = 'https://api.shop.example';
    const unregistered = 'https://api.elsewhere.example';
    const unfiled = 'https://new.shop.example';
    const change = (...requestdomain: string[]) => app.post('/wxa/modify_domain', { action: 'add', requestdomain });
    const held = async () => (await app.post('/wxa/modify_domain', { action: 'get' }))['requestdomain'];
    const settings = (body: Answer) => harness.control('PATCH', 'settings', body);
    beforeEach(async () => {
      await harness.component('modify_wxa_server_domain', app.componentToken, {
        action: 'add',
        wxa_server_domain: 'shop.example',
        is_modify_published_together: true,
      });
      await settings({ unfiled_domains: ['new.shop.example'] });
    });
    afterEach(() => settings({ unfiled_domains: [], unusable_domains: 'refuse' }));

    it('one that cannot be used makes the whole call fail, changes nothing, and is named in the body', async () => {
      expect(await change(good, unregistered)).toMatchObject({ errcode: 85301, invalid_requestdomain: [unregistered] });
      expect(await change(good, unfiled)).toMatchObject({ errcode: 85302, no_icp_domain: [unfiled] });
      expect(await change(good, unfiled, 'http://shop.example')).toMatchObject({
        errcode: 85303,
        invalid_requestdomain: ['http://shop.example'],
        no_icp_domain: [unfiled],
      });
      expect(await held()).toEqual([]);
    });

    it('the test version and the published list of the platform are two; merchants get the published one', async () => {
      const platform = (body: Answer) => harness.component('modify_wxa_server_domain', app.componentToken, body);
      const fresh = 'https://fresh.example';
      expect(await platform({ action: 'add', wxa_server_domain: 'fresh.example;no%name' })).toMatchObject({
        testing_wxa_server_domain: 'shop.example;fresh.example',
        published_wxa_server_domain: 'shop.example',
        invalid_wxa_server_domain: 'no%name',
      });
      expect(await change(fresh)).toMatchObject({ errcode: 85301, invalid_requestdomain: [fresh] });
      const together = await platform({
        action: 'add',
        wxa_server_domain: 'fresh.example',
        is_modify_published_together: true,
      });
      expect(together).toMatchObject({ published_wxa_server_domain: 'shop.example;fresh.example' });
      expect(together).not.toHaveProperty('invalid_wxa_server_domain');
      await expectOk(change(fresh));
      // "Removed from the platform between trial and release": it will not hold.
      await platform({ action: 'delete', wxa_server_domain: 'fresh.example', is_modify_published_together: true });
      expect(await app.post('/wxa/get_effective_domain')).toMatchObject({
        third_domain: { requestdomain: [fresh] },
        effective_domain: { requestdomain: [] },
      });
      await harness.control('PATCH', `components/${COMPONENT}`, { published: false });
      expect(await platform({ action: 'get' })).not.toHaveProperty('published_wxa_server_domain');
    });

    it('what is there already, and what is filtered away, leaves nothing to modify (85017)', async () => {
      await expectOk(change(good));
      expect(await errcode(change(good))).toBe(85017);
      expect(await errcode(change())).toBe(85017);
      await settings({ unusable_domains: 'filter' });
      expect(await errcode(change(unregistered))).toBe(85017);
      expect(await held()).toEqual([good]);
    });

    it('the lists may also stand beside errcode 0', async () => {
      await settings({ unusable_domains: 'tell' });
      expect(await change(good, unregistered)).toMatchObject({
        errcode: 0,
        requestdomain: [good],
        invalid_requestdomain: [unregistered],
      });
    });
  });

  it('versions and descriptions may come back trimmed or escaped', async () => {
    const description = '  Tom & "Jerry" <1>\n';
    const back = async (words: string) => {
      await harness.control('PATCH', 'settings', { words });
      const body = { template_id: app.templateId, ext_json: '{}', user_version: '1.0.0', user_desc: description };
      await expectOk(app.post('/wxa/commit', body));
      return (await app.post('/wxa/getversioninfo'))['exp_info']['exp_desc'];
    };
    expect(await back('trimmed')).toBe('Tom & "Jerry" <1>');
    expect(await back('escaped')).toBe('  Tom &amp; &quot;Jerry&quot; &lt;1&gt;\n');
    expect(await back('as-sent')).toBe(description);
  });

  it('ICP filing and prefetched domains', async () => {
    expect(await app.get('/wxa/icp/get_icp_entrance_info')).toMatchObject({ info: { status: 6 } });
    await harness.control('PATCH', `merchants/${app.appid}`, { icp_status: 1024 });
    expect(await app.get('/wxa/icp/get_icp_entrance_info')).toMatchObject({ info: { status: 1024, available: 1 } });
    const prefetch = (...urls: string[]) =>
      app.post('/wxa/set_prefetchdnsdomain', { prefetch_dns_domain: urls.map((url) => ({ url })) });
    expect(await errcode(prefetch('https://a.example'))).toBe(40097);
    await expectOk(prefetch('a.example'));
    expect(await app.get('/wxa/get_prefetchdnsdomain')).toMatchObject({ prefetch_dns_domain: [{ url: 'a.example' }] });
  });
});
