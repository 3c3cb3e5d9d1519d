import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ClientStore } from '#service';
import { ReleaseWorld } from '../../testing/release-world.js';
import { RolloutsOf } from '../../testing/rollouts.js';

const AUTO = { submit: 'auto', publish: 'auto' };

/** `two_person: required` stands in the components file, out of the reach of whoever makes a release. */
describe('a component that requires a second person', () => {
  let world: ReleaseWorld;
  let rollouts: RolloutsOf;
  let apps: string[];
  let app: string;
  let template: number;
  let next = 0;

  beforeAll(async () => {
    world = await ReleaseWorld.start({}, { two_person: 'required' });
    rollouts = new RolloutsOf(world);
    apps = await world.authorize(12);
    template = await world.template({ user_version: '1.0.0' });
  });
  afterAll(() => world?.stop());
  beforeEach(async () => {
    app = apps[next++] as string;
    await world.sandbox.control('/settings', { audit_mode: 'auto', audit_after_s: 0, audit_reject_share: 0 }, 'PATCH');
  });

  const other = () => world.client(['releases:write']);
  const approve = (id: number, key: string) => world.call(`/v1/releases/${id}/approve`, {}, { key });
  const released = () => world.sandbox.calls('/wxa/release', app);
  const change = (key: string, values: Parameters<ClientStore['change']>[1]) =>
    new ClientStore(world.database.dataSource).change(key.split('_')[1] as string, values);
  const waiting = async (policy: object) => {
    const { release_id } = await world.create(app, template, { policy: { ...AUTO, ...policy } });
    await world.until(release_id, (release) => release.waiting?.['for'] === 'approval');
    return release_id;
  };

  it.each([{}, { two_person: false }])('wants one whatever the request says: %j', async (policy) => {
    const id = await waiting(policy);
    expect((await world.call(`/v1/releases/${id}/publish`, {})).status).toBe(409);
    expect((await world.call(`/v1/releases/${id}/gray`, { percentage: 10 })).status).toBe(409);
    expect(await released()).toBe(0);
    expect((await approve(id, await other())).status).toBe(200);
    await world.until(id, (release) => release.state === 'released');
    expect(await released()).toBe(1);
  });

  it.each([
    ['was revoked', { revokedAt: new Date(0) }],
    ['has expired', { expiresAt: new Date(0) }],
    ['has lost the scope', { scopes: ['releases:read'] }],
    ['may no longer act for the mini program', { authorizers: ['wx00000000000000ff'] }],
  ])('does not count an approver whose key %s', async (_, values) => {
    await world.sandbox.control('/settings', { audit_mode: 'manual' }, 'PATCH');
    const { release_id } = await world.create(app, template, { policy: AUTO });
    await world.until(release_id, (release) => release.state === 'auditing');
    const key = await other();
    expect((await approve(release_id, key)).status).toBe(200);
    await change(key, values);
    await world.sandbox.control(`/merchants/${app}/audit/approve`, {});
    await world.until(release_id, (release) => release.waiting?.['for'] === 'approval');
    expect((await world.call(`/v1/releases/${release_id}/publish`, {})).status).toBe(409);
    expect(await released()).toBe(0);
  });

  it('is not agreed to before the submission', async () => {
    const { release_id } = await world.create(app, template, { policy: { submit: 'manual', publish: 'auto' } });
    await world.until(release_id, (release) => release.state === 'ready');
    expect(await approve(release_id, await other())).toMatchObject({ status: 409, body: { state: 'ready' } });
  });

  it('has to be agreed to again when something else was submitted since', async () => {
    await world.sandbox.control('/settings', { audit_mode: 'manual' }, 'PATCH');
    const { release_id } = await world.create(app, template, { policy: AUTO });
    await world.until(release_id, (release) => release.state === 'auditing');
    const key = await other();
    await approve(release_id, key);
    await world.ok(`/v1/releases/${release_id}/withdraw`, {});
    await world.ok(`/v1/releases/${release_id}/submit`, { version_desc: 'another description' });
    await world.until(release_id, (release) => release.state === 'auditing');
    await world.sandbox.control(`/merchants/${app}/audit/approve`, {});
    await world.until(release_id, (release) => release.waiting?.['for'] === 'approval');
    expect(await released()).toBe(0);
    expect((await approve(release_id, key)).status).toBe(200);
    await world.until(release_id, (release) => release.state === 'released');
  });

  it('counts failures on when whoever began it pauses and resumes', async () => {
    await world.sandbox.control('/settings', { audit_after_s: 8, audit_reject_share: 1 }, 'PATCH');
    const list = await world.authorize(5);
    const { rollout_id } = await rollouts.start({
      name: 'pauses',
      template_id: template,
      user_version: '1.0.0',
      user_desc: 'x',
      targets: { list },
      // The others wait for their minute.
      options: { per_minute: 3, canary_size: 0, max_failures: 2 },
    });
    const underReview = async () =>
      (await rollouts.targets(rollout_id)).filter((target) => target.release_state === 'auditing').length;
    await expect.poll(underReview, { timeout: 60_000 }).toBe(3);
    expect((await world.call(`/v1/rollouts/${rollout_id}/pause`, {})).status).toBe(200);
    await rollouts.until(rollout_id, (rollout) => rollout.counts.failed === 3);
    await world.sandbox.control('/settings', { audit_after_s: 0 }, 'PATCH');
    expect((await world.call(`/v1/rollouts/${rollout_id}/resume`, {})).status).toBe(200);
    await rollouts.until(rollout_id, (rollout) => rollout.reason?.['code'] === 'too-many-failures');
    expect((await rollouts.targets(rollout_id)).filter(({ state }) => state === 'pending')).toHaveLength(2);
    expect((await world.call(`/v1/rollouts/${rollout_id}/resume`, {})).status).toBe(403);
    await world.sandbox.control('/settings', { audit_reject_share: 0 }, 'PATCH');
    expect((await world.call(`/v1/rollouts/${rollout_id}/resume`, {}, { key: await other() })).status).toBe(200);
    await rollouts.until(rollout_id, (rollout) => rollout.counts.failed === 3 && rollout.reason === null);
  });

  it('lets only somebody else go on after a failed canary, and somebody else retry', async () => {
    await world.sandbox.control('/settings', { audit_reject_share: 1 }, 'PATCH');
    const list = await world.authorize(3);
    const { rollout_id } = await rollouts.start({
      name: 'two persons',
      template_id: template,
      user_version: '1.0.0',
      user_desc: 'x',
      targets: { list },
      options: { per_minute: 100_000, canary_size: 1 },
    });
    await rollouts.until(rollout_id, (rollout) => rollout.reason?.['code'] === 'canary-failed');
    for (const step of ['resume', 'retry'])
      expect((await world.call(`/v1/rollouts/${rollout_id}/${step}`, {})).status, step).toBe(403);
    await world.sandbox.control('/settings', { audit_reject_share: 0 }, 'PATCH');
    expect((await world.call(`/v1/rollouts/${rollout_id}/resume`, {}, { key: await other() })).status).toBe(200);
    await expect
      .poll(async () => (await rollouts.targets(rollout_id)).filter((target) => target.release_state === 'approved').length, {
        timeout: 20_000,
      })
      .toBe(2);
    const key = await other();
    expect((await world.call(`/v1/rollouts/${rollout_id}/approve`, {}, { key })).status).toBe(200);
    expect((await rollouts.until(rollout_id, (rollout) => rollout.state === 'completed')).counts.succeeded).toBe(2);
  });
});
