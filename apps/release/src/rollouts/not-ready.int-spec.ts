import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FilingEntity } from '#persistence';
import { ReleaseWorld } from '../../testing/release-world.js';
import { COMPONENT } from '../../testing/stand-ins.js';
import type { PreflightView } from '../releases/api/release.dto.js';
import type { RolloutPreview, RolloutTargetPage, RolloutView } from './rollout-views.dto.js';

const AUTO = { audit_mode: 'auto', audit_after_s: 0, audit_reject_share: 0 };

/** Mini programs that WeChat will not put online: filing-and-certification.md §5, and what the sandbox does then (§6, 13). */
describe('mini programs that cannot go online yet', () => {
  let world: ReleaseWorld;
  let template: number;

  beforeAll(async () => {
    world = await ReleaseWorld.start();
    template = await world.template({ user_version: '5.0.0' });
  });
  afterAll(() => world?.stop());
  beforeEach(async () => {
    await world.sandbox.control('/settings', AUTO, 'PATCH');
    await world.sandbox.control('/quotas', { component_appid: COMPONENT, submit_limit: 10_000, submit_used: 0 });
  });

  const spec = (list: string[], options: Record<string, unknown> = {}, more: Record<string, unknown> = {}) => ({
    name: 'spring',
    targets: { list },
    template_id: template,
    user_version: '5.0.0',
    user_desc: 'rollout',
    ext_json: {},
    options: { per_minute: 100_000, ...options },
    ...more,
  });
  const preview = (body: unknown) => world.ok<RolloutPreview>(world.component('/rollouts/preview'), body);
  const begin = async (body: Record<string, unknown>) => {
    const { hash } = await preview(body);
    return world.call<RolloutView & { detail?: string; not_ready?: { path: string; count: number }[] }>(
      world.component('/rollouts'),
      { ...body, preview_hash: hash },
    );
  };
  const until = async (id: number, holds: (rollout: RolloutView) => boolean, timeoutMs = 60_000) => {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const rollout = await world.ok<RolloutView>(`/v1/rollouts/${id}`);
      if (holds(rollout)) return rollout;
      if (Date.now() > deadline) throw new Error(`still ${JSON.stringify(rollout)}`);
      await sleep(100);
    }
  };
  /** At WeChat, and as the broker has read it. */
  const filing = async (appid: string, status: number) => {
    await world.sandbox.control(`/merchants/${appid}`, { icp_status: status }, 'PATCH');
    await world.database.dataSource
      .getRepository(FilingEntity)
      .upsert({ componentAppid: COMPONENT, authorizerAppid: appid, status, readAt: new Date() }, [
        'componentAppid',
        'authorizerAppid',
      ]);
  };
  const target = async (id: number, appid: string) => {
    const { items } = await world.ok<RolloutTargetPage>(`/v1/rollouts/${id}/targets?limit=200`);
    return items.find(({ authorizer_appid }) => authorizer_appid === appid);
  };

  it('the preview says so and counts them; without another policy they are begun, and WeChat refuses the release', async () => {
    const [filed, unfiled, bare, uncertified] = (await world.authorize(4)) as [string, string, string, string];
    await filing(filed, 6);
    await filing(unfiled, 1024);
    await filing(bare, 1027);
    await filing(uncertified, 1028);
    const looked = await preview(spec([filed, unfiled, bare, uncertified]));
    expect(looked).toMatchObject({ ready: 4, held: 0, problem_groups: [] });
    expect(looked.not_ready).toMatchObject([
      { path: 'filing', count: 3, remedy: { en: expect.any(String), zh: expect.stringContaining('备案') } },
      { path: 'basic-info', count: 1, message: expect.stringContaining('86002') },
      { path: 'category', count: 1, message: expect.stringContaining('85008') },
      { path: 'certification', count: 1 },
    ]);
    expect(looked.warnings).toEqual(
      expect.arrayContaining([expect.objectContaining({ authorizer_appid: unfiled, path: 'filing' })]),
    );
    const { body } = await begin(spec([filed, unfiled]));
    await until(body.rollout_id, ({ counts }) => counts.succeeded === 1 && counts.failed === 1);
    expect(await target(body.rollout_id, unfiled)).toMatchObject({ state: 'failed', reason: { errcode: 85_399 } });
  });

  it('skip: they are skipped with reason and remedy, and a retry looks again', async () => {
    const [filed, unfiled] = (await world.authorize(2)) as [string, string];
    await filing(unfiled, 1024);
    const body = spec([unfiled, filed], { not_ready: 'skip', canary_size: 1 });
    expect(await preview(body)).toMatchObject({ targets: 2, ready: 1, held: 1 });
    const started = await begin(body);
    const id = started.body.rollout_id;
    expect((await until(id, ({ state }) => state === 'completed')).counts).toMatchObject({ succeeded: 1, skipped: 1 });
    expect(await target(id, unfiled)).toMatchObject({
      state: 'skipped',
      reason: { code: 'filing', remedy: { zh: expect.any(String) } },
    });
    await filing(unfiled, 6);
    await world.ok(`/v1/rollouts/${id}/retry`, { skipped: true });
    expect((await until(id, ({ counts }) => counts.succeeded === 2)).state).toMatch(/running|completed/);
  });

  it('wait: they wait without holding up others, canaries too, and begin once they are filed', async () => {
    const [unfiled, one, two] = (await world.authorize(3)) as [string, string, string];
    await filing(unfiled, 4);
    const started = await begin(spec([unfiled, one, two], { not_ready: 'wait', canary_size: 1 }));
    const id = started.body.rollout_id;
    const waiting = await until(id, ({ counts }) => counts.succeeded === 2);
    expect(waiting).toMatchObject({ state: 'running', stage: 'full', counts: { pending: 1 } });
    await until(id, ({ counts }) => counts.held === 1);
    expect(await target(id, unfiled)).toMatchObject({ state: 'pending', reason: { code: 'filing' } });
    expect(await world.sandbox.calls('/wxa/commit', unfiled)).toBe(0);
    await filing(unfiled, 6);
    expect((await until(id, ({ state }) => state === 'completed')).counts).toMatchObject({ succeeded: 3 });
  });

  it('refuse: nothing is started while there is one, unless it is left out', async () => {
    const [filed, rejected] = (await world.authorize(2)) as [string, string];
    await filing(rejected, 3);
    const body = spec([filed, rejected], { not_ready: 'refuse' });
    expect(await preview(body)).toMatchObject({ ready: 1, problem_groups: [{ path: 'filing', count: 1 }] });
    expect(await begin(body)).toMatchObject({ status: 409, body: { not_ready: [{ path: 'filing', count: 1 }] } });
    const narrower = spec([filed, rejected], { not_ready: 'refuse' }, { leave_out: ['filing'] });
    expect(await preview(narrower)).toMatchObject({ targets: 1, left_out: 1 });
    const { body: started } = await begin(narrower);
    await until(started.rollout_id, ({ state }) => state === 'completed');
  });

  it('the preflight of one release asks WeChat, and says what is missing', async () => {
    const [unfiled, bare] = (await world.authorize(2)) as [string, string];
    await world.sandbox.control(`/merchants/${unfiled}`, { icp_status: 1024, verify_type: -1 }, 'PATCH');
    await world.sandbox.control(`/merchants/${bare}`, { icp_status: 1024, basic_info_set: false }, 'PATCH');
    const checksOf = async (appid: string) => {
      const { release_id } = await world.ready(appid, template, { user_version: '5.0.0' });
      const { checks } = await world.ok<PreflightView>(`/v1/releases/${release_id}/preflight`);
      return Object.fromEntries(checks.map(({ check, result }) => [check, result]));
    };
    expect(await checksOf(unfiled)).toMatchObject({ filing: 'warning', certification: 'warning', 'basic-info': 'ok' });
    expect(await checksOf(bare)).toMatchObject({ filing: 'warning', certification: 'ok', 'basic-info': 'problem' });
  });
});
