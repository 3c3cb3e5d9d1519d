import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MiniProgramEntity } from '#persistence';
import { ReleaseWorld } from '../../testing/release-world.js';
import { COMPONENT } from '../../testing/stand-ins.js';
import type { RolloutHistoryPage, RolloutPreview, RolloutTargetPage, RolloutView } from './rollout-views.dto.js';

const AUTO = { audit_mode: 'auto', audit_after_s: 0, audit_reject_share: 0 };

describe('whom a rollout is for, and when', () => {
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

  const spec = (targets: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
    name: 'spring',
    targets,
    template_id: template,
    user_version: '5.0.0',
    user_desc: 'rollout',
    ext_json: { ext: { tenant: '{{tenant}}' } },
    variables: { tenant: 'T1' },
    options: { per_minute: 100_000 },
    ...more,
  });
  const previewed = (body: unknown, query = '') => world.call<RolloutPreview>(world.component(`/rollouts/preview${query}`), body);
  const preview = async (body: unknown) => (await previewed(body, '?limit=500')).body;
  const start = async (body: Record<string, unknown>) => {
    const { hash } = await preview(body);
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

  it('is said by tags, versions and templates together, and by who is left out', async () => {
    const apps = await world.authorize(5);
    const [a, b, c, d, e] = apps as [string, string, string, string, string];
    const rows = world.database.dataSource.getRepository(MiniProgramEntity);
    const known = (authorizerAppid: string, tags: string[], onlineVersion: string, releasedTemplateId: number | null = null) =>
      rows.insert({
        ...{ componentAppid: COMPONENT, authorizerAppid, tags, onlineVersion },
        ...(releasedTemplateId === null ? {} : { releasedVersion: onlineVersion, releasedTemplateId }),
      });
    await known(a, ['vip', 'north'], '4.0.0', 7);
    await known(b, ['vip'], '4.0.0');
    await known(c, ['north'], '4.1.0', 8);
    await known(d, ['vip', 'north', 'frozen'], '5.0.0');
    const found = async (targets: Record<string, unknown>) => {
      const { requests } = await preview(spec(targets));
      return requests.map(({ authorizer_appid }) => authorizer_appid);
    };
    expect(await found({ tag: 'vip' })).toEqual([a, b, d]);
    expect(await found({ tags_all: ['vip', 'north'] })).toEqual([a, d]);
    expect(await found({ tags_all: ['vip'], tags_none: ['frozen'] })).toEqual([a, b]);
    expect(await found({ tags_any: ['north', 'nowhere'], online_versions: ['4.1.0', '5.0.0'] })).toEqual([c, d]);
    expect(await found({ tags_none: ['vip'], not_up_to_date: true })).toEqual([c, e]);
    expect(await found({ template_ids: [7, 9] })).toEqual([a]);
    expect(await found({ tag: 'vip', online_version: '4.0.0', exclude: [b] })).toEqual([a]);
    expect(await found({ list: [e, d, c], exclude: [d] })).toEqual([e, c]);
    expect(await found({ all: true, exclude: [a, b] })).toEqual([c, d, e]);
    for (const unclear of [{}, { exclude: [a] }, { all: true, tag: 'vip' }, { list: [a], tag: 'vip' }, { tags_any: [] }])
      expect((await previewed(spec(unclear))).status).toBe(400);
    const nobody = spec({ tag: 'nobody has it' });
    const refused = await world.call<{ detail: string }>(world.component('/rollouts'), {
      ...nobody,
      preview_hash: (await preview(nobody)).hash,
    });
    expect(refused).toMatchObject({ status: 400, body: { detail: 'No mini program fits these targets.' } });
  });

  it('says how many have which problem, and leaves out by problem', async () => {
    const apps = await world.authorize(30);
    const own = (appid: string, variables: object) =>
      world.ok(world.component(`/authorizers/${appid}/ext-settings`), { variables }, { method: 'PUT' });
    for (const appid of apps.slice(0, 3)) await own(appid, { shop: 'a shop' });
    const stranger = 'wx00000000000000ee';
    const body = spec(
      { list: [stranger, ...apps] },
      { ext_json: { ext: { shop: '{{shop}}' } }, variables: {}, options: { per_minute: 100_000, canary_size: 1 } },
    );
    const looked = await preview(body);
    expect(looked).toMatchObject({ targets: 31, ready: 3, left_out: 0 });
    expect(looked.problem_groups).toMatchObject([
      { path: 'variables.shop', count: 28, authorizer_appids: expect.arrayContaining([apps[3]]) },
      { path: 'authorization', count: 1, authorizer_appids: [stranger], remedy: { zh: expect.any(String) } },
    ]);
    expect(looked.problem_groups[0]?.authorizer_appids).toHaveLength(20);
    const narrower = { ...body, leave_out: ['variables.shop', 'authorization'] };
    expect(await preview(narrower)).toMatchObject({ targets: 3, ready: 3, left_out: 28, problem_groups: [] });
    const { rollout_id } = await start(narrower);
    const done = await until(rollout_id, ({ state }) => state === 'completed');
    expect(done.counts).toMatchObject({ total: 3, succeeded: 3 });
    const { items } = await world.ok<RolloutTargetPage>(`/v1/rollouts/${rollout_id}/targets`);
    // The canary is one of those that are left.
    expect(items.map(({ authorizer_appid, is_canary }) => [authorizer_appid, is_canary])).toEqual([
      ...[[apps[0], true] as const, [apps[1], false] as const, [apps[2], false] as const],
    ]);
  });

  it('says how far the quota reaches, with the reserve and what other rollouts have still to submit', async () => {
    await world.sandbox.control('/settings', { ...AUTO, audit_mode: 'manual' }, 'PATCH');
    const apps = await world.authorize(12);
    const later = new Date(Date.now() + 3_600_000).toISOString();
    const other = await start(spec({ list: apps.slice(0, 4) }, { options: { start_at: later } }));
    const { quota } = await preview(spec({ list: apps.slice(4) }));
    // So much is kept in reserve that five are left, beside the four of the other one.
    const short = spec({ list: apps.slice(4) }, { options: { quota_reserve: Number(quota?.['rest']) - 4 - 5 } });
    expect((await preview(short)).forecast).toMatchObject({ needed: 8, others: 4, available: 5, fit: 5, later: 3 });
    const { forecast } = await preview(spec({ list: apps.slice(4) }));
    const renewed = new Date(new Date(forecast?.renewed_at ?? '').getTime() + 8 * 3_600_000);
    expect([renewed.getUTCDate(), renewed.getUTCHours()]).toEqual([1, 0]);
    const byHand = spec({ list: apps.slice(4) }, { policy: { submit: 'manual' } });
    expect((await preview(byHand)).forecast).toBeNull();
    await world.ok(`/v1/rollouts/${other.rollout_id}/abort`, {});
  });

  it('begins at its time, and not before; at once when somebody resumes it', async () => {
    const apps = await world.authorize(4);
    const asked = Date.now();
    await preview(spec({ list: apps.slice(0, 2) }));
    // Late enough for a preview and a start, however slow the machine is.
    const at = new Date(Date.now() + 2_000 + 10 * (Date.now() - asked));
    const { rollout_id } = await start(spec({ list: apps.slice(0, 2) }, { options: { start_at: at.toISOString() } }));
    const waiting = await world.ok<RolloutView>(`/v1/rollouts/${rollout_id}`);
    expect(waiting).toMatchObject({ state: 'waiting', reason: { code: 'scheduled' }, needs_attention: false });
    await until(rollout_id, ({ state }) => state === 'completed');
    const { items } = await world.ok<RolloutHistoryPage>(`/v1/rollouts/${rollout_id}/history`);
    expect(items.map(({ what }) => what)).toEqual(['started', 'resumed', 'completed']);
    expect(new Date(items[1]?.at ?? 0).getTime()).toBeGreaterThanOrEqual(at.getTime());

    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    const second = await start(spec({ list: apps.slice(2) }, { options: { start_at: tomorrow } }));
    expect(await world.sandbox.calls('/wxa/commit', apps[2])).toBe(0);
    await world.ok(`/v1/rollouts/${second.rollout_id}/resume`, {});
    expect((await until(second.rollout_id, ({ state }) => state === 'completed')).counts).toMatchObject({ succeeded: 2 });

    for (const wrong of ['2026-01-01T00:00:00Z', new Date(Date.now() + 91 * 86_400_000).toISOString(), '2027-01-01T00:00:00']) {
      const refused = await previewed(spec({ list: apps }, { options: { start_at: wrong } }));
      expect(refused.status).toBe(400);
      expect(JSON.stringify(refused.body)).toContain('start_at');
    }
  });

  it('submits only in its window; what is prepared waits', async () => {
    const [app] = (await world.authorize(1)) as [string];
    // A window that opened two hours ago for a minute, in a zone in which it is noon now.
    const offset = 720 - (new Date().getUTCHours() * 60 + new Date().getUTCMinutes());
    const submit_window = { from: '10:00', to: '10:01', utc_offset_minutes: offset < -720 ? offset + 1_440 : offset };
    const { rollout_id } = await start(spec({ list: [app] }, { policy: { submit: 'auto', publish: 'auto', submit_window } }));
    const target = async () => (await world.ok<RolloutTargetPage>(`/v1/rollouts/${rollout_id}/targets`)).items[0];
    await expect.poll(async () => (await target())?.release_state, { timeout: 60_000 }).toBe('ready');
    const releaseId = (await target())?.release_id as number;
    const release = await world.until(releaseId, ({ waiting }) => waiting?.for === 'window');
    expect(release.state).toBe('ready');
    expect(await world.sandbox.calls('/wxa/submit_audit', app)).toBe(0);
    await world.ok(`/v1/rollouts/${rollout_id}/abort`, {});
  });
});
