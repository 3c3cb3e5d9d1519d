import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { App } from '../testing/app.js';
import { type Answer, COMPONENT, field, Harness, MINI, MP } from '../testing/harness.js';

/** What teams call for their merchants, so that a recipe can be tried without WeChat. */
describe('calls for a merchant and messages of its users', () => {
  let harness: Harness;
  let app: App;
  beforeAll(async () => {
    harness = await Harness.start();
  });
  afterAll(() => harness.close());
  beforeEach(async () => {
    await harness.setUp();
    app = await App.create(harness);
  });

  const picture = async (path: string, body: Answer, token = app.token) => {
    const response = await harness.raw('POST', path, { access_token: token }, { body: JSON.stringify(body) });
    const bytes = Buffer.from(await response.arrayBuffer());
    const type = response.headers.get('content-type');
    return type === 'image/jpeg' ? { jpeg: bytes.subarray(0, 2).toString('hex') === 'ffd8' } : JSON.parse(bytes.toString());
  };

  it('mini program codes: createwxaqrcode, getwxacode and getwxacodeunlimit answer a picture, or WeChat’s error', async () => {
    await app.putOnline('1.0.0');
    expect(await picture('/cgi-bin/wxaapp/createwxaqrcode', { path: 'pages/index/index' })).toEqual({ jpeg: true });
    expect(await picture('/wxa/getwxacode', { path: 'pages/index/index?a=1', width: 430 })).toEqual({ jpeg: true });
    expect(await picture('/wxa/getwxacodeunlimit', { scene: 'a=1', page: 'pages/index/index' })).toEqual({ jpeg: true });
    expect(await picture('/wxa/getwxacode', {})).toMatchObject({ errcode: 40159 });
    expect(await picture('/wxa/getwxacodeunlimit', { scene: '百分号%' })).toMatchObject({ errcode: 40169 });
    expect(await picture('/wxa/getwxacodeunlimit', { scene: 'a'.repeat(33) })).toMatchObject({ errcode: 40169 });
    expect(await picture('/wxa/getwxacodeunlimit', { scene: 'a', page: '/pages/index/index' })).toMatchObject({ errcode: 41030 });
    expect(await picture('/wxa/getwxacodeunlimit', { scene: 'a', page: 'pages/none' })).toMatchObject({ errcode: 41030 });
    expect(await picture('/wxa/getwxacodeunlimit', { scene: 'a', page: 'pages/none', check_path: false })).toEqual({
      jpeg: true,
    });
  });

  it('getwxacodeunlimit of a page wants a published version', async () => {
    const page = { scene: 'a', page: 'pages/index/index' };
    expect(await picture('/wxa/getwxacodeunlimit', page)).toMatchObject({ errcode: 41030 });
    await app.commit('1.0.0');
    expect(await picture('/wxa/getwxacodeunlimit', { ...page, env_version: 'trial' })).toEqual({ jpeg: true });
  });

  it('qrcode/create gives a ticket, for a time or for ever', async () => {
    const { token } = await harness.authorized(MP, 'mp');
    const create = (body: Answer) => harness.post('/cgi-bin/qrcode/create', token, body);
    const scene = { scene: { scene_str: 'spring' } };
    expect(await create({ expire_seconds: 604_800, action_name: 'QR_STR_SCENE', action_info: scene })).toEqual({
      ticket: expect.stringMatching(/^gQ/),
      expire_seconds: 604_800,
      url: expect.stringMatching(/^http:\/\/weixin\.qq\.com\/q\//),
    });
    const forever = await create({ action_name: 'QR_LIMIT_SCENE', action_info: { scene: { scene_id: 7 } } });
    expect(Object.keys(forever)).toEqual(['ticket', 'url']);
    expect(await create({ action_name: 'QR_SCENE', action_info: scene })).toMatchObject({ errcode: 40053 });
    expect(await create({})).toMatchObject({ errcode: 40053 });
  });

  it('getuserphonenumber takes a code of the phone-number button once, and no other code', async () => {
    const code = async (kind: string): Promise<string> =>
      (await harness.control('POST', 'js-codes', { appid: MINI, kind }))['code'] as string;
    const phone = await code('phone');
    const call = (value: string) => app.post('/wxa/business/getuserphonenumber', { code: value });
    expect(await call(phone)).toMatchObject({ errcode: 0, phone_info: { countryCode: '86', watermark: { appid: MINI } } });
    expect(await call(phone)).toMatchObject({ errcode: 40163 });
    expect(await call(await code('login'))).toMatchObject({ errcode: 40029 });
  });

  it('user/info answers for a follower, and refuses what is no openid', async () => {
    const { token } = await harness.authorized(MP, 'mp');
    const info = (openid: string) => harness.get('/cgi-bin/user/info', token, { openid });
    expect(await info('oUser1')).toMatchObject({ subscribe: 1, openid: 'oUser1', tagid_list: [] });
    expect(await info('nobody')).toMatchObject({ errcode: 40003 });
  });

  it('open/have is a GET, as its page says, and a POST, as SDKs send it; basic information is permission enough', async () => {
    const { token } = await harness.authorized(MINI, 'miniprogram', { sets: [30] });
    expect(await harness.get('/cgi-bin/open/have', token)).toMatchObject({ errcode: 0, have_open: false });
    expect(await harness.post('/cgi-bin/open/have', token)).toMatchObject({ errcode: 0, have_open: false });
  });

  it('getweappsupportversion gives shares as whole numbers', async () => {
    await app.putOnline('1.0.0');
    const { uv_info } = await app.post('/cgi-bin/wxopen/getweappsupportversion');
    for (const { percentage } of uv_info.items) expect(percentage).toSatisfy(Number.isInteger);
  });

  it('the MsgId of a message is a bare number that does not begin with 0', async () => {
    await harness.authorized(MP, 'mp');
    for (let n = 0; n < 200; n++) await harness.control('POST', `merchants/${MP}/messages`, { content: 'hi' });
    const messages = harness.receiver.pushes.map((push) => push.message ?? '').filter((xml) => xml.includes('<MsgId>'));
    expect(messages).toHaveLength(200);
    for (const xml of messages) expect(xml).toMatch(/<MsgId>[1-9]\d{16,18}<\/MsgId>/);
    expect(new Set(messages.map((xml) => field(xml, 'MsgId'))).size).toBe(200);
  });

  it('events of users carry an EventKey, empty or not, and the ticket of the code that was scanned', async () => {
    await harness.authorized(MP, 'mp');
    const say = (body: Answer) => harness.control('POST', `merchants/${MP}/messages`, { component_appid: COMPONENT, ...body });
    await say({ event: 'subscribe' });
    await say({ event: 'subscribe', event_key: 'qrscene_7' });
    const [plain, scanned] = harness.receiver.of('subscribe').map((push) => push.message!);
    expect(plain).toContain('<EventKey><![CDATA[]]></EventKey>');
    expect(plain).not.toContain('<Ticket>');
    expect(scanned).toContain('<EventKey><![CDATA[qrscene_7]]></EventKey>');
    expect(scanned).toContain('<Ticket>');
  });
});
