import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ReleaseWorld } from '../../testing/release-world.js';
import { RolloutsOf } from '../../testing/rollouts.js';
import { COMPONENT } from '../../testing/stand-ins.js';
import type { RolloutHistoryPage, RolloutSummary, RolloutView } from './rollout-views.dto.js';
import type { SelectionDetail, SelectionPage } from './selection.dto.js';

describe('rings, selections and pace', () => {
  let world: ReleaseWorld;
  let rollouts: RolloutsOf;
  let template: number;

  beforeAll(async () => {
    world = await ReleaseWorld.start();
    rollouts = new RolloutsOf(world);
    template = await world.template({ user_version: '5.0.0' });
  });
  afterAll(() => world?.stop());
  beforeEach(async () => {
    await world.sandbox.control('/faults', undefined, 'DELETE');
    await world.sandbox.control('/settings', { audit_mode: 'auto', audit_after_s: 0, audit_reject_share: 0 }, 'PATCH');
    await world.sandbox.control('/quotas', { component_appid: COMPONENT, submit_limit: 10_000, submit_used: 0 });
  });

  const spec = (targets: object, options: object = {}) => ({
    ...{ name: 'in rings', targets, template_id: template, user_version: '5.0.0', user_desc: 'rings', ext_json: {} },
    options: { per_minute: 100_000, max_failures: 100, max_failure_share: 1, ...options },
  });
  const tag = (app: string, tags: string[]) => world.ok(world.component(`/authorizers/${app}/tags`), { tags }, { method: 'PUT' });
  const of = (id: number) => `/v1/rollouts/${id}`;
  const submitted = (apps: readonly string[]) => Promise.all(apps.map((app) => world.sandbox.calls('/wxa/submit_audit', app)));
  const rings = async (id: number) =>
    (await world.ok<RolloutSummary>(`${of(id)}/summary`)).rings.map(({ name, at, total, succeeded }) => [
      name,
      at,
      total,
      succeeded,
    ]);

  it('go one after the other: by tag, by size, and the rest; a person lets one follow', async () => {
    const apps = await world.authorize(6);
    const pilot = `pilot-${apps[4]}`;
    await tag(apps[4] as string, [pilot]);
    const options = {
      rings: [
        { name: 'pilots', tag: pilot, pause: true },
        { name: 'some', size: 2, min_wait_s: 1 },
      ],
    };
    const body = spec({ list: apps }, options);
    expect((await rollouts.preview(body)).body.rings).toMatchObject([
      { name: 'pilots', targets: 1, ready: 1, rule: { tag: pilot, pause: true } },
      { name: 'some', targets: 2, ready: 2 },
      { name: 'rest', targets: 3, ready: 3 },
    ]);
    const { rollout_id, ring } = await rollouts.start(body);
    expect(ring).toBe('pilots');
    const paused = await rollouts.until(rollout_id, ({ state }) => state === 'paused');
    expect(paused.reason?.code).toBe('ring-done');
    expect(await submitted(apps)).toEqual([0, 0, 0, 0, 1, 0]);
    expect(await rings(rollout_id)).toEqual([
      ['pilots', 'now', 1, 1],
      ['some', 'ahead', 2, 0],
      ['rest', 'ahead', 3, 0],
    ]);
    await world.ok(`${of(rollout_id)}/resume`, {});
    await rollouts.until(rollout_id, ({ state }) => state === 'completed');
    expect(await submitted(apps)).toEqual([1, 1, 1, 1, 1, 1]);
    expect((await rings(rollout_id)).map(([, at]) => at)).toEqual(['done', 'done', 'now']);
    const history = (await world.ok<RolloutHistoryPage>(`${of(rollout_id)}/history`)).items;
    expect(history.map(({ what }) => what)).toEqual(['started', 'paused', 'resumed', 'widened', 'completed']);
    expect(history[3]).toMatchObject({ detail: { after: 'some', to: 'rest' } });
  });

  it('stop at a ring that fails, and go on with the next one when somebody says so', async () => {
    const apps = await world.authorize(4);
    await world.sandbox.control('/faults', { path: '/wxa/commit', appid: apps[0], action: 'errcode', errcode: 85013, times: 0 });
    const { rollout_id } = await rollouts.start(
      spec({ list: apps }, { rings: [{ name: 'half', share: 0.5, success_share: 0.6 }] }),
    );
    const { reason, counts } = await rollouts.until(rollout_id, ({ state }) => state === 'paused');
    expect(reason).toMatchObject({ code: 'ring-failed', detail: expect.stringContaining('1 of 2 mini programs of "half"') });
    expect(counts.pending).toBe(2);
    await world.ok(`${of(rollout_id)}/resume`, {});
    const done = await rollouts.until(rollout_id, ({ state }) => state === 'completed');
    expect(done.counts).toMatchObject({ succeeded: 3, failed: 1 });
  });

  it('that are wrong get an error that says what to do', async () => {
    const apps = await world.authorize(2);
    await tag(apps[0] as string, ['one', 'two']);
    const said = async (rings: object[], more: object = {}) => {
      const { status, body } = await rollouts.preview(spec({ list: apps }, { rings, ...more }));
      return [status, (body as unknown as Record<string, string>)['detail']];
    };
    expect(await said([{ name: 'a', tag: 'nobody-has-it' }])).toEqual([400, expect.stringContaining('"a" has no mini programs')]);
    expect(
      await said([
        { name: 'a', tag: 'one' },
        { name: 'b', tag: 'two' },
      ]),
    ).toEqual([400, expect.stringContaining('"a" and in "b"')]);
    expect(
      await said([
        { name: 'a', share: 0.7 },
        { name: 'b', share: 0.7 },
      ]),
    ).toEqual([400, expect.stringContaining('140 %')]);
    expect(await said([{ name: 'a', size: 1 }], { canary_size: 1 })).toEqual([400, expect.stringContaining('canary_size')]);
  });

  it('keeps a selection by name; a rollout means those of it that are there at its preview', async () => {
    const apps = await world.authorize(3);
    const name = `s-${apps[0]}`;
    const path = world.component(`/selections/${name}`);
    expect((await rollouts.preview(spec({ selection: name }))).status).toBe(400);
    await tag(apps[0] as string, [name]);
    await tag(apps[1] as string, [name, 'slow']);
    const kept = await world.ok<SelectionDetail>(path, { targets: { tag: name } }, { method: 'PUT' });
    expect(kept).toMatchObject({ name, count: 2, authorizer_appids: [apps[0], apps[1]] });
    expect((await world.ok<SelectionPage>(world.component('/selections'))).items.map((item) => item.name)).toContain(name);
    for (const targets of [{ selection: name }, { tag: name, not_up_to_date: true }, {}])
      expect((await world.call(path, { targets }, { method: 'PUT' })).status).toBe(400);
    expect((await rollouts.preview(spec({ selection: name, tags_none: ['slow'] }))).body.targets).toBe(1);
    const body = spec({ selection: name });
    const { hash } = (await rollouts.preview(body)).body;
    await tag(apps[2] as string, [name]);
    const late = await world.call(world.component('/rollouts'), { ...body, preview_hash: hash });
    expect(late.status).toBe(409);
    const { rollout_id } = await rollouts.start(body);
    expect((await rollouts.until(rollout_id, ({ state }) => state === 'completed')).counts.succeeded).toBe(3);
    expect((await world.call(path, undefined, { method: 'DELETE' })).status).toBe(204);
    expect((await world.call(path)).status).toBe(404);
  });

  it('changes its pace while it runs, and the history says who did', async () => {
    const apps = await world.authorize(3);
    const { rollout_id } = await rollouts.start(spec({ list: apps }, { per_minute: 1 }));
    await rollouts.until(rollout_id, ({ counts }) => counts.succeeded === 1);
    expect((await world.call(`${of(rollout_id)}/pace`, {})).status).toBe(400);
    const faster = { per_minute: 100_000, note: 'it goes well' };
    expect((await world.ok<RolloutView>(`${of(rollout_id)}/pace`, faster)).options).toMatchObject({ per_minute: 100_000 });
    await rollouts.until(rollout_id, ({ state }) => state === 'completed');
    const history = (await world.ok<RolloutHistoryPage>(`${of(rollout_id)}/history`)).items;
    expect(history.find(({ what }) => what === 'pace-changed')).toMatchObject({
      actor: expect.any(String),
      detail: { note: 'it goes well', before: { per_minute: 1 }, after: { per_minute: 100_000 } },
    });
    expect((await world.call(`${of(rollout_id)}/pace`, { per_minute: 1 })).status).toBe(409);
  });
});
