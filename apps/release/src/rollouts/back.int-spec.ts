import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ReleaseWorld } from '../../testing/release-world.js';
import { RolloutsOf } from '../../testing/rollouts.js';
import { COMPONENT } from '../../testing/stand-ins.js';
import type { VersionsView } from '../settings/settings.dto.js';
import type { RollBackPreview, RolloutFailures, RolloutHistoryPage, RolloutSummary, RolloutView } from './rollout-views.dto.js';

const REVERT = '/wxa/revertcoderelease';

describe('back as a whole', () => {
  let world: ReleaseWorld;
  let rollouts: RolloutsOf;
  const templates = new Map<string, number>();

  beforeAll(async () => {
    world = await ReleaseWorld.start();
    rollouts = new RolloutsOf(world);
    for (const version of ['1.0.0', '2.0.0', '3.0.0']) templates.set(version, await world.template({ user_version: version }));
  });
  afterAll(() => world?.stop());
  beforeEach(async () => {
    await world.sandbox.control('/faults', undefined, 'DELETE');
    await world.sandbox.control('/settings', { audit_mode: 'auto', audit_after_s: 0, audit_reject_share: 0 }, 'PATCH');
    await world.sandbox.control('/quotas', { component_appid: COMPONENT, submit_limit: 10_000, submit_used: 0 });
  });

  const bring = async (list: readonly string[], version: string) => {
    const { rollout_id } = await rollouts.start({
      name: `to ${version}`,
      targets: { list },
      template_id: templates.get(version),
      user_version: version,
      user_desc: `what ${version} brings`,
      ext_json: { ext: { version } },
      options: { per_minute: 100_000, max_failures: 100, max_failure_share: 1 },
    });
    await rollouts.until(rollout_id, ({ state }) => state === 'completed');
    return rollout_id;
  };
  const fleet = async (count: number) => {
    const apps = await world.authorize(count);
    const first = await bring(apps, '1.0.0');
    return { apps, first, second: await bring(apps, '2.0.0') };
  };
  const path = (id: number) => `/v1/rollouts/${id}/roll-back`;
  const look = (id: number, body: object = {}, query = '') => world.ok<RollBackPreview>(`${path(id)}/preview${query}`, body);
  const back = async (id: number, body: object = {}) => {
    const { hash } = await look(id, body);
    return world.ok<RolloutView>(path(id), { ...body, preview_hash: hash });
  };
  /** WeChat's truth. */
  const online = async (app: string) =>
    (await world.ok<VersionsView>(world.component(`/authorizers/${app}/versions`))).online?.version;
  const reverts = (app: string) => world.sandbox.calls(REVERT, app);
  const fast = { options: { per_minute: 100_000, max_failures: 100, max_failure_share: 1 } };

  it('takes back what a rollout published, canary first, and leaves out who has moved on since', async () => {
    const { apps, second } = await fleet(6);
    const [a, moved, gone] = [apps[0], apps[4], apps[5]] as [string, string, string];
    await bring([moved], '3.0.0');
    await world.ok(world.component(`/authorizers/${gone}/rollback`), {});
    const body = { options: { ...fast.options, canary_size: 1 } };
    expect(await look(second, body, '?limit=1&live=1')).toMatchObject({
      ...{ of: second, way: 'rollback', targets: 4, ready: 4, problems: [], warnings: [] },
      requests: [{ authorizer_appid: a, is_canary: true, back: { from: '2.0.0', to: '1.0.0' } }],
      no_targets: [
        { why: 'moved-on', count: 1, authorizer_appids: [moved] },
        { why: 'rolled-back', count: 1, authorizer_appids: [gone] },
      ],
      forecast: null,
    });
    const started = await back(second, body);
    expect(started).toMatchObject({ kind: 'rollback', of: second, stage: 'canary', user_version: '2.0.0' });
    const done = await rollouts.until(started.rollout_id, ({ state }) => state === 'completed');
    expect(done.counts).toMatchObject({ total: 4, succeeded: 4, failed: 0 });
    for (const app of apps) expect(await online(app)).toBe(app === moved ? '3.0.0' : '1.0.0');
    // The look of the preview counts as well.
    for (const app of apps.slice(1, 4)) expect(await reverts(app)).toBe(1);
    expect(await reverts(a)).toBe(2);
    expect(await reverts(moved)).toBe(0);
    expect(await reverts(gone)).toBe(1);
    const of = `/v1/rollouts/${started.rollout_id}`;
    expect((await world.ok<RolloutSummary>(`${of}/summary`)).stages).toMatchObject({ succeeded: 4 });
    const history = (await world.ok<RolloutHistoryPage>(`${of}/history`)).items;
    expect(history.map(({ what }) => what)).toEqual(['started', 'widened', 'completed']);
    expect(history[0]).toMatchObject({ detail: { way: 'rollback', of: second, targets: 4 } });
    expect((await world.call(`${of}/spec`)).status).toBe(409);
    expect((await world.call(`${path(second)}/preview`, {})).status).toBe(409);
  });

  it('goes forward to the last good version where WeChat cannot roll back', async () => {
    const { apps, second } = await fleet(3);
    const [a, b] = apps as [string, string];
    await world.sandbox.control('/faults', { path: REVERT, appid: b, action: 'errcode', errcode: 87012, times: 0 });
    const { rollout_id } = await back(second, fast);
    const done = await rollouts.until(rollout_id, ({ state }) => state === 'completed');
    expect(done.counts).toMatchObject({ succeeded: 2, failed: 1 });
    expect((await world.ok<RolloutFailures>(`/v1/rollouts/${rollout_id}/failures`)).items).toMatchObject([
      { cause: 'rollback-failed.87012', count: 1, reason: { remedy: { en: expect.stringContaining('forward') } } },
    ]);
    const forward = { ...fast, way: 'forward' };
    const looked = await look(second, forward);
    expect(looked).toMatchObject({ targets: 1, ready: 1, forecast: { needed: 1 } });
    expect(looked.requests).toMatchObject([
      {
        authorizer_appid: b,
        commit: { template_id: templates.get('1.0.0'), user_version: '1.0.0', ext_json: '{"ext":{"version":"1.0.0"}}' },
      },
    ]);
    const again = await back(second, forward);
    expect(again).toMatchObject({ kind: 'forward', of: second });
    expect((await rollouts.until(again.rollout_id, ({ state }) => state === 'completed')).counts.succeeded).toBe(1);
    for (const app of apps) expect(await online(app)).toBe('1.0.0');
    expect(await world.sandbox.calls('/wxa/release', a)).toBe(2);
    expect(await world.sandbox.calls('/wxa/release', b)).toBe(3);
  });

  it('sends nothing more while it is paused, and nothing when it is aborted', async () => {
    const { apps, second } = await fleet(3);
    const { rollout_id } = await back(second, { options: { ...fast.options, per_minute: 1, canary_size: 1 } });
    await rollouts.until(rollout_id, ({ counts }) => counts.succeeded === 1);
    await world.ok(`/v1/rollouts/${rollout_id}/pause`, {});
    expect((await rollouts.targets(rollout_id)).map(({ state }) => state)).toEqual(['succeeded', 'pending', 'pending']);
    expect((await world.ok<RolloutView>(`/v1/rollouts/${rollout_id}/abort`, {})).counts.skipped).toBe(2);
    expect(await Promise.all(apps.map(reverts))).toEqual([1, 0, 0]);
    expect(await Promise.all(apps.map(online))).toEqual(['1.0.0', '2.0.0', '2.0.0']);
  });

  it('does not go back twice: what is online was written down before the call', async () => {
    const { apps, second } = await fleet(2);
    const [a] = apps as [string];
    // The answer is lost: it may have happened, and has.
    await world.sandbox.control('/faults', { path: REVERT, appid: a, action: 'cut', after: true, times: 1 });
    const { rollout_id } = await back(second, fast);
    await rollouts.until(rollout_id, ({ state, counts }) => state === 'completed' && counts.succeeded === 2);
    expect(await Promise.all(apps.map(online))).toEqual(['1.0.0', '1.0.0']);
    expect(await Promise.all(apps.map(reverts))).toEqual([1, 1]);
  });

  it('refuses what it cannot do, and says what to do', async () => {
    const { second, first } = await fleet(1);
    const [stranger] = await world.authorize(1);
    expect((await world.call(`${path(first)}/preview`, {})).status).toBe(409);
    const strange = await world.call<Record<string, string>>(`${path(second)}/preview`, { authorizer_appids: [stranger] });
    expect(strange.status).toBe(400);
    expect((await world.call(path(second), { preview_hash: '0'.repeat(64) })).status).toBe(409);
    expect((await world.call(`${path(second)}/preview`, { way: 'sideways' })).status).toBe(400);
  });
});
