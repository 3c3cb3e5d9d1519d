import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReleaseEntity } from '#persistence';
import { ReleaseWorld } from '../../testing/release-world.js';
import { RolloutsOf } from '../../testing/rollouts.js';
import { COMPONENT } from '../../testing/stand-ins.js';

describe('what a release waits for, as a column', () => {
  let world: ReleaseWorld;
  let template: number;

  beforeAll(async () => {
    world = await ReleaseWorld.start();
    template = await world.template({ user_version: '1.0.0' });
    await world.sandbox.control('/settings', { audit_mode: 'auto', audit_after_s: 0 }, 'PATCH');
    await world.sandbox.control('/quotas', { component_appid: COMPONENT, submit_limit: 10_000, submit_used: 0 });
  });
  afterAll(() => world?.stop());

  const columns = async (releaseId: number) => {
    const [row] = (await world.database.dataSource.query(
      'SELECT waits_for, last_verdict, submits FROM f_wechat_submitaudit WHERE submitaudit_id = ?',
      [releaseId],
    )) as Record<string, string | null>[];
    return Object.values(row ?? {});
  };
  /** As a replica of the former release does: it knows the texts alone. */
  const former = (releaseId: number, set: Partial<ReleaseEntity>) =>
    world.database.dataSource.getRepository(ReleaseEntity).update({ releaseId }, set);

  it('follows the text, whoever wrote that, also when it is no JSON', async () => {
    const [app] = (await world.authorize(1)) as [string];
    const { release_id: id } = await world.ready(app, template);
    expect(await columns(id)).toEqual([null, null, null]);
    await former(id, {
      waiting: '{"until":"2026-01-01T00:00:00.000Z","for":"window"}',
      policy: '{"publish":"auto","submit":"auto"}',
    });
    expect(await columns(id)).toEqual(['window', null, 'auto']);
    await former(id, { waiting: '{"code":"aborted","reason":"x"}', lastError: '{"step":"submit","verdict":"own-quota"}' });
    expect(await columns(id)).toEqual([null, 'own-quota', 'auto']);
    await former(id, { waiting: 'not JSON', lastError: null, policy: null });
    expect(await columns(id)).toEqual([null, null, null]);
  });

  it('a release that a replica of the former release holds goes on when the rollout is resumed here', async () => {
    const rollouts = new RolloutsOf(world);
    const apps = await world.authorize(1);
    const spec = { name: 'mixed', targets: { list: apps }, template_id: template, user_version: '1.0.0', user_desc: 'mixed' };
    await world.sandbox.control('/faults', {
      path: '/wxa/commit',
      action: 'body',
      body: '{"errcode":-1,"errmsg":"busy"}',
      times: 0,
    });
    const { rollout_id } = await rollouts.start(spec);
    const rows = () => world.database.dataSource.getRepository(ReleaseEntity).findBy({ rolloutId: rollout_id });
    await expect.poll(async () => (await rows()).map((row) => row.lastError !== null)).toEqual([true]);
    await world.ok(`/v1/rollouts/${rollout_id}/pause`, {});
    const [row] = (await rows()) as [ReleaseEntity];
    await former(row.releaseId, { waiting: '{"for":"rollout"}', nextCheckAt: null });
    await world.sandbox.control('/faults', undefined, 'DELETE');
    await world.ok(`/v1/rollouts/${rollout_id}/resume`, {});
    await rollouts.until(rollout_id, (rollout) => rollout.state === 'completed' && rollout.counts.succeeded === 1);
  });
});
