import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ReleaseWorld } from '../../testing/release-world.js';
import { COMPONENT } from '../../testing/stand-ins.js';
import type { FleetPage, FleetSummary } from '../fleet/fleet.dto.js';
import { FleetService } from '../fleet/fleet.service.js';
import type { HistoryView, VersionsView } from '../settings/settings.dto.js';

describe('operations per mini program', () => {
  let world: ReleaseWorld;
  let apps: string[];
  let app: string;
  let template: number;
  let next = 0;

  beforeAll(async () => {
    world = await ReleaseWorld.start({ RELEASE_INVENTORY_S: '3600' });
    apps = await world.authorize(12);
    template = await world.template({ user_version: '1.0.0' });
    await world.sandbox.control('/settings', { audit_mode: 'auto', audit_after_s: 0 }, 'PATCH');
  });
  afterAll(() => world?.stop());
  beforeEach(async () => {
    app = apps[next++] as string;
    await world.sandbox.control('/faults', undefined, 'DELETE');
  });

  const of = (path: string, appid = app) => world.component(`/authorizers/${appid}${path}`);
  const online = async (version: string) => {
    const { release_id } = await world.create(app, template, {
      user_version: version,
      policy: { submit: 'auto', publish: 'auto' },
    });
    await world.until(release_id, (release) => release.state === 'released');
    return release_id;
  };

  it('shows trial and online version, and goes back to an earlier one', async () => {
    await online('1.0.0');
    const second = await online('1.1.0');
    expect(await world.ok<VersionsView>(of('/versions'))).toMatchObject({
      trial: { version: '1.1.0' },
      online: { version: '1.1.0' },
    });
    const { items } = await world.ok<HistoryView>(of('/versions/history'));
    expect(items.map((item) => item.user_version)).toContain('1.0.0');
    const back = await world.ok<VersionsView>(of('/rollback'), {});
    expect(back.online?.version).toBe('1.0.0');
    expect((await world.release(second)).state).toBe('reverted');
    const again = await world.call<Record<string, unknown>>(of('/rollback'), {});
    expect(again.body).toMatchObject({ wechat: { errcode: 87012 }, remedy: { zh: expect.any(String) } });
  });

  it('does not roll back twice when the answer is lost', async () => {
    await online('1.0.0');
    await online('1.1.0');
    await online('1.2.0');
    await world.sandbox.control('/faults', { path: '/wxa/revertcoderelease', appid: app, action: 'hang', after: true });
    expect((await world.ok<VersionsView>(of('/rollback'), {})).online?.version).toBe('1.1.0');
    expect(await world.sandbox.calls('/wxa/revertcoderelease', app)).toBe(1);
  });

  it('takes a mini program out of service and back', async () => {
    await online('1.0.0');
    expect(await world.ok<unknown>(of('/visit-status'), { action: 'close' })).toEqual({ status: 0 });
    expect(await world.ok<unknown>(of('/visit-status'))).toEqual({ status: 0 });
    await world.ok(of('/visit-status'), { action: 'open' });
    expect(await world.ok<unknown>(of('/visit-status'))).toEqual({ status: 1 });
  });

  it('reads pages and categories, and sets the base library', async () => {
    await world.ready(app, template);
    expect((await world.ok<{ items: string[] }>(of('/pages'))).items.length).toBeGreaterThan(0);
    expect((await world.ok<{ items: unknown[] }>(of('/audit-categories'))).items.length).toBeGreaterThan(0);
    await world.ok(of('/base-library'), { version: '2.21.2' }, { method: 'PUT' });
    expect(await world.ok<unknown>(of('/base-library'))).toMatchObject({ now_version: '2.21.2' });
    expect((await world.call(of('/base-library'), { version: 'newest' }, { method: 'PUT' })).status).toBe(400);
  });

  it('binds testers, and counts those who are one already as done', async () => {
    const { userstr } = await world.ok<{ userstr: string }>(of('/testers'), { wechatid: 'zhang_san' });
    expect(userstr).toMatch(/^\w+$/);
    expect((await world.call(of('/testers'), { wechatid: 'zhang_san' })).status).toBe(201);
    expect((await world.ok<{ items: unknown[] }>(of('/testers'))).items).toEqual([{ userstr }]);
    expect((await world.call(of('/testers/unbind'), { userstr })).status).toBe(204);
    expect((await world.ok<{ items: unknown[] }>(of('/testers'))).items).toEqual([]);
  });

  it('sets the privacy guide, and refuses what WeChat would refuse', async () => {
    await world.ready(app, template);
    const owner_setting = { contact_phone: '020-1', notice_method: '弹窗' };
    const put = (body: unknown) => world.call(of('/privacy-settings'), body, { method: 'PUT' });
    const entry = { privacy_key: 'UserInfo', privacy_text: '用于展示头像' };
    expect((await put({ privacy_ver: 2, setting_list: [entry], owner_setting })).status).toBe(200);
    expect(await world.ok<unknown>(of('/privacy-settings'))).toMatchObject({ setting_list: [expect.objectContaining(entry)] });
    const upload = await fetch(`http://127.0.0.1:${world.service.httpPort}${of('/privacy-settings/file')}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await world.client(['releases:write'])}`, 'content-type': 'text/plain' },
      body: '补充说明',
    });
    expect(upload.status).toBe(201);
    const { ext_file_media_id } = (await upload.json()) as { ext_file_media_id: string };
    const sdk_privacy_info_list = [{ sdk_name: 'x', sdk_biz_name: 'y', sdk_list: [] }];
    const whole = { privacy_ver: 2, setting_list: [entry], owner_setting: { ...owner_setting, ext_file_media_id } };
    expect((await put({ ...whole, sdk_privacy_info_list })).status).toBe(200);
    expect((await put({ privacy_ver: 2, owner_setting })).status).toBe(400);
    expect((await put({ privacy_ver: 2, setting_list: [], owner_setting: { notice_method: 'x' } })).status).toBe(400);
  });

  it('streams pictures for the reviewer, and refuses the rest before a byte is sent', async () => {
    const upload = (type: string, bytes: number) =>
      fetch(`http://127.0.0.1:${world.service.httpPort}${of('/audit-media')}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': type },
        body: new Uint8Array(bytes).fill(7),
      });
    const key = await world.client(['releases:write']);
    const good = await upload('image/png', 300_000);
    expect([good.status, await good.json()]).toEqual([201, { type: 'image', mediaid: expect.any(String) }]);
    expect((await upload('image/png', 2 * 1024 * 1024 + 1)).status).toBe(413);
    expect((await upload('video/mp4', 3 * 1024 * 1024)).status).toBe(201);
    expect((await upload('application/pdf', 10)).status).toBe(415);
    expect(await world.sandbox.calls('/wxa/uploadmedia', app)).toBe(2);
  });

  it('keeps an inventory, so that lists never call WeChat', async () => {
    await online('7.0.0');
    for (const fleet = world.service.app.get(FleetService); (await fleet.sweep()) > 0; );
    await world.ok(of('/tags'), { tags: ['vip', 'vip'] }, { method: 'PUT' });
    await world.ok(of('/visit-status'), { action: 'close' });
    const before = (await world.sandbox.control<{ total: number }>('/calls?limit=1')).total;
    const list = async (query: string) => (await world.ok<FleetPage>(world.component(`/mini-programs?${query}`))).items;
    expect(await list('online_version=7.0.0')).toMatchObject([
      {
        authorizer_appid: app,
        online_version: '7.0.0',
        release_state: 'released',
        visit_status: 0,
        tags: ['vip'],
        read_at: expect.any(String),
      },
    ]);
    expect((await list('tag=vip')).map((item) => item.authorizer_appid)).toEqual([app]);
    expect((await list('not_online_version=7.0.0')).length).toBe(11);
    const paged = await world.ok<FleetPage>(world.component('/mini-programs?limit=5'));
    const rest = await list(`limit=100&cursor=${paged.next_cursor}`);
    expect(paged.items.length + rest.length).toBe(12);
    expect(await world.ok<FleetSummary>(world.component('/mini-programs/summary'))).toMatchObject({ total: 12 });
    expect((await world.sandbox.control<{ total: number }>('/calls?limit=1')).total).toBe(before);
    expect(COMPONENT).toBeTruthy();
  });
});
