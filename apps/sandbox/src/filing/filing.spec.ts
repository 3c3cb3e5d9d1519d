import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { App } from '../testing/app.js';
import { type Answer, COMPONENT, eventually, field, Harness } from '../testing/harness.js';

const DAY_S = 86_400;
const UNREADABLE = { key_name: '主体负责人证件照片', error: '照片不清晰', suggest: '请重新上传' };

let harness: Harness;
let app: App;

beforeAll(async () => {
  harness = await Harness.start();
});
afterAll(() => harness?.close());
beforeEach(async () => {
  await harness.setUp();
  app = await App.create(harness);
  await harness.control('PATCH', `merchants/${app.appid}`, { icp_status: 1024 });
});

const jump = (seconds: number) => harness.control('POST', 'clock', { jump_s: seconds });
const status = async () => (await app.get('/wxa/icp/get_icp_entrance_info')).info.status as number;
const decide = (verdict: string, body: Answer = {}) => harness.control('POST', `merchants/${app.appid}/filing/${verdict}`, body);
const pushed = async (kind: string, count = 1) => {
  await eventually(() => harness.receiver.of(kind).length).toBe(count);
  return harness.receiver.of(kind).at(-1)?.message;
};

async function upload(path: string, parts: Record<string, string>, filename = '1.jpg'): Promise<Answer> {
  const form = new FormData();
  for (const [name, value] of Object.entries(parts)) form.set(name, value);
  form.set('media', new Blob([Buffer.from('a picture')], { type: 'image/jpeg' }), filename);
  return (await harness.raw('POST', path, { access_token: app.token }, { method: 'POST', body: form })).json() as Promise<Answer>;
}
const paper = async (certificate: number, order_field = 'icp_subject.principal_info.certificate_photo_front') =>
  (
    await upload('/wxa/icp/upload_icp_media', {
      type: 'image',
      certificate_type: String(certificate),
      icp_order_field: order_field,
    })
  ).media_id as string;

async function faceTask(more: Answer = {}): Promise<string> {
  const { task_id } = await app.post('/wxa/icp/create_icp_verifytask', more);
  await harness.control('POST', `face-checks/${task_id}`, { passed: true });
  return task_id;
}

/** A form that is right, unless the test changes it. */
async function form(): Promise<Answer> {
  const [identity, licence, verify_task_id] = [await paper(2), await paper(1), await faceTask()];
  const person = {
    name: '张三',
    mobile: '13000000000',
    email: 'a@example.com',
    certificate_type: 2,
    certificate_number: '440100199001010000',
    certificate_validity_date_start: '20230815',
    certificate_validity_date_end: '长期',
    certificate_photo_front: identity,
    certificate_photo_back: identity,
  };
  return {
    icp_subject: {
      base_info: {
        type: 4,
        name: '广州某某贸易有限公司',
        province: '440000',
        city: '440100',
        district: '440106',
        address: '体育东路1号',
      },
      organize_info: { certificate_type: 1, certificate_number: '91440101MA5XXXXXXX', certificate_photo: licence },
      principal_info: person,
    },
    icp_applets: {
      base_info: {
        service_content_types: [3, 4],
        nrlx_details: [{ type: 0 }],
        comment: '为本店顾客提供商品浏览、在线下单和到店自提等服务的小程序',
      },
      principal_info: { ...person, verify_task_id },
    },
    icp_materials: { commitment_letter: [licence] },
  };
}
const apply = (body: Answer) => app.post('/wxa/icp/apply_icp_filing', body);

describe('the state of a filing', () => {
  it.each([
    [{ basic_info_set: false }, 1025],
    [{ categories: [] }, 1026],
    [{ verify_type: -1 }, 1028],
    [{ basic_info_set: false, categories: [], verify_type: -1 }, 1031],
  ])('has a bit for each thing that is missing besides: %j', async (merchant, expected) => {
    await harness.control('PATCH', `merchants/${app.appid}`, merchant);
    expect(await status()).toBe(expected);
  });

  it('goes platform, authority, SMS, filed; only the ends are told, and not why', async () => {
    expect((await apply(await form())).errcode).toBe(0);
    expect(await status()).toBe(2);
    await decide('platform-reject');
    expect(field(await pushed('notify_apply_icpfiling_result'), 'beian_status')).toBe('3');
    expect((await app.get('/wxa/icp/get_icp_entrance_info')).info).toMatchObject({ status: 3, audit_data: [UNREADABLE] });
    expect((await apply(await form())).errcode).toBe(0);
    await decide('platform-approve');
    expect((await app.get('/wxa/icp/get_icp_entrance_info')).info).toMatchObject({ status: 4, sms_verify_status: 1 });
    await decide('sms-done');
    expect((await app.get('/wxa/icp/get_icp_entrance_info')).info.sms_verify_status).toBe(2);
    await decide('authority-approve');
    expect(field(await pushed('notify_apply_icpfiling_result', 2), 'beian_status')).toBe('6');
    expect(await app.get('/wxa/icp/get_online_icp_order')).toMatchObject({
      errcode: 0,
      icp_subject: { record_number: expect.stringMatching(/^粤B2-\d{8}$/) },
      icp_applets: [{ record_number: expect.stringMatching(/-1X$/) }],
    });
    await harness.control('PATCH', 'settings', { filing_as_object: true });
    expect((await app.get('/wxa/icp/get_online_icp_order')).icp_applets.record_number).toEqual(expect.any(String));
  });

  it('of an SMS that nobody answers is timed out after a day', async () => {
    await apply(await form());
    await decide('platform-approve');
    await jump(DAY_S - 60);
    expect((await harness.control('GET', `merchants/${app.appid}/filing`)).sms).toBe(1);
    await jump(120);
    expect((await harness.control('GET', `merchants/${app.appid}/filing`)).sms).toBe(3);
  });

  it('goes to its end by itself when the sandbox is set so', async () => {
    await harness.control('PATCH', 'settings', { filing_mode: 'auto', filing_after_s: 2 });
    await apply(await form());
    for (let step = 0; step < 3; step++) await jump(3);
    expect(await status()).toBe(6);
  });
});

describe('an application', () => {
  const hinted = async (change: (body: Answer) => void) => {
    const body = await form();
    change(body);
    const answer = await apply(body);
    expect(answer.errcode).toBe(86202);
    return answer.hints.map((hint: Answer) => [hint.errcode, hint.err_field]);
  };

  it.each([
    [
      'a first-level content type',
      (f: Answer): unknown => (f.icp_applets.base_info.service_content_types = [1]),
      [[86300, 'icp_applets.base_info.service_content_types']],
    ],
    [
      'a content type that is not there',
      (f: Answer): unknown => (f.icp_applets.base_info.service_content_types = [99]),
      [[86300, 'icp_applets.base_info.service_content_types']],
    ],
    [
      'an approval twice',
      (f: Answer): unknown => (f.icp_applets.base_info.nrlx_details = [{ type: 0 }, { type: 0 }]),
      [[86300, 'icp_applets.base_info.nrlx_details']],
    ],
    [
      'a comment that is too short',
      (f: Answer): unknown => (f.icp_applets.base_info.comment = '短'),
      [[86300, 'icp_applets.base_info.comment']],
    ],
    [
      'a certificate that has ended',
      (f: Answer): unknown => (f.icp_subject.principal_info.certificate_validity_date_end = '20200101'),
      [[86308, 'icp_subject.principal_info.certificate_validity_date_end']],
    ],
    [
      'a certificate of another kind of subject',
      (f: Answer): unknown => (f.icp_subject.base_info.type = 14),
      [[86300, 'icp_subject.organize_info.certificate_type']],
    ],
    [
      'a face check that is not there',
      (f: Answer): unknown => (f.icp_applets.principal_info.verify_task_id = 'x'),
      [[86300, 'icp_applets.principal_info.verify_task_id']],
    ],
    [
      'two letters of commitment',
      (f: Answer): unknown => f.icp_materials.commitment_letter.push('x'),
      [[86300, 'icp_materials.commitment_letter']],
    ],
  ] as const)('with %s is refused with a hint that names the field', async (_, change, hints) => {
    expect(await hinted(change)).toEqual(hints);
  });

  it('shows only then that a picture was uploaded for another certificate', async () => {
    const wrong = await paper(7);
    expect(
      await hinted((body) => {
        body.icp_subject.principal_info.certificate_photo_front = wrong;
      }),
    ).toEqual([[86328, 'icp_subject.principal_info.certificate_photo_front']]);
  });

  it('is one at a time, and none while the entrance is closed', async () => {
    const body = await form();
    await harness.control('PATCH', 'settings', { filing_open: false });
    expect((await app.get('/wxa/icp/get_icp_entrance_info')).info.available).toBe(0);
    expect((await apply(body)).errcode).toBe(86301);
    await harness.control('PATCH', 'settings', { filing_open: true });
    expect((await apply(body)).errcode).toBe(0);
    expect((await apply(body)).errcode).toBe(86324);
  });

  it('may be withdrawn while it is looked at; a filing that stands is cancelled with its reason', async () => {
    const withdraw = () => app.post('/wxa/icp/cancel_apply_icp_filing');
    expect((await withdraw()).errcode).toBe(86368);
    await apply(await form());
    expect((await withdraw()).errcode).toBe(0);
    expect(await status()).toBe(1024);
    const cancel = (body: Answer) => app.post('/wxa/icp/cancel_icp_filing', body);
    expect((await cancel({ cancel_type: 2, reason_type: 1 })).errcode).toBe(86353);
    await harness.control('PATCH', `merchants/${app.appid}`, { icp_status: 6 });
    expect((await withdraw()).errcode).toBe(86330);
    expect((await cancel({ cancel_type: 2 })).errcode).toBe(40097);
    expect((await cancel({ cancel_type: 2, reason_type: 1 })).errcode).toBe(0);
    expect((await app.get('/wxa/icp/get_icp_entrance_info')).info).toMatchObject({ status: 6, is_canceling: true });
    await jump(61);
    expect((await app.get('/wxa/icp/get_icp_entrance_info')).info).toMatchObject({ status: 1024, is_canceling: false });
    expect(await app.get('/wxa/icp/get_online_icp_order')).toMatchObject({
      errcode: 86328,
      errmsg: expect.stringContaining('not found'),
    });
  });

  it('has papers that can be read back; others have none', async () => {
    const id = await paper(2);
    const read = (media_id: string) => harness.raw('GET', '/wxa/icp/get_icp_media', { access_token: app.token, media_id });
    expect(Buffer.from(await (await read(id)).arrayBuffer()).toString()).toBe('a picture');
    expect(await (await read('nonsense')).json()).toMatchObject({ errcode: 86205 });
  });
});

describe('a face check', () => {
  it('that fails may be tried again until it ends; it is told when it is finished', async () => {
    const { task_id, verify_url } = await app.post('/wxa/icp/create_icp_verifytask');
    expect(verify_url).toBeUndefined();
    const query = () => app.post('/wxa/icp/query_icp_verifytask', { task_id });
    await harness.control('POST', `face-checks/${task_id}`, { passed: false });
    expect(await query()).toMatchObject({ is_finish: false, face_status: 2 });
    await harness.control('POST', `face-checks/${task_id}`, { passed: true });
    expect(await query()).toMatchObject({ is_finish: true, face_status: 3 });
    const message = await pushed('notify_icpfiling_verify_result');
    expect([field(message, 'verify_appid'), field(message, 'result')]).toEqual([app.appid, '3']);
  });

  it('is good for three days', async () => {
    const body = await form();
    await jump(3 * DAY_S + 1);
    await harness.newTicket();
    app = await App.create(harness, app.appid);
    expect((await apply(body)).hints.map((hint: Answer) => hint.err_field)).toContain(
      'icp_applets.principal_info.verify_task_id',
    );
  });

  it('of both in one has a page, and says that the SMS was passed', async () => {
    const { task_id, verify_url } = await app.post('/wxa/icp/create_icp_verifytask', { along_with_auth: true });
    expect(await (await fetch(verify_url)).text()).toContain('id="question"');
    await fetch(`${harness.url}/_consent/icpverify/${task_id}`, {
      method: 'POST',
      body: new URLSearchParams({ decision: 'agree' }),
    });
    expect(await app.post('/wxa/icp/query_icp_verifytask', { task_id })).toMatchObject({ along_with_auth_result: 9 });
  });
});

describe('a certification', () => {
  const data = async (more: Answer = {}): Promise<Answer> => ({
    auth_data: {
      customer_type: 1,
      contact_info: { name: '张三', email: 'a@example.com' },
      invoice_info: { invoice_type: 1 },
      qualification: (await upload('/wxa/sec/uploadauthmaterial', {})).mediaid,
      account_name: '某某商城',
      account_name_type: 1,
      pay_type: 1,
      service_appid: 'wxservice',
      third_party_phone: '1',
      ...more,
    },
  });
  const act = (taskid: string, what: string, reason = '') =>
    harness.control('POST', `certifications/${taskid}`, { act: what, reason });
  const query = (taskid: string) => app.post('/wxa/sec/queryauth', { taskid });

  it('is told at 0, 6, 9 and 12, and when its review moves; the profile follows a minute later', async () => {
    await harness.control('PATCH', `merchants/${app.appid}`, { verify_type: -1 });
    const { taskid, auth_url } = await app.post('/wxa/sec/wxaauth', await data());
    expect(await (await fetch(auth_url)).text()).toContain('id="question"');
    await act(taskid, 'finish');
    expect(await query(taskid)).toMatchObject({
      task_status: 12,
      apply_status: 2,
      dispatch_info: { provider: expect.any(String) },
    });
    await act(taskid, 'pass');
    expect(await query(taskid)).toMatchObject({ apply_status: 4 });
    await eventually(() =>
      harness.receiver
        .of('notify_3rd_wxa_auth')
        .map(({ message }) => `${field(message, 'task_status')}/${field(message, 'apply_status')}`),
    ).toEqual(['0/0', '6/0', '9/0', '12/0', '12/2', '12/4']);
    expect(await status()).toBe(1024);
    expect((await harness.control('GET', `merchants/${app.appid}`)).verify_type).toBe(-1);
    await jump(61);
    expect((await harness.control('GET', `merchants/${app.appid}`)).verify_type).toBe(0);
    await jump(340 * DAY_S);
    expect(field(await pushed('notify_3rd_wxa_wxverify'), 'appid')).toBe(app.appid);
  });

  it('that was returned goes on under a new task; one that failed in the end does not', async () => {
    const { taskid } = await app.post('/wxa/sec/wxaauth', await data());
    await act(taskid, 'finish');
    expect((await app.post('/wxa/sec/wxaauth', await data())).errcode).toBe(53102);
    await act(taskid, 'return', '营业执照不清晰');
    expect(await query(taskid)).toMatchObject({ apply_status: 3, refill_reason: '营业执照不清晰' });
    const again = await app.post('/wxa/sec/reauth', await data({ taskid }));
    expect(again.taskid).not.toBe(taskid);
    await act(again.taskid, 'finish');
    await act(again.taskid, 'fail', '主体受限');
    expect(await query(again.taskid)).toMatchObject({ apply_status: 5, fail_reason: '主体受限' });
    expect((await app.post('/wxa/sec/reauth', await data({ taskid: again.taskid }))).errcode).toBe(53103);
  });

  it('waits for the merchant’s money where the merchant pays, and ends after a day when nobody agrees', async () => {
    const { taskid } = await app.post('/wxa/sec/wxaauth', await data({ pay_type: 2 }));
    await act(taskid, 'finish');
    expect(await query(taskid)).toMatchObject({ task_status: 15, apply_status: 1 });
    await act(taskid, 'pay');
    expect(await query(taskid)).toMatchObject({ apply_status: 2 });
    await act(taskid, 'pass');
    const late = (await app.post('/wxa/sec/wxaauth', await data())).taskid as string;
    await jump(DAY_S + 1);
    await harness.newTicket();
    app = await App.create(harness, app.appid);
    expect((await query(late)).task_status).toBe(1);
  });

  it('is refused without invoice_info unless the sandbox reads the page', async () => {
    expect((await app.post('/wxa/sec/wxaauth', await data({ invoice_info: undefined }))).errcode).toBe(40097);
    await harness.control('PATCH', 'settings', { invoice_info_required: false });
    expect((await app.post('/wxa/sec/wxaauth', await data({ invoice_info: undefined }))).errcode).toBe(0);
  });

  it('and filing in one: an error carries its procedure, too; a good one walks to 26', async () => {
    const wrong = await app.post('/wxa/sec/submit_auth_and_icp', { ...(await data()), ...(await form()), icp_applets: {} });
    expect(wrong).toMatchObject({ errcode: 86202, procedure_id: expect.any(String) });
    expect(await app.post('/wxa/sec/query_auth_and_icp', { procedure_id: wrong.procedure_id })).toMatchObject({
      procedure_status: 21,
    });
    const { procedure_id, pay_url } = await app.post('/wxa/sec/submit_auth_and_icp', {
      ...(await data({ pay_type: 2 })),
      ...(await form()),
    });
    expect(pay_url).toContain('procedure=');
    const seen: number[] = [];
    for (let step = 0; step < 6; step++) {
      await harness.control('POST', `procedures/${procedure_id}`, { act: 'next' });
      seen.push((await app.post('/wxa/sec/query_auth_and_icp', { procedure_id })).procedure_status);
    }
    expect(seen).toEqual([16, 17, 19, 22, 24, 26]);
    expect(await status()).toBe(6);
    await eventually(() => harness.receiver.of('notify_3rd_wxa_auth_and_icp').length).toBe(8);
  });
});

it('an app that is not filed does not go online, by a code that nobody has published', async () => {
  await app.toAudit('approved');
  const refused = await app.post('/wxa/release');
  expect(refused).toMatchObject({ errcode: 85399, errmsg: expect.stringContaining('not filed') });
  await harness.control('PATCH', 'settings', { unfiled_release: 0 });
  expect((await app.post('/wxa/release')).errcode).toBe(0);
  expect(await harness.control('GET', `components/${COMPONENT}`)).toBeDefined();
});
