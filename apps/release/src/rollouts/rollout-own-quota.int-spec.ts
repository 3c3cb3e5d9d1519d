import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AuthorizerEntity, ReleaseEntity } from '#persistence';
import { ReleaseWorld } from '../../testing/release-world.js';
import { RolloutsOf } from '../../testing/rollouts.js';
import { COMPONENT } from '../../testing/stand-ins.js';
import type { RolloutView } from './rollout-views.dto.js';

const AUTO = { audit_mode: 'auto', audit_after_s: 0, audit_reject_share: 0 };

describe('a code that concerns one account', () => {
  let world: ReleaseWorld;
  let rollouts: RolloutsOf;
  let template: number;

  beforeAll(async () => {
    world = await ReleaseWorld.start();
    rollouts = new RolloutsOf(world);
    template = await world.template({ user_version: '2.1.0' });
  });
  afterAll(() => world?.stop());
  beforeEach(async () => {
    await world.sandbox.control('/faults', undefined, 'DELETE');
    await world.sandbox.control('/settings', AUTO, 'PATCH');
    await world.sandbox.control('/quotas', { component_appid: COMPONENT, submit_limit: 10_000, submit_used: 0 });
  });

  const spec = (list: readonly string[], more: Record<string, unknown> = {}) => ({
    name: 'one merchant without quota',
    targets: { list },
    template_id: template,
    user_version: '2.1.0',
    user_desc: 'quota of one',
    ext_json: { extAppid: '{{appid}}' },
    options: { per_minute: 100_000, concurrency: 1 },
    ...more,
  });
  const hurry = async (appid: string) => {
    await world.database.dataSource
      .getRepository(ReleaseEntity)
      .update({ authorizerAppid: appid, state: 'created' }, { nextCheckAt: new Date() });
  };

  it('one merchant’s 45009 stops nobody else: it waits at the end with the reason, and goes on when its quota is there', async () => {
    const apps = await world.authorize(4);
    const [poor] = apps as [string];
    await world.sandbox.control('/quotas', { path: '/wxa/commit', appid: poor, daily_limit: 1, used: 1 });
    const { rollout_id } = await rollouts.start(spec(apps));
    const others = await rollouts.until(rollout_id, (rollout) => rollout.counts.succeeded === 3);
    expect(others).toMatchObject({
      state: 'running',
      needs_attention: false,
      counts: { running: 1, waiting: 1, failed: 0 },
    });
    expect(await rollouts.targets(rollout_id, 'running')).toMatchObject([{ authorizer_appid: poor, reason: { errcode: 45009 } }]);
    await world.sandbox.control('/quotas', { path: '/wxa/commit', appid: poor, daily_limit: 100, used: 1 });
    await hurry(poor);
    await rollouts.until(rollout_id, (rollout) => rollout.state === 'completed' && rollout.counts.succeeded === 4);
  });

  it('a canary whose own quota is used up is replaced by the next one', async () => {
    const apps = await world.authorize(3);
    const [poor] = apps as [string];
    await world.sandbox.control('/quotas', { path: '/wxa/commit', appid: poor, daily_limit: 1, used: 1 });
    const { rollout_id } = await rollouts.start(spec(apps, { options: { per_minute: 100_000, canary_size: 1 } }));
    await rollouts.until(rollout_id, (rollout) => rollout.counts.succeeded === 2 && rollout.stage === 'full');
    await world.ok(`/v1/rollouts/${rollout_id}/abort`, {});
  });

  it('what waits longer than its reason explains needs a person: a penalty of the platform at once', async () => {
    const apps = await world.authorize(2);
    await world.sandbox.control('/faults', {
      path: '/wxa/submit_audit',
      appid: apps[0],
      action: 'errcode',
      errcode: 86010,
      times: 0,
    });
    const { rollout_id } = await rollouts.start(spec(apps));
    await rollouts.until(rollout_id, (rollout) => rollout.counts.succeeded === 1);
    const seen = await rollouts.until(rollout_id, (rollout) => rollout.counts.waiting === 1);
    expect(seen).toMatchObject({ state: 'running', needs_attention: true });
    await world.sandbox.control('/faults', undefined, 'DELETE');
    await world.ok(`/v1/rollouts/${rollout_id}/abort`, {});
  });

  it('a skipped target can be tried again when its reason is gone', async () => {
    const [left] = (await world.authorize(1)) as [string];
    const authorizers = world.database.dataSource.getRepository(AuthorizerEntity);
    await authorizers.update({ authorizerAppid: left }, { state: 'cancelled' });
    const { rollout_id } = await rollouts.start(spec([left]));
    await rollouts.until(rollout_id, (rollout) => rollout.state === 'completed' && rollout.counts.skipped === 1);
    await authorizers.update({ authorizerAppid: left }, { state: 'active' });
    await world.ok(`/v1/rollouts/${rollout_id}/retry`, { skipped: true });
    await rollouts.until(rollout_id, (rollout) => rollout.state === 'completed' && rollout.counts.succeeded === 1);
  });

  it('a wrong environment makes everybody wait, and needs a person at once', async () => {
    const apps = await world.authorize(2);
    await world.sandbox.control('/faults', { path: '/wxa/commit', action: 'errcode', errcode: 61004, times: 0 });
    const { rollout_id } = await rollouts.start(spec(apps));
    const seen = await rollouts.until(rollout_id, (rollout) => rollout.state === 'waiting');
    expect(seen).toMatchObject({ needs_attention: true, reason: { errcode: 61004, remedy: { zh: expect.any(String) } } });
    await world.sandbox.control('/faults', undefined, 'DELETE');
    await world.ok<RolloutView>(`/v1/rollouts/${rollout_id}/resume`, {});
    await rollouts.until(rollout_id, (rollout) => rollout.state === 'completed');
  });
});
