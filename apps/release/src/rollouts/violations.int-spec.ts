import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReleaseWorld } from '../../testing/release-world.js';
import { COMPONENT } from '../../testing/stand-ins.js';
import type { RolloutPreview, RolloutView } from './rollout-views.dto.js';

/** A rollout whose version WeChat punishes (fleet-duties.md §1). */
describe('violations of what a rollout has put online', () => {
  let world: ReleaseWorld;
  beforeAll(async () => {
    world = await ReleaseWorld.start();
    await world.sandbox.control('/settings', { audit_mode: 'auto', audit_after_s: 0, audit_reject_share: 0 }, 'PATCH');
    await world.sandbox.control('/quotas', { component_appid: COMPONENT, submit_limit: 10_000, submit_used: 0 });
  });
  afterAll(() => world?.stop());

  const until = async (id: number, holds: (rollout: RolloutView) => boolean) => {
    const deadline = Date.now() + 60_000;
    for (;;) {
      const rollout = await world.ok<RolloutView>(`/v1/rollouts/${id}`);
      if (holds(rollout)) return rollout;
      if (Date.now() > deadline) throw new Error(`still ${JSON.stringify(rollout)}`);
      await sleep(100);
    }
  };
  const violate = (appid: string, rule_name: string) => world.sandbox.control(`/merchants/${appid}/violations`, { rule_name });

  it('it pauses when their share passes the limit, says what they have in common, and goes on when somebody says so', async () => {
    const template = await world.template({ user_version: '7.0.0' });
    const apps = await world.authorize(6);
    const body = {
      ...{ name: 'spring', targets: { list: apps }, template_id: template, user_version: '7.0.0', user_desc: 'r', ext_json: {} },
      // The rest waits for its turn, so that there is something to pause.
      options: { per_minute: 100_000, max_violation_share: 0.3, not_ready: 'wait' },
    };
    const last = apps.at(-1)!;
    await world.database.dataSource.query(
      'INSERT INTO f_wechat_filing (component_appid, authorizer_appid, status, read_at) VALUES (?, ?, 1024, UTC_TIMESTAMP(3))',
      [COMPONENT, last],
    );
    const { hash } = await world.ok<RolloutPreview>(world.component('/rollouts/preview'), body);
    const { rollout_id: id } = await world.ok<RolloutView>(world.component('/rollouts'), { ...body, preview_hash: hash });
    await until(id, ({ counts }) => counts.succeeded === 5);
    const [a, b, c] = apps as [string, string, string];
    // One alone is no sign; nor is one of before, or of another version.
    await violate(a, '运营规范 5.1');
    await violate(b, '运营规范 5.1');
    const paused = await until(id, ({ state }) => state === 'paused');
    expect(paused).toMatchObject({
      needs_attention: true,
      reason: {
        code: 'too-many-violations',
        detail: expect.stringContaining('2 of 5 mini programs'),
        causes: [{ rule_name: '运营规范 5.1', mini_programs: 2 }],
      },
    });
    await world.ok(`/v1/rollouts/${id}/resume`, {});
    await until(id, ({ counts, state }) => state === 'running' && counts.held === 1);
    // What was known does not count again; two more do.
    await violate(c, '运营规范 6.2');
    await violate(apps[3]!, '运营规范 6.2');
    const again = await until(id, ({ state }) => state === 'paused');
    expect(again.reason?.causes).toHaveLength(2);
    await world.ok(`/v1/rollouts/${id}/abort`, {});
  });
});
