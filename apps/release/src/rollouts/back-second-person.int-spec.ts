import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReleaseWorld } from '../../testing/release-world.js';
import { RolloutsOf } from '../../testing/rollouts.js';
import type { RollBackPreview, RolloutView } from './rollout-views.dto.js';

describe('back as a whole where two persons are required', () => {
  let world: ReleaseWorld;
  let rollouts: RolloutsOf;

  beforeAll(async () => {
    world = await ReleaseWorld.start({}, { two_person: 'required' });
    rollouts = new RolloutsOf(world);
    await world.sandbox.control('/settings', { audit_mode: 'auto', audit_after_s: 0, audit_reject_share: 0 }, 'PATCH');
  });
  afterAll(() => world?.stop());

  const approve = async (id: number) => {
    const answer = await world.call(`/v1/rollouts/${id}/approve`, {}, { key: await world.client(['releases:write']) });
    expect(answer.status).toBe(200);
  };

  it('waits for the second person, who is never whoever started it, and then goes back once', async () => {
    const list = await world.authorize(2);
    const reverts = () => Promise.all(list.map((app) => world.sandbox.calls('/wxa/revertcoderelease', app)));
    let of = 0;
    for (const version of ['1.0.0', '2.0.0']) {
      const template_id = await world.template({ user_version: version });
      const options = { per_minute: 100_000 };
      const spec = { name: version, targets: { list }, template_id, user_version: version, user_desc: version, options };
      of = (await rollouts.start(spec)).rollout_id;
      await approve(of);
      await rollouts.until(of, ({ state }) => state === 'completed');
    }
    const path = `/v1/rollouts/${of}/roll-back`;
    const { hash } = await world.ok<RollBackPreview>(`${path}/preview`, {});
    const { rollout_id } = await world.ok<RolloutView>(path, { preview_hash: hash });
    await rollouts.until(rollout_id, ({ state, reason }) => state === 'waiting' && reason?.code === 'approval');
    expect((await world.call(`/v1/rollouts/${rollout_id}/approve`, {})).status).toBe(403);
    expect(await reverts()).toEqual([0, 0]);
    await approve(rollout_id);
    const done = await rollouts.until(rollout_id, ({ state }) => state === 'completed');
    expect(done.counts.succeeded).toBe(2);
    expect(await reverts()).toEqual([1, 1]);
  });

  it('makes a rollout slower alone; faster is asked for anew', async () => {
    await world.sandbox.control('/settings', { audit_mode: 'manual' }, 'PATCH');
    const list = await world.authorize(1);
    const template_id = await world.template({ user_version: '7.0.0' });
    const spec = { name: 'pace', targets: { list }, template_id, user_version: '7.0.0', user_desc: 'pace' };
    const { rollout_id } = await rollouts.start(spec);
    await approve(rollout_id);
    const agreed = async () => {
      const { approvals } = await world.ok<{ approvals: { of_this: boolean }[] }>(`/v1/approvals/o${rollout_id}`);
      return approvals.some(({ of_this }) => of_this);
    };
    const pace = (options: object) => world.ok<RolloutView>(`/v1/rollouts/${rollout_id}/pace`, options);
    expect((await pace({ per_minute: 10, max_failures: 2 })).options).toMatchObject({ per_minute: 10, max_failures: 2 });
    expect(await agreed()).toBe(true);
    expect((await pace({ per_minute: 500 })).options).toMatchObject({ per_minute: 500, max_failures: 2 });
    expect(await agreed()).toBe(false);
    await approve(rollout_id);
    expect(await agreed()).toBe(true);
    await world.sandbox.control('/settings', { audit_mode: 'auto', audit_after_s: 0 }, 'PATCH');
  });
});
