import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Child } from '../../../test/support/processes.js';
import type { RolloutPreview, RolloutView } from '../src/rollouts/rollout-views.dto.js';
import { ReleaseWorld } from '../testing/release-world.js';
import { COMPONENT } from '../testing/stand-ins.js';

const SIZE = 60;

describe('a rollout through kill -9', () => {
  let world: ReleaseWorld;
  const replicas: Child[] = [];

  beforeAll(async () => {
    world = await ReleaseWorld.start();
    await world.sandbox.control('/settings', { audit_mode: 'auto', audit_after_s: 0 }, 'PATCH');
    await world.sandbox.control('/quotas', { component_appid: COMPONENT, submit_limit: 10_000 });
    // Every audit event is lost: results are found by reading.
    await world.sandbox.control('/push-faults', { action: 'drop', times: 0 });
  });
  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()));
    await world?.around.stop();
    await world?.sandbox.stop();
    await world?.database.drop();
  });

  async function replica(): Promise<Child> {
    const child = await world.replica({ RELEASE_AUDIT_POLL_S: '1' });
    replicas.push(child);
    return child;
  }

  it('ends with everybody online, nothing submitted or published twice', async () => {
    const apps = await world.authorize(SIZE);
    const spec = {
      name: 'killed',
      targets: { list: apps },
      template_id: await world.template({ user_version: '9.0.0' }),
      user_version: '9.0.0',
      user_desc: 'killed twice',
      options: { per_minute: 100_000, concurrency: 10 },
    };
    const { hash } = await world.ok<RolloutPreview>(world.component('/rollouts/preview'), spec);
    const { rollout_id } = await world.ok<RolloutView>(world.component('/rollouts'), { ...spec, preview_hash: hash });
    await world.service.stop('replaced by replicas');

    const succeeded = async () => {
      const rows = (await world.database.dataSource.query(
        `SELECT COUNT(*) AS n FROM f_wechat_submitaudit WHERE rollout_id = ? AND state = 'released'`,
        [rollout_id],
      )) as { n: string }[];
      return Number(rows[0]?.n);
    };
    const until = async (count: number) => {
      for (const deadline = Date.now() + 160_000; (await succeeded()) < count; await sleep(100))
        if (Date.now() > deadline) throw new Error(`${await succeeded()} of ${count} are online`);
    };
    const first = await replica();
    const second = await replica();
    await until(5);
    await first.kill();
    const third = await replica();
    await until(20);
    await second.kill();
    await third.kill();
    await replica();
    await until(SIZE);
    for (const app of apps) {
      expect(await world.sandbox.calls('/wxa/submit_audit', app)).toBe(1);
      expect(await world.sandbox.calls('/wxa/release', app)).toBe(1);
    }
  });
});
