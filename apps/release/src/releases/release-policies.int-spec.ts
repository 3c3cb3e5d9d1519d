import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { AccessLogEntity } from '#persistence';
import { ReleaseWorld } from '../../testing/release-world.js';
import { COMPONENT } from '../../testing/stand-ins.js';
import { ScreenshotService } from '../screenshots/screenshot.service.js';
import { ScreenshotStore } from '../screenshots/screenshot-store.js';
import type { PreflightView, ScreenshotPage } from './api/release.dto.js';
import { ReleaseApprovals } from './release-approvals.service.js';

const AUTO = { submit: 'auto', publish: 'auto' };

describe('what happens by itself', () => {
  let world: ReleaseWorld;
  let apps: string[];
  let app: string;
  let template: number;
  let next = 0;

  beforeAll(async () => {
    world = await ReleaseWorld.start();
    apps = await world.authorize(30);
    template = await world.template({ user_version: '1.0.0' });
  });
  afterAll(() => world?.stop());
  beforeEach(async () => {
    app = apps[next++] as string;
    await world.sandbox.control('/faults', undefined, 'DELETE');
    await world.sandbox.control('/settings', { audit_mode: 'auto', audit_after_s: 0 }, 'PATCH');
  });

  /** A mini program that has something online. */
  const online = async () => {
    const { release_id } = await world.create(app, template, { user_version: '0.9.0', policy: AUTO });
    await world.until(release_id, (release) => release.state === 'released');
  };
  const other = () => world.client(['releases:write']);

  it('publishes in steps, with pauses, and then to everybody', async () => {
    await online();
    const gray = [
      { percentage: 10, pause_s: 1 },
      { percentage: 50, pause_s: 1 },
    ];
    const { release_id } = await world.create(app, template, { policy: { ...AUTO, gray } });
    const first = await world.until(release_id, (release) => release.state === 'graying' && release.waiting !== null);
    expect(first).toMatchObject({ gray_percentage: 10, is_release: false, waiting: { for: 'gray-pause' } });
    await world.until(release_id, (release) => release.gray_percentage === 50);
    await world.until(release_id, (release) => release.state === 'released');
    expect(await world.sandbox.calls('/wxa/grayrelease', app)).toBe(2);
    expect(await world.sandbox.calls('/wxa/release', app)).toBe(2);
  });

  it('takes a gray release back on a health signal, and leaves it alone from then on', async () => {
    await online();
    const policy = { ...AUTO, gray: [{ percentage: 10, pause_s: 3_600 }] };
    const { release_id } = await world.create(app, template, { policy });
    await world.until(release_id, (release) => release.state === 'graying');
    const fine = await world.ok(`/v1/releases/${release_id}/health`, { healthy: true });
    expect(fine.state).toBe('graying');
    const reverted = await world.ok(`/v1/releases/${release_id}/health`, { healthy: false, reason: 'error rate' });
    expect(reverted).toMatchObject({ state: 'approved', gray_percentage: null, waiting: { reason: 'error rate' } });
    await sleep(500);
    expect(await world.sandbox.calls('/wxa/grayrelease', app)).toBe(1);
    expect((await world.release(release_id)).state).toBe('approved');
  });

  it.each([
    ['never reaches WeChat', { action: 'hang' }],
    ['comes while WeChat is busy with the mini program', { action: 'errcode', errcode: 9402202 }],
  ])('takes it back although the first call %s', async (_, fault) => {
    await online();
    const policy = { ...AUTO, gray: [{ percentage: 10, pause_s: 1 }] };
    const { release_id } = await world.create(app, template, { policy });
    await world.until(release_id, (release) => release.state === 'graying');
    await world.sandbox.control('/faults', { path: '/wxa/revertgrayrelease', appid: app, times: 1, ...fault });
    await world.ok(`/v1/releases/${release_id}/health`, { healthy: false, reason: 'error rate' });
    const reverted = await world.until(release_id, (release) => release.state === 'approved' && release.pending_step === null);
    expect(reverted).toMatchObject({ policy: { publish: 'manual' }, waiting: { reason: 'error rate' }, needs_attention: true });
    expect(await world.sandbox.calls('/wxa/revertgrayrelease', app)).toBe(2);
    expect(await world.sandbox.calls('/wxa/release', app)).toBe(1);
  });

  it('finds a gray release whose answer was lost', async () => {
    await online();
    const { release_id } = await world.create(app, template, { policy: { submit: 'auto' } });
    await world.until(release_id, (release) => release.state === 'approved');
    await world.sandbox.control('/faults', { path: '/wxa/grayrelease', appid: app, action: 'hang', after: true });
    await world.call(`/v1/releases/${release_id}/gray`, { percentage: 20 });
    const graying = await world.until(release_id, (release) => release.state === 'graying');
    expect(graying.gray_percentage).toBe(20);
    expect(await world.sandbox.calls('/wxa/grayrelease', app)).toBe(1);
    expect((await world.call(`/v1/releases/${release_id}/gray`, { percentage: 10 })).status).toBe(409);
  });

  it('publishes to everybody at once where nothing was online before', async () => {
    const { release_id } = await world.create(app, template, { policy: { ...AUTO, gray: [{ percentage: 10, pause_s: 9 }] } });
    await world.until(release_id, (release) => release.state === 'released');
  });

  it('waits for its window', async () => {
    const now = new Date(Date.now() + 8 * 3_600_000);
    const hour = (offset: number) => `${String((now.getUTCHours() + offset) % 24).padStart(2, '0')}:00`;
    const policy = { ...AUTO, publish_window: { from: hour(2), to: hour(3) } };
    const { release_id } = await world.create(app, template, { policy });
    const waiting = await world.until(release_id, (release) => release.waiting !== null);
    expect(waiting).toMatchObject({ state: 'approved', waiting: { for: 'window', until: expect.any(String) } });
    const open = await world.create(apps[next++] as string, template, {
      policy: { ...AUTO, publish_window: { from: hour(0), to: hour(1) } },
    });
    await world.until(open.release_id, (release) => release.state === 'released');
  });

  it('needs a second person, who is not its maker', async () => {
    const { release_id } = await world.create(app, template, { policy: { ...AUTO, two_person: true } });
    await world.until(release_id, (release) => release.waiting?.['for'] === 'approval');
    expect((await world.call(`/v1/releases/${release_id}/publish`, {})).status).toBe(409);
    expect((await world.call(`/v1/releases/${release_id}/gray`, { percentage: 10 })).status).toBe(409);
    expect((await world.call(`/v1/releases/${release_id}/approve`, {})).status).toBe(403);
    await world.call(`/v1/releases/${release_id}/approve`, { note: 'looked at it' }, { key: await other() });
    await world.until(release_id, (release) => release.state === 'released');
  });

  it('does not miss the second person who agrees in the moment in which it begins to wait for one', async () => {
    await world.sandbox.control('/settings', { audit_mode: 'manual' }, 'PATCH');
    const { release_id } = await world.create(app, template, { policy: { ...AUTO, two_person: true } });
    await world.until(release_id, (release) => release.state === 'auditing');
    await world.call(`/v1/releases/${release_id}/approve`, {}, { key: await other() });
    vi.spyOn(world.service.app.get(ReleaseApprovals), 'agreed').mockResolvedValueOnce(false);
    await world.sandbox.control(`/merchants/${app}/audit/approve`, {});
    await world.until(release_id, (release) => release.state === 'released');
  });

  it('waits for the end of another review that is in the way', async () => {
    await world.sandbox.control('/faults', {
      path: '/wxa/get_latest_auditstatus',
      appid: app,
      action: 'body',
      body: '{"errcode":0,"errmsg":"ok","auditid":1,"status":2,"user_version":"x"}',
      times: 0,
    });
    const { release_id } = await world.create(app, template, { policy: AUTO });
    const waiting = await world.until(release_id, (release) => release.last_error !== null);
    expect(waiting).toMatchObject({ state: 'ready', needs_attention: false, last_error: { step: 'preflight', verdict: 'wait' } });
    await world.sandbox.control('/faults', undefined, 'DELETE');
    await world.hurry(release_id);
    await world.until(release_id, (release) => release.state === 'released');
  });

  it('fetches the screenshots of a rejection at once and keeps them', async () => {
    await world.sandbox.control('/settings', { audit_mode: 'manual' }, 'PATCH');
    // Not by the look for those that are left.
    const sweep = vi.spyOn(world.service.app.get(ScreenshotService), 'sweep').mockResolvedValue();
    const { release_id } = await world.auditing(app, template);
    await world.sandbox.control(`/merchants/${app}/audit/reject`, { reason: 'no', screenshots: 2 });
    await world.until(release_id, (release) => release.state === 'rejected');
    const stored = async () => (await world.ok<ScreenshotPage>(`/v1/releases/${release_id}/screenshots`)).items;
    for (let tries = 0; tries < 50 && (await stored()).filter((item) => item.state === 'stored').length < 2; tries += 1)
      await sleep(100);
    sweep.mockRestore();
    const [shot] = await stored();
    expect(shot).toMatchObject({ state: 'stored', content_type: expect.stringMatching(/^image\//), bytes: expect.any(Number) });
    // WeChat's copy may be gone by now: ours is not.
    const before = await world.sandbox.calls('/cgi-bin/material/get_material', app);
    const response = await fetch(
      `http://127.0.0.1:${world.service.httpPort}/v1/releases/${release_id}/screenshots/${shot?.media_id}`,
      {
        headers: { authorization: `Bearer ${await other()}` },
      },
    );
    expect((await response.arrayBuffer()).byteLength).toBe(shot?.bytes);
    expect(await world.sandbox.calls('/cgi-bin/material/get_material', app)).toBe(before);
  });

  it('loses no screenshot when it is submitted again at once', async () => {
    await world.sandbox.control('/settings', { audit_mode: 'manual' }, 'PATCH');
    const { release_id } = await world.auditing(app, template);
    await world.sandbox.control('/faults', {
      path: '/cgi-bin/material/get_material',
      appid: app,
      action: 'status',
      status: 502,
      times: 0,
    });
    await world.sandbox.control(`/merchants/${app}/audit/reject`, { reason: 'no', screenshots: 1 });
    await world.until(release_id, (release) => release.state === 'rejected');
    const shots = async () => (await world.ok<ScreenshotPage>(`/v1/releases/${release_id}/screenshots`)).items;
    await expect.poll(shots).toMatchObject([{ state: 'pending', note: expect.any(String) }]);
    expect((await world.ok(`/v1/releases/${release_id}/submit`, {})).state).toBe('auditing');
    await world.sandbox.control('/faults', undefined, 'DELETE');
    const due = () =>
      world.database.dataSource.query('UPDATE f_wechat_screenshot SET next_try_at = NULL WHERE state = ?', ['pending']);
    await expect.poll(() => due().then(shots)).toMatchObject([{ state: 'stored' }]);
  });

  it('tries a screenshot again that the store did not take, and carries releases on meanwhile', async () => {
    await world.sandbox.control('/settings', { audit_mode: 'manual' }, 'PATCH');
    const { release_id } = await world.auditing(app, template);
    vi.spyOn(world.service.app.get(ScreenshotStore), 'put').mockRejectedValueOnce(new Error('packet too large'));
    const ended = Promise.withResolvers<void>();
    const sweep = vi.spyOn(world.service.app.get(ScreenshotService), 'sweep').mockReturnValueOnce(ended.promise);
    await world.sandbox.control(`/merchants/${app}/audit/reject`, { reason: 'no', screenshots: 1 });
    const shots = async () => (await world.ok<ScreenshotPage>(`/v1/releases/${release_id}/screenshots`)).items;
    await expect.poll(shots).toMatchObject([{ state: 'pending', note: 'packet too large' }]);
    await expect.poll(() => sweep.mock.calls.length).toBeGreaterThan(0);
    const other = await world.create(apps[next++] as string, template, { policy: { submit: 'auto' } });
    await world.until(other.release_id, (release) => release.state === 'auditing');
    ended.reject(new Error('the database went away'));
    const due = () =>
      world.database.dataSource.query('UPDATE f_wechat_screenshot SET next_try_at = NULL WHERE state = ?', ['pending']);
    await expect.poll(() => due().then(shots)).toMatchObject([{ state: 'stored' }]);
    vi.restoreAllMocks();
  });

  it('refuses gray steps that do not rise', async () => {
    const gray = [50, 10].map((percentage) => ({ percentage, pause_s: 0 }));
    const body = { authorizer_appid: app, template_id: template, user_version: '1', user_desc: '', policy: { gray } };
    expect((await world.call(world.component('/releases'), body)).status).toBe(400);
  });

  it('commits again by itself when a resubmission needs it', async () => {
    await world.sandbox.control('/settings', { audit_mode: 'manual', resubmit_needs_commit: true }, 'PATCH');
    const { release_id } = await world.auditing(app, template);
    await world.ok(`/v1/releases/${release_id}/withdraw`, {});
    await world.call(`/v1/releases/${release_id}/submit`, {});
    await world.until(release_id, (release) => release.state === 'ready');
    expect((await world.ok(`/v1/releases/${release_id}/submit`, {})).state).toBe('auditing');
    await world.sandbox.control('/settings', { resubmit_needs_commit: false }, 'PATCH');
  });

  it('refuses before WeChat is asked when the code uses undeclared privacy APIs', async () => {
    const nosy = await world.template({ user_version: '1.0.0', privacy_apis: ['getLocation'] });
    const { release_id } = await world.ready(app, nosy);
    const refused = await world.call<Record<string, unknown>>(`/v1/releases/${release_id}/submit`, {});
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({
      checks: [{ check: 'scan' }, { check: 'privacy-guide' }],
      remedy: { en: expect.any(String), zh: expect.any(String) },
    });
    expect(await world.sandbox.calls('/wxa/submit_audit', app)).toBe(0);
    const { may_submit, checks } = await world.ok<PreflightView>(`/v1/releases/${release_id}/preflight`);
    expect(may_submit).toBe(false);
    expect(Object.fromEntries(checks.map((check) => [check.check, check.result]))).toMatchObject({
      permission: 'ok',
      scan: 'problem',
      categories: 'ok',
      'pending-audit': 'ok',
      quota: 'ok',
      template: 'ok',
    });
    expect((await world.ok(`/v1/releases/${release_id}/submit`, { privacy_api_not_use: true })).state).toBe('auditing');
  });

  describe('before a submission', () => {
    const refusedFor = async (release_id: number) => {
      const answer = await world.call<{ checks?: { check: string; remedy: { en: string; zh: string } }[] }>(
        `/v1/releases/${release_id}/submit`,
        {},
      );
      expect(answer.status).toBe(409);
      expect(await world.sandbox.calls('/wxa/submit_audit', app)).toBe(0);
      for (const check of answer.body.checks ?? [])
        expect(check.remedy).toEqual({ en: expect.any(String), zh: expect.any(String) });
      return answer.body.checks?.map((check) => check.check);
    };
    const answers = (path: string, body: unknown) =>
      world.sandbox.control('/faults', {
        path,
        action: 'body',
        body: JSON.stringify({ errcode: 0, errmsg: 'ok', ...(body as object) }),
        times: 0,
      });

    it('refuses a privacy guide that does not describe what the code uses, unless told to skip that check', async () => {
      const { release_id } = await world.ready(app, template);
      await answers('/cgi-bin/component/getprivacysetting', { privacy_list: ['Album'], setting_list: [] });
      expect(await refusedFor(release_id)).toEqual(['privacy-guide']);
      const submitted = await world.ok(`/v1/releases/${release_id}/submit`, { skip_checks: ['privacy-guide'] });
      expect(submitted.state).toBe('auditing');
      const { items } = await world.ok<{ items: { to: string; detail: unknown }[] }>(`/v1/releases/${release_id}/history`);
      // WeChat may have decided already.
      expect(items.find(({ to }) => to === 'auditing')).toMatchObject({ detail: { skipped_checks: ['privacy-guide'] } });
      const recorded = () =>
        world.database.dataSource.getRepository(AccessLogEntity).findBy({ action: 'release.skip-checks', authorizerAppid: app });
      await expect.poll(recorded).toMatchObject([{ subject: `${release_id} privacy-guide` }]);
    });

    it('refuses domains that the release would drop', async () => {
      const { release_id } = await world.ready(app, template);
      await answers('/wxa/get_effective_domain', {
        mp_domain: { requestdomain: ['https://not-registered.example'] },
        effective_domain: { requestdomain: ['https://api.example.com'] },
      });
      expect(await refusedFor(release_id)).toEqual(['domains']);
    });

    it('refuses while another console has a version in audit, and nobody may skip that', async () => {
      const { release_id } = await world.ready(app, template);
      await answers('/wxa/get_latest_auditstatus', { auditid: 1, status: 4, user_version: 'x' });
      expect(await refusedFor(release_id)).toEqual(['pending-audit']);
      const insists = await world.call(`/v1/releases/${release_id}/submit`, { skip_checks: ['pending-audit'] });
      expect(insists.status).toBe(400);
    });

    it('refuses when the quota is used up, and without permission set 18', async () => {
      const { release_id } = await world.ready(app, template);
      await answers('/wxa/queryquota', { rest: 0, limit: 100, speedup_rest: 0, speedup_limit: 0 });
      await world.ok(world.component(`/audit-quota?authorizer_appid=${app}`));
      expect(await refusedFor(release_id)).toEqual(['quota']);
      await world.sandbox.control('/faults', undefined, 'DELETE');
      const { dataSource } = world.database;
      await dataSource.query('DELETE FROM f_wechat_authorizerpermission WHERE funcscope_id = 18 AND authorizer_appid = ?', [app]);
      expect(await refusedFor(release_id)).toEqual(['permission']);
    });

    it('refuses a mini program without an approved category', async () => {
      const { release_id } = await world.ready(app, template);
      await answers('/wxa/get_category', { category_list: [] });
      expect(await refusedFor(release_id)).toEqual(['categories']);
    });

    it('refuses a template that is gone, unless told to skip that check', async () => {
      const own = await world.template({ user_version: '1.0.0' });
      const { release_id } = await world.ready(app, own);
      await answers('/wxa/gettemplatelist', { template_list: [] });
      expect(await refusedFor(release_id)).toEqual(['template']);
      expect((await world.ok(`/v1/releases/${release_id}/submit`, { skip_checks: ['template'] })).state).toBe('auditing');
    });
  });

  it('creates one release for one Idempotency-Key', async () => {
    const body = { authorizer_appid: app, template_id: template, user_version: '1.0.0', user_desc: 'x' };
    const send = () => world.call(world.component('/releases'), body, { headers: { 'idempotency-key': 'once' } });
    const first = await send();
    const again = await send();
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body.release_id).toBe(first.body.release_id);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await world.sandbox.calls('/wxa/commit', app)).toBe(1);
    expect(COMPONENT).toBe(first.body.component_appid);
  });
});
