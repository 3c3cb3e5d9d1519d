import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ReleaseWorld } from '../../testing/release-world.js';
import { FleetService } from '../fleet/fleet.service.js';
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
