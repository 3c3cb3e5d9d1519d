import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ReleaseWorld } from '../../testing/release-world.js';
import { COMPONENT } from '../../testing/stand-ins.js';
import type { RolloutSpec } from './rollout.dto.js';
import type {
  PausedRollouts,
  RetryPreview,
  RolloutFailures,
  RolloutHistoryPage,
  RolloutPreview,
  RolloutSummary,
  RolloutTargetPage,
  RolloutView,
  SetAsideView,
} from './rollout-views.dto.js';

const AUTO = { audit_mode: 'auto', audit_after_s: 0, audit_reject_share: 0 };

describe('what a release manager does with a rollout', () => {
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
    ext_json: { ext: { tenant: '{{tenant}}' } },
    variables: { tenant: 'T1' },
    options: { per_minute: 100_000, max_failures: 100, max_failure_share: 1 },
    ...more,
  });
  const start = async (body: Record<string, unknown>) => {
    const { hash } = await world.ok<RolloutPreview>(world.component('/rollouts/preview'), body);
    return world.ok<RolloutView>(world.component('/rollouts'), { ...body, preview_hash: hash });
  };
  const of = (id: number) => `/v1/rollouts/${id}`;
  const until = async (id: number, holds: (rollout: RolloutView) => boolean, timeoutMs = 120_000) => {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const rollout = await world.ok<RolloutView>(of(id));
      if (holds(rollout)) return rollout;
      if (Date.now() > deadline) throw new Error(`still ${JSON.stringify(rollout)}`);
      await sleep(100);
    }
  };
  const completed = (id: number) => until(id, ({ state }) => state === 'completed');
  const targets = async (id: number) => (await world.ok<RolloutTargetPage>(`${of(id)}/targets?limit=1000`)).items;
  const failures = async (id: number) => (await world.ok<RolloutFailures>(`${of(id)}/failures`)).items;
  const history = async (id: number) => (await world.ok<RolloutHistoryPage>(`${of(id)}/history`)).items;

  /** Two that WeChat refuses to commit, one whose categories are gone, two that reach their goal. */
  const mixed = async () => {
    const apps = await world.authorize(5);
    const [a, b, c] = apps as [string, string, string];
    for (const appid of [a, b])
      await world.sandbox.control('/faults', { path: '/wxa/commit', appid, action: 'errcode', errcode: 85013, times: 0 });
    const body = JSON.stringify({ errcode: 0, errmsg: 'ok', category_list: [] });
    await world.sandbox.control('/faults', { path: '/wxa/get_category', appid: c, action: 'body', body, times: 0 });
    const { rollout_id } = await start(spec(apps));
    await completed(rollout_id);
    return { apps, a, b, c, rollout_id };
  };

  it('sees what failed by its cause, and tries one cause again for what it costs', async () => {
    const { a, b, c, rollout_id } = await mixed();
    const found = await failures(rollout_id);
    expect(found).toMatchObject([
      { cause: 'commit-failed.85013', state: 'failed', count: 2, carried_on: 0, authorizer_appids: [a, b] },
      { cause: expect.stringMatching(/^preflight-failed\.[0-9a-f]{8}$/), state: 'failed', count: 1, authorizer_appids: [c] },
    ]);
    await world.sandbox.control('/faults', undefined, 'DELETE');
    const causes = ['commit-failed.85013'];
    const looked = await world.ok<RetryPreview>(`${of(rollout_id)}/retry/preview`, { causes });
    expect(looked).toMatchObject({ targets: 2, carried_on: 0, new_releases: 2, submissions: 2, quota: { limit: 10_000 } });
    await world.ok(`${of(rollout_id)}/retry`, { causes, note: 'the template was mended' });
    expect((await completed(rollout_id)).counts).toMatchObject({ succeeded: 4, failed: 1 });
    expect(await world.sandbox.calls('/wxa/submit_audit', c)).toBe(0);
    expect((await history(rollout_id)).map(({ what }) => what)).toEqual(['started', 'completed', 'retried', 'completed']);
    expect((await history(rollout_id))[2]).toMatchObject({
      ...{ from_state: 'completed', to_state: 'running', actor: expect.any(String) },
      detail: { note: 'the template was mended', causes, mini_programs: 2 },
    });
  });

  it('tries some again by name; a cause or a mini program that has not failed is refused with what has', async () => {
    const { apps, a, b, rollout_id } = await mixed();
    await world.sandbox.control('/faults', undefined, 'DELETE');
    const refused = await world.call<Record<string, unknown>>(`${of(rollout_id)}/retry`, { causes: ['commit-failed.1'] });
    expect(refused.status).toBe(409);
    expect(refused.body['detail']).toContain('commit-failed.85013');
    expect((await world.call(`${of(rollout_id)}/retry`, { authorizer_appids: [apps[4]] })).status).toBe(409);
    expect((await world.call(`${of(rollout_id)}/retry`, { code: 'rejected' })).status).toBe(400);
    await world.ok(`${of(rollout_id)}/retry`, { authorizer_appids: [b] });
    await completed(rollout_id);
    const states = new Map((await targets(rollout_id)).map(({ authorizer_appid, state }) => [authorizer_appid, state]));
    expect([states.get(a), states.get(b)]).toEqual(['failed', 'succeeded']);
  });

  it('carries on what reviewers approved, which takes no submission', async () => {
    const apps = await world.authorize(2);
    await world.sandbox.control('/faults', { path: '/wxa/release', action: 'errcode', errcode: 85019, times: 0 });
    const { rollout_id } = await start(spec(apps));
    await until(rollout_id, ({ counts }) => counts.failed === 2);
    await world.sandbox.control('/faults', undefined, 'DELETE');
    expect(await world.ok<RetryPreview>(`${of(rollout_id)}/retry/preview`, {})).toMatchObject({
      ...{ targets: 2, carried_on: 2, new_releases: 0, submissions: 0 },
    });
    await world.ok(`${of(rollout_id)}/retry`, {});
    expect((await completed(rollout_id)).counts).toMatchObject({ succeeded: 2 });
    for (const app of apps) expect(await world.sandbox.calls('/wxa/submit_audit', app)).toBe(1);
  });

  it('sets one aside that blocks, while the others go on, and takes it back', async () => {
    await world.sandbox.control('/settings', { ...AUTO, audit_mode: 'manual' }, 'PATCH');
    const apps = await world.authorize(4);
    const [reviewed, begun, waiting, other] = apps as [string, string, string, string];
    await world.sandbox.control('/faults', { path: '/wxa/commit', appid: begun, action: 'errcode', errcode: -1, times: 0 });
    const { rollout_id } = await start(spec(apps, { options: { per_minute: 100_000, concurrency: 1 } }));
    // One at a time: the first is in review, the second cannot be committed, the others wait for it.
    await until(rollout_id, ({ counts }) => counts.running === 2);
    const stranger = 'wx0000000000000bad';
    const refused = await world.call<Record<string, unknown>>(`${of(rollout_id)}/set-aside`, {
      authorizer_appids: [begun, stranger],
    });
    expect(refused).toMatchObject({ status: 400, body: { detail: expect.stringContaining(stranger) } });
    let set: SetAsideView | undefined;
    // A call that is just under way is waited for.
    for (const deadline = Date.now() + 60_000; set === undefined || set.left.length > 1; ) {
      set = await world.ok<SetAsideView>(`${of(rollout_id)}/set-aside`, {
        authorizer_appids: [reviewed, begun, waiting],
        note: 'asks for time',
      });
      expect(Date.now()).toBeLessThan(deadline);
    }
    expect(set.left).toMatchObject([
      { authorizer_appid: reviewed, state: 'running', message: expect.stringContaining('is in review: withdraw it') },
    ]);
    for (const app of [reviewed, other]) {
      await expect.poll(() => world.sandbox.calls('/wxa/submit_audit', app), { timeout: 60_000 }).toBe(1);
      await world.sandbox.control(`/merchants/${app}/audit/approve`, {});
    }
    const done = await completed(rollout_id);
    expect(done.counts).toMatchObject({ succeeded: 2, skipped: 2 });
    expect(await failures(rollout_id)).toMatchObject([{ cause: 'set-aside', state: 'skipped', count: 2 }]);
    expect(await world.sandbox.calls('/wxa/commit', waiting)).toBe(0);

    await world.sandbox.control('/faults', undefined, 'DELETE');
    await world.sandbox.control('/settings', AUTO, 'PATCH');
    await world.ok(`${of(rollout_id)}/retry`, { authorizer_appids: [begun, waiting] });
    expect((await completed(rollout_id)).counts).toMatchObject({ succeeded: 4, skipped: 0 });
    const told = await history(rollout_id);
    expect(told.map(({ what }) => what)).toEqual(expect.arrayContaining(['started', 'set-aside', 'completed', 'retried']));
    expect(told.find(({ what }) => what === 'set-aside')).toMatchObject({ detail: { note: 'asks for time' } });
    const late = await world.call<Record<string, unknown>>(`${of(rollout_id)}/set-aside`, { authorizer_appids: [other] });
    expect(late.status).toBe(409);
  });

  it('sees where they are, and what decides how long it takes', async () => {
    await world.sandbox.control('/settings', { ...AUTO, audit_mode: 'manual' }, 'PATCH');
    const apps = await world.authorize(3);
    const { rollout_id } = await start(spec(apps));
    const summary = () => world.ok<RolloutSummary>(`${of(rollout_id)}/summary`);
    await expect.poll(async () => (await summary()).stages.in_review, { timeout: 60_000 }).toBe(3);
    expect(await summary()).toMatchObject({ rollout: { rollout_id }, pace: { left_s: null, limited_by: 'reviewers' } });
    for (const app of apps) await world.sandbox.control(`/merchants/${app}/audit/approve`, {});
    await completed(rollout_id);
    expect(await summary()).toMatchObject({
      stages: { pending: 0, preparing: 0, in_review: 0, approved: 0, gray: 0, succeeded: 3, failed: 0, skipped: 0 },
      pace: { ended: 3, left_s: 0, limited_by: null },
    });
  });

  it('stops all of a component at once, and says why', async () => {
    await world.sandbox.control('/settings', { ...AUTO, audit_mode: 'manual' }, 'PATCH');
    const [a, b] = (await world.authorize(2)) as [string, string];
    const ids = [(await start(spec([a]))).rollout_id, (await start(spec([b]))).rollout_id];
    const stopped = await world.ok<PausedRollouts>(world.component('/rollouts/pause'), { note: 'the template is broken' });
    expect(stopped.rollout_ids).toEqual(ids);
    for (const id of ids) {
      expect(await world.ok<RolloutView>(of(id))).toMatchObject({
        state: 'paused',
        reason: { code: 'operator', detail: 'Paused by an operator: the template is broken' },
      });
      expect((await history(id)).at(-1)).toMatchObject({ what: 'paused', detail: { note: 'the template is broken' } });
    }
    expect((await world.ok<PausedRollouts>(world.component('/rollouts/pause'), {})).rollout_ids).toEqual([]);
    await world.ok(`${of(ids[0] as number)}/resume`, { note: 'mended' });
    await world.ok(`${of(ids[1] as number)}/abort`, { note: 'not needed' });
    expect((await history(ids[0] as number)).at(-1)).toMatchObject({ what: 'resumed', detail: { note: 'mended' } });
    expect((await history(ids[1] as number)).at(-1)).toMatchObject({ what: 'aborted', detail: { note: 'not needed' } });
    await world.ok(`${of(ids[0] as number)}/abort`, {});
  });

  it('reads the specification back, and starts another one like it', async () => {
    const apps = await world.authorize(2);
    const secret = 's3cret-value';
    const { rollout_id } = await start(
      spec(apps, {
        ext_json: { ext: { tenant: '{{tenant}}', key: '{{key}}' } },
        variables: { tenant: 'T1', key: secret },
        secret_variables: ['key'],
      }),
    );
    await completed(rollout_id);
    const read = await world.ok<RolloutSpec>(`${of(rollout_id)}/spec`);
    expect(JSON.stringify(read)).not.toContain(secret);
    expect(read).toMatchObject({
      ...{ name: 'spring', targets: { list: apps }, template_id: template, user_version: '5.0.0' },
      ...{ variables: { tenant: 'T1', key: '***' }, secret_variables: ['key'], policy: { submit: 'auto', publish: 'auto' } },
    });
    const next = await world.template({ user_version: '5.1.0' });
    const clone = { ...read, user_version: '5.1.0', template_id: next, variables: { ...read.variables, key: secret } };
    const { rollout_id: second } = await start(clone);
    expect((await completed(second)).counts).toMatchObject({ succeeded: 2 });
    expect(await world.ok(`${of(second)}/spec`)).toMatchObject({ ...read, user_version: '5.1.0', template_id: next });
  });
});
