import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, COMPONENT, eventually, field, Harness, MINI, MP } from '../testing/harness.js';

const CODE = '91440101MA5XXXXXXX';
const COMPANY = { name: '广州某某贸易有限公司', code: CODE, component_phone: '02000000000', new_version: true };
const OPENID = `o${'A'.repeat(27)}`;
const DAY_S = 24 * 3_600;
const TRIAL_SETS = [81, 17, 18, 25, 30, 40];

let harness: Harness;
let token: string;

beforeAll(async () => {
  harness = await Harness.start();
});
afterAll(() => harness?.close());
beforeEach(async () => {
  await harness.setUp({ permission_sets: [...TRIAL_SETS, 1, 2, 3, 27, 31], published: true });
  token = await harness.componentToken();
});

const post = (path: string, body: Answer, query: Record<string, string> = {}) => harness.post(path, token, body, query);
const enterprise = (body: Answer = COMPANY, action = 'create') =>
  post('/wxa/component/fastregisterenterpriseweapp', body, { action });
const personal = (body: Answer, action = 'create') => post('/wxa/component/fastregisterpersonalweapp', body, { action });
const act = (id: string, what: string) => harness.control('POST', `registrations/${id}/act`, { act: what });
const jump = (seconds: number) => harness.control('POST', 'clock', { jump_s: seconds });
/** The component's ticket and token end meanwhile. */
const nextDay = async () => {
  await jump(DAY_S + 1);
  await harness.newTicket();
  token = await harness.componentToken();
};
const pushed = async (kind: string) => {
  await eventually(() => harness.receiver.of(kind).length).toBeGreaterThan(0);
  return harness.receiver.of(kind).at(-1)?.message;
};
const query = async (code: string | undefined) =>
  (await post('/cgi-bin/component/api_query_auth', { component_appid: COMPONENT, authorization_code: code ?? '' }))
    .authorization_info as Answer;

describe('the registration that was switched off', () => {
  it.each(['create', 'search'])('answers %s like a busy system, with a rid', async (action) => {
    const answer = await post('/cgi-bin/component/fastregisterweapp', COMPANY, { action });
    expect(answer).toMatchObject({ errcode: -1, errmsg: expect.stringMatching(/^system error rid: /) });
  });
});

describe('an enterprise', () => {
  it('is registered when the legal person has done all on the page; the push has a code for ten minutes', async () => {
    const { taskid, authorize_url, status } = await enterprise();
    expect(status).toBe(1);
    const page = await (await fetch(authorize_url)).text();
    expect(page).toContain('data-stage="made"');
    for (const [pressed, shown] of [
      ['agree', 4],
      ['face-fail', 6],
      ['face-pass', 7],
      ['phone-fail', 9],
      ['phone-pass', 10],
    ] as const) {
      await fetch(`${harness.url}/_consent/registrations/${taskid}`, {
        method: 'POST',
        body: new URLSearchParams({ act: pressed }),
      });
      expect((await enterprise({ taskid, new_version: true }, 'query')).status).toBe(shown);
    }
    await jump(3);
    const message = await pushed('notify_third_fasteregister');
    expect(field(message, 'status')).toBe('0');
    // AppId is the component, appid the app: two elements that differ only in case.
    expect(message).toContain(`<AppId><![CDATA[${COMPONENT}]]></AppId>`);
    const { authorizer_appid } = await query(field(message, 'auth_code'));
    expect(authorizer_appid).toBe(field(message, 'appid'));
    expect((await enterprise({ taskid, new_version: true }, 'query')).status).toBe(12);
    const info = await post('/cgi-bin/component/api_get_authorizer_info', { component_appid: COMPONENT, authorizer_appid });
    expect(info.authorizer_info).toMatchObject({
      nick_name: '',
      register_type: 6,
      verify_type_info: { id: -1 },
      principal_name: COMPANY.name,
    });
    await jump(601);
    expect(await query(field(message, 'auth_code'))).toBeUndefined();
  });

  it('is told by the plain authorized, or by nothing, when the sandbox is set so', async () => {
    await harness.control('PATCH', 'settings', { registration_push: 'authorized' });
    await act((await enterprise()).taskid, 'finish');
    await jump(3);
    await pushed('authorized');
    await harness.control('PATCH', 'settings', { registration_push: 'none' });
    const { taskid } = await enterprise({ ...COMPANY, code: `${CODE.slice(0, 17)}Y` });
    await act(taskid, 'finish');
    await jump(3);
    expect((await enterprise({ taskid, new_version: true }, 'query')).status).toBe(12);
    expect(harness.receiver.of('notify_third_fasteregister')).toEqual([]);
    expect(harness.receiver.of('authorized')).toHaveLength(1);
  });

  it.each([
    ['another one for the same company is under way', {}, 89249],
    ['the code has not 18 digits', { code: '123' }, 89255],
    ['the form is the one that ended', { new_version: false, code: `${CODE.slice(0, 17)}Z` }, 86030],
    ['a parameter is missing', { name: '' }, 86030],
  ])('is refused when %s', async (_, more, errcode) => {
    expect((await enterprise()).errcode).toBe(0);
    expect((await enterprise({ ...COMPANY, ...more })).errcode).toBe(errcode);
  });

  it.each([
    [{ personal: true }, 89295],
    [{ published: false }, 89254],
  ])('is refused to a platform with %j', async (options, errcode) => {
    await harness.control('PATCH', `components/${COMPONENT}`, options);
    expect((await enterprise()).errcode).toBe(errcode);
  });

  it('may be tried again after 24 hours, a refusal or a limit; each has a number of its own', async () => {
    const late = (await enterprise()).taskid;
    await nextDay();
    expect((await enterprise({ taskid: late, new_version: true }, 'query')).status).toBe(2);
    expect(field(await pushed('notify_third_fasteregister'), 'status')).toBe('100001');
    const refused = (await enterprise()).taskid;
    await act(refused, 'refuse');
    expect((await enterprise({ taskid: refused, new_version: true }, 'query')).status).toBe(3);
    const limited = (await enterprise()).taskid;
    await harness.control('POST', `registrations/${limited}/limit`, { code: 1003 });
    expect((await enterprise({ taskid: limited, new_version: true }, 'query')).status).toBe(1003);
    expect((await enterprise({ taskid: 'nonsense', new_version: true }, 'query')).errcode).toBe(89250);
  });
});

describe('a person', () => {
  it('has numbers that are one lower until the app is made', async () => {
    const { taskid, status } = await personal({ wxuser: 'zhangsan', new_version: true });
    expect(status).toBe(0);
    const shown = async () => (await personal({ taskid, new_version: true }, 'query')).status;
    await act(taskid, 'agree');
    expect(await shown()).toBe(3);
    await act(taskid, 'face-fail');
    expect(await shown()).toBe(5);
    await act(taskid, 'refuse');
    expect(await shown()).toBe(2);
  });

  it('is asked five times a day at most', async () => {
    for (let call = 0; call < 5; call++) {
      const { taskid } = await personal({ wxuser: 'lisi', new_version: true });
      await act(taskid, 'refuse');
    }
    expect((await personal({ wxuser: 'lisi', new_version: true })).errcode).toBe(91030);
    await nextDay();
    expect((await personal({ wxuser: 'lisi', new_version: true })).errcode).toBe(0);
  });

  it('is refused to a platform without the five sets', async () => {
    await harness.control('PATCH', `components/${COMPONENT}`, { permission_sets: [17, 18, 25, 30] });
    expect((await personal({ wxuser: 'wangwu', new_version: true })).errcode).toBe(86033);
  });
});

describe('a trial', () => {
  const create = (name = '小麦烤鸡') => post('/wxa/component/fastregisterbetaweapp', { name, openid: OPENID });
  const made = async () => {
    const { unique_id } = await create();
    await act(unique_id, 'agree');
    await jump(3);
    const message = await pushed('notify_third_fastregisterbetaapp');
    expect(field(message, 'unique_id')).toBe(unique_id);
    const { authorizer_appid: appid, authorizer_access_token: own } = await query(
      field(await pushed('authorized'), 'AuthorizationCode'),
    );
    expect(appid).toBe(field(message, 'appid'));
    const call = (path: string, body: Answer, more: Record<string, string> = {}) => harness.post(path, own as string, body, more);
    return { appid: appid as string, call };
  };

  it('is told twice, has a name with a suffix, and is gone after 14 days', async () => {
    const { appid } = await made();
    const merchant = await harness.control('GET', `merchants/${appid}`);
    expect(merchant).toMatchObject({ nick_name: '小麦烤鸡的体验小程序', service_type: 12 });
    await jump(14 * DAY_S + 1);
    await pushed('unauthorized');
  });

  it.each([
    ['abc', 86017],
    ['微信好店铺', 86011],
  ])('is refused under the name %s', async (name, errcode) => {
    expect((await create(name)).errcode).toBe(errcode);
  });

  it('is refused to a user who has five', async () => {
    for (let count = 0; count < 5; count++) expect((await create(`小麦烤鸡${count}号`)).errcode).toBe(0);
    expect((await create()).errcode).toBe(61071);
  });

  it('is converted to an enterprise, keeps its suffix, and is no trial then', async () => {
    const { appid, call } = await made();
    const verify_info = { enterprise_name: COMPANY.name, code: CODE, component_phone: '1' };
    const convert = () => call('/wxa/verifybetaweapp', { verify_info, new_version: true });
    const answer = await convert();
    expect(answer.authorize_url).toMatch(/create_token=/);
    expect((await convert()).errcode).toBe(89251);
    await act(new URL(answer.authorize_url).searchParams.get('create_token')!, 'finish');
    await jump(3);
    expect(field(await pushed('notify_third_fastverifybetaapp'), 'status')).toBe('0');
    expect(await harness.control('GET', `merchants/${appid}`)).toMatchObject({
      nick_name: '小麦烤鸡的体验小程序',
      service_type: 0,
      principal_name: COMPANY.name,
    });
    expect((await convert()).errcode).toBe(91021);
    expect((await call('/wxa/setbetaweappnickname', { name: '新的名字' })).errcode).toBe(91020);
    await convert();
    await convert();
    expect((await convert()).errcode).toBe(45011);
  });

  it('may answer a conversion without an address', async () => {
    const { call } = await made();
    await harness.control('PATCH', 'settings', { conversion_url: false });
    const verify_info = { enterprise_name: COMPANY.name, code: CODE, component_phone: '1' };
    const answer = await call('/wxa/verifybetaweapp', { verify_info, new_version: true });
    expect(answer).toEqual({ errcode: 0, errmsg: 'ok' });
  });

  it('takes over the entity of an official account when both administrators agree', async () => {
    const { appid, call } = await made();
    await harness.control('POST', 'merchants', { appid: MP, kind: 'mp', principal_name: '公众号主体' });
    const asked = await call('/wxa/getmpadminauth', { mp_appid: MP, same_admin: 0 });
    const agree = async (url: string) => {
      const id = new URL(url).searchParams.get('token');
      await fetch(`${harness.url}/_consent/mpadminauth/${id}`, {
        method: 'POST',
        body: new URLSearchParams({ decision: 'agree' }),
      });
    };
    await agree(asked.authorize_url);
    const ticket = field(await pushed('betaapp_authorization_apply_event'), 'ticket');
    const verify = await call('/wxa/mpverifybetaweapp', { mp_appid: MP, ticket: ticket ?? '' });
    expect(verify.errcode).toBe(0);
    await agree(verify.authorize_url);
    await pushed('betaapp_verify_event');
    expect(await harness.control('GET', `merchants/${appid}`)).toMatchObject({ principal_name: '公众号主体', service_type: 0 });
    expect((await call('/wxa/mpverifybetaweapp', { mp_appid: MP, ticket: ticket ?? '' })).errcode).toBe(61058);
  });
});

describe('an official account', () => {
  const page = (path: string, form: Record<string, string>) =>
    fetch(`${harness.url}${path}`, {
      method: 'POST',
      body: new URLSearchParams({ ...form, decision: 'agree' }),
      redirect: 'manual',
    });
  const back = async (response: Promise<Response>, name: string) =>
    new URL((await response).headers.get('location') ?? '').searchParams.get(name) ?? '';
  const asked = () => ({ appid: MP, component_appid: COMPONENT, copy_wx_verify: '1', redirect_uri: 'http://127.0.0.1/back?x=1' });

  it('lends its entity once per ticket; a repetition meets 61058 although the app was made, and text stands for booleans', async () => {
    const { token: account } = await harness.authorized(MP, 'mp');
    const ticket = await back(page('/_consent/fastregisterauth', asked()), 'ticket');
    const register = () => harness.post('/cgi-bin/account/fastregister', account, { ticket });
    const answer = await register();
    expect(answer).toMatchObject({ errcode: 0, is_link_succ: 'true', is_wx_verify_succ: 'false' });
    expect((await query(answer.authorization_code)).authorizer_appid).toBe(answer.appid);
    expect((await register()).errcode).toBe(61058);
    for (let count = 1; count < 5; count++) {
      const next = await back(page('/_consent/fastregisterauth', asked()), 'ticket');
      expect((await harness.post('/cgi-bin/account/fastregister', account, { ticket: next })).errcode).toBe(0);
    }
    const sixth = await back(page('/_consent/fastregisterauth', asked()), 'ticket');
    expect((await harness.post('/cgi-bin/account/fastregister', account, { ticket: sixth })).errcode).toBe(61055);
  });

  it('is told by the page what is wrong with the address', async () => {
    await harness.authorized(MP, 'mp');
    const shown = async (more: Record<string, string>) =>
      (await fetch(`${harness.url}/cgi-bin/fastregisterauth?${new URLSearchParams({ ...asked(), ...more })}`)).text();
    expect(await shown({ redirect_uri: 'http://elsewhere.example/' })).toContain('61060');
    // `&copy_wx_verify` read as an entity.
    expect(await shown({ copy_wx_verify: '' })).toContain('61056');
    expect(await shown({ appid: 'wxnobody' })).toContain('61051');
  });

  it('gives the app that came of it another administrator, once per task', async () => {
    const { token: account } = await harness.authorized(MP, 'mp');
    const ticket = await back(page('/_consent/fastregisterauth', asked()), 'ticket');
    const { authorization_code } = await harness.post('/cgi-bin/account/fastregister', account, { ticket });
    const { authorizer_appid: appid, authorizer_access_token: own } = await query(authorization_code);
    const form = { appid: appid as string, component_appid: COMPONENT, redirect_uri: 'http://127.0.0.1/back' };
    const taskid = await back(page('/_consent/componentrebindadmin', form), 'taskid');
    const rebind = () => harness.post('/cgi-bin/account/componentrebindadmin', own as string, { taskid });
    expect((await rebind()).errcode).toBe(0);
    expect((await rebind()).errcode).toBe(85060);
    const other = await harness.authorized(MINI);
    expect((await harness.post('/cgi-bin/account/componentrebindadmin', other.token, { taskid })).errcode).toBe(41033);
  });
});
