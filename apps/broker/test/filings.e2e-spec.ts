import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { type FilingFormOfTests, FilingForms } from '../testing/filing-forms.js';
import { type Answer, Rig } from '../testing/rig.js';

interface Filing {
  state: string;
  status: number;
  missing: string[];
  reasons: { field: string }[];
  app_record: string | null;
  in_progress: string | null;
  waiting_for: { who: string; person_must_act: boolean; until: string | null; url: string | null; remedy: { zh: string } } | null;
}
interface Application {
  application_id: string;
  state: string;
  form: FilingFormOfTests;
  refusal: { errcode: number; hints?: { field: string }[]; reasons?: { field: string; suggestion: string }[] } | null;
}
interface Problem {
  type: string;
  detail: string;
  errors?: { field: string; message: string }[];
  wechat?: { errcode: number; details?: { hints: { err_field: string }[] } };
  remedy?: { zh: string };
}

const UNREADABLE = { key_name: '主体负责人证件照片', error: '照片不清晰', suggest: '请重新上传' };
let rig: Rig;
let component: string;
let appid: string;
let forms: FilingForms;
let apps = 0;

beforeAll(async () => {
  rig = await Rig.start({ brokers: 2 });
  component = rig.components[0]!.component_appid;
});
afterAll(() => rig?.stop());
beforeEach(async () => {
  apps += 1;
  appid = `wx${String(apps).padStart(16, 'f')}`;
  await rig.merchant(appid, { icp_status: 1024 });
  await rig.authorize(appid);
  forms = new FilingForms(rig, appid);
});

const get = async <T = Filing>(path = '', broker = 0) => (await rig.api<T>(`${forms.at}${path}`, { broker })).body;
const post = <T>(path: string, body: unknown = {}, broker = 0): Promise<Answer<T>> =>
  rig.api<T>(`${forms.at}/${path}`, { method: 'POST', ...(body === undefined ? {} : { body }), broker });
const apply = async (form: FilingFormOfTests, broker = 0) => post<Application & Problem>('applications', { form }, broker);
const decide = (verdict: string, body: object = {}) => rig.control.post(`/merchants/${appid}/filing/${verdict}`, body);
const application = (id: string, broker = 0) => get<Application>(`/applications/${id}`, broker);
const told = async () => {
  const rows: { kind: string }[] = await rig.database.query(
    "SELECT kind FROM f_wechat_event WHERE authorizer_appid = ? AND family = 'wxplane' ORDER BY event_id",
    [appid],
  );
  return rows.map(({ kind }) => kind);
};
/** What is due later is due now. */
const hurry = () =>
  rig.database.query(
    'UPDATE f_wechat_filing SET next_read_at = UTC_TIMESTAMP(3), intent_until = LEAST(intent_until, UTC_TIMESTAMP(3)) WHERE authorizer_appid = ?',
    [appid],
  );
/** Of all replicas. */
const applications = async () => {
  const { counts } = await rig.control.get<{ counts: Record<string, Record<string, number>> }>(
    '/calls/counts?by=appid&path=/wxa/icp/apply_icp_filing',
  );
  return counts['/wxa/icp/apply_icp_filing']?.[appid] ?? 0;
};

describe('a filing', () => {
  it('is read the first time, and says what is missing besides, in both languages', async () => {
    await rig.control.patch(`/merchants/${appid}`, { categories: [], verify_type: -1 });
    expect(await get()).toMatchObject({
      state: 'not_filed',
      status: 1024 + 2 + 4,
      missing: ['category', 'certification'],
      waiting_for: { who: 'operator', person_must_act: true, remedy: { zh: '请先添加类目，再提交备案。' } },
    });
  });

  it('goes from the form to its record number; rejected ones go on from where they were; each step is told', async () => {
    await get();
    const first = await apply(await forms.form());
    expect(first.body).toMatchObject({ state: 'submitted', form: { icp_subject: { principal_info: { name: '张***' } } } });
    expect(await get()).toMatchObject({ state: 'platform_review', waiting_for: { who: 'wechat', person_must_act: false } });
    expect((await apply(await forms.form())).status).toBe(409);

    await decide('platform-reject', { audit_data: [UNREADABLE] });
    const xml = await rig.lastPush(component, 'notify_apply_icpfiling_result', appid);
    await rig.effect(await rig.deliver(xml));
    expect(await eventually('the rejection', async () => (await get()).state === 'platform_rejected' && get())).toMatchObject({
      reasons: [{ field: UNREADABLE.key_name, error: UNREADABLE.error, suggestion: UNREADABLE.suggest }],
    });
    expect(await application(first.body.application_id)).toMatchObject({
      state: 'rejected',
      refusal: { reasons: [{ suggestion: '请重新上传' }] },
    });

    const identity = await forms.paper(2);
    const second = await post<Application>('applications', {
      based_on: first.body.application_id,
      changes: { icp_subject: { principal_info: { certificate_photo_front: identity } } },
    });
    expect(second.body).toMatchObject({ state: 'submitted', form: { icp_subject: { base_info: { type: 4 } } } });
    await decide('platform-approve');
    // No event tells of the authority and its SMS: the poller finds it.
    await hurry();
    await eventually('the SMS', async () => (await get()).waiting_for?.who === 'responsible_person');
    const left = Date.parse((await get()).waiting_for?.until ?? '') - Date.now();
    expect(left).toBeGreaterThan(23 * 3_600_000);
    expect(left).toBeLessThan(25 * 3_600_000);
    await decide('sms-done');
    await decide('authority-approve');
    const done = await rig.deliver(await rig.lastPush(component, 'notify_apply_icpfiling_result', appid), 0);
    await rig.effect(done);
    await eventually('the filing', async () => (await get()).app_record !== null);
    expect(await get()).toMatchObject({ state: 'filed', waiting_for: null, app_record: expect.stringMatching(/-1X$/) });
    expect(await application(second.body.application_id)).toMatchObject({ state: 'filed' });
    expect(await told()).toEqual([
      'wxplane.filing_check_passed',
      'wxplane.filing_platform_review',
      'wxplane.filing_check_passed',
      'wxplane.filing_platform_rejected',
      'wxplane.filing_platform_review',
      'wxplane.filing_authority_review',
      'wxplane.filing_sms_waiting',
      'wxplane.filing_filed',
    ]);
    const { items } = await get<{ items: { to: string }[] }>('/history');
    expect(items.map(({ to }) => to).reverse()).toEqual(expect.arrayContaining(['apply_intended', 'apply_done', 'filed']));
  });

  it('is told once however often its event comes, and is found without it', async () => {
    await get();
    await apply(await forms.form());
    await decide('platform-reject');
    const xml = await rig.lastPush(component, 'notify_apply_icpfiling_result', appid);
    for (const id of [await rig.deliver(xml), await rig.deliver(xml)]) await rig.effect(id);
    await eventually('the rejection', async () => (await get()).state === 'platform_rejected');
    expect((await told()).filter((kind) => kind === 'wxplane.filing_platform_rejected')).toHaveLength(1);
    // The next end comes without an event.
    await apply(await forms.form());
    await decide('platform-reject');
    await hurry();
    await eventually('the second rejection', async () => (await get()).state === 'platform_rejected');
    expect((await told()).filter((kind) => kind === 'wxplane.filing_platform_rejected')).toHaveLength(2);
  });

  it('is withdrawn in review; what is not there to be withdrawn is told', async () => {
    await apply(await forms.form());
    expect((await post<Filing>('withdraw', undefined)).body).toMatchObject({ state: 'not_filed', in_progress: null });
    await rig.control.patch(`/merchants/${appid}`, { icp_status: 6 });
    expect((await post<Problem>('withdraw', undefined)).body).toMatchObject({
      type: 'urn:wxplane:problem:wechat-refused',
      wechat: { errcode: 86330 },
    });
    expect((await post<Filing>('cancel', { what: 'mini_program', reason: 'ended' })).body).toMatchObject({ state: 'cancelling' });
  });
});

describe('a form', () => {
  const refused = async (change: (form: FilingFormOfTests) => void) => {
    const form = await forms.form();
    change(form);
    const before = await applications();
    const answer = await apply(form);
    expect([answer.status, answer.body.type]).toEqual([400, 'urn:wxplane:problem:invalid-request']);
    expect(await applications()).toBe(before);
    return answer.body.errors?.map(({ field }) => field);
  };

  it.each([
    [
      'a first-level content type',
      (f: FilingFormOfTests): unknown => (f.icp_applets.base_info.service_content_types = [1]),
      'form.icp_applets.base_info.service_content_types',
    ],
    [
      'an approval twice',
      (f: FilingFormOfTests): unknown => (f.icp_applets.base_info.nrlx_details = [{ type: 0 }, { type: 0 }]),
      'form.icp_applets.base_info.nrlx_details',
    ],
    [
      'a comment that is too short',
      (f: FilingFormOfTests): unknown => (f.icp_applets.base_info.comment = '短'),
      'form.icp_applets.base_info.comment',
    ],
    [
      'a certificate of another kind of subject',
      (f: FilingFormOfTests): unknown => (f.icp_subject.base_info.type = 14),
      'form.icp_subject.organize_info.certificate_type',
    ],
    [
      'a district of another city',
      (f: FilingFormOfTests): unknown => (f.icp_subject.base_info.district = '440305'),
      'form.icp_subject.base_info.district',
    ],
    [
      'a certificate that has ended before it began',
      (f: FilingFormOfTests): unknown => (f.icp_subject.principal_info.certificate_validity_date_end = '20200101'),
      'form.icp_subject.principal_info.certificate_validity_date_end',
    ],
  ] as const)('with %s is refused before WeChat is asked, by the name of the field', async (_, change, field) => {
    expect(await refused(change)).toEqual([field]);
  });

  it('with a picture that was uploaded for another certificate is refused before WeChat is asked', async () => {
    const passport = await forms.paper(7);
    expect(
      await refused((form) => {
        form.icp_subject.principal_info.certificate_photo_front = passport;
      }),
    ).toEqual(['form.icp_subject.principal_info.certificate_photo_front']);
  });

  it('with a member that nobody knows is refused', async () => {
    const form = await forms.form();
    form.icp_subject.base_info.nonsense = 1;
    expect((await apply(form)).status).toBe(400);
  });

  it('that WeChat refuses has each hint, and the same form can be sent again', async () => {
    const form = await forms.form();
    // Uploaded elsewhere, so that nobody here knows what it is.
    const unknown = `${form.icp_subject.organize_info.certificate_photo}x`;
    const answer = await apply({
      ...form,
      icp_subject: { ...form.icp_subject, organize_info: { ...form.icp_subject.organize_info, certificate_photo: unknown } },
    });
    expect(answer.body).toMatchObject({
      type: 'urn:wxplane:problem:wechat-refused',
      wechat: { errcode: 86202, details: { hints: [{ err_field: 'icp_subject.organize_info.certificate_photo' }] } },
    });
    const { items } = await get<{ items: Application[] }>('/applications');
    expect(items).toMatchObject([
      { state: 'refused', refusal: { errcode: 86202, hints: [{ field: 'icp_subject.organize_info.certificate_photo' }] } },
    ]);
    expect((await apply(form)).body).toMatchObject({ state: 'submitted' });
  });

  it('has its people in no column as they are', async () => {
    await apply(await forms.form());
    const [row] = await rig.database.query('SELECT form FROM f_wechat_filingapplication WHERE authorizer_appid = ?', [appid]);
    expect(row.form).toMatch(/^enc:v2:/);
    expect(rig.output()).not.toContain('440100199001010000');
  });

  it('is made of lists that are read once for the component', async () => {
    await get('/constants');
    await rig.forgetCalls();
    expect(await get<{ subject_types: unknown[] }>('/constants', 1)).toMatchObject({ subject_types: expect.any(Array) });
    expect(await rig.calls('query_icp_subject_types')).toBe(0);
  });
});

describe('an application whose answer nobody got', () => {
  const lost = async (fault: object) => {
    await get();
    const form = await forms.form();
    await rig.control.post('/faults', { path: '/wxa/icp/apply_icp_filing', appid, ...fault });
    return form;
  };

  it('is found at WeChat, and not sent a second time', async () => {
    const form = await lost({ action: 'cut', after: true });
    const answer = await apply(form);
    expect(answer.body).toMatchObject({ type: 'urn:wxplane:problem:wechat-unreachable' });
    expect((await apply(form)).status).toBe(409);
    await eventually('the outcome', async () => (await get()).in_progress === null);
    expect(await get()).toMatchObject({ state: 'platform_review' });
    expect((await get<{ items: Application[] }>('/applications')).items[0]).toMatchObject({ state: 'submitted' });
    expect(await applications()).toBe(1);
  });

  it('and that WeChat never had can be made again', async () => {
    const form = await lost({ action: 'cut' });
    expect((await apply(form)).body).toMatchObject({ type: 'urn:wxplane:problem:wechat-unreachable' });
    await eventually('the outcome', async () => (await get()).in_progress === null);
    expect((await get<{ items: Application[] }>('/applications')).items[0]).toMatchObject({ state: 'not_sent' });
    expect((await apply(form)).body).toMatchObject({ state: 'submitted' });
  });

  it('since the process was killed is concluded by another one', async () => {
    const form = await lost({ action: 'delay', after: true, delay_ms: 4_000 });
    const sent = apply(form).catch(() => undefined);
    await eventually('the call', async () => (await applications()) === 1);
    await rig.brokers[0]!.child.kill();
    await sent;
    expect(await get('', 1)).toMatchObject({ in_progress: 'apply' });
    expect((await apply(form, 1)).status).toBe(409);
    await hurry();
    await eventually('the outcome', async () => (await get('', 1)).in_progress === null);
    expect(await get('', 1)).toMatchObject({ state: 'platform_review' });
    expect(await applications()).toBe(1);
    await rig.brokers[0]!.start();
  });

  it('is one, when two replicas are asked at the same moment', async () => {
    const form = await lost({ action: 'delay', delay_ms: 300 });
    const answers = await Promise.all([apply(form, 0), apply(form, 1)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(await applications()).toBe(1);
  });
});

describe('a face check', () => {
  const begin = async (body: object = {}) =>
    (await post<{ verification_id: string; task_id: string; verify_url: string | null; state: string }>('verifications', body))
      .body;

  it('waits for the administrator, with its link where there is one, and ends by its event', async () => {
    const check = await begin({ along_with_auth: true });
    expect(check).toMatchObject({ state: 'open', verify_url: expect.stringContaining('http') });
    expect((await get()).waiting_for).toMatchObject({ who: 'administrator', url: check.verify_url, person_must_act: true });
    await rig.control.post(`/face-checks/${check.task_id}`, { passed: true });
    await rig.effect(await rig.deliver(await rig.lastPush(component, 'notify_icpfiling_verify_result', appid)));
    expect(await get(`/verifications/${check.verification_id}`)).toMatchObject({ state: 'passed' });
    expect((await get()).waiting_for?.who).toBe('operator');
  });

  it('whose id never came is known by its event', async () => {
    await rig.control.post('/faults', { path: '/wxa/icp/create_icp_verifytask', appid, action: 'cut', after: true });
    await begin();
    const { tasks } = await rig.control.get<{ tasks: { id: string }[] }>(`/merchants/${appid}/filing`);
    await rig.control.post(`/face-checks/${tasks[0]!.id}`, { passed: true });
    await rig.effect(await rig.deliver(await rig.lastPush(component, 'notify_icpfiling_verify_result', appid)));
    const [row] = await rig.database.query('SELECT state, task_id FROM f_wechat_filingverification WHERE authorizer_appid = ?', [
      appid,
    ]);
    expect(row).toEqual({ state: 'passed', task_id: tasks[0]!.id });
  });
});

describe('the fleet', () => {
  it('is listed by what it waits for, and a client sees its own alone', async () => {
    await get();
    await apply(await forms.form());
    await decide('platform-reject');
    await rig.api(`${forms.at}/refresh`, { method: 'POST' });
    const key = await rig.client({ scopes: ['authorizers:read'], authorizers: [appid] });
    const list = async (query: string, as = rig.key) =>
      (await rig.api<{ items: { authorizer_appid: string }[] }>(`${rig.path()}/filings?${query}`, { key: as })).body.items.map(
        ({ authorizer_appid }) => authorizer_appid,
      );
    expect(await list('state=platform_rejected')).toContain(appid);
    expect(await list('person_must_act=true')).toContain(appid);
    expect(await list('state=filed')).not.toContain(appid);
    expect(await list('limit=1000', key)).toEqual([appid]);
  });

  it('that has not granted the set is told so before WeChat is asked', async () => {
    const other = `wx${String(apps).padStart(16, 'e')}`;
    await rig.merchant(other, {});
    await rig.authorize(other, 0, { sets: [30] });
    await rig.api(`${rig.path(other)}/refresh`, { method: 'POST' });
    const { status, body } = await rig.api<Problem>(`${rig.path(other)}/filing`);
    expect([status, body.type]).toEqual([409, 'urn:wxplane:problem:conflict']);
    expect(body.remedy?.zh).toContain('156');
  });
});
