import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MiniProgramEntity } from '#persistence';
import { ReleaseWorld } from '../../testing/release-world.js';
import { RolloutsOf } from '../../testing/rollouts.js';
import { COMPONENT } from '../../testing/stand-ins.js';
import type { ReleasePage } from '../releases/api/release.dto.js';
import type { RolloutView } from './rollout-views.dto.js';

const AUTO = { audit_mode: 'auto', audit_after_s: 0, audit_reject_share: 0 };
const BY_ITSELF = { submit: 'auto', publish: 'auto' };

describe('nobody goes back to an older version unasked', () => {
  let world: ReleaseWorld;
  let rollouts: RolloutsOf;
  let template: number;

  beforeAll(async () => {
    world = await ReleaseWorld.start();
    rollouts = new RolloutsOf(world);
    template = await world.template({ user_version: '6.0.0' });
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
    user_version: '6.0.0',
    user_desc: 'rollout',
    ext_json: { extAppid: '{{appid}}' },
    options: { per_minute: 100_000 },
    ...more,
  });
  const onlineOf = async (appid: string) => {
    const { onlineVersion } = await world.database.dataSource
      .getRepository(MiniProgramEntity)
      .findOneByOrFail({ componentAppid: COMPONENT, authorizerAppid: appid });
    return onlineVersion;
  };
  const hotfix = async (appid: string, more: Record<string, unknown> = {}) => {
    const { release_id } = await world.create(appid, template, { user_version: '6.0.1', policy: BY_ITSELF, ...more });
    await world.until(release_id, (release) => release.state === 'released');
  };

  it('a running rollout does not undo a hotfix that was put online meanwhile: the target is skipped, with the reason, and counted', async () => {
    const [first, second] = (await world.authorize(2)) as [string, string];
    const { rollout_id } = await rollouts.start(spec([first, second], { options: { per_minute: 100_000, concurrency: 1 } }));
    await world.ok(`/v1/rollouts/${rollout_id}/pause`, {});
    await hotfix(second);
    await world.ok(`/v1/rollouts/${rollout_id}/resume`, {});
    const done = await rollouts.until(rollout_id, (rollout) => rollout.state === 'completed');
    expect(done.counts).toMatchObject({ succeeded: 1, skipped: 1, failed: 0 });
    expect((await rollouts.targets(rollout_id, 'skipped'))[0]).toMatchObject({
      authorizer_appid: second,
      reason: { code: 'older', detail: expect.stringContaining('6.0.1') },
    });
    expect(await onlineOf(second)).toBe('6.0.1');
    expect(await world.sandbox.calls('/wxa/release', second)).toBe(1);
  });

  it('an approved target is skipped at its publication when something newer has come online since, also from another console', async () => {
    await world.sandbox.control('/settings', { audit_mode: 'manual' }, 'PATCH');
    const [app] = (await world.authorize(1)) as [string];
    const { rollout_id } = await rollouts.start(spec([app]));
    await expect.poll(async () => (await rollouts.targets(rollout_id))[0]?.release_state).toBe('auditing');
    const body = JSON.stringify({
      errcode: 0,
      errmsg: 'ok',
      release_info: { release_time: Math.floor(Date.now() / 1_000), release_version: '6.0.1', release_desc: 'hotfix' },
    });
    await world.sandbox.control('/faults', { path: '/wxa/getversioninfo', appid: app, action: 'body', body, times: 0 });
    await world.sandbox.control(`/merchants/${app}/audit/approve`, {});
    const done = await rollouts.until(rollout_id, (rollout) => rollout.state === 'completed');
    expect(done.counts).toMatchObject({ skipped: 1, failed: 0 });
    expect((await rollouts.targets(rollout_id))[0]).toMatchObject({ release_state: 'stopped', reason: { code: 'older' } });
    expect(await world.sandbox.calls('/wxa/release', app)).toBe(0);
  });

  it('the preview names a target that runs something newer, and allow_older says that it is wanted', async () => {
    const [app] = (await world.authorize(1)) as [string];
    await hotfix(app);
    const { body } = await rollouts.preview(spec([app]));
    expect(body).toMatchObject({ ready: 0, problems: [{ path: 'user_version', message: expect.stringContaining('6.0.1') }] });
    const { rollout_id } = await rollouts.start(spec([app], { allow_older: true }));
    await rollouts.until(rollout_id, (rollout) => rollout.state === 'completed' && rollout.counts.succeeded === 1);
    expect(await onlineOf(app)).toBe('6.0.0');
  });

  it('goes by the time of the templates, not by what the versions are called', async () => {
    const [app] = (await world.authorize(1)) as [string];
    const later = await world.template({ user_version: 'fix' });
    await hotfix(app, { template_id: later, user_version: 'a-fix' });
    expect((await rollouts.preview(spec([app]))).body.problems).toMatchObject([{ path: 'user_version' }]);
  });

  it('a rollout that shares mini programs with another one is refused, names the overlap, and may take them over', async () => {
    const apps = await world.authorize(3);
    const first = await rollouts.start(spec(apps, { options: { per_minute: 100_000, concurrency: 1 } }));
    await world.ok(`/v1/rollouts/${first.rollout_id}/pause`, {});
    const fix = spec(apps.slice(1), { name: 'hotfix', user_version: '6.0.1' });
    const { body } = await rollouts.preview(fix);
    expect(body.ready).toBe(0);
    expect(body.problems).toMatchObject([{ path: 'rollout' }, { path: 'rollout' }]);
    const refused = await world.call<Record<string, unknown>>(world.component('/rollouts'), { ...fix, preview_hash: body.hash });
    expect(refused).toMatchObject({
      status: 409,
      body: {
        detail: expect.stringContaining('spring'),
        overlaps: [{ rollout_id: first.rollout_id, mini_programs: 2 }],
        remedy: { en: expect.stringContaining('take_over') },
      },
    });
    const second = await rollouts.start({ ...fix, take_over: true });
    await rollouts.until(second.rollout_id, (rollout) => rollout.state === 'completed' && rollout.counts.succeeded === 2);
    await world.ok(`/v1/rollouts/${first.rollout_id}/resume`, {});
    await rollouts.until(first.rollout_id, (rollout) => rollout.state === 'completed' && rollout.counts.succeeded === 1);
    const left = await rollouts.targets(first.rollout_id, 'skipped');
    expect(left.map((target) => target.reason?.['code'])).toEqual(['taken-over', 'taken-over']);
    for (const app of apps.slice(1)) expect(await onlineOf(app)).toBe('6.0.1');
  });

  it('of two rollouts with one mini program that begin at the same moment, one begins', async () => {
    const [app] = (await world.authorize(1)) as [string];
    const { hash } = (await rollouts.preview(spec([app]))).body;
    const answers = await Promise.all(
      Array.from({ length: 4 }, () =>
        world.call<RolloutView>(world.component('/rollouts'), { ...spec([app]), preview_hash: hash }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
    const { rollout_id } = answers.find(({ status }) => status === 201)!.body;
    await rollouts.until(rollout_id, (rollout) => rollout.state === 'completed');
  });

  it('a retry does not begin again what another rollout has by now', async () => {
    await world.sandbox.control('/settings', { ...AUTO, audit_reject_share: 1 }, 'PATCH');
    const [app] = (await world.authorize(1)) as [string];
    const first = await rollouts.start(spec([app]));
    await rollouts.until(first.rollout_id, (rollout) => rollout.state === 'completed' && rollout.counts.failed === 1);
    await world.sandbox.control('/settings', { audit_mode: 'manual' }, 'PATCH');
    const second = await rollouts.start(spec([app], { user_version: '6.0.1' }));
    const retried = await world.call<Record<string, unknown>>(`/v1/rollouts/${first.rollout_id}/retry`, {});
    expect(retried).toMatchObject({ status: 409, body: { overlaps: [{ rollout_id: second.rollout_id }] } });
    expect((await world.ok<RolloutView>(`/v1/rollouts/${first.rollout_id}`)).state).toBe('completed');
  });

  it('a single release of an older version is refused when it is made and when it is published, unless it is asked for', async () => {
    const [app] = (await world.authorize(1)) as [string];
    await world.sandbox.control('/settings', { audit_mode: 'manual' }, 'PATCH');
    const old = await world.approved(app, template, { user_version: '6.0.0' });
    const online = { onlineVersion: '6.0.1', releasedVersion: '6.0.1', releasedTemplateId: template };
    const miniPrograms = world.database.dataSource.getRepository(MiniProgramEntity);
    const info = { release_time: Math.floor(Date.now() / 1_000), release_version: '6.0.1', release_desc: 'hotfix' };
    const body = JSON.stringify({ errcode: 0, errmsg: 'ok', release_info: info });
    await world.sandbox.control('/faults', { path: '/wxa/getversioninfo', appid: app, action: 'body', body, times: 0 });
    const refused = await world.call<Record<string, unknown>>(`/v1/releases/${old.release_id}/publish`, {});
    expect(refused).toMatchObject({ status: 409, body: { remedy: { en: expect.stringContaining('allow_older') } } });
    await miniPrograms.update({ componentAppid: COMPONENT, authorizerAppid: app }, online);
    const made = { authorizer_appid: app, template_id: template, user_version: '5.9.0', user_desc: 'x' };
    expect((await world.call(world.component('/releases'), made)).status).toBe(409);
    expect((await world.call(world.component('/releases'), { ...made, allow_older: true })).status).toBe(201);
    await world.ok(`/v1/releases/${old.release_id}/publish`, { allow_older: true });
    expect(await world.sandbox.calls('/wxa/release', app)).toBe(1);
  });

  it.each([
    ['approved', (app: string) => world.sandbox.control(`/merchants/${app}/audit/approve`, {})],
    ['withdrawn', (_: string, id: number) => world.ok(`/v1/releases/${id}/withdraw`, {})],
  ] as const)(
    'a version behind one that is in review says so, and goes on at once when that is %s',
    async (_, end) => {
      const patient = { timeout: 60_000 };
      await world.sandbox.control('/settings', { audit_mode: 'manual' }, 'PATCH');
      const [app] = (await world.authorize(1)) as [string];
      const former = await world.auditing(app, template, { user_version: '6.0.0' });
      const { rollout_id } = await rollouts.start(spec([app], { user_version: '6.0.1', take_over: true }));
      const behind = async () => {
        const { items } = await world.ok<ReleasePage>(world.component(`/releases?rollout_id=${rollout_id}`));
        return items[0];
      };
      await expect.poll(async () => (await behind())?.waiting?.for, patient).toBe('review');
      const waiting = { release_id: former.release_id, user_version: '6.0.0', since: expect.any(String) };
      expect(await behind()).toMatchObject({ state: 'ready', waiting, needs_attention: false });
      await end(app, former.release_id);
      // By itself it would be looked at in ten minutes.
      await expect.poll(async () => (await behind())?.state, patient).toBe('auditing');
      expect((await behind())?.waiting).toBeNull();
    },
    180_000,
  );
});
