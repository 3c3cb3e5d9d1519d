import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReleaseWorld } from '../../testing/release-world.js';
import { RolloutsOf } from '../../testing/rollouts.js';

describe('a quota that could not be read', () => {
  let world: ReleaseWorld;
  let rollouts: RolloutsOf;

  beforeAll(async () => {
    // As in production: a pause of it is longer than this test waits.
    world = await ReleaseWorld.start({ RELEASE_QUOTA_POLL_S: '300' });
    rollouts = new RolloutsOf(world);
    await world.sandbox.control('/settings', { audit_mode: 'auto', audit_after_s: 0, audit_reject_share: 0 }, 'PATCH');
  });
  afterAll(() => world?.stop());

  it.each([-1, 48001])('is asked for again soon: WeChat answered %i once, and the rollout goes on', async (errcode) => {
    const apps = await world.authorize(2);
    const template = await world.template({ user_version: '2.1.0' });
    await world.sandbox.control('/faults', { path: '/wxa/queryquota', action: 'errcode', errcode, times: 0 });
    const { rollout_id } = await rollouts.start({
      name: 'busy',
      targets: { list: apps },
      template_id: template,
      user_version: '2.1.0',
      user_desc: 'quota',
      ext_json: { extAppid: '{{appid}}' },
      options: { per_minute: 100_000 },
    });
    const waiting = await rollouts.until(rollout_id, ({ state }) => state === 'waiting');
    expect(waiting.reason).toMatchObject({ code: 'quota', unread: true, detail: expect.stringContaining('cannot be read') });
    await world.sandbox.control('/faults', undefined, 'DELETE');
    await rollouts.until(rollout_id, ({ state, counts }) => state === 'completed' && counts.succeeded === 2);
  });
});
