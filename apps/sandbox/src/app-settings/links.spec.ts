import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { App } from '../testing/app.js';
import { type Answer, COMPONENT, Harness, SECRET } from '../testing/harness.js';

/** Half-screen mini programs, open-platform account (fleet reference §5, §6; checklist 8, 9). */
describe('relations of an app to others', () => {
  let harness: Harness;
  let app: App;
  const OTHER = 'wxmini0000000000002';
  const MP = 'wxmp000000000000001';
  let other: string;
  beforeAll(async () => {
    harness = await Harness.start();
  });
  beforeEach(async () => {
    await harness.setUp();
    app = await App.create(harness);
    ({ token: other } = await harness.authorized(OTHER));
  });
  afterAll(() => harness.close());

  const errcode = async (answer: Promise<Answer>) => (await answer)['errcode'];

  it('half-screen: asked with a reason of 30 characters, listed on both sides, taken back; flags 0 to 2', async () => {
    const half = (name: string, body: Answer) => app.post(`/wxaapi/wxaembedded/${name}`, body);
    expect(await errcode(half('add_embedded', { appid: OTHER, apply_reason: '理'.repeat(31) }))).toBe(89412);
    expect(await errcode(half('add_embedded', { appid: '' }))).toBe(89411);
    expect(await errcode(half('add_embedded', { appid: app.appid }))).toBe(89427);
    expect(await errcode(half('add_embedded', { appid: 'wxnobody' }))).toBe(89410);
    expect(await errcode(harness.post('/wxaapi/wxaembedded/set_authorize', other, { flag: 3 }))).toBe(89417);
    expect(await errcode(harness.post('/wxaapi/wxaembedded/set_authorize', other, { flag: 2 }))).toBe(0);
    expect(await errcode(half('add_embedded', { appid: OTHER }))).toBe(89430);
    expect(await errcode(harness.post('/wxaapi/wxaembedded/set_authorize', other, { flag: 0 }))).toBe(0);
    expect(await errcode(half('add_embedded', { appid: OTHER, apply_reason: '理'.repeat(30) }))).toBe(0);
    expect(await errcode(half('add_embedded', { appid: OTHER }))).toBe(89428);
    expect(await app.get('/wxaapi/wxaembedded/get_list')).toMatchObject({ wxa_embedded_list: [{ appid: OTHER, status: 0 }] });
    expect(await harness.get('/wxaapi/wxaembedded/get_own_list', other, { start: '0', num: '10' })).toMatchObject({
      wxa_embedded_list: [{ appid: app.appid }],
      embedded_flag: 0,
    });
    expect(await errcode(app.get('/wxaapi/wxaembedded/get_list', { start: '-1' }))).toBe(89409);
    expect(await errcode(harness.post('/wxaapi/wxaembedded/del_authorize', other, { appid: app.appid }))).toBe(0);
    expect(await errcode(half('del_embedded', { appid: OTHER }))).toBe(89421);
  });

  it('open-platform account: 89000 to 89004, five at most, the same entity only', async () => {
    const open = (name: string, body: Answer = {}, token = app.token) => harness.post(`/cgi-bin/open/${name}`, token, body);
    expect(await errcode(open('get'))).toBe(89002);
    expect(await errcode(open('create', { appid: OTHER }))).toBe(40013);
    const { open_appid } = await open('create', { appid: app.appid });
    expect(await errcode(open('create'))).toBe(89000);
    expect(await open('get')).toMatchObject({ open_appid });
    expect(await errcode(open('bind', { open_appid: 'wxmadebyhand' }, other))).toBe(89003);
    const principal = (appid: string, principal_name: string) =>
      harness.control('PATCH', `merchants/${appid}`, { principal_name });
    await principal(OTHER, 'another firm');
    expect(await errcode(open('bind', { open_appid }, other))).toBe(89001);
    const { principal_name } = await harness.control('GET', `merchants/${app.appid}`);
    for (let index = 0; index < 4; index += 1) {
      const { token } = await harness.authorized(`wxmini000000000001${index}`);
      await principal(`wxmini000000000001${index}`, principal_name);
      expect(await errcode(open('bind', { open_appid }, token))).toBe(0);
    }
    await principal(OTHER, principal_name);
    expect(await errcode(open('bind', { open_appid }, other))).toBe(89004);
    expect(await harness.get('/cgi-bin/open/sameentity', app.token)).toMatchObject({ same_entity: true });
    expect(await errcode(open('unbind', { open_appid: 'wxother' }))).toBe(89002);
    expect(await errcode(open('unbind', { open_appid }))).toBe(0);
  });

  it('the official account that may be followed', async () => {
    await harness.control('POST', 'merchants', { appid: MP, kind: 'mp' });
    expect(await errcode(app.post('/wxa/updateshowwxaitem', { wxa_subscribe_biz_flag: 1, appid: OTHER }))).toBe(85005);
    expect(await errcode(app.post('/wxa/updateshowwxaitem', { wxa_subscribe_biz_flag: 1, appid: MP }))).toBe(0);
    expect(await app.get('/wxa/getshowwxaitem')).toMatchObject({ is_open: 1, appid: MP });
    expect(await errcode(app.post('/wxa/updateshowwxaitem', { wxa_subscribe_biz_flag: 0 }))).toBe(0);
    expect(await app.get('/wxa/getshowwxaitem')).toMatchObject({ is_open: 0 });
  });

  it('callback/check and the reset by secret have codes of their own (§4.2, §4.5)', async () => {
    const check = (body: Answer) => app.post('/cgi-bin/callback/check', body);
    expect(await errcode(check({ action: 'x', check_operator: 'DEFAULT' }))).toBe(40202);
    expect(await errcode(check({ action: 'all', check_operator: 'x' }))).toBe(40203);
    expect(await check({ action: 'all', check_operator: 'DEFAULT' })).toMatchObject({
      dns: [{ ip: '127.0.0.1' }],
      ping: [{ package_loss: '0%' }],
    });
    const clear = (body: Answer) => errcode(harness.post('/cgi-bin/component/clear_quota/v2', '', body));
    expect(await clear({})).toBe(41002);
    expect(await clear({ component_appid: COMPONENT })).toBe(41004);
    expect(await clear({ component_appid: COMPONENT, appsecret: SECRET, appid: 'wxnobody' })).toBe(43007);
  });
});
