import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { App } from '../testing/app.js';
import { type Answer, COMPONENT, eventually, Harness } from '../testing/harness.js';

/** Violations, order path, trade management (fleet reference §1 to §3; checklist 1, 4). */
describe('apps that are online', () => {
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
  const errcode = async (answer: Promise<Answer>) => (await answer)['errcode'];

  it('order path: at most 100 appids; what became of each comes by one push, the decision by another', async () => {
    const apply = (appid_list: string[], path = 'pages/order/list') =>
      harness.post('/wxa/security/applysetorderpathinfo', app.componentToken, { batch_req: { path, appid_list } });
    const read = (info_type: number) => app.post('/wxa/security/getorderpathinfo', { info_type });
    expect(await errcode(apply(Array.from({ length: 101 }, () => app.appid)))).toBe(61042);
    expect(await errcode(apply([]))).toBe(61043);
    expect(await errcode(apply([app.appid], '/pages/order'))).toBe(61044);
    expect(await errcode(read(1))).toBe(61041);
    await harness.control('PATCH', 'settings', { order_path_busy: ['wxbusy'] });
    expect(await errcode(apply([app.appid, app.appid, 'wxbusy', 'wxnobody']))).toBe(0);
    await eventually(() => harness.receiver.of('order_path_apply_result_notify').length).toBe(1);
    const { message } = harness.receiver.of('order_path_apply_result_notify')[0]!;
    expect([...message!.matchAll(/<ret_code>(-?\d)<\/ret_code>/g)].map(([, code]) => code)).toEqual(['0', '1', '-1', '-2']);
    expect(await read(1)).toMatchObject({ msg: { path: 'pages/order/list', status: 2 } });
    await harness.control('POST', `merchants/${app.appid}/order-path/approve`, {});
    expect(harness.receiver.of('order_path_audit_result_notify').at(-1)?.message).toContain('<status>4</status>');
    expect(await read(0)).toMatchObject({ msg: { status: 4 } });
    await harness.control('PATCH', 'settings', { order_path_busy: [] });
  });

  it('violations: in a window of 90 days, with and without content, by text ids, and told by an event', async () => {
    const add = (body: Answer) => harness.control('POST', `merchants/${app.appid}/violations`, body);
    const { now_ms } = await harness.control('GET', 'clock');
    const now = Math.floor(Number(now_ms) / 1000);
    await add({ create_time: now - 100 * 86_400, push: false });
    await add({ create_time: now - 10, content: '' });
    expect(harness.receiver.of('wxa_illegal_record')).toHaveLength(1);
    const records = async (body: Answer = {}) => (await app.post('/wxa/getillegalrecords', body))['records'] as Answer[];
    expect(await records()).toMatchObject([{ illegal_record_id: expect.stringMatching(/^2_\d+$/) }]);
    expect((await records())[0]).not.toHaveProperty('illegal_content');
    expect(await records({ end_time: now - 50 * 86_400 })).toHaveLength(1);
    expect(await records({ start_time: now - 200 * 86_400, end_time: now })).toHaveLength(2);
  });

  it('appeals: set 198, as many materials as the record has, one open at a time, told by an event', async () => {
    expect(await errcode(app.post('/wxa/component/createappeal', {}))).toBe(61007);
    await harness.control('PATCH', `components/${COMPONENT}`, { permission_sets: [18, 30, 76, 198] });
    // Another authorization has another token.
    const { token } = await harness.authorized(app.appid, 'miniprogram', { sets: [18, 76, 198] });
    const { record } = await harness.control('POST', `merchants/${app.appid}/violations`, { push: false });
    const { illegal_record_id } = record as Answer;
    const material = { reason: '已整改', proof_material_ids: ['MEDIA'] };
    const appeal = (appeal_materials: unknown[]) =>
      errcode(harness.post('/wxa/component/createappeal', token, { illegal_record_id, appeal_materials }));
    const records = async () =>
      (await harness.post('/wxa/getappealrecords', token, { illegal_record_id }))['records'] as Answer[];
    expect(await appeal([material, material])).toBe(40097);
    expect(await appeal([{ ...material, proof_material_ids: [] }])).toBe(40097);
    expect(await records()).toEqual([]);
    expect(await appeal([material])).toBe(0);
    expect(await appeal([material])).toBe(40097);
    expect((await records())[0]).not.toHaveProperty('audit_time');
    await harness.control('POST', `merchants/${app.appid}/appeal`, { status: 3, reason: '证明不足' });
    expect(await records()).toMatchObject([{ appeal_status: 3, appeal_from: 1, audit_reason: '证明不足' }]);
    const { message } = harness.receiver.of('wxa_appeal_record').at(-1)!;
    expect(message).toContain('<proof_material_id><![CDATA[MEDIA]]></proof_material_id>');
  });

  it('punishments: an event with detail as a text, and content that repeats', async () => {
    await harness.control('POST', `merchants/${app.appid}/punishments`, {
      ...{ event_type: 2, content: ['a', 'b'], detail: { banned_days: [1], banned_function_names: ['分享朋友圈'] } },
    });
    const { message } = harness.receiver.of('wxa_punish_event').at(-1)!;
    expect(message!.match(/<illegal_content>/g)).toHaveLength(2);
    expect(message).toContain('"banned_function_names":["分享朋友圈"]');
  });

  it('trade management: by the app’s own appid', async () => {
    const asked = (appid: string) => app.post('/wxa/sec/order/is_trade_managed', { appid });
    expect(await asked(app.appid)).toMatchObject({ is_trade_managed: false });
    expect(await errcode(asked('wxother'))).toBe(40013);
    await harness.control('POST', `merchants/${app.appid}/trade`, { event: 'trade_manage_remind_access_api' });
    expect(await asked(app.appid)).toMatchObject({ is_trade_managed: true });
    expect(harness.receiver.of('trade_manage_remind_access_api')).toHaveLength(1);
  });
});
