import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { FilingForms } from '../testing/filing-forms.js';
import { type Answer, Rig } from '../testing/rig.js';

interface Order {
  certification_id: string;
  state: string;
  task_id: string | null;
  reason: string | null;
  replaces: string | null;
  waiting_for: { who: string; url: string | null; until: string | null } | null;
  dispatch: { provider: string } | null;
  audit: { hints: { field: string }[]; reasons: { field: string }[] } | null;
  form: { auth_data: { contact_info: { name: string }; invoice_info: object } };
}
interface Overview {
  ends_at: string | null;
  ends_from: string | null;
  days_left: number | null;
  order: Order | null;
}
interface Problem {
  type: string;
  errors?: { field: string }[];
  wechat?: { errcode: number; details?: { procedure_id: string } };
}

let rig: Rig;
let component: string;
let appid: string;
let apps = 0;

beforeAll(async () => {
  rig = await Rig.start({ brokers: 2 });
  component = rig.components[0]!.component_appid;
});
afterAll(() => rig?.stop());
beforeEach(async () => {
  apps += 1;
  appid = `wx${String(apps).padStart(16, 'c')}`;
  await rig.merchant(appid, { icp_status: 1024, verify_type: -1 });
  await rig.authorize(appid);
});

const at = () => `${rig.path(appid)}/certification`;
const get = async <T = Overview>(path = '', broker = 0) => (await rig.api<T>(`${at()}${path}`, { broker })).body;
const post = <T>(path: string, body?: unknown, broker = 0): Promise<Answer<T>> =>
  rig.api<T>(`${at()}/${path}`, { method: 'POST', ...(body === undefined ? {} : { body }), broker });
const act = (order: Order, what: string, reason = '') =>
  rig.control.post(`/certifications/${order.task_id}`, { act: what, reason });
const push = async (kind: string) => rig.effect(await rig.deliver(await rig.lastPush(component, kind, appid)));
const stateNow = async () => (await get()).order?.state;
/** An event is done before WeChat was asked because of it. */
const becomes = (state: string) => eventually(`the state ${state}`, async () => (await stateNow()) === state);
const hurry = () =>
  rig.database.query(
    'UPDATE f_wechat_certification SET next_read_at = UTC_TIMESTAMP(3) WHERE authorizer_appid = ? AND ended_at IS NULL',
    [appid],
  );
const told = async () => {
  const rows: { kind: string }[] = await rig.database.query(
    "SELECT kind FROM f_wechat_event WHERE authorizer_appid = ? AND family = 'wxplane' AND kind LIKE 'wxplane.certification%' ORDER BY event_id",
    [appid],
  );
  return rows.map(({ kind }) => kind.replace('wxplane.certification_', ''));
};

async function picture(): Promise<string> {
  const response = await fetch(`${rig.brokers[0]?.url}${at()}/materials`, {
    method: 'POST',
    headers: { authorization: `Bearer ${rig.key}`, 'content-type': 'image/png' },
    body: Buffer.from('a picture'),
  });
  return ((await response.json()) as { media_id: string }).media_id;
}
const data = async (more: object = {}) => ({
  customer_type: 1,
  contact_info: { name: '张三', email: 'a@example.com' },
  qualification: await picture(),
  account_name: '某某商城',
  account_name_type: 1,
  pay_type: 1,
  service_appid: 'wxservice',
  third_party_phone: '02000000000',
  ...more,
});
const begin = async (more: object = {}, again_for?: string, broker = 0) =>
  post<Order & Problem>('orders', { auth_data: await data(more), ...(again_for ? { again_for } : {}) }, broker);

describe('a certification', () => {
  it('goes from the administrator to its year, by events', async () => {
    const { body: order, status } = await begin();
    expect([status, order.state]).toEqual([201, 'awaiting_administrator']);
    expect(order).toMatchObject({ form: { auth_data: { contact_info: { name: '张***' }, invoice_info: { invoice_type: 1 } } } });
    expect(await (await fetch(order.waiting_for?.url ?? '')).text()).toContain('id="question"');
    await act(order, 'finish');
    await push('notify_3rd_wxa_auth');
    await becomes('in_review');
    expect(await get()).toMatchObject({ order: { state: 'in_review', dispatch: { provider: expect.any(String) } } });
    expect((await begin()).status).toBe(409);
    await act(order, 'pass');
    for (let times = 0; times < 2; times++) await push('notify_3rd_wxa_auth');
    await becomes('passed');
    const passed = await get();
    expect(passed).toMatchObject({ order: { state: 'passed', waiting_for: null }, ends_from: 'year' });
    expect(passed.days_left).toBeGreaterThan(363);
    expect(await told()).toEqual(['awaiting_administrator', 'in_review', 'passed']);
    const { items } = await get<{ items: { to: string }[] }>('/history');
    expect(items.map(({ to }) => to).reverse()).toEqual(['sending', 'awaiting_administrator', 'in_review', 'passed']);
  });

  it('that was returned goes on under another task; what no event tells is found by itself', async () => {
    const { body: order } = await begin();
    await act(order, 'finish');
    await act(order, 'return', '营业执照不清晰');
    await hurry();
    await becomes('returned');
    expect(await get()).toMatchObject({ order: { reason: '营业执照不清晰' } });
    const { body: again } = await begin(
      { contact_info: { name: '张三', email: 'a@example.com', mobile: '13000000000' } },
      order.certification_id,
    );
    expect(again).toMatchObject({ state: 'awaiting_administrator', replaces: order.certification_id });
    expect(again.task_id).not.toBe(order.task_id);
    expect(await get<Order>(`/orders/${order.certification_id}`)).toMatchObject({ state: 'replaced' });
    await act(again, 'finish');
    await act(again, 'fail', '主体受限');
    expect((await post<Overview>('refresh')).body).toMatchObject({ order: { state: 'failed', reason: '主体受限' } });
    expect((await begin({}, again.certification_id)).status).toBe(409);
  });

  it('waits for the merchant’s money where the merchant pays', async () => {
    const { body: order } = await begin({ pay_type: 2, service_appid: undefined });
    await act(order, 'finish');
    expect((await post<Overview>('refresh')).body).toMatchObject({
      order: { state: 'awaiting_payment', waiting_for: { who: 'administrator' } },
    });
  });

  it('that WeChat would refuse is refused before it is asked, field by field', async () => {
    await rig.forgetCalls();
    const { status, body } = await begin({
      service_appid: undefined,
      contact_info: { name: '张三', email: 'a@example.com', mobile: '13000000000' },
    });
    expect(status).toBe(400);
    expect(body.errors?.map(({ field }) => field)).toEqual(['auth_data.service_appid', 'auth_data.contact_info.mobile']);
    expect(await rig.calls('wxaauth')).toBe(0);
  });

  it('ends when WeChat says so; the fleet is listed by it, and a client sees its own alone', async () => {
    const expired = Math.floor(Date.now() / 1_000) + 20 * 86_400;
    await rig.deliver(
      `<xml><AppId>${component}</AppId><CreateTime>1777600000</CreateTime><InfoType>notify_3rd_wxa_wxverify</InfoType>
       <appid>${appid}</appid><expired>${expired}</expired><message>即将到期</message></xml>`,
    );
    await eventually('the end', async () => (await get()).ends_from === 'wechat');
    expect(await get()).toMatchObject({ days_left: 19, message: '即将到期', order: null });
    const key = await rig.client({ scopes: ['authorizers:read'], authorizers: [appid] });
    const list = async (query: string, as = rig.key) =>
      (
        await rig.api<{ items: { authorizer_appid: string }[] }>(`${rig.path()}/certifications?${query}`, { key: as })
      ).body.items.map(({ authorizer_appid }) => authorizer_appid);
    expect(await list('ends_within_days=30')).toEqual([appid]);
    expect(await list('ends_within_days=10')).toEqual([]);
    expect(await list('', key)).toEqual([appid]);
    const all = await list('limit=1000');
    const paged: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { body }: Answer<{ items: { authorizer_appid: string }[]; next_cursor: string | null }> = await rig.api(
        `${rig.path()}/certifications?limit=2${cursor && `&cursor=${cursor}`}`,
      );
      paged.push(...body.items.map(({ authorizer_appid }) => authorizer_appid));
      cursor = body.next_cursor;
    }
    expect(paged).toEqual(all);
    expect(await told()).toEqual(['ending']);
  });
});

describe('an order whose answer nobody got', () => {
  it('is known by its event', async () => {
    await rig.control.post('/faults', { path: '/wxa/sec/wxaauth', appid, action: 'cut', after: true });
    expect((await begin()).body.type).toBe('urn:wxplane:problem:wechat-unreachable');
    expect(await get()).toMatchObject({ order: { state: 'unclear', task_id: null } });
    expect((await begin()).status).toBe(409);
    await push('notify_3rd_wxa_auth');
    expect(await get()).toMatchObject({ order: { state: 'awaiting_administrator', task_id: expect.any(String) } });
  });

  it('since the process was killed is not sent a second time', async () => {
    await rig.control.post('/faults', { path: '/wxa/sec/wxaauth', appid, action: 'delay', after: true, delay_ms: 4_000 });
    await rig.forgetCalls();
    const sent = begin().catch(() => undefined);
    await eventually('the call', async () => (await rig.calls('wxaauth')) === 1);
    await rig.brokers[0]!.child.kill();
    await sent;
    expect(await get('', 1)).toMatchObject({ order: { state: 'sending' } });
    await hurry();
    await eventually('its end', async () => (await get('', 1)).order?.state === 'unclear');
    expect(await rig.calls('wxaauth')).toBe(1);
    await push('notify_3rd_wxa_auth');
    expect(await get('', 1)).toMatchObject({ order: { state: 'awaiting_administrator' } });
    await rig.brokers[0]!.start();
  });
});

describe('certification and filing in one', () => {
  const both = async (change: (form: Record<string, never>) => void = () => {}) => {
    const form = await new FilingForms(rig, appid).form();
    change(form);
    return post<Order & Problem>('orders/with-filing', {
      auth_data: await data({ pay_type: 2, service_appid: undefined }),
      form,
    });
  };
  const next = (order: Order) => rig.control.post(`/procedures/${order.task_id}`, { act: 'next' });

  it('walks to the end of both, and the merchant pays at its address', async () => {
    const { body: order } = await both();
    expect(order).toMatchObject({ state: 'awaiting_payment', waiting_for: { url: expect.stringContaining('procedure=') } });
    const states = ['ordered', 'in_review', 'passed', 'filing_platform_review', 'filing_authority_review', 'done'];
    for (const state of states) {
      await next(order);
      await push('notify_3rd_wxa_auth_and_icp');
      await becomes(state);
    }
    expect(await told()).toEqual(['awaiting_payment', ...states]);
    expect(await get()).toMatchObject({ ends_from: 'year' });
    expect((await rig.api(`${rig.path(appid)}/filing/refresh`, { method: 'POST' })).body).toMatchObject({ state: 'filed' });
  });

  it('that WeChat refuses is kept by the procedure that exists all the same', async () => {
    const { body } = await both((form: { icp_subject?: { organize_info: { certificate_photo: string } } }) => {
      form.icp_subject!.organize_info.certificate_photo += 'x';
    });
    expect(body).toMatchObject({ wechat: { errcode: 86202, details: { procedure_id: expect.stringMatching(/^[\w-]{20,}$/) } } });
    expect(await get()).toMatchObject({
      order: {
        state: 'filing_refused',
        task_id: body.wechat?.details?.procedure_id,
        audit: { hints: [{ field: 'icp_subject.organize_info.certificate_photo' }] },
      },
    });
  });
});
