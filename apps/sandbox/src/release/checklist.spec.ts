import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { App } from '../testing/app.js';
import { COMPONENT, eventually, field, Harness, MINI, RID } from '../testing/harness.js';

/** Release reference §11, line by line. */
describe('checklist', () => {
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

  const settings = (change: Record<string, unknown>) => harness.control('PATCH', 'settings', change);

  it('1: the token selects the app; wrong kinds and missing sets are refused', async () => {
    const other = await harness.authorized('wxmini0000000000002');
    await app.commit('1.0.0');
    expect(await harness.post('/wxa/getversioninfo', other.token)).not.toHaveProperty('exp_info');
    expect(await app.post('/wxa/getversioninfo')).toHaveProperty('exp_info.exp_version', '1.0.0');
    for (const path of ['/wxa/commit', '/wxa/submit_audit', '/wxa/release', '/cgi-bin/component/getprivacysetting']) {
      expect((await harness.post(path, app.componentToken)).errcode).toBe(48001);
    }
    expect((await harness.get('/wxa/queryquota', app.componentToken)).errcode).toBe(48001);
    expect((await harness.get('/wxa/gettemplatedraftlist', app.token)).errcode).toBe(61014);
    const basic = await harness.authorized('wxmini0000000000003', 'miniprogram', { sets: [30] });
    expect((await harness.post('/wxa/commit', basic.token)).errcode).toBe(61007);
    expect((await harness.get('/cgi-bin/wxopen/getcategory', basic.token)).errcode).toBe(0);
  });

  it.each(['/wxa/release', '/wxa/getvisitstatus', '/wxa/getversioninfo', '/cgi-bin/wxopen/getweappsupportversion'])(
    '2: %s without a body → 44002, with a form → 47001, with GET → 43002',
    async (path) => {
      const answer = await app.post(path, '');
      expect(answer.errcode).toBe(44002);
      expect(answer.errmsg).toMatch(RID);
      expect((await app.post(path, 'a=b')).errcode).toBe(47001);
      expect((await app.post(path, '[]')).errcode).toBe(47001);
      expect((await app.get(path)).errcode).toBe(43002);
    },
  );

  it('3: commit starts the scan; 61039 until it ends; a new commit restarts it', async () => {
    await settings({ privacy_scan_s: 60 });
    expect((await app.get('/wxa/get_page')).errcode).toBe(86001);
    expect((await app.submit()).errcode).toBe(86001);
    await app.commit('1.0.0');
    await harness.control('POST', 'clock', { jump_s: 50 });
    expect((await app.get('/wxa/security/get_code_privacy_info')).errcode).toBe(61039);
    await app.commit('1.0.1');
    await harness.control('POST', 'clock', { jump_s: 20 });
    expect((await app.submit()).errcode).toBe(61039);
    await harness.control('POST', 'clock', { jump_s: 45 });
    expect(await app.get('/wxa/security/get_code_privacy_info')).toMatchObject({
      errcode: 0,
      without_auth_list: [],
      without_conf_list: [],
    });
    expect((await app.post('/wxa/getversioninfo')).exp_info.exp_version).toBe('1.0.1');
    expect((await app.submit()).errcode).toBe(0);
  });

  it('3: undeclared privacy APIs → lists and 61040, unless said not to be used', async () => {
    const { template_id: id } = await harness.control('POST', `components/${COMPONENT}/templates`, {
      privacy_apis: ['getLocation'],
    });
    await app.commit('1.0.0', { template_id: id });
    const info = await app.get('/wxa/security/get_code_privacy_info');
    expect(info).toMatchObject({ without_auth_list: ['wx.getLocation'], without_conf_list: ['wx.getLocation'] });
    expect((await app.submit()).errcode).toBe(61040);
    const declared = { template_id: id, ext_json: '{"requiredPrivateInfos":["getLocation"]}' };
    expect((await app.commit('1.0.1', declared)).errcode).toBe(85312);
    await harness.control('PATCH', `merchants/${MINI}`, { privacy_api_rights: ['wx.getLocation'] });
    await app.commit('1.0.2', declared);
    expect(await app.get('/wxa/security/get_code_privacy_info')).toMatchObject({ without_auth_list: [], without_conf_list: [] });
    await app.commit('1.0.3', { template_id: id });
    expect((await app.submit()).errcode).toBe(61040);
    expect((await app.submit({ privacy_api_not_use: true })).errcode).toBe(0);
  });

  it('4: submit needs a new commit, one ticket at a time, and quota; the id is a number', async () => {
    await harness.control('POST', 'quotas', { component_appid: COMPONENT, submit_limit: 2 });
    await app.commit('1.0.0');
    const { auditid } = await app.submit();
    expect(Number.isInteger(auditid)).toBe(true);
    expect(String(auditid)).toMatch(/^\d{9}$/);
    expect(await app.get('/wxa/queryquota')).toMatchObject({ rest: 1, limit: 2, speedup_rest: 10, speedup_limit: 10 });
    expect((await app.submit()).errcode).toBe(85009);
    await app.decide('approve');
    expect((await app.submit()).errcode).toBe(85086);
    await app.post('/wxa/release');
    expect((await app.submit()).errcode).toBe(85086);
    await app.commit('1.0.1');
    expect((await app.submit()).errcode).toBe(0);
    await app.decide('withdraw');
    expect((await app.submit()).errcode).toBe(85085);
    await harness.control('POST', 'clock', { jump_s: 32 * 86_400 });
    await harness.newTicket();
    const { token } = await harness.authorized('wxmini0000000000009');
    expect(await harness.get('/wxa/queryquota', token)).toMatchObject({ rest: 2 });
  });

  it('4: with resubmit_needs_commit a rejected version must be committed again', async () => {
    await settings({ resubmit_needs_commit: true });
    await app.toAudit('rejected');
    expect((await app.submit()).errcode).toBe(85086);
  });

  it.each([
    ['approve', 'weapp_audit_success', 'SuccTime'],
    ['reject', 'weapp_audit_fail', 'FailTime'],
    ['delay', 'weapp_audit_delay', 'DelayTime'],
  ] as const)('5: %s → %s on the message URL, encrypted, without auditid', async (verdict, event, time) => {
    const auditid = await app.toAudit('in_audit');
    await app.decide(verdict);
    const [push] = harness.receiver.of(event);
    expect(push!.path).toBe(`/${MINI}/messages`);
    expect(push!.signed).toBe(true);
    expect(push!.query.get('openid')).toBeTruthy();
    expect(push!.body).toContain('<ToUserName>');
    expect(push!.body).not.toContain('AppId');
    expect(push!.message).not.toContain(String(auditid));
    const { user_name: userName } = await harness.control('GET', `merchants/${MINI}`);
    expect(field(push!.message, 'ToUserName')).toBe(userName);
    expect(Number(field(push!.message, time))).toBeGreaterThan(1_700_000_000);
  });

  it('5: results can be lost, doubled and late', async () => {
    const fault = (body: Record<string, unknown>) =>
      harness.control('POST', 'push-faults', { kind: 'weapp_audit_success', ...body });
    await app.toAudit('in_audit', '1.0.0');
    await fault({ action: 'drop' });
    expect((await app.decide('approve')).push).toMatchObject({ dropped: true, delivered: false, tries: [] });
    await app.toAudit('in_audit', '2.0.0');
    await fault({ action: 'double' });
    await app.decide('approve');
    await eventually(() => harness.receiver.of('weapp_audit_success').length).toBe(2);
    await app.toAudit('in_audit', '3.0.0');
    await fault({ action: 'delay', delay_ms: 1000 });
    await app.decide('approve', { wait: false });
    expect(harness.receiver.of('weapp_audit_success')).toHaveLength(2);
    await eventually(() => harness.receiver.of('weapp_audit_success').length).toBe(3);
  });

  it('5: auto mode decides by the clock', async () => {
    await settings({ audit_mode: 'auto', audit_after_s: 100 });
    await app.toAudit('in_audit', '1.0.0');
    await harness.control('POST', 'clock', { jump_s: 101 });
    expect((await app.get('/wxa/get_latest_auditstatus')).status).toBe(0);
    await settings({ audit_reject_share: 1 });
    await app.toAudit('in_audit', '2.0.0');
    await harness.control('POST', 'clock', { jump_s: 101 });
    expect((await app.get('/wxa/get_latest_auditstatus')).status).toBe(1);
    await settings({ audit_delay_share: 1 });
    await app.toAudit('in_audit', '3.0.0');
    await harness.control('POST', 'clock', { jump_s: 101 });
    expect((await app.get('/wxa/get_latest_auditstatus')).status).toBe(4);
  });

  it('6 and 15: ScreenShot here, screenshot there; a long reason with <br>, quotes, Chinese and emoji', async () => {
    const auditid = await app.toAudit('rejected');
    const latest = await app.get('/wxa/get_latest_auditstatus');
    const status = await app.post('/wxa/get_auditstatus', { auditid });
    expect(latest).toMatchObject({
      auditid,
      status: 1,
      user_version: '1.0.0',
      user_desc: 'build 1.0.0 🚀',
      submit_audit_time: expect.any(Number),
    });
    expect(latest.ScreenShot.split('|')).toHaveLength(2);
    expect(latest).not.toHaveProperty('screenshot');
    expect(status).toMatchObject({ status: 1, screenshot: latest.ScreenShot });
    expect(status.reason.length).toBeGreaterThan(100);
    for (const part of ['<br>', '"', '小程序', '😀']) expect(status.reason).toContain(part);
    const { message } = harness.receiver.of('weapp_audit_fail')[0]!;
    expect(field(message, 'Reason')).toBe(status.reason);
    expect(field(message, 'ScreenShot')).toBe(latest.ScreenShot);
    expect((await app.post('/wxa/get_auditstatus', { auditid: String(auditid) })).errcode).toBe(85012);
    const other = await harness.authorized('wxmini0000000000002');
    expect((await harness.post('/wxa/get_auditstatus', other.token, { auditid })).errcode).toBe(85012);

    const id = latest.ScreenShot.split('|')[0];
    const material = (token: string) =>
      harness.raw('POST', '/cgi-bin/material/get_material', { access_token: token }, { body: JSON.stringify({ media_id: id }) });
    expect((await material(app.token)).headers.get('content-type')).toBe('image/jpeg');
    expect(await (await material(other.token)).json()).toMatchObject({ errcode: 40007 });
    expect(await (await material(app.componentToken)).json()).toMatchObject({ errcode: 48001 });
  });

  it('6 and 7: release 85019, 85020, ok, then 85058 and 85052', async () => {
    expect((await app.post('/wxa/release')).errcode).toBe(85019);
    await app.toAudit('in_audit');
    expect((await app.post('/wxa/release')).errcode).toBe(85020);
    await app.decide('approve');
    expect((await app.post('/wxa/release')).errcode).toBe(0);
    expect((await app.get('/wxa/get_latest_auditstatus')).errcode).toBe(85058);
    expect((await app.post('/wxa/release')).errcode).toBe(85052);
  });

  it('8: undo 87012 with nothing pending, 87013 after 5 a day and 10 a month', async () => {
    const undo = async () => {
      await app.toAudit('in_audit');
      return (await app.get('/wxa/undocodeaudit')).errcode;
    };
    expect((await app.get('/wxa/undocodeaudit')).errcode).toBe(87012);
    const month = Number(new Date(Date.now() + 8 * 3_600_000).toISOString().slice(8, 10));
    // Start on the second day of a month, so that three days fit into it.
    await harness.control('POST', 'clock', { jump_s: (33 - month) * 86_400 });
    await settings({ authorizer_token_s: 90 * 86_400, component_token_s: 90 * 86_400 });
    await harness.newTicket();
    app = await App.create(harness, 'wxmini0000000000005');
    for (let time = 0; time < 5; time++) expect(await undo()).toBe(0);
    expect(await undo()).toBe(87013);
    await app.decide('withdraw');
    await harness.control('POST', 'clock', { jump_s: 86_400 });
    for (let time = 0; time < 5; time++) expect(await undo()).toBe(0);
    await harness.control('POST', 'clock', { jump_s: 86_400 });
    expect(await undo()).toBe(87013);
  });

  it('9: speed-up 89402, 89403, 89404, 89405', async () => {
    await harness.control('POST', 'quotas', { component_appid: COMPONENT, speedup_limit: 1 });
    const speedUp = async (auditid: number) => (await app.post('/wxa/speedupaudit', { auditid })).errcode;
    const first = await app.toAudit('in_audit', '1.0.0');
    await harness.control('PATCH', `merchants/${MINI}`, { speedup_allowed: false });
    expect(await speedUp(first)).toBe(89403);
    await harness.control('PATCH', `merchants/${MINI}`, { speedup_allowed: true });
    expect(await speedUp(first)).toBe(0);
    expect(await speedUp(first)).toBe(89404);
    await app.decide('approve');
    expect(await speedUp(first)).toBe(89402);
    const second = await app.toAudit('in_audit', '2.0.0');
    expect(await speedUp(second)).toBe(89405);
  });

  it('11: revert list wins over app_version; daily limit 45009', async () => {
    await app.putOnline('1.0.0');
    await app.putOnline('2.0.0');
    const both = await app.get('/wxa/revertcoderelease', { action: 'get_history_version', app_version: '1' });
    expect(both.version_list).toEqual([
      { app_version: 1, user_version: '1.0.0', user_desc: 'build 1.0.0 🚀', commit_time: expect.any(Number) },
    ]);
    expect((await app.post('/wxa/getversioninfo')).release_info.release_version).toBe('2.0.0');
    expect((await app.get('/wxa/revertcoderelease', { app_version: '99' })).errcode).toBe(87012);
    await settings({ revert_daily_limit: 2 });
    expect((await app.get('/wxa/revertcoderelease')).errcode).toBe(45009);
  });

  it('12: get_qrcode is a JPEG, or JSON when it fails', async () => {
    const fetchCode = (path: string) => harness.raw('GET', '/wxa/get_qrcode', { access_token: app.token, path });
    expect(await (await fetchCode('')).json()).toMatchObject({ errcode: 86001 });
    await app.commit();
    const image = await fetchCode('pages/index/index?a=1');
    expect(image.headers.get('content-type')).toBe('image/jpeg');
    expect(image.headers.get('content-disposition')).toContain('QRCode.jpg');
    const bytes = Buffer.from(await image.arrayBuffer());
    expect([...bytes.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
    expect(bytes.equals(Buffer.from(await (await fetchCode('pages/logs/logs')).arrayBuffer()))).toBe(false);
  });

  it('13: drafts and templates: no id from add, GET only, 200 → 85065, 85064, deletion', async () => {
    const token = app.componentToken;
    const first = await harness.control('POST', `components/${COMPONENT}/drafts`, { user_version: '3.0.0' });
    const second = await harness.control('POST', `components/${COMPONENT}/drafts`, { user_version: '3.0.1' });
    const { draft_list: drafts } = await harness.get('/wxa/gettemplatedraftlist', token);
    expect(drafts.map((draft: { draft_id: number }) => draft.draft_id)).toEqual([second.draft_id]);
    expect((await harness.post('/wxa/addtotemplate', token, { draft_id: first.draft_id })).errcode).toBe(85064);
    expect(await harness.post('/wxa/addtotemplate', token, { draft_id: second.draft_id })).toEqual({ errcode: 0, errmsg: 'ok' });
    const list = async (query = {}) => (await harness.get('/wxa/gettemplatelist', token, query)).template_list;
    const found = (await list()).at(-1);
    expect(found).toMatchObject({ draft_id: second.draft_id, user_version: '3.0.1', template_type: 0 });
    expect(await list({ template_type: '1' })).toEqual([]);
    expect((await harness.post('/wxa/gettemplatelist', token)).errcode).toBe(43001);
    const held = (await list()).length;
    for (let more = held; more < 200; more++) await harness.post('/wxa/addtotemplate', token, { draft_id: second.draft_id });
    expect((await harness.post('/wxa/addtotemplate', token, { draft_id: second.draft_id })).errcode).toBe(85065);
    expect((await harness.post('/wxa/deletetemplate', token, { template_id: found.template_id })).errcode).toBe(0);
    expect((await harness.post('/wxa/deletetemplate', token, { template_id: found.template_id })).errcode).toBe(85064);
    expect((await app.commit('1.0.0', { template_id: found.template_id })).errcode).toBe(85014);
  });

  it('14: overlapping writes on one app → 9402202, on two apps not', async () => {
    await settings({ write_ms: 500 });
    const other = await harness.authorized('wxmini0000000000002');
    const body = { template_id: app.templateId, ext_json: '{}', user_version: '1', user_desc: '' };
    const answers = await Promise.all([app.commit('1'), app.commit('2'), harness.post('/wxa/commit', other.token, body)]);
    expect(answers.map((answer) => answer.errcode).sort()).toEqual([0, 0, 9402202]);
    expect((await app.commit('3')).errcode).toBe(0);
  });

  it.each([
    ['an object as ext_json', { ext_json: {} }, 47001],
    ['unparsable ext_json', { ext_json: '{' }, 85048],
    ['an array as ext_json', { ext_json: '[]' }, 85013],
    ['an unknown page', { ext_json: '{"extPages":{"no/page":{}}}' }, 85045],
    ['a new page', { ext_json: '{"pages":["no/page"]}' }, 85045],
    ['no pages', { ext_json: '{"pages":[]}' }, 85047],
    ['a tab without page', { ext_json: '{"tabBar":{"list":[{"pagePath":"no/page"}]}}' }, 85046],
    ['an unknown plugin', { ext_json: '{"plugins":{"p":{}}}' }, 80067],
    ['a wrong private info', { ext_json: '{"requiredPrivateInfos":["x"]}' }, 85310],
    ['exclusive private infos', { ext_json: '{"requiredPrivateInfos":["getLocation","getFuzzyLocation"]}' }, 85311],
    // Checklist 19; §2.1: "with chooseLocation, choosePoi, chooseAddress it may stand together". That they are not granted is another matter.
    ['private infos that may stand together', { ext_json: '{"requiredPrivateInfos":["getFuzzyLocation","choosePoi"]}' }, 85312],
    ['members of app.json that no page names', { ext_json: '{"permission":{},"lazyCodeLoading":"x","own":1}' }, 0],
    ['a template id in a string', { template_id: '0' }, 0],
    ['a template id quoted twice', { template_id: '"0"' }, 85014],
    ['an unknown template', { template_id: 999 }, 85014],
    ['a long version', { user_version: 'x'.repeat(65) }, 40097],
  ])('commit with %s', async (_name, more, code) => {
    expect((await app.commit('1.0.0', more)).errcode).toBe(code);
  });

  it('commit refuses \\u escapes (47002) and packages over 20 MB (85044); standard templates (9402203)', async () => {
    const body = `{"template_id":${app.templateId},"ext_json":"{}","user_version":"1","user_desc":"\\u4e2d"}`;
    expect((await app.post('/wxa/commit', body)).errcode).toBe(47002);
    const large = await harness.control('POST', `components/${COMPONENT}/templates`, { size_kb: 21 * 1024 });
    expect((await app.commit('1', { template_id: large.template_id })).errcode).toBe(85044);
    const standard = await harness.control('POST', `components/${COMPONENT}/templates`, { template_type: 1 });
    expect((await app.commit('1', { template_id: standard.template_id, ext_json: '{"extEnable":true}' })).errcode).toBe(9402203);
  });

  const item = { first_class: '工具', second_class: '效率', first_id: 287, second_id: 616 };
  it.each([
    ['no items', { item_list: [] }, 85023],
    ['six items', { item_list: Array(6).fill(item) }, 85023],
    ['a page that is not there', { item_list: [{ ...item, address: 'no/page' }] }, 85007],
    ['too many tags', { item_list: [{ ...item, tag: 'a '.repeat(11) }] }, 85006],
    ['a long title', { item_list: [{ ...item, title: 'x'.repeat(33) }] }, 85011],
    ['a foreign category', { item_list: [{ ...item, second_id: 1 }] }, 85008],
    ['a missing class', { item_list: [{ first_id: 287 }] }, 85010],
    ['preview_info as a list', { preview_info: [] }, 47001],
    ['an unknown media id', { preview_info: { pic_id_list: ['nope'] } }, 85092],
    ['too many pictures', { preview_info: { pic_id_list: Array(11).fill('x') } }, 85093],
    ['no item_list at all', { item_list: undefined }, 0],
  ])('submit with %s', async (_name, more, code) => {
    await app.commit();
    expect((await app.submit(more)).errcode).toBe(code);
  });

  it.each([
    ['basic_info_set', false, 86002],
    ['privacy_guide', false, 85086],
    ['mini_game', true, 87006],
    ['categories', [], 85008],
    ['categories', [{ first_class: '社交', second_class: '社区/论坛', first_id: 1, second_id: 2 }], 85094],
  ])('submit of an app with %s = %j', async (name, value, code) => {
    await harness.control('PATCH', `merchants/${MINI}`, { [name]: value });
    await app.commit();
    expect((await app.submit({ item_list: undefined })).errcode).toBe(code);
  });

  it('material for the reviewer: mediaid and media_id, types, three days', async () => {
    const upload = async (path: string, name: string, content = 'bytes') => {
      const form = new FormData();
      form.append('media', new Blob([content], { type: 'image/png' }), name);
      return (await harness.raw('POST', path, { access_token: app.token, type: 'image' }, { body: form })).json() as Promise<
        Record<string, string>
      >;
    };
    const { mediaid } = await upload('/wxa/uploadmedia', 'a.png');
    expect(await upload('/wxa/uploadmedia', 'a.txt')).toMatchObject({ errcode: 40005 });
    expect(await upload('/wxa/uploadmedia', 'a.png', '')).toMatchObject({ errcode: 41005 });
    expect(await upload('/wxa/uploadmedia', 'a.png', 'x'.repeat(2 * 1024 * 1024 + 1))).toMatchObject({ errcode: 40006 });
    const { media_id: temporary } = await upload('/cgi-bin/media/upload', 'b.jpg');
    await app.commit();
    expect((await app.submit({ preview_info: { pic_id_list: [mediaid, temporary] } })).errcode).toBe(0);
  });

  it('visit status, base library, testers, domains, privacy guide', async () => {
    await app.putOnline('1.0.0');
    expect((await app.post('/wxa/getvisitstatus')).status).toBe(1);
    expect((await app.post('/wxa/change_visitstatus', { action: 'x' })).errcode).toBe(85022);
    await app.post('/wxa/change_visitstatus', { action: 'close' });
    expect((await app.post('/wxa/getvisitstatus')).status).toBe(0);
    expect((await app.post('/cgi-bin/wxopen/setweappsupportversion', { version: 'x' })).errcode).toBe(89014);
    await app.post('/cgi-bin/wxopen/setweappsupportversion', { version: '2.21.2' });
    expect((await app.post('/cgi-bin/wxopen/getweappsupportversion')).now_version).toBe('2.21.2');

    const { userstr } = await app.post('/wxa/bind_tester', { wechatid: 'tester_01' });
    expect(userstr).toMatch(/^[0-9a-f]{64}$/);
    expect((await app.post('/wxa/bind_tester', { wechatid: 'tester_01' })).errcode).toBe(85004);
    expect((await app.post('/wxa/memberauth', { action: 'get_experiencer' })).members).toEqual([{ userstr }]);
    expect((await app.post('/wxa/unbind_tester', { wechatid: 'tester_01' })).errcode).toBe(0);

    const domain = { action: 'add', requestdomain: ['https://api.shop.example', 'http://bad.example'] };
    expect((await app.post('/wxa/modify_domain', domain)).errcode).toBe(85301);
    await harness.component('modify_wxa_server_domain', app.componentToken, {
      action: 'add',
      wxa_server_domain: 'shop.example',
      is_modify_published_together: true,
    });
    expect(await app.post('/wxa/modify_domain', domain)).toMatchObject({
      errcode: 85301,
      invalid_requestdomain: ['http://bad.example'],
    });
    const changed = await app.post('/wxa/modify_domain', { ...domain, requestdomain: ['https://api.shop.example'] });
    expect(changed).toMatchObject({ errcode: 0, requestdomain: ['https://api.shop.example'] });

    const guide = { privacy_ver: 2, setting_list: [], owner_setting: { contact_email: 'a@b.c', notice_method: '弹窗' } };
    expect((await app.post('/cgi-bin/component/setprivacysetting', { ...guide, owner_setting: {} })).errcode).toBe(86069);
    expect((await app.post('/cgi-bin/component/setprivacysetting', guide)).errcode).toBe(0);
    expect((await app.post('/cgi-bin/component/getprivacysetting', {})).owner_setting).toMatchObject({ notice_method: '弹窗' });
    expect((await app.post('/cgi-bin/component/getprivacysetting', { privacy_ver: 3 })).errcode).toBe(86071);
  });
});
