import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Child } from '../../../test/support/processes.js';
import type { RollBackPreview, RolloutView } from '../src/rollouts/rollout-views.dto.js';
import { ReleaseWorld } from '../testing/release-world.js';
import { RolloutsOf } from '../testing/rollouts.js';
import { COMPONENT } from '../testing/stand-ins.js';

const SIZE = 40;
const REVERT = '/wxa/revertcoderelease';

/** A second rollback of one publication would bring an older version, or fail; each loses a version for good. */
describe('back as a whole through kill -9', () => {
  let world: ReleaseWorld;
  const replicas: Child[] = [];

  beforeAll(async () => {
    world = await ReleaseWorld.start();
    await world.sandbox.control('/settings', { audit_mode: 'auto', audit_after_s: 0 }, 'PATCH');
    await world.sandbox.control('/quotas', { component_appid: COMPONENT, submit_limit: 10_000 });
  });
  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()));
    await world?.around.stop();
    await world?.sandbox.stop();
    await world?.database.drop();
  });

  async function replica(): Promise<Child> {
    const child = await world.replica();
    replicas.push(child);
    return child;
  }

  it('ends with everybody back, each rolled back once', async () => {
    const rollouts = new RolloutsOf(world);
    const list = await world.authorize(SIZE);
    let of = 0;
    for (const version of ['1.0.0', '2.0.0', '3.0.0']) {
      const template_id = await world.template({ user_version: version });
      const options = { per_minute: 100_000, concurrency: 40 };
      const spec = { name: version, targets: { list }, template_id, user_version: version, user_desc: version, options };
      of = (await rollouts.start(spec)).rollout_id;
      await rollouts.until(of, ({ state }) => state === 'completed');
    }
    // Long enough that a kill meets calls that are under way, on both sides of their effect.
    for (const after of [true, false])
      await world.sandbox.control('/faults', {
        path: REVERT,
        action: 'delay',
        delay_ms: 200,
        after,
        times: 0,
        share: after ? 0.5 : 1,
      });
    const path = `/v1/rollouts/${of}/roll-back`;
    const options = { per_minute: 100_000, concurrency: 8, max_failures: 100, max_failure_share: 1 };
    const { hash } = await world.ok<RollBackPreview>(`${path}/preview`, { options });
    const { rollout_id } = await world.ok<RolloutView>(path, { options, preview_hash: hash });
    await world.service.stop('replaced by replicas');

    const targets = async () =>
      (await world.database.dataSource.query(
        'SELECT state, COUNT(*) AS n FROM f_wechat_rollouttarget WHERE rollout_id = ? GROUP BY state',
        [rollout_id],
      )) as { state: string; n: string }[];
    const until = async (count: number) => {
      for (const deadline = Date.now() + 160_000; ; await sleep(50)) {
        const found = await targets();
        if (Number(found.find(({ state }) => state === 'succeeded')?.n ?? 0) >= count) return;
        if (Date.now() > deadline) throw new Error(`${JSON.stringify(found)}, ${count} awaited`);
      }
    };
    const first = await replica();
    const second = await replica();
    await until(3);
    await first.kill();
    const third = await replica();
    await until(12);
    await second.kill();
    await third.kill();
    await replica();
    await until(SIZE);
    for (const app of list) {
      expect(await world.sandbox.calls(REVERT, app)).toBe(1);
      const { slots } = await world.sandbox.control<{ slots: { online: { user_version: string } } }>(`/merchants/${app}`);
      expect(slots.online.user_version).toBe('2.0.0');
    }
  });
});
