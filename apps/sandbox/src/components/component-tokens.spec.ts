import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { COMPONENT, eventually, field, Harness, RID, SECRET } from '../testing/harness.js';

describe('tickets and component tokens (authorization §2.2, §5.1, §6)', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await Harness.start();
  });
  beforeEach(() => harness.setUp());
  afterAll(() => harness.close());

  const token = (more = {}) =>
    harness.post('/cgi-bin/component/api_component_token', '', {
      component_appid: COMPONENT,
      component_appsecret: SECRET,
      component_verify_ticket: harness.ticket,
      ...more,
    });

  it('pushes a ticket at creation, then on the interval, signed, encrypted, in the component envelope', async () => {
    const first = harness.receiver.of('component_verify_ticket')[0]!;
    expect(first.path).toBe('/events');
    expect(first.signed).toBe(true);
    expect([...first.query.keys()].sort()).toEqual(['encrypt_type', 'msg_signature', 'nonce', 'signature', 'timestamp']);
    expect(field(first.body, 'AppId')).toBe(COMPONENT);
    expect(first.body).not.toContain('ToUserName');
    expect(field(first.message, 'ComponentVerifyTicket')).toMatch(/^ticket@@@[\w-]{80,}$/);
    const before = harness.receiver.pushes.length;
    await harness.control('POST', 'clock', { jump_s: 601 });
    await eventually(() => harness.receiver.pushes.length).toBe(before + 1);
    await harness.control('POST', 'clock', { jump_s: 601 });
    await eventually(() => harness.receiver.pushes.length).toBe(before + 2);
  });

  it('the life of a token is told when the token itself is forgotten', async () => {
    const life = async (value: string) =>
      (await harness.control('POST', 'tokens/check', { token: value }))['life'] as Record<string, unknown> | null;
    const names = async () => (await token())['component_access_token'] as string;
    const first = await names();
    expect(await life(first)).toMatchObject({ ended_by: 'expiry' });
    const second = await names();
    expect(await life(first)).toMatchObject({ ended_by: 'overlap' });
    const third = await names();
    const { born_at_ms: born, ends_at_ms: ends } = (await life(first)) as { born_at_ms: number; ends_at_ms: number };
    expect(await life(first)).toMatchObject({ ended_by: 'newer' });
    expect(ends).toBeGreaterThanOrEqual(born);
    expect(ends - born).toBeLessThan(60_000);
    await harness.control('POST', 'tokens/expire', { component_appid: COMPONENT });
    expect(await life(third)).toMatchObject({ ended_by: 'hand' });
    await harness.control('POST', 'tokens/expire', { component_appid: COMPONENT, how: 'kill' });
    expect(await life(second)).toMatchObject({ ended_by: 'hand' });
    expect(await life('nobody')).toBeNull();
  });

  it('api_start_push_ticket says whether it was stopped, and starts it', async () => {
    const start = (secret = SECRET) =>
      harness.post('/cgi-bin/component/api_start_push_ticket', '', { component_appid: COMPONENT, component_secret: secret });
    expect(await start()).toEqual({ errcode: 0, errmsg: 'in a normal state' });
    await harness.control('PATCH', `components/${COMPONENT}`, { ticket_push: false });
    const before = harness.receiver.pushes.length;
    await harness.control('POST', 'clock', { jump_s: 3600 });
    expect(harness.receiver.pushes.length).toBe(before);
    expect(await start()).toEqual({ errcode: 0, errmsg: 'ok' });
    await eventually(() => harness.receiver.pushes.length).toBe(before + 1);
    expect((await start('')).errcode).toBe(41004);
    expect((await start('wrong')).errcode).toBe(40125);
  });

  it('gives a long random token for 7200 s and refuses what WeChat refuses', async () => {
    const first = await token();
    expect(first).toEqual({ component_access_token: expect.stringMatching(/^[\w-]{130,}$/), expires_in: 7200 });
    expect((await token()).component_access_token).not.toBe(first.component_access_token);
    const refused = await token({ component_appsecret: 'wrong' });
    expect(refused.errcode).toBe(40125);
    expect(refused.errmsg).toMatch(RID);
    expect((await token({ component_appid: 'wxnobody' })).errcode).toBe(40013);
    expect((await token({ component_appsecret: '' })).errcode).toBe(41004);
    expect((await token({ component_verify_ticket: 'ticket@@@none' })).errcode).toBe(61006);
    expect((await token({ component_verify_ticket: '' })).errcode).toBe(61006);
    expect((await harness.post('/cgi-bin/component/api_component_token', '', '')).errcode).toBe(44002);
    expect((await harness.post('/cgi-bin/component/api_component_token', '', 'a=b')).errcode).toBe(47001);
    expect((await harness.get('/cgi-bin/component/api_component_token', '')).errcode).toBe(43002);
    expect((await harness.get('/cgi-bin/token', '', { appid: COMPONENT })).errcode).toBe(61024);
  });

  it('takes any ticket younger than 12 hours, answers 61005 after that', async () => {
    const old = harness.ticket;
    await harness.control('POST', 'clock', { jump_s: 43_000 });
    expect((await token({ component_verify_ticket: old })).errcode).toBeUndefined();
    await harness.control('POST', 'clock', { jump_s: 300 });
    expect((await token({ component_verify_ticket: old })).errcode).toBe(61005);
  });

  it('only the newest token and, for five minutes, the one before it', async () => {
    const use = async (value: string) => (await harness.component('api_create_preauthcode', value)).errcode ?? 0;
    const [first, second, third] = [
      await harness.componentToken(),
      await harness.componentToken(),
      await harness.componentToken(),
    ];
    expect(await use(first)).toBe(40001);
    expect(await use(second)).toBe(0);
    expect(await use(third)).toBe(0);
    await harness.control('POST', 'clock', { jump_s: 299 });
    expect(await use(second)).toBe(0);
    await harness.control('POST', 'clock', { jump_s: 2 });
    expect(await use(second)).toBe(40001);
    expect(await use(third)).toBe(0);
    await harness.control('POST', 'clock', { jump_s: 6900 });
    expect(await use(third)).toBe(42001);
  });

  it('former_token_grace_s 0 kills the former token at once', async () => {
    await harness.control('PATCH', `components/${COMPONENT}`, { former_token_grace_s: 0 });
    const first = await harness.componentToken();
    await harness.componentToken();
    expect((await harness.component('api_create_preauthcode', first)).errcode).toBe(40001);
  });

  it('takes both names of the token parameter on component paths, and checks presence and shape', async () => {
    const value = await harness.componentToken();
    const body = { component_appid: COMPONENT };
    const path = '/cgi-bin/component/api_create_preauthcode';
    expect(await harness.post(path, '', body, { component_access_token: value })).toEqual({
      pre_auth_code: expect.stringMatching(/^preauthcode@@@/),
      expires_in: 1800,
    });
    expect((await harness.post(path, value, body)).pre_auth_code).toBeDefined();
    expect((await harness.post(path, '', body)).errcode).toBe(41001);
    expect((await harness.post(path, 'short', body)).errcode).toBe(40014);
    expect((await harness.post(path, 'x'.repeat(140), body)).errcode).toBe(40001);
    expect((await harness.post(path, value, { component_appid: 'wxother' })).errcode).toBe(40013);
  });

  it('checks the IP whitelist when there is one (61004 with the address)', async () => {
    const value = await harness.componentToken();
    await harness.control('PATCH', `components/${COMPONENT}`, { ip_whitelist: ['10.9.8.7'] });
    const refused = await harness.component('api_create_preauthcode', value);
    expect(refused.errcode).toBe(61004);
    expect(refused.errmsg).toContain('127.0.0.1');
    expect((await token()).errcode).toBe(61004);
    await harness.control('PATCH', `components/${COMPONENT}`, { ip_whitelist: ['127.0.0.1'] });
    expect((await harness.component('api_create_preauthcode', value)).errcode).toBeUndefined();
  });

  it('counts daily quotas: 45009, quota/get, clear_quota ten times a month, rid/get', async () => {
    const path = '/cgi-bin/component/api_create_preauthcode';
    await harness.control('POST', 'quotas', { path, daily_limit: 2 });
    const value = await harness.componentToken();
    await harness.component('api_create_preauthcode', value);
    await harness.component('api_create_preauthcode', value);
    const refused = await harness.component('api_create_preauthcode', value);
    expect(refused.errcode).toBe(45009);
    const quota = await harness.post('/cgi-bin/openapi/quota/get', value, { cgi_path: path });
    expect(quota.quota).toEqual({ daily_limit: 2, used: 2, remain: 0 });
    expect((await harness.post('/cgi-bin/openapi/quota/get', value, { cgi_path: 'cgi-bin' })).errcode).toBe(76003);
    expect((await harness.post('/cgi-bin/openapi/quota/get', value, { cgi_path: '/wxa/commit' })).errcode).toBe(76022);
    const rid = /rid: (\S+)/.exec(refused.errmsg)![1];
    const found = await harness.post('/cgi-bin/openapi/rid/get', value, { rid });
    expect(found.request).toMatchObject({ client_ip: '127.0.0.1', request_body: expect.stringContaining(COMPONENT) });
    expect((await harness.post('/cgi-bin/openapi/rid/get', value, { rid: 'x' })).errcode).toBe(76002);
    for (let time = 0; time < 10; time++)
      expect((await harness.post('/cgi-bin/clear_quota', value, { appid: COMPONENT })).errcode).toBe(0);
    expect((await harness.post('/cgi-bin/clear_quota', value, { appid: COMPONENT })).errcode).toBe(48006);
    expect((await harness.component('api_create_preauthcode', value)).errcode).toBeUndefined();
  });
});
