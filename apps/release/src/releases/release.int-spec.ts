import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { EventEffectEntity, EventEntity, ReleaseEntity } from '#persistence';
import { WechatApiError } from '#wechat';
import { ReleaseWorld } from '../../testing/release-world.js';
import { COMPONENT } from '../../testing/stand-ins.js';
import { AuditReader } from '../audit/audit-reader.js';
import type { ReleaseMovePage, ReleasePage } from './api/release.dto.js';
import { ReleaseRepository } from './release.repository.js';

const REASON = `1:小程序内容不符合规则:<br>(1):请补充"首页"说明 👩‍💻<br>${'说明'.repeat(400)}`;

describe('releases', () => {
  let world: ReleaseWorld;
  let apps: string[];
  let template: number;
  let next = 0;
  let app: string;

  beforeAll(async () => {
    world = await ReleaseWorld.start();
    apps = await world.authorize(60);
    template = await world.template({ user_version: '1.0.0' });
  });
  afterAll(() => world?.stop());
  beforeEach(async () => {
    app = apps[next++] as string;
    await world.sandbox.control('/faults', undefined, 'DELETE');
    await world.sandbox.control('/push-faults', undefined, 'DELETE');
  });

  const opened = (releaseId: number) => world.service.app.get(ReleaseRepository).get(releaseId);
  const row = (releaseId: number) => world.database.dataSource.getRepository(ReleaseEntity).findOneByOrFail({ releaseId });

  it('goes from commit to online, and keeps the columns of the source design in step', async () => {
    const created = await world.create(app, template, { ext_json: { ext: { tenant: '42', name: '店' } } });
    expect(created.state).toBe('scanning');
    const { extJson, status } = await opened(created.release_id);
    expect([extJson, status]).toEqual(['{"ext":{"tenant":"42","name":"店"}}', 4]);
    await world.until(created.release_id, (release) => release.state === 'ready');

    const submitted = await world.ok(`/v1/releases/${created.release_id}/submit`, {
      item_list: [{ first_class: '工具', second_class: '效率', first_id: 287, second_id: 616, title: '首页' }],
      version_desc: '测试账号',
    });
    expect(submitted).toMatchObject({ state: 'auditing', next_steps: ['withdraw', 'speed-up'] });
    const inAudit = await row(created.release_id);
    expect(inAudit).toMatchObject({ status: 2, isRelease: 0, auditresultTime: null, releaseTime: null });
    expect(inAudit.auditid).toMatch(/^\d{6,}$/);
    expect(inAudit.createTime).toBeInstanceOf(Date);

    await world.sandbox.control(`/merchants/${app}/audit/approve`, {});
    const approved = await world.until(created.release_id, (release) => release.state === 'approved');
    expect(approved.audit).toMatchObject({ status: 0, reason: null });
    expect((await row(created.release_id)).auditresultTime).toBeInstanceOf(Date);

    const released = await world.ok(`/v1/releases/${created.release_id}/publish`, {});
    expect(released).toMatchObject({ state: 'released', is_release: true, next_steps: [] });
    expect(await row(created.release_id)).toMatchObject({ status: 0, isRelease: 1, intent: null });
    // Subscribers are told through the inbox.
    const told = await world.database.dataSource.getRepository(EventEntity).findBy({ authorizerAppid: app, family: 'wxplane' });
    expect(told.map((event) => [event.kind, event.state])).toEqual([
      ['wxplane.release_approved', 'received'],
      ['wxplane.release_released', 'received'],
    ]);
    const { items } = await world.ok<ReleaseMovePage>(`/v1/releases/${created.release_id}/history`);
    expect(items.map((move) => move.to)).toEqual([
      'created',
      'scanning',
      'ready',
      'ready',
      'auditing',
      'approved',
      'approved',
      'released',
    ]);
  });

  it('keeps a long rejection whole, with emoji and screenshots, and shows it as plain text', async () => {
    const { release_id } = await world.auditing(app, template);
    await world.sandbox.control(`/merchants/${app}/audit/reject`, { reason: REASON, screenshots: 2 });
    const rejected = await world.until(release_id, (release) => release.state === 'rejected');
    expect(rejected.audit.reason).toBe(REASON);
    expect(rejected.audit.reason_text).toBe(REASON.replaceAll('<br>', '\n'));
    expect(rejected.audit.screenshots).toHaveLength(2);
    expect(await row(release_id)).toMatchObject({ status: 1, reason: REASON });
    // Resubmitting clears the old result.
    const again = await world.ok(`/v1/releases/${release_id}/submit`, { feedback_info: '已修改' });
    expect(again).toMatchObject({ state: 'auditing', audit: { status: 2, reason: null, result_at: null, screenshots: [] } });
    expect(again.audit.auditid).not.toBe(rejected.audit.auditid);
  });

  it('shows a delayed review as pending, never as not submitted', async () => {
    const { release_id } = await world.auditing(app, template);
    await world.sandbox.control(`/merchants/${app}/audit/delay`, { reason: '抽检' });
    const delayed = await world.until(release_id, (release) => release.audit.is_delayed);
    expect(delayed).toMatchObject({ state: 'auditing', audit: { status: 2, delay_reason: '抽检' } });
    expect(await row(release_id)).toMatchObject({ status: 2, isDelayed: 1 });
    await world.sandbox.control(`/merchants/${app}/audit/approve`, {});
    await world.until(release_id, (release) => release.state === 'approved' && !release.audit.is_delayed);
  });

  it('withdraws, and can submit again', async () => {
    const { release_id } = await world.auditing(app, template);
    const withdrawn = await world.ok(`/v1/releases/${release_id}/withdraw`, {});
    expect(withdrawn).toMatchObject({ state: 'withdrawn', audit: { status: 3 } });
    expect((await world.ok(`/v1/releases/${release_id}/submit`, {})).state).toBe('auditing');
  });

  it('publishes once when twenty ask at the same time', async () => {
    const { release_id } = await world.approved(app, template);
    const answers = await Promise.all(Array.from({ length: 20 }, () => world.call(`/v1/releases/${release_id}/publish`, {})));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    expect(answers.filter((answer) => answer.status === 409)).toHaveLength(19);
    expect(await world.sandbox.calls('/wxa/release', app)).toBe(1);
    expect((await world.release(release_id)).state).toBe('released');
  });

  it('submits once when ten ask at the same time', async () => {
    const { release_id } = await world.ready(app, template);
    const answers = await Promise.all(Array.from({ length: 10 }, () => world.call(`/v1/releases/${release_id}/submit`, {})));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    expect(await world.sandbox.calls('/wxa/submit_audit', app)).toBe(1);
  });

  it('refuses an illegal step with the reason and the legal ones', async () => {
    const { release_id } = await world.ready(app, template);
    const answer = await world.call<Record<string, unknown>>(`/v1/releases/${release_id}/publish`, {});
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({
      type: 'urn:wxplane:problem:conflict',
      state: 'ready',
      next_steps: ['submit', 'recommit', 'abandon'],
    });
    expect(answer.body['detail']).toContain('possible now: submit');
  });

  describe('when an answer of WeChat is lost', () => {
    const lose = (path: string) => world.sandbox.control('/faults', { path, appid: app, action: 'hang', after: true, times: 1 });

    it('finds the ticket of a submission that timed out, and does not submit again', async () => {
      const { release_id } = await world.ready(app, template);
      await lose('/wxa/submit_audit');
      const answer = await world.call(`/v1/releases/${release_id}/submit`, {});
      expect(answer.status).toBe(200);
      const release = await world.until(release_id, (now) => now.state === 'auditing');
      expect(release.audit.auditid).toMatch(/^\d+$/);
      expect(await world.sandbox.calls('/wxa/submit_audit', app)).toBe(1);
    });

    it('finds a publication that timed out', async () => {
      const { release_id } = await world.approved(app, template);
      await lose('/wxa/release');
      await world.call(`/v1/releases/${release_id}/publish`, {});
      await world.until(release_id, (now) => now.state === 'released');
      expect(await world.sandbox.calls('/wxa/release', app)).toBe(1);
    });

    it('finds a withdrawal that timed out', async () => {
      const { release_id } = await world.auditing(app, template);
      await lose('/wxa/undocodeaudit');
      await world.call(`/v1/releases/${release_id}/withdraw`, {});
      await world.until(release_id, (now) => now.state === 'withdrawn');
      expect(await world.sandbox.calls('/wxa/undocodeaudit', app)).toBe(1);
    });

    it('lets a step be asked again when WeChat never got it', async () => {
      const { release_id } = await world.ready(app, template);
      await world.sandbox.control('/faults', { path: '/wxa/submit_audit', appid: app, action: 'hang', times: 1 });
      const first = await world.call(`/v1/releases/${release_id}/submit`, {});
      expect(first.body).toMatchObject({ state: 'ready', pending_step: 'submit', next_steps: [] });
      const second = await world.call(`/v1/releases/${release_id}/submit`, {});
      expect(second.status).toBe(409);
      await world.until(release_id, (now) => now.pending_step === null);
      expect((await world.ok(`/v1/releases/${release_id}/submit`, {})).state).toBe('auditing');
    });

    it('takes over the ticket of a lost submission when WeChat says that one is pending', async () => {
      const { release_id } = await world.ready(app, template);
      await world.sandbox.control('/faults', {
        path: '/wxa/submit_audit',
        appid: app,
        action: 'errcode',
        errcode: 85009,
        after: true,
        times: 1,
      });
      expect((await world.ok(`/v1/releases/${release_id}/submit`, {})).state).toBe('auditing');
      expect(await world.sandbox.calls('/wxa/submit_audit', app)).toBe(1);
    });

    const answers = (path: string, errcode: number, more: object) =>
      world.sandbox.control<{ id: number }>('/faults', { path, appid: app, action: 'errcode', errcode, ...more });

    it('goes on looking for a ticket that is pending and that WeChat does not show yet', async () => {
      const { release_id } = await world.ready(app, template);
      await answers('/wxa/submit_audit', 85009, { after: true, times: 1 });
      await answers('/wxa/get_latest_auditstatus', 85058, { times: 0 });
      expect(await world.ok(`/v1/releases/${release_id}/submit`, {})).toMatchObject({ state: 'ready', pending_step: 'submit' });
      const reads = await world.sandbox.calls('/wxa/get_latest_auditstatus', app);
      await world.hurry(release_id);
      await expect.poll(() => world.sandbox.calls('/wxa/get_latest_auditstatus', app)).toBeGreaterThan(reads);
      await world.sandbox.control('/faults', undefined, 'DELETE');
      await expect
        .poll(() => world.hurry(release_id).then(() => world.release(release_id)))
        .toMatchObject({ state: 'auditing', pending_step: null });
      expect(await world.sandbox.calls('/wxa/submit_audit', app)).toBe(1);
    });

    it('waits a day for a ticket that WeChat does not show, whatever a reading fails with, and submits it no second time', async () => {
      const { release_id } = await world.ready(app, template);
      const repository = world.database.dataSource.getRepository(ReleaseEntity);
      /** From now on every reading is answered so, and not as before. @returns the number of that */
      const latest = async (errcode: number, before?: number) => {
        const { id } = await answers('/wxa/get_latest_auditstatus', errcode, { times: 0 });
        if (before !== undefined) await world.sandbox.control(`/faults/${before}`, undefined, 'DELETE');
        return id;
      };
      const change = (values: Partial<ReleaseEntity>) => repository.update({ releaseId: release_id }, values);
      await answers('/wxa/submit_audit', 85009, { after: true, times: 1 });
      const hides = await latest(85058);
      await change({ policy: '{"submit":"auto"}', nextCheckAt: new Date(0) });
      await world.until(release_id, (release) => release.last_error?.['errcode'] === 85009);
      const refuses = await latest(61007, hides);
      await expect.poll(() => world.hurry(release_id).then(async () => (await row(release_id)).attempts)).toBeGreaterThan(0);
      expect(await world.release(release_id)).toMatchObject({ pending_step: 'submit', last_error: { errcode: 85009 } });
      await latest(85058, refuses);
      await change({ intentAt: new Date(Date.now() - 86_400_000), nextCheckAt: new Date(0) });
      // A look that was under way may have put the next one off.
      await expect
        .poll(() => world.hurry(release_id).then(() => world.release(release_id)))
        .toMatchObject({ pending_step: null, needs_attention: true });
      // Days later it comes to light.
      await world.sandbox.control('/faults', undefined, 'DELETE');
      expect((await world.ok(`/v1/releases/${release_id}/submit`, {})).state).toBe('auditing');
      expect(await world.sandbox.calls('/wxa/submit_audit', app)).toBe(1);
    });

    it('waits for its own ticket no longer when WeChat shows that another one is pending', async () => {
      const { release_id } = await world.ready(app, template);
      await answers('/wxa/submit_audit', 85009, { times: 1 });
      await answers('/wxa/get_latest_auditstatus', 85058, { times: 0 });
      expect(await world.ok(`/v1/releases/${release_id}/submit`, {})).toMatchObject({ pending_step: 'submit' });
      await world.sandbox.control('/faults', undefined, 'DELETE');
      const body = '{"errcode":0,"errmsg":"ok","auditid":77,"status":2,"user_version":"other"}';
      const other = { path: '/wxa/get_latest_auditstatus', appid: app, action: 'body', body, times: 0 };
      await world.sandbox.control('/faults', other);
      await world.hurry(release_id);
      await world.until(release_id, (release) => release.pending_step === null);
      expect((await world.ok(`/v1/releases/${release_id}/abandon`, {})).state).toBe('stopped');
    });

    it('stops sending a submission of which nothing comes, and says so', async () => {
      const { release_id } = await world.ready(app, template);
      await answers('/wxa/submit_audit', -1, { times: 0 });
      await world.database.dataSource
        .getRepository(ReleaseEntity)
        .update({ releaseId: release_id }, { policy: '{"submit":"auto"}', unclearCount: 12, nextCheckAt: new Date(0) });
      await expect
        .poll(() => world.hurry(release_id).then(() => world.release(release_id)))
        .toMatchObject({ state: 'ready', needs_attention: true, last_error: { errcode: -1 } });
      expect(await world.sandbox.calls('/wxa/submit_audit', app)).toBe(3);
    });

    it('looks at an open step again also when the reading is refused', async () => {
      const { release_id } = await world.ready(app, template);
      await lose('/wxa/submit_audit');
      await world.sandbox.control('/faults', {
        path: '/wxa/get_latest_auditstatus',
        appid: app,
        action: 'errcode',
        errcode: 61007,
        times: 0,
      });
      await world.call(`/v1/releases/${release_id}/submit`, {});
      await world.hurry(release_id);
      await expect.poll(async () => (await row(release_id)).attempts).toBeGreaterThan(0);
      expect((await row(release_id)).nextCheckAt).not.toBeNull();
    });

    it('takes "already released" for what was asked when it is so', async () => {
      const { release_id } = await world.approved(app, template);
      const fault = { path: '/wxa/release', appid: app, action: 'errcode', errcode: 85052, after: true, times: 1 };
      await world.sandbox.control('/faults', fault);
      expect((await world.ok(`/v1/releases/${release_id}/publish`, {})).state).toBe('released');
    });

    it('finds what a crash between the call and its record left behind', async () => {
      const { release_id } = await world.ready(app, template);
      const repository = world.database.dataSource.getRepository(ReleaseEntity);
      // As a killed process leaves it: the intent is recorded, the ticket exists, the answer was never written.
      const before = await row(release_id);
      await repository.update({ releaseId: release_id }, { intent: 'submit', intentAt: new Date() });
      const { release_id: helper } = await world.auditing(apps[59] as string, template);
      expect(helper).toBeGreaterThan(release_id);
      const token = await (await fetch(`${world.around.url}/v1/components/${COMPONENT}/authorizers/${app}/token`)).json();
      const ticket = await world.sandbox.wechat(
        `/wxa/submit_audit?access_token=${(token as { access_token: string }).access_token}`,
        {},
      );
      expect(ticket['auditid']).toBeTypeOf('number');
      await repository.update({ releaseId: release_id }, { nextCheckAt: new Date(0) });
      const release = await world.until(release_id, (now) => now.state === 'auditing');
      expect(release.audit.auditid).toBe(String(ticket['auditid']));
      expect(before.auditid).toBeNull();
    });
  });

  it('does not take an earlier release of the same version for itself', async () => {
    const first = await world.approved(app, template);
    await world.ok(`/v1/releases/${first.release_id}/publish`, {});
    const second = await world.approved(app, template, { ext_json: { ext: { tenant: 'other' } } });
    const versions = await world.sandbox.calls('/wxa/getversioninfo', app);
    await world.hurry(second.release_id);
    await expect.poll(() => world.sandbox.calls('/wxa/getversioninfo', app)).toBeGreaterThan(versions);
    expect((await world.release(second.release_id)).state).toBe('approved');
    expect((await world.ok(`/v1/releases/${second.release_id}/publish`, {})).state).toBe('released');
    expect(await world.sandbox.calls('/wxa/release', app)).toBe(2);
  });

  describe('what WeChat refuses', () => {
    const refuse = (path: string, errcode: number, more: object = {}) =>
      world.sandbox.control('/faults', { path, appid: app, action: 'errcode', errcode, times: 1, ...more });

    it('a withdrawal of what was approved meanwhile: answers the new state', async () => {
      const { release_id } = await world.auditing(app, template);
      await world.sandbox.control(`/merchants/${app}/audit/approve`, { push: 'drop' });
      const answer = await world.call(`/v1/releases/${release_id}/withdraw`, {});
      expect([answer.status, answer.body.state]).toEqual([409, 'approved']);
    });

    it('to say what became of a withdrawal: it is looked up later', async () => {
      const { release_id } = await world.auditing(app, template);
      const unread = new WechatApiError({ kind: 'errcode', api: 'x', errcode: 61007, errmsg: 'no', maybeExecuted: false });
      vi.spyOn(world.service.app.get(AuditReader), 'reading').mockRejectedValueOnce(unread);
      expect(await world.ok(`/v1/releases/${release_id}/withdraw`, {})).toMatchObject({ pending_step: 'withdraw' });
      await world.until(release_id, (release) => release.state === 'withdrawn');
      expect(await world.sandbox.calls('/wxa/undocodeaudit', app)).toBe(1);
    });

    it('a withdrawal too many: the review goes on', async () => {
      const { release_id } = await world.auditing(app, template);
      await refuse('/wxa/undocodeaudit', 87013);
      expect((await world.call(`/v1/releases/${release_id}/withdraw`, {})).status).toBeGreaterThanOrEqual(400);
      expect(await world.release(release_id)).toMatchObject({ state: 'auditing', last_error: { errcode: 87013 } });
    });

    it('nothing, although the ticket stays in audit: a second withdrawal is possible', async () => {
      const { release_id } = await world.auditing(app, template);
      const fault = { path: '/wxa/undocodeaudit', appid: app, action: 'body', body: '{"errcode":0,"errmsg":"ok"}', times: 1 };
      await world.sandbox.control('/faults', fault);
      expect((await world.call(`/v1/releases/${release_id}/withdraw`, {})).status).toBe(409);
      expect(await world.release(release_id)).toMatchObject({ state: 'auditing', pending_step: null });
      expect((await world.ok(`/v1/releases/${release_id}/withdraw`, {})).state).toBe('withdrawn');
    });

    it('a submission while the scan runs: waits for it, and commits nothing again', async () => {
      const { release_id } = await world.ready(app, template);
      await refuse('/wxa/submit_audit', 61039);
      expect((await world.call(`/v1/releases/${release_id}/submit`, {})).status).toBeGreaterThanOrEqual(400);
      expect((await world.release(release_id)).state).toBe('scanning');
      await world.hurry(release_id);
      await world.until(release_id, (release) => release.state === 'ready');
      expect(await world.sandbox.calls('/wxa/commit', app)).toBe(1);
    });

    it('a submission while another review is pending: waits for its end', async () => {
      const { release_id } = await world.create(app, template);
      await world.until(release_id, (release) => release.state === 'ready');
      await refuse('/wxa/submit_audit', 85009);
      await world.sandbox.control('/faults', {
        path: '/wxa/get_latest_auditstatus',
        appid: app,
        action: 'body',
        body: '{"errcode":0,"errmsg":"ok","auditid":77,"status":1,"user_version":"other"}',
        times: 0,
      });
      await world.database.dataSource
        .getRepository(ReleaseEntity)
        .update({ releaseId: release_id }, { policy: '{"submit":"auto"}', nextCheckAt: new Date(0) });
      await world.until(release_id, (release) => release.last_error?.['errcode'] === 85009);
      await expect.poll(async () => (await row(release_id)).attempts).toBe(1);
      const { nextCheckAt } = await row(release_id);
      expect(nextCheckAt?.getTime()).toBeGreaterThan(Date.now() + 500_000);
      await world.sandbox.control('/faults', undefined, 'DELETE');
      await world.hurry(release_id);
      await world.until(release_id, (release) => release.state === 'auditing');
    });

    it('a speed-up: 89404 is as good as done, 89402 reads the review', async () => {
      const { release_id } = await world.auditing(app, template);
      await refuse('/wxa/speedupaudit', 89404);
      expect((await world.ok(`/v1/releases/${release_id}/speed-up`, {})).state).toBe('auditing');
      await world.sandbox.control(`/merchants/${app}/audit/approve`, { push: 'drop' });
      await refuse('/wxa/speedupaudit', 89402);
      expect((await world.call(`/v1/releases/${release_id}/speed-up`, {})).status).toBeGreaterThanOrEqual(400);
      expect((await world.release(release_id)).state).toBe('approved');
    });
  });

  it('fills variables in layers, and sends none that is undefined', async () => {
    const put = (path: string, body: unknown) => world.ok(world.component(path), body, { method: 'PUT' });
    await put('/ext-settings', { variables: { color: 'red' } });
    await put(`/authorizers/${app}/ext-settings`, {
      variables: { tenant: 'T7' },
      ext_json: { ext: { name: '{{nickname}}', tenant: '{{tenant}}', color: '{{color}}' } },
    });
    await put('/audit-profiles/plain', { audit: { version_desc: 'for {{tenant}}' } });
    const { release_id } = await world.create(app, template, { profile: 'plain' });
    const { extJson, submitRequest } = await opened(release_id);
    expect(JSON.parse(extJson)).toEqual({ ext: { name: expect.stringContaining('店'), tenant: 'T7', color: 'red' } });
    expect(submitRequest).toEqual({ version_desc: 'for T7' });
    const body = { authorizer_appid: app, template_id: template, user_version: '1', user_desc: '' };
    const refused = await world.call<{ errors: { field: string }[] }>(world.component('/releases'), {
      ...body,
      ext_json: { ext: { t: '{{nowhere}}' }, window: [] },
    });
    expect(refused.status).toBe(400);
    expect(refused.body.errors.map((error) => error.field)).toEqual(['variables.nowhere', 'ext_json.window']);
    await world.until(release_id, (release) => release.state === 'ready');
    expect((await world.call(`/v1/releases/${release_id}/submit`, { version_desc: '{{nowhere}}' })).status).toBe(400);
  });

  it('commits once more when asked to', async () => {
    const { release_id } = await world.ready(app, template);
    expect((await world.ok(`/v1/releases/${release_id}/recommit`, {})).state).toBe('scanning');
    await world.until(release_id, (release) => release.state === 'ready');
    expect(await world.sandbox.calls('/wxa/commit', app)).toBe(2);
    expect((await world.ok(`/v1/releases/${release_id}/submit`, {})).state).toBe('auditing');
    expect((await world.call(`/v1/releases/${release_id}/recommit`, {})).status).toBe(409);
  });

  describe('events and polling', () => {
    it('learns a result whose event was lost', async () => {
      const { release_id } = await world.auditing(app, template);
      await world.sandbox.control(`/merchants/${app}/audit/approve`, { push: 'drop' });
      expect((await world.release(release_id)).state).toBe('auditing');
      await world.database.dataSource
        .getRepository(ReleaseEntity)
        .update({ releaseId: release_id }, { nextCheckAt: new Date(0) });
      await world.until(release_id, (release) => release.state === 'approved');
    });

    it('learns a reviewer’s reason with a raw control character in it', async () => {
      const { release_id } = await world.auditing(app, template);
      await world.sandbox.control('/settings', { raw_control_characters: true }, 'PATCH');
      try {
        await world.sandbox.control(`/merchants/${app}/audit/reject`, { reason: REASON, push: 'drop' });
        await world.hurry(release_id);
        const { audit } = await world.until(release_id, ({ state }) => state === 'rejected');
        expect(audit?.reason).toBe(`\u0014${REASON}`);
        expect(audit?.reason_text).toBe(REASON.replaceAll('<br>', '\n'));
      } finally {
        await world.sandbox.control('/settings', { raw_control_characters: false }, 'PATCH');
      }
    });

    it('notices a ticket that was withdrawn in another console', async () => {
      const { release_id } = await world.auditing(app, template);
      await world.sandbox.control(`/merchants/${app}/audit/withdraw`, {});
      await world.database.dataSource
        .getRepository(ReleaseEntity)
        .update({ releaseId: release_id }, { nextCheckAt: new Date(0) });
      await world.until(release_id, (release) => release.state === 'withdrawn');
    });

    it('does not believe an event that WeChat does not confirm', async () => {
      const { release_id } = await world.auditing(app, template);
      await world.sandbox.control('/pushes', {
        component_appid: COMPONENT,
        channel: 'messages',
        authorizer_appid: app,
        event: 'weapp_audit_success',
        fields: { SuccTime: 1_700_000_000 },
      });
      expect((await world.release(release_id)).state).toBe('auditing');
    });

    it('acts once on an event that comes twice', async () => {
      const { release_id } = await world.auditing(app, template);
      await world.sandbox.control(`/merchants/${app}/audit/approve`, { push: 'drop' });
      const id = await world.record(
        app,
        '<xml><ToUserName>gh_0</ToUserName><FromUserName>o</FromUserName><CreateTime>1700000000</CreateTime><MsgType>event</MsgType><Event>weapp_audit_success</Event><SuccTime>1700000000</SuccTime></xml>',
      );
      await Promise.all([world.events.consume(id), world.events.consume(id)]);
      const reads = await world.sandbox.calls('/wxa/get_latest_auditstatus', app);
      await world.events.consume(id);
      expect(await world.sandbox.calls('/wxa/get_latest_auditstatus', app)).toBe(reads);
      const approved = await world.release(release_id);
      expect(approved).toMatchObject({ state: 'approved', audit: { result_at: '2023-11-14T22:13:20.000Z' } });
      expect(await world.database.dataSource.getRepository(EventEffectEntity).findBy({ eventId: id })).toMatchObject([
        { consumer: 'release', state: 'done' },
      ]);
    });

    it.each([
      ['approve', 'weapp_audit_success', 'SuccTime', 'approved'],
      ['reject', 'weapp_audit_fail', 'FailTime', 'rejected'],
    ])('a result (%s) whose event tells a time that lies ahead has come by now', async (does, event, member, state) => {
      const { release_id } = await world.auditing(app, template);
      await world.sandbox.control(`/merchants/${app}/audit/${does}`, { push: 'drop' });
      const id = await world.record(
        app,
        `<xml><ToUserName>gh_0</ToUserName><FromUserName>o</FromUserName><CreateTime>4000000000</CreateTime><MsgType>event</MsgType><Event>${event}</Event><${member}>4000000000</${member}></xml>`,
      );
      await world.events.consume(id);
      const { state: now, audit } = await world.release(release_id);
      expect(now).toBe(state);
      expect(new Date(audit!.result_at!).getTime()).toBeLessThanOrEqual(Date.now());
    });

    it('stops running releases when the merchant ends the authorization', async () => {
      const { release_id } = await world.auditing(app, template);
      await world.sandbox.control('/authorizations/cancel', { component_appid: COMPONENT, merchant_appid: app });
      const stopped = await world.until(release_id, (release) => release.state === 'stopped');
      expect(stopped.waiting).toEqual({ code: 'unauthorized', reason: 'The merchant has ended the authorization.' });
    });

    it('does not stop a release for an old event when the authorization lives', async () => {
      const { release_id } = await world.auditing(app, template);
      const id = await world.record(
        null,
        `<xml><AppId>${COMPONENT}</AppId><CreateTime>1600000000</CreateTime><InfoType>unauthorized</InfoType><AuthorizerAppid>${app}</AuthorizerAppid></xml>`,
      );
      await world.events.consume(id);
      expect((await world.release(release_id)).state).toBe('auditing');
    });
  });

  it('gives the new commit the place of the old one', async () => {
    const first = await world.ready(app, template);
    const second = await world.ready(app, template, { user_version: '1.0.1' });
    expect((await world.release(first.release_id)).state).toBe('superseded');
    await world.sandbox.control(`/merchants/${app}`, {}, 'PATCH');
    expect((await world.ok(`/v1/releases/${second.release_id}/submit`, {})).state).toBe('auditing');
  });

  it('submits and publishes by itself when the policy says so', async () => {
    await world.sandbox.control('/settings', { audit_mode: 'auto', audit_after_s: 0 }, 'PATCH');
    const { release_id } = await world.create(app, template, { policy: { submit: 'auto', publish: 'auto' } });
    await world.until(release_id, (release) => release.state === 'released');
    await world.sandbox.control('/settings', { audit_mode: 'manual' }, 'PATCH');
    expect(await world.sandbox.calls('/wxa/submit_audit', app)).toBe(1);
    expect(await world.sandbox.calls('/wxa/release', app)).toBe(1);
  });

  it('ends a release whose code WeChat refuses, and says why in two languages', async () => {
    const answer = await world.call<Record<string, unknown>>(world.component('/releases'), {
      authorizer_appid: app,
      template_id: 9_999,
      user_version: '1',
      user_desc: '',
    });
    expect(answer.status).toBe(502);
    expect(answer.body).toMatchObject({ type: 'urn:wxplane:problem:wechat-refused', wechat: { errcode: 85014 } });
    expect(answer.body['remedy']).toMatchObject({ en: expect.any(String), zh: expect.any(String) });
    expect(await world.release(answer.body['release_id'] as number)).toMatchObject({
      state: 'failed',
      last_error: { errcode: 85014 },
    });
  });

  it('validates the limits before WeChat is asked', async () => {
    const before = await world.sandbox.calls('/wxa/commit');
    const answer = await world.call<{ errors: { field: string }[] }>(world.component('/releases'), {
      authorizer_appid: app,
      template_id: 1,
      user_version: '1',
      user_desc: '',
      audit: { item_list: [{ first_class: 'a', second_class: 'b', first_id: 1, second_id: 2, title: 'x'.repeat(33) }] },
    });
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((error) => error.field)).toEqual(['audit.item_list[0].title']);
    expect(await world.sandbox.calls('/wxa/commit')).toBe(before);
  });

  it('lists with cursors, filters and a client’s own mini programs only', async () => {
    for (const version of ['1', '2', '3']) await world.create(app, template, { user_version: version });
    const list = (query: string, key?: string) =>
      world.call<ReleasePage>(world.component(`/releases?${query}`), undefined, key ? { key } : {});
    const first = (await list(`authorizer_appid=${app}&limit=2`)).body;
    expect(first.items.map((item) => item.user_version)).toEqual(['3', '2']);
    const second = (await list(`authorizer_appid=${app}&limit=2&cursor=${first.next_cursor}`)).body;
    expect(second.items.map((item) => item.user_version)).toEqual(['1']);
    expect(second.next_cursor).toBeNull();
    expect((await list(`authorizer_appid=${app}&state=superseded`)).body.items.map((item) => item.user_version)).toEqual([
      '2',
      '1',
    ]);
    const key = await world.client(['releases:read'], [app]);
    expect((await list('limit=200', key)).body.items.every((item) => item.authorizer_appid === app)).toBe(true);
    expect((await list(`authorizer_appid=${apps[0]}`, key)).status).toBe(403);
    expect((await world.call(world.component('/releases'), { authorizer_appid: app }, { key })).status).toBe(403);
  });

  it('gives the trial version’s QR code as an image, and the platform’s quota', async () => {
    const { release_id } = await world.ready(app, template);
    const response = await fetch(`http://127.0.0.1:${world.service.httpPort}/v1/releases/${release_id}/trial-qrcode`, {
      headers: { authorization: `Bearer ${await world.client(['releases:read'])}` },
    });
    expect(response.headers.get('content-type')).toMatch(/^image\//);
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(50);
    const quota = await world.ok<Record<string, number>>(world.component(`/audit-quota?authorizer_appid=${app}`));
    expect(quota).toMatchObject({ limit: 1_000, speedup_limit: 10 });
    const metrics = await (await fetch(`http://127.0.0.1:${world.service.managementPort}/metrics`)).text();
    expect(metrics).toContain(`wxplane_audit_quota_left{component="${COMPONENT}",kind="submit"} ${quota['rest']}\n`);
    expect(metrics).toContain(`wxplane_audit_quota_limit{component="${COMPONENT}",kind="speedup"} 10\n`);
  });

  it('takes an old token’s refusal in its stride', async () => {
    const { release_id } = await world.ready(app, template);
    await world.sandbox.control('/tokens/expire', { component_appid: COMPONENT, authorizer_appid: app });
    expect((await world.ok(`/v1/releases/${release_id}/submit`, {})).state).toBe('auditing');
  });

  it('lists, shows and looks after rows that an older system wrote', async () => {
    const insert = (status: number, auditid: string | null, isRelease = 0) =>
      world.database.dataSource.query(
        `INSERT INTO f_wechat_submitaudit (weapp_id, app_id, template_id, user_desc, user_version, ext_json, auditid, status, is_release, create_time)
         VALUES (5, ?, 3, '旧', '0.9', '{}', ?, ?, ?, UTC_TIMESTAMP())`,
        [app, auditid, status, isRelease],
      ) as Promise<{ insertId: number }>;
    const { release_id } = await world.auditing(app, template);
    const { audit } = await world.release(release_id);
    await world.database.dataSource.getRepository(ReleaseEntity).delete({ releaseId: release_id });
    await world.sandbox.control(`/merchants/${app}/audit/approve`, { push: 'drop' });
    const pending = await insert(2, audit.auditid);
    const released = await insert(0, '100000001', 1);
    await world.database.dataSource.query(
      'UPDATE f_wechat_submitaudit SET auditresult_time = UTC_TIMESTAMP(), release_time = UTC_TIMESTAMP() WHERE submitaudit_id = ?',
      [released.insertId],
    );
    // An older system may have stored WeChat's own number of a delayed review.
    const delayed = await insert(4, '100000002');
    await world.service.app.get(ReleaseRepository).adoptPending(COMPONENT);
    await world.until(pending.insertId, (release) => release.state === 'approved');
    const page = await world.ok<ReleasePage>(world.component(`/releases?authorizer_appid=${app}`));
    expect(page.items.map((item) => [item.release_id, item.state, item.is_release])).toEqual([
      [delayed.insertId, 'auditing', false],
      [released.insertId, 'released', true],
      [pending.insertId, 'approved', false],
    ]);
    expect(page.items[0]?.audit.status).toBe(2);
    const { items } = await world.ok<ReleaseMovePage>(`/v1/releases/${released.insertId}/history`);
    expect(items.map(({ from, to, cause }) => [from, to, cause])).toEqual([
      [null, 'auditing', 'older-system'],
      ['auditing', 'approved', 'older-system'],
      ['approved', 'released', 'older-system'],
    ]);
  });
});
