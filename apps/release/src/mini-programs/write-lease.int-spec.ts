import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReleaseWorld } from '../../testing/release-world.js';
import { COMPONENT } from '../../testing/stand-ins.js';
import { WriteLease } from './write-lease.js';

describe('the lease of a mini program', () => {
  let world: ReleaseWorld;

  beforeAll(async () => {
    world = await ReleaseWorld.start({ WECHAT_TIMEOUT_MS: '20000' });
    world.service.app.get(WriteLease).leaseS = 3;
  });
  afterAll(() => world?.stop());

  it('is kept for as long as WeChat takes to answer, and no second write begins meanwhile', async () => {
    const [app] = (await world.authorize(1)) as [string];
    const template = await world.template();
    // More than twice as long as the lease.
    await world.sandbox.control('/faults', { path: '/wxa/commit', appid: app, action: 'delay', delay_ms: 7_000, times: 1 });
    const created = world.create(app, template);
    await expect
      .poll(async () => {
        const rows = (await world.database.dataSource.query(
          'SELECT write_owner AS owner FROM f_wechat_miniprogram WHERE authorizer_appid = ?',
          [app],
        )) as { owner: string | null }[];
        return rows[0]?.owner ?? null;
      })
      .not.toBeNull();
    const lease = world.service.app.get(WriteLease);
    const found = await lease.hold(COMPONENT, app, () =>
      world.database.dataSource.query('SELECT committed_at IS NOT NULL AS committed FROM f_wechat_submitaudit WHERE app_id = ?', [
        app,
      ]),
    );
    expect(found.map(({ committed }: { committed: string }) => Number(committed))).toEqual([1]);
    await created;
  });

  it('ends by itself when its owner is gone', async () => {
    const [app] = (await world.authorize(1)) as [string];
    await world.database.dataSource.query(
      `INSERT INTO f_wechat_miniprogram (component_appid, authorizer_appid, write_owner, write_until)
       VALUES (?, ?, 'gone', UTC_TIMESTAMP(3) + INTERVAL 1 SECOND)`,
      [COMPONENT, app],
    );
    expect(await world.service.app.get(WriteLease).hold(COMPONENT, app, () => Promise.resolve('done'))).toBe('done');
  });
});
