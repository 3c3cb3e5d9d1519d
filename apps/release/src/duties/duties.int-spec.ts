import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AuthorizerPermissionEntity } from '#persistence';
import { ReleaseWorld } from '../../testing/release-world.js';
import { COMPONENT } from '../../testing/stand-ins.js';
import { FleetService } from '../fleet/fleet.service.js';
import type { AppealPage, AppealsAtWechat, AppealView } from './appeal.dto.js';
import { AppealService } from './appeal.service.js';
import type { ViolationPage } from './violation.dto.js';
import { ViolationService } from './violation.service.js';

interface OrderPaths {
  readonly items: readonly { readonly authorizer_appid: string; readonly state: string; readonly reason: string | null }[];
}
interface Violations {
  readonly items: readonly { readonly authorizer_appid: string; readonly reason: string; readonly content: string | null }[];
}
interface Groups {
  readonly items: readonly { readonly rule_name: string; readonly records: number; readonly mini_programs: number }[];
}
interface Fleet {
  readonly items: readonly {
    readonly authorizer_appid: string;
    readonly trade_managed: boolean | null;
    readonly trade_reminder: string | null;
  }[];
}

/** Order path, shipping duties, violations, against the sandbox and its pushes (fleet-duties.md §1 to §3). */
describe('what a fleet owes WeChat', () => {
  let world: ReleaseWorld;
  let apps: string[];

  beforeAll(async () => {
    world = await ReleaseWorld.start({ RELEASE_INVENTORY_S: '3600' });
  });
  afterAll(() => world?.stop());
  beforeEach(async () => {
    apps = await world.authorize(3);
  });

  const control = (appid: string, path: string, body: object = {}) => world.sandbox.control(`/merchants/${appid}/${path}`, body);
  const states = async () => {
    const { items } = await world.ok<OrderPaths>(world.component('/order-paths?limit=1000'));
    return Object.fromEntries(items.map(({ authorizer_appid, state }) => [authorizer_appid, state]));
  };
  const set = (authorizers: readonly string[], path = 'pages/order/list') =>
    world.call<{ wechat?: { errcode: number } }>(world.component('/order-paths'), { path, authorizers });

  it('order path: one call for all; what became of each is told by events, and kept', async () => {
    const [one, busy, third] = apps as [string, string, string];
    const nobody = 'wx00000000000000ee';
    await world.sandbox.control('/settings', { order_path_busy: [busy] }, 'PATCH');
    expect((await set([one, busy, third, nobody])).status).toBe(204);
    await expect
      .poll(states, { timeout: 60_000 })
      .toMatchObject({ [one]: 'in-audit', [busy]: 'busy', [third]: 'in-audit', [nobody]: 'bad-appid' });
    await control(one, 'order-path/approve');
    await control(third, 'order-path/reject', { reason: '页面无法打开' });
    await expect.poll(states, { timeout: 60_000 }).toMatchObject({ [one]: 'approved', [third]: 'rejected' });
    const { items } = await world.ok<OrderPaths>(world.component('/order-paths?state=rejected'));
    expect(items).toMatchObject([{ authorizer_appid: third, reason: '页面无法打开' }]);
    expect(await world.ok(world.component(`/authorizers/${one}/order-path`))).toMatchObject({
      online: { path: 'pages/order/list', status: 'approved' },
    });
    // Busy ones are sent again.
    await world.sandbox.control('/settings', { order_path_busy: [] }, 'PATCH');
    expect((await set([busy])).status).toBe(204);
    await expect.poll(states, { timeout: 60_000 }).toMatchObject({ [busy]: 'in-audit' });
  });

  it('order path: what WeChat refuses, or has perhaps taken, is kept as that', async () => {
    const [refused, unclear] = apps as [string, string];
    const fault = (more: object) =>
      world.sandbox.control('/faults', { path: '/wxa/security/applysetorderpathinfo', times: 1, ...more });
    await fault({ action: 'errcode', errcode: 61044 });
    expect(await set([refused])).toMatchObject({ status: 502, body: { wechat: { errcode: 61044 } } });
    await fault({ action: 'cut', after: false });
    expect((await set([unclear])).status).toBe(503);
    expect(await states()).toMatchObject({ [refused]: 'refused', [unclear]: 'unclear' });
    expect((await set(Array.from({ length: 101 }, (_, index) => `wx${String(index).padStart(16, '0')}`))).status).toBe(400);
  });

  it('those whose money is held are in the inventory, and are found', async () => {
    const [held, managed, plain] = apps as [string, string, string];
    await control(held, 'trade', { event: 'trade_manage_remind_access_api' });
    await control(managed, 'trade', {});
    const fleet = async (query = '') => {
      const { items } = await world.ok<Fleet>(world.component(`/mini-programs?limit=1000${query}`));
      return Object.fromEntries(items.map(({ authorizer_appid, trade_managed }) => [authorizer_appid, trade_managed]));
    };
    await expect.poll(() => fleet('&money_held=true'), { timeout: 60_000 }).toMatchObject({ [held]: true });
    await world.database.dataSource.query('UPDATE f_wechat_miniprogram SET versions_read_at = NULL, trade_read_at = NULL');
    while ((await world.service.app.get(FleetService).sweep()) > 0);
    expect(await fleet()).toMatchObject({ [held]: true, [managed]: true, [plain]: false });
    expect(Object.keys(await fleet('&money_held=true'))).toEqual([held]);
  });

  it('violations: told by an event or found by the daily reading, each once, and grouped by cause', async () => {
    const [told, found, none] = apps as [string, string, string];
    const rule_name = `运营规范 ${told.slice(-6)}`;
    await control(told, 'violations', { rule_name });
    await control(found, 'violations', { rule_name, push: false, content: '' });
    const list = async (query = '') => (await world.ok<Violations>(world.component(`/violations?limit=1000${query}`))).items;
    const of = (items: Violations['items']) => items.map(({ authorizer_appid }) => authorizer_appid).sort();
    const here = `&rule_name=${encodeURIComponent(rule_name)}`;
    await expect.poll(async () => of(await list(here)), { timeout: 60_000 }).toEqual([told]);
    const service = world.service.app.get(ViolationService);
    while ((await service.sweep()) > 0);
    expect(of(await list(here))).toEqual([told, found].sort());
    expect(await service.sweep()).toBe(0);
    await world.database.dataSource.query('UPDATE f_wechat_miniprogram SET violations_read_at = NULL');
    while ((await service.sweep()) > 0);
    expect(await list(here)).toHaveLength(2);
    expect(await list(`&authorizer_appid=${none}`)).toEqual([]);
    expect((await list(`&authorizer_appid=${found}`))[0]).toMatchObject({ content: null, reason: '内容涉嫌欺诈' });
    const { items } = await world.ok<Groups>(world.component('/violations/groups'));
    expect(items.find((group) => group.rule_name === rule_name)).toMatchObject({ records: 2, mini_programs: 2 });
  });

  it('punishments are kept beside violations, with what WeChat does', async () => {
    const [one] = apps as [string];
    await control(one, 'punishments', {
      ...{ event_type: 2, content: ['a', 'b'], detail: { banned_days: [1], banned_function_names: ['分享朋友圈'] } },
    });
    const list = async () =>
      (await world.ok<ViolationPage>(world.component(`/violations?limit=1000&authorizer_appid=${one}`))).items;
    await expect.poll(list, { timeout: 60_000 }).toMatchObject([
      {
        ...{ kind: 'punishment', content: 'a\nb', illegal_record_id: expect.stringMatching(/^punishment:9_/) },
        punishment: { type: 2, detail: { banned_function_names: ['分享朋友圈'] } },
      },
    ]);
  });

  describe('appeals', () => {
    const recordOf = async (appid: string) => {
      const { record } = await world.sandbox.control<{ record: { illegal_record_id: string } }>(
        `/merchants/${appid}/violations`,
        { push: false },
      );
      return record.illegal_record_id;
    };
    const body = { appeal_materials: [{ reason: '已整改', proof_media_ids: ['MEDIA'] }] };
    const permit = (appid: string) =>
      world.database.dataSource
        .getRepository(AuthorizerPermissionEntity)
        .insert({ componentAppid: COMPONENT, authorizerAppid: appid, funcscopeId: 198 });
    const at = (appid: string, record: string) => world.component(`/authorizers/${appid}/violations/${record}/appeals`);
    const kept = async (appid: string) =>
      (await world.ok<AppealPage>(world.component(`/appeals?authorizer_appid=${appid}`))).items;
    const sent = (appid: string) => world.sandbox.calls('/wxa/component/createappeal', appid);
    beforeEach(async () => {
      const permission_sets = [17, 18, 19, 25, 30, 31, 40, 76, 198];
      await world.sandbox.control(`/components/${COMPONENT}`, { permission_sets }, 'PATCH');
      apps = await world.authorize(1, { sets: [17, 18, 30, 76, 198] });
      await permit(apps[0]!);
    });

    it('one at a time, decided by an event, and with their records', async () => {
      const [one] = apps as [string];
      const record = await recordOf(one);
      expect(await world.ok<AppealView>(at(one, record), body)).toMatchObject({ state: 'open', illegal_record_id: record });
      expect((await world.call(at(one, record), body)).status).toBe(409);
      expect(await sent(one)).toBe(1);
      await control(one, 'appeal', { status: 2, reason: '申诉成立' });
      await expect
        .poll(() => kept(one), { timeout: 60_000 })
        .toMatchObject([{ state: 'upheld', audit_reason: '申诉成立', by_provider: true }]);
      const { items } = await world.ok<AppealsAtWechat>(at(one, record));
      expect(items).toMatchObject([{ state: 'upheld', materials: [{ reason: '已整改', proof_media_ids: ['MEDIA'] }] }]);
    });

    it('without an answer nothing is sent again: WeChat’s records say whether it was taken', async () => {
      const [one] = apps as [string];
      const record = await recordOf(one);
      for (const after of [true, false]) {
        await world.sandbox.control('/faults', { path: '/wxa/component/createappeal', times: 1, action: 'cut', after });
        expect((await world.call(at(one, record), body)).status).toBe(503);
        expect((await world.call(at(one, record), body)).status).toBe(409);
        await world.database.dataSource.query(
          'UPDATE f_wechat_appeal SET updated_at = updated_at - INTERVAL 5 MINUTE WHERE authorizer_appid = ?',
          [one],
        );
        await world.service.app.get(AppealService).settleAll();
        expect(await kept(one)).toMatchObject([
          { state: after ? 'open' : 'not-sent' },
          ...(after ? [] : [{ state: 'withdrawn' }]),
        ]);
        if (!after) break;
        await control(one, 'appeal', { status: 4 });
        await expect.poll(() => kept(one), { timeout: 60_000 }).toMatchObject([{ state: 'withdrawn' }]);
      }
    });

    it('what WeChat refuses is kept as that, and excludes no other one', async () => {
      const [one] = apps as [string];
      expect(await world.call(at(one, '2_1'), body)).toMatchObject({ status: 502, body: { wechat: { errcode: 40097 } } });
      expect(await kept(one)).toMatchObject([{ state: 'refused', refusal: { errcode: 40097 } }]);
      expect((await world.call(at(one, await recordOf(one)), body)).status).toBe(201);
    });
  });

  it('violations of mini programs that do not let us read them are not asked for', async () => {
    const [without] = apps as [string];
    await world.database.dataSource.query(
      'DELETE FROM f_wechat_authorizerpermission WHERE authorizer_appid = ? AND funcscope_id = 76',
      [without],
    );
    while ((await world.service.app.get(ViolationService).sweep()) > 0);
    expect(await world.sandbox.calls('/wxa/getillegalrecords', without)).toBe(0);
  });
});
