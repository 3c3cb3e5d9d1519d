import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  AuthorizerEntity,
  AuthorizerPermissionEntity,
  ClientEntity,
  MiniProgramEntity,
  ReleaseEntity,
  type RolloutEntity,
} from '#persistence';
import { ReleaseWorld } from '../../testing/release-world.js';
import { COMPONENT } from '../../testing/stand-ins.js';
import { RolloutRepository } from './rollout.repository.js';
import { RolloutGate } from './rollout-gate.service.js';
import type { RolloutPreview, RolloutTargetPage, RolloutView } from './rollout-views.dto.js';
import { RolloutWatch } from './rollout-watch.js';

const AUTO = { audit_mode: 'auto', audit_after_s: 0, audit_reject_share: 0 };

describe('rollouts', () => {
  let world: ReleaseWorld;
  let template: number;

  beforeAll(async () => {
    world = await ReleaseWorld.start();
    template = await world.template({ user_version: '5.0.0' });
  });
  afterAll(() => world?.stop());
  beforeEach(async () => {
    await world.sandbox.control('/faults', undefined, 'DELETE');
    await world.sandbox.control('/settings', AUTO, 'PATCH');
    await world.sandbox.control('/quotas', { component_appid: COMPONENT, submit_limit: 10_000, submit_used: 0 });
  });

  const spec = (list: readonly string[], more: Record<string, unknown> = {}) => ({
    name: 'spring',
    targets: { list },
    template_id: template,
    user_version: '5.0.0',
    user_desc: 'rollout',
    ext_json: { extAppid: '{{appid}}', ext: { name: '{{nickname}}', tenant: '{{tenant}}' } },
    variables: { tenant: 'T1' },
    options: { per_minute: 100_000 },
    ...more,
  });
  const preview = (body: unknown, query = '') => world.call<RolloutPreview>(world.component(`/rollouts/preview${query}`), body);
  const start = async (body: Record<string, unknown>) => {
    const { hash } = (await preview(body)).body;
    return world.ok<RolloutView>(world.component('/rollouts'), { ...body, preview_hash: hash });
  };
  const until = async (id: number, holds: (rollout: RolloutView) => boolean, timeoutMs = 120_000) => {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const rollout = await world.ok<RolloutView>(`/v1/rollouts/${id}`);
      if (holds(rollout)) return rollout;
      if (Date.now() > deadline) throw new Error(`still ${JSON.stringify(rollout)}`);
      await sleep(100);
    }
  };
  const targets = async (id: number, state = '') =>
    (await world.ok<RolloutTargetPage>(`/v1/rollouts/${id}/targets?limit=1000${state && `&state=${state}`}`)).items;

  it('a name that was read long ago is read again before it is sent; where that fails, it is told', async () => {
    const [renamed, away] = (await world.authorize(2)) as [string, string];
    const rows = world.database.dataSource.getRepository(AuthorizerEntity);
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
    await rows.update({ authorizerAppid: renamed }, { profileAt: daysAgo(2) });
    await rows.update({ authorizerAppid: away }, { profileAt: daysAgo(9) });
    world.around.onRefresh = async (appid) => {
      if (appid === renamed) await rows.update({ authorizerAppid: appid }, { nickName: '改名后的店', profileAt: new Date() });
    };
    const without = spec([renamed], { ext_json: { ext: { tenant: '{{tenant}}' } } });
    await preview(without);
    expect(world.around.refreshed).toEqual([]);
    const { body } = await preview(spec([renamed, away]));
    expect(body.requests[0]?.commit['ext_json']).toContain('改名后的店');
    expect(body.warnings).toEqual([
      expect.objectContaining({ authorizer_appid: away, path: 'profile', message: expect.stringContaining('last read on') }),
    ]);
    expect(world.around.refreshed.sort()).toEqual([renamed, away].sort());
    await preview(spec([renamed]));
    expect(world.around.refreshed).toHaveLength(2);
  });

  it('shows exactly what would be sent, and starts only what was shown', async () => {
    const apps = await world.authorize(3);
    const { body } = await preview(spec(apps));
    expect(body).toMatchObject({ targets: 3, ready: 3, problems: [], quota: { limit: 10_000 } });
    const sent = JSON.parse(String(body.requests[0]?.commit['ext_json'])) as unknown;
    expect(sent).toEqual({ extAppid: apps[0], ext: { name: '店 0 🙂', tenant: 'T1' } });
    await world.database.dataSource
      .getRepository(AuthorizerEntity)
      .update({ authorizerAppid: apps[0] as string }, { nickName: 'renamed' });
    const refused = await world.call<Record<string, unknown>>(world.component('/rollouts'), {
      ...spec(apps),
      preview_hash: body.hash,
    });
    expect(refused.status).toBe(409);
    expect(refused.body['hash']).not.toBe(body.hash);
    expect(await world.sandbox.calls('/wxa/commit', apps[0])).toBe(0);
  });

  it('takes a template to every target, once each', async () => {
    const apps = await world.authorize(25);
    const { rollout_id } = await start(spec(apps));
    const done = await until(rollout_id, (rollout) => rollout.state === 'completed');
    expect(done.counts).toEqual({ total: 25, pending: 0, held: 0, running: 0, waiting: 0, succeeded: 25, failed: 0, skipped: 0 });
    for (const app of apps) {
      expect(await world.sandbox.calls('/wxa/submit_audit', app)).toBe(1);
      expect(await world.sandbox.calls('/wxa/release', app)).toBe(1);
    }
    const report = await world.ok<{ rollout: RolloutView; targets: unknown[] }>(`/v1/rollouts/${rollout_id}/report`);
    expect(report.targets).toHaveLength(25);
    const csv = await fetch(`http://127.0.0.1:${world.service.httpPort}/v1/rollouts/${rollout_id}/report?format=csv`, {
      headers: { authorization: `Bearer ${await world.client(['releases:read'])}` },
    });
    expect(csv.headers.get('content-type')).toContain('text/csv');
    expect((await csv.text()).trim().split('\r\n')).toHaveLength(26);
  });

  it('fills variables in layers, and refuses an undefined one', async () => {
    const apps = await world.authorize(2);
    const put = (path: string, body: unknown) => world.ok(world.component(path), body, { method: 'PUT' });
    await put('/ext-settings', { variables: { color: 'red', tenant: 'platform' } });
    await put(`/authorizers/${apps[0]}/ext-settings`, { variables: { tenant: 'own' } });
    const { variables: _, ...rest } = spec(apps, { ext_json: { ext: { t: '{{tenant}}', c: '{{color}}' } } });
    const filled = (await preview(rest)).body.requests.map(
      (request) => JSON.parse(String(request.commit['ext_json'])) as unknown,
    );
    expect(filled).toEqual([{ ext: { t: 'own', c: 'red' } }, { ext: { t: 'platform', c: 'red' } }]);
    const bad = await preview(spec(apps, { ext_json: { ext: { t: '{{nowhere}}' } } }));
    expect(bad.body.ready).toBe(0);
    expect(bad.body.problems[0]).toMatchObject({ path: 'variables.nowhere' });
  });

  it('takes what reviewers are told from a profile, and compares categories with the mini program', async () => {
    const apps = await world.authorize(1);
    const item = { first_class: 'none', second_class: 'none', first_id: 1, second_id: 2 };
    await world.ok(
      world.component('/audit-profiles/shop'),
      { audit: { item_list: [item], version_desc: '{{nickname}}' } },
      { method: 'PUT' },
    );
    const { body } = await preview(spec(apps, { profile: 'shop' }), '?live=5');
    expect(body.requests[0]?.submit_audit).toEqual({ item_list: [item], version_desc: '店 0 🙂' });
    expect(body.problems).toMatchObject([{ path: 'categories', remedy: { en: expect.any(String), zh: expect.any(String) } }]);
    // The same check stops the submission before WeChat is asked.
    const { rollout_id } = await start(spec(apps, { profile: 'shop' }));
    await until(rollout_id, (rollout) => rollout.counts.failed === 1);
    expect(await world.sandbox.calls('/wxa/submit_audit', apps[0])).toBe(0);
    expect((await targets(rollout_id))[0]?.reason).toMatchObject({
      code: 'preflight-failed',
      detail: expect.stringContaining('none/none'),
    });
  });

  it('starts with a canary, and stops when it fails', async () => {
    await world.sandbox.control('/settings', { ...AUTO, audit_reject_share: 1 }, 'PATCH');
    const apps = await world.authorize(8);
    const { rollout_id, stage } = await start(spec(apps, { options: { per_minute: 100_000, canary_size: 2 } }));
    expect(stage).toBe('canary');
    const paused = await until(rollout_id, (rollout) => rollout.state === 'paused');
    expect(paused).toMatchObject({ reason: { code: 'canary-failed' }, counts: { failed: 2, pending: 6 } });
    expect((await targets(rollout_id, 'failed'))[0]?.reason).toMatchObject({ code: 'rejected' });
    await world.sandbox.control('/settings', AUTO, 'PATCH');
    await world.ok(`/v1/rollouts/${rollout_id}/retry`, {});
    await until(rollout_id, (rollout) => rollout.state === 'completed' && rollout.counts.succeeded === 8);
  });

  it('waits as a whole when the quota is used up, spends nothing, and goes on when there is some', async () => {
    const apps = await world.authorize(12);
    await world.sandbox.control('/quotas', { component_appid: COMPONENT, submit_limit: 100, submit_used: 94 });
    const { rollout_id } = await start(spec(apps, { options: { per_minute: 100_000, quota_reserve: 2 } }));
    const waiting = await until(rollout_id, (rollout) => rollout.state === 'waiting' && rollout.counts.succeeded === 4);
    expect(waiting).toMatchObject({ reason: { code: 'quota' }, counts: { failed: 0, pending: 8 } });
    await world.sandbox.control('/quotas', { component_appid: COMPONENT, submit_limit: 200 });
    const done = await until(rollout_id, (rollout) => rollout.state === 'completed');
    expect(done.counts).toMatchObject({ succeeded: 12, failed: 0 });
    for (const app of apps) expect(await world.sandbox.calls('/wxa/submit_audit', app)).toBe(1);
  });

  it('waits as a whole on 85085 and on a wrong environment, instead of failing one after the other', async () => {
    for (const errcode of [85085, 61004]) {
      const apps = await world.authorize(10);
      await world.sandbox.control('/faults', { path: '/wxa/submit_audit', action: 'errcode', errcode, times: 0 });
      const { rollout_id } = await start(spec(apps));
      const waiting = await until(rollout_id, (rollout) => rollout.state === 'waiting');
      expect(waiting).toMatchObject({ reason: { errcode }, counts: { failed: 0 } });
      await world.sandbox.control('/faults', undefined, 'DELETE');
      expect((await until(rollout_id, (rollout) => rollout.state === 'completed')).counts).toMatchObject({
        succeeded: 10,
        failed: 0,
      });
    }
  });

  it('fails a target whose check before the submission finds something, with the reason, and submits nothing of it', async () => {
    const apps = await world.authorize(3);
    const body = JSON.stringify({ errcode: 0, errmsg: 'ok', category_list: [] });
    await world.sandbox.control('/faults', { path: '/wxa/get_category', appid: apps[1], action: 'body', body, times: 0 });
    const { rollout_id } = await start(spec(apps));
    const done = await until(rollout_id, (rollout) => rollout.state === 'completed');
    expect(done.counts).toMatchObject({ succeeded: 2, failed: 1 });
    expect((await targets(rollout_id, 'failed'))[0]).toMatchObject({
      authorizer_appid: apps[1],
      reason: { code: 'preflight-failed', detail: expect.stringContaining('category'), remedy: { zh: expect.any(String) } },
    });
    expect(await world.sandbox.calls('/wxa/submit_audit', apps[1])).toBe(0);
  });

  it('waits as a whole while its template is not in the library', async () => {
    const apps = await world.authorize(2);
    const body = spec(apps, { template_id: await world.template({ user_version: '5.0.0' }) });
    await world.sandbox.control('/faults', {
      path: '/wxa/gettemplatelist',
      action: 'body',
      body: JSON.stringify({ errcode: 0, errmsg: 'ok', template_list: [] }),
      times: 0,
    });
    const { rollout_id } = await start(body);
    const waiting = await until(rollout_id, (rollout) => rollout.state === 'waiting');
    expect(waiting).toMatchObject({ reason: { code: 'template' }, counts: { pending: 2, failed: 0 } });
    await world.sandbox.control('/faults', undefined, 'DELETE');
    expect((await until(rollout_id, (rollout) => rollout.state === 'completed')).counts).toMatchObject({ succeeded: 2 });
  });

  it('pauses, resumes and aborts', async () => {
    const apps = await world.authorize(30);
    const { rollout_id } = await start(spec(apps, { options: { per_minute: 100_000, concurrency: 2 } }));
    await until(rollout_id, (rollout) => rollout.counts.succeeded > 0);
    expect((await world.ok<RolloutView>(`/v1/rollouts/${rollout_id}/pause`, {})).state).toBe('paused');
    await sleep(1_500);
    const before = await world.sandbox.calls('/wxa/submit_audit');
    const { counts } = await world.ok<RolloutView>(`/v1/rollouts/${rollout_id}`);
    await sleep(1_000);
    expect(await world.sandbox.calls('/wxa/submit_audit')).toBe(before);
    expect((await world.ok<RolloutView>(`/v1/rollouts/${rollout_id}`)).counts.pending).toBe(counts.pending);
    await world.ok(`/v1/rollouts/${rollout_id}/resume`, {});
    await until(rollout_id, (rollout) => rollout.counts.pending < counts.pending);
    expect((await world.ok<RolloutView>(`/v1/rollouts/${rollout_id}/abort`, {})).state).toBe('aborted');
    const aborted = await until(rollout_id, (rollout) => rollout.counts.running === 0);
    expect(aborted.counts.skipped).toBeGreaterThan(0);
    expect((await world.call(`/v1/rollouts/${rollout_id}/resume`, {})).status).toBe(409);
  });

  it('leaves nothing running when it is aborted between an approval and its publication', async () => {
    const [app] = (await world.authorize(1)) as [string];
    await world.sandbox.control('/settings', { audit_mode: 'manual' }, 'PATCH');
    const { rollout_id } = await start(spec([app]));
    await expect.poll(async () => (await targets(rollout_id))[0]?.release_state).toBe('auditing');
    await world.ok(`/v1/rollouts/${rollout_id}/abort`, {});
    await world.sandbox.control(`/merchants/${app}/audit/approve`, {});
    const aborted = await until(rollout_id, (rollout) => rollout.counts.running === 0);
    expect(aborted.counts).toMatchObject({ skipped: 1, succeeded: 0 });
    expect((await targets(rollout_id))[0]).toMatchObject({ release_state: 'approved', reason: { code: 'aborted' } });
    expect(await world.sandbox.calls('/wxa/release', app)).toBe(0);
  });

  it('skips who has left, who never came, and who runs it already, with the reason', async () => {
    const apps = await world.authorize(4);
    const [left, bare, current] = apps as [string, string, string, string];
    await world.database.dataSource.getRepository(AuthorizerEntity).update({ authorizerAppid: left }, { state: 'cancelled' });
    await world.database.dataSource.getRepository(AuthorizerPermissionEntity).delete({ authorizerAppid: bare });
    await world.database.dataSource
      .getRepository(MiniProgramEntity)
      .insert({ componentAppid: COMPONENT, authorizerAppid: current, onlineVersion: '5.0.0' });
    const { rollout_id } = await start(spec(apps));
    await until(rollout_id, (rollout) => rollout.state === 'completed');
    expect((await targets(rollout_id)).map((target) => [target.state, target.reason?.['code'] ?? null])).toEqual([
      ['skipped', 'unauthorized'],
      ['skipped', 'unauthorized'],
      ['skipped', 'already-online'],
      ['succeeded', null],
    ]);
  });

  it('what was not read yet is not "not granted": the preview says so, and the target is tried', async () => {
    const [app] = (await world.authorize(1)) as [string];
    await world.database.dataSource.getRepository(AuthorizerPermissionEntity).delete({ authorizerAppid: app });
    await world.database.dataSource.getRepository(AuthorizerEntity).update({ authorizerAppid: app }, { permissionSetsAt: null });
    expect((await preview(spec([app]))).body.problems).toMatchObject([
      { path: 'profile', message: expect.stringContaining('not read'), remedy: { en: expect.stringContaining('sync') } },
    ]);
    const { rollout_id } = await start(spec([app]));
    await until(rollout_id, (rollout) => rollout.state === 'completed' && rollout.counts.succeeded === 1);
  });

  it('skips a merchant who leaves in the middle', async () => {
    await world.sandbox.control('/settings', { audit_mode: 'manual' }, 'PATCH');
    const apps = await world.authorize(2);
    const { rollout_id } = await start(spec(apps));
    await until(rollout_id, (rollout) => rollout.counts.running === 2);
    await world.until((await targets(rollout_id))[0]?.release_id as number, (release) => release.state === 'auditing');
    await world.sandbox.control('/authorizations/cancel', { component_appid: COMPONENT, merchant_appid: apps[0] });
    await until(rollout_id, (rollout) => rollout.counts.skipped === 1);
    expect((await targets(rollout_id, 'skipped'))[0]?.reason).toMatchObject({ code: 'unauthorized' });
  });

  it('reports its progress as Server-Sent Events until it ends', async () => {
    const apps = await world.authorize(3);
    const { rollout_id } = await start(spec(apps));
    const response = await fetch(`http://127.0.0.1:${world.service.httpPort}/v1/rollouts/${rollout_id}/events`, {
      headers: { authorization: `Bearer ${await world.client(['releases:read'])}` },
    });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const text = await response.text();
    const last = JSON.parse(
      text
        .trim()
        .split('\n')
        .filter((line) => line.startsWith('data: '))
        .at(-1)!
        .slice(6),
    ) as RolloutView;
    expect(last).toMatchObject({ state: 'completed', progress: 1, counts: { succeeded: 3 } });
  });

  it('tells who may not watch it so, with a problem instead of a stream', async () => {
    const [mine] = await world.authorize(1);
    const limited = await world.client(['releases:read'], [mine!]);
    const { rollout_id } = await start(spec(await world.authorize(1)));
    const watch = async (id: number | string, key?: string) => {
      const { status, headers, body } = await world.call<{ type: string }>(
        `/v1/rollouts/${id}/events`,
        undefined,
        key ? { key } : {},
      );
      expect(headers.get('content-type')).toContain('application/problem+json');
      return [status, body.type];
    };
    expect(await watch(rollout_id, limited)).toEqual([404, 'urn:wxplane:problem:not-found']);
    expect(await watch(4_711)).toEqual([404, 'urn:wxplane:problem:not-found']);
    expect(await watch('x')).toEqual([400, 'urn:wxplane:problem:invalid-request']);
  });

  describe('streams of progress', () => {
    const open = async (id: number, key: string, most: AbortSignal) =>
      fetch(`http://127.0.0.1:${world.service.httpPort}/v1/rollouts/${id}/events`, {
        headers: { authorization: `Bearer ${key}` },
        signal: most,
      });
    const lasting = async () => {
      await world.sandbox.control('/settings', { audit_mode: 'manual' }, 'PATCH');
      return (await start(spec(await world.authorize(1)))).rollout_id;
    };

    it('are 20 of one client at most, whose rollout is read once for all; another client has its own', async () => {
      const rollout_id = await lasting();
      const [greedy, other] = [await world.client(['releases:read']), await world.client(['releases:read'])];
      const gone = new AbortController();
      const streams = await Promise.all(Array.from({ length: 25 }, () => open(rollout_id, greedy, gone.signal)));
      expect(streams.map(({ status }) => status).sort()).toEqual([...Array(20).fill(200), ...Array(5).fill(429)]);
      const refused = streams.find(({ status }) => status === 429)!;
      expect(await refused.json()).toMatchObject({ detail: expect.stringContaining('20 streams open') });
      expect((await open(rollout_id, other, gone.signal)).status).toBe(200);
      expect(world.service.app.get(RolloutWatch).watched).toBe(1);
      gone.abort();
      await expect.poll(() => world.service.app.get(RolloutWatch).watched).toBe(0);
      const again = new AbortController();
      await expect.poll(async () => (await open(rollout_id, greedy, again.signal)).status).toBe(200);
      again.abort();
    });

    it('end when the key is revoked', async () => {
      const rollout_id = await lasting();
      const key = await world.client(['releases:read']);
      const response = await open(rollout_id, key, AbortSignal.timeout(60_000));
      await world.database.dataSource
        .getRepository(ClientEntity)
        .update({ clientId: key.split('_')[1]! }, { revokedAt: new Date() });
      await response.text();
      expect((await world.call(`/v1/rollouts/${rollout_id}/events`, undefined, { key })).status).toBe(401);
    }, 90_000);
  });

  it('finds targets by what they run', async () => {
    const apps = await world.authorize(2);
    await world.database.dataSource
      .getRepository(MiniProgramEntity)
      .insert({ componentAppid: COMPONENT, authorizerAppid: apps[1] as string, onlineVersion: '4.9.9', tags: ['vip'] });
    const by = async (filter: Record<string, unknown>) =>
      (await preview({ ...spec([]), targets: filter })).body.requests.map((request) => request.authorizer_appid);
    expect(await by({ online_version: '4.9.9' })).toEqual([apps[1]]);
    expect(await by({ tag: 'vip' })).toEqual([apps[1]]);
    expect((await preview({ ...spec([]), targets: {} })).status).toBe(400);
  });

  describe('what ends', () => {
    const refuse = (path: string, errcode: number, times = 0) =>
      world.sandbox.control('/faults', { path, action: 'errcode', errcode, times });
    const publishing = (gray?: object) => ({ policy: { submit: 'auto', publish: 'auto', ...gray } });

    it('pauses at max_failures, and a resume forgives what has failed until then', async () => {
      await world.sandbox.control('/settings', { ...AUTO, audit_reject_share: 1 }, 'PATCH');
      const apps = await world.authorize(5);
      const options = { per_minute: 100_000, concurrency: 1, max_failures: 2 };
      const { rollout_id } = await start(spec(apps, { options }));
      const paused = await until(rollout_id, (rollout) => rollout.state === 'paused');
      expect(paused).toMatchObject({ reason: { code: 'too-many-failures' } });
      await world.sandbox.control('/settings', AUTO, 'PATCH');
      await world.ok(`/v1/rollouts/${rollout_id}/resume`, {});
      const { counts } = await until(rollout_id, (rollout) => rollout.state === 'completed');
      expect(counts.failed).toBe(paused.counts.failed);
      expect(counts.succeeded).toBe(5 - counts.failed);
    });

    it('fails a target whose publication is refused, and a retry carries on what is approved', async () => {
      const apps = await world.authorize(1);
      await refuse('/wxa/release', 61007);
      const { rollout_id } = await start(spec(apps, publishing()));
      await until(rollout_id, (rollout) => rollout.state === 'completed' && rollout.counts.failed === 1);
      expect((await targets(rollout_id))[0]).toMatchObject({ release_state: 'approved', reason: { errcode: 61007 } });
      await world.sandbox.control('/faults', undefined, 'DELETE');
      await world.ok(`/v1/rollouts/${rollout_id}/retry`, {});
      await until(rollout_id, (rollout) => rollout.state === 'completed' && rollout.counts.succeeded === 1);
      expect(await world.sandbox.calls('/wxa/submit_audit', apps[0])).toBe(1);
    });

    it('fails a target whose gray release was taken back, and says why', async () => {
      const [app] = (await world.authorize(1)) as [string];
      const first = await world.create(app, template, { user_version: '4.0.0', ...publishing() });
      await world.until(first.release_id, (release) => release.state === 'released');
      const gray = [{ percentage: 10, pause_s: 3_600 }];
      const { rollout_id } = await start(spec([app], publishing({ gray })));
      await expect.poll(async () => (await targets(rollout_id))[0]?.release_state).toBe('graying');
      const { release_id } = (await targets(rollout_id))[0]!;
      await world.ok(`/v1/releases/${release_id}/health`, { healthy: false, reason: 'error rate' });
      await until(rollout_id, (rollout) => rollout.state === 'completed' && rollout.counts.failed === 1);
      expect((await targets(rollout_id))[0]?.reason).toEqual({ code: 'gray-reverted', detail: 'error rate' });
    });

    it('fails a target whose scan is refused', async () => {
      const apps = await world.authorize(1);
      await refuse('/wxa/security/get_code_privacy_info', 61040);
      const { rollout_id } = await start(spec(apps));
      await until(rollout_id, (rollout) => rollout.counts.failed === 1);
      expect((await targets(rollout_id))[0]).toMatchObject({ release_state: 'scanning', reason: { errcode: 61040 } });
    });

    it('fails a target whose review may not be read any more, and goes on reading it rarely', async () => {
      await world.sandbox.control('/settings', { audit_mode: 'manual' }, 'PATCH');
      const apps = await world.authorize(1);
      const { rollout_id } = await start(spec(apps));
      await expect.poll(async () => (await targets(rollout_id))[0]?.release_state).toBe('auditing');
      const { release_id } = (await targets(rollout_id))[0]!;
      await refuse('/wxa/get_latest_auditstatus', 61007);
      const hurried = () => world.hurry(release_id as number).then(() => targets(rollout_id));
      await expect.poll(hurried).toMatchObject([{ state: 'failed', reason: { errcode: 61007 } }]);
      expect((await world.release(release_id as number)).needs_attention).toBe(false);
    });

    it('reads reviews and open steps on although WeChat refuses the whole platform, also when it was aborted', async () => {
      await world.sandbox.control('/settings', { audit_mode: 'manual' }, 'PATCH');
      const [app] = (await world.authorize(1)) as [string];
      const { rollout_id } = await start(spec([app]));
      await expect.poll(async () => (await targets(rollout_id))[0]?.release_state).toBe('auditing');
      const releaseId = (await targets(rollout_id))[0]?.release_id as number;
      const releases = world.database.dataSource.getRepository(ReleaseEntity);
      const readings = async () => {
        await world.hurry(releaseId);
        return (await releases.findOneByOrFail({ releaseId })).attempts;
      };
      await refuse('/wxa/get_latest_auditstatus', 61004);
      await releases.update({ releaseId }, { intent: 'withdraw', intentAt: new Date(), nextCheckAt: new Date(0) });
      await expect.poll(readings).toBeGreaterThan(1);
      await world.ok(`/v1/rollouts/${rollout_id}/abort`, {});
      await releases.update({ releaseId }, { intent: null, intentAt: null, attempts: 0 });
      await expect.poll(readings).toBeGreaterThan(1);
      await world.sandbox.control('/faults', undefined, 'DELETE');
      await world.sandbox.control(`/merchants/${app}/audit/approve`, {});
      await world.until(releaseId, (release) => release.state === 'approved');
      await until(rollout_id, (rollout) => rollout.counts.skipped === 1);
    });

    it('pauses as a whole when WeChat refuses the template itself', async () => {
      const apps = await world.authorize(6);
      await refuse('/wxa/commit', 85044);
      const { rollout_id } = await start(spec(apps));
      const paused = await until(rollout_id, (rollout) => rollout.state === 'paused');
      expect(paused).toMatchObject({ reason: { code: 'template', errcode: 85044 }, counts: { failed: 0 } });
      await world.sandbox.control('/faults', undefined, 'DELETE');
      await world.ok(`/v1/rollouts/${rollout_id}/resume`, {});
      expect((await until(rollout_id, (rollout) => rollout.state === 'completed')).counts.succeeded).toBe(6);
    });

    it('leaves to other rollouts what they are about to submit', async () => {
      const [mine, theirs] = [await world.authorize(4), await world.authorize(4)];
      // Theirs stay between commit and submission.
      await refuse('/wxa/security/get_code_privacy_info', 61039);
      const other = await start(spec(theirs));
      await until(other.rollout_id, (rollout) => rollout.counts.running === 4);
      await world.sandbox.control('/quotas', { component_appid: COMPONENT, submit_limit: 100, submit_used: 94 });
      const { rollout_id } = await start(spec(mine, { options: { per_minute: 100_000, quota_reserve: 3 } }));
      await until(rollout_id, (rollout) => rollout.state === 'waiting' && rollout.counts.running === 0);
      await world.sandbox.control('/quotas', { component_appid: COMPONENT, submit_limit: 200 });
      await world.sandbox.control('/faults', undefined, 'DELETE');
      await until(rollout_id, (rollout) => rollout.state === 'completed' && rollout.counts.succeeded === 4);
    });

    it('waits, and says why, while the quota cannot be read', async () => {
      const apps = await world.authorize(1);
      await refuse('/wxa/queryquota', 48001);
      const { rollout_id } = await start(spec(apps));
      const { reason } = await until(rollout_id, (rollout) => rollout.state === 'waiting');
      expect(reason).toMatchObject({ code: 'quota', detail: expect.stringContaining('48001') });
      await world.sandbox.control('/faults', undefined, 'DELETE');
      await until(rollout_id, (rollout) => rollout.state === 'completed' && rollout.counts.succeeded === 1);
    });

    it('does not forget a release that begins to wait in the moment in which the rollout goes on', async () => {
      const apps = await world.authorize(1);
      const gate = world.service.app.get(RolloutGate);
      const open = gate.open.bind(gate);
      const asked: string[] = [];
      // What was read is "paused"; when it has been written down the rollout runs again.
      const spy = vi.spyOn(gate, 'open').mockImplementation((rolloutId, state) => {
        asked.push(state);
        return asked.filter((one) => one === 'created').length === 1 ? Promise.resolve(false) : open(rolloutId, state);
      });
      const { rollout_id } = await start(spec(apps));
      await until(rollout_id, (rollout) => rollout.state === 'completed' && rollout.counts.succeeded === 1);
      spy.mockRestore();
    });

    it('keeps a look that was ordered while a sweep had the rollout', async () => {
      const rollouts = world.service.app.get(RolloutRepository);
      const { rollout_id } = await start(spec(await world.authorize(1)));
      await until(rollout_id, (rollout) => rollout.state === 'completed');
      const at = ({ nextCheckAt }: Pick<RolloutEntity, 'nextCheckAt'>) => nextCheckAt;
      await rollouts.change(rollout_id, ['completed'], { nextCheckAt: new Date(0) });
      await expect.poll(async () => at(await rollouts.get(rollout_id))).toBeNull();
      const claimed = new Date(Date.now() + 60_000);
      const ordered = new Date(Date.now() + 120_000);
      await rollouts.change(rollout_id, ['completed'], { nextCheckAt: ordered });
      await rollouts.lookAgain(rollout_id, claimed, null);
      expect(at(await rollouts.get(rollout_id))).toEqual(ordered);
      await rollouts.lookAgain(rollout_id, ordered, null);
      expect(at(await rollouts.get(rollout_id))).toBeNull();
    });

    it('ends when nobody is left who authorizes the component', async () => {
      const apps = await world.authorize(2);
      const state = (to: string, from: string) =>
        world.database.dataSource.query('UPDATE f_wechat_authorizer SET state = ? WHERE state = ?', [to, from]);
      await state('cancelled', 'active');
      const { rollout_id } = await start(spec(apps));
      const { counts } = await until(rollout_id, (rollout) => rollout.state === 'completed');
      await state('active', 'cancelled');
      expect(counts).toMatchObject({ skipped: 2 });
    });

    it('publishes all of it when somebody else than its maker agrees to the rollout', async () => {
      const apps = await world.authorize(2);
      const { rollout_id } = await start(spec(apps, publishing({ two_person: true })));
      await expect
        .poll(async () => (await targets(rollout_id)).map((target) => target.release_state))
        .toEqual(['approved', 'approved']);
      expect((await world.call(`/v1/rollouts/${rollout_id}/approve`, {})).status).toBe(403);
      const key = await world.client(['releases:write']);
      expect((await world.call(`/v1/rollouts/${rollout_id}/approve`, {}, { key })).status).toBe(200);
      expect((await until(rollout_id, (rollout) => rollout.state === 'completed')).counts.succeeded).toBe(2);
    });
  });

  // The last one: it stops the service.
  it('lets the service stop while somebody watches', async () => {
    await world.sandbox.control('/settings', { audit_mode: 'manual' }, 'PATCH');
    const { rollout_id } = await start(spec(await world.authorize(1)));
    const response = await fetch(`http://127.0.0.1:${world.service.httpPort}/v1/rollouts/${rollout_id}/events`, {
      headers: { authorization: `Bearer ${await world.client(['releases:read'])}` },
    });
    const reader = response.body?.getReader();
    for (let text = ''; !text.includes('event: progress'); ) text += Buffer.from((await reader?.read())?.value ?? []).toString();
    await world.service.stop('test');
    while (!(await reader?.read())?.done);
  });
});
