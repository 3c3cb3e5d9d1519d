import { describe, expect, it } from 'vitest';
import { BINDINGS } from '#persistence';
import { eventually } from '../../../../test/support/eventually.js';
import { component, merchant, rig, storedRefreshToken } from './setting.js';

export function sync(): void {
  describe('the sync', () => {
    it('adds what is missing here, mends refresh tokens, marks what WeChat no longer lists, and deletes nothing', async () => {
      await rig().control.post('/merchants/bulk', {
        count: 620,
        kind: 'miniprogram',
        appid_prefix: 'wxbulk',
        authorize_to: component(),
        exchanged: true,
      });
      await rig().database.query(
        `INSERT INTO f_wechat_authorizer (component_appid, authorizer_appid, state, created_at, updated_at) VALUES (?, 'wxgoneforever00000', 'active', '2020-01-01', '2020-01-01')`,
        [component()],
      );
      await rig().database.query(
        'UPDATE f_wechat_refreshtoken SET authorizer_refresh_token = ?, update_time = UTC_TIMESTAMP() - INTERVAL 1 HOUR WHERE authorizer_appid = ?',
        [rig().box.seal('refreshtoken@@@old', BINDINGS.refreshToken(component(), merchant)), merchant],
      );
      type Sync = {
        sync_id: number;
        state: string;
        total: number;
        seen: number;
        added: number;
        recovered: number;
        missing: number;
        problem: string | null;
      };
      const started = await rig().api<Sync>(`${rig().path()}/authorizers/sync`, { method: 'POST' });
      expect(started.status).toBe(202);
      const done = await eventually(
        'the sync',
        async () => {
          const { body } = await rig().api<Sync>(`${rig().path()}/authorizers/sync/${started.body.sync_id}`);
          return body.state === 'done' && body;
        },
        120_000,
      );
      expect(done).toMatchObject({ added: 620, missing: 1, problem: null });
      expect(done.seen).toBe(done.total);
      expect(done.recovered).toBeGreaterThanOrEqual(1);
      expect(await storedRefreshToken(merchant)).not.toBe('refreshtoken@@@old');
      const [gone] = await rig().database.query(
        `SELECT missing_since, state FROM f_wechat_authorizer WHERE authorizer_appid = 'wxgoneforever00000'`,
      );
      expect(gone).toMatchObject({ state: 'active', missing_since: expect.any(Date) });
      const { body } = await rig().api<{ items: { authorizer_appid: string }[] }>(`${rig().path()}/authorizers?q=wxbulk&limit=1`);
      expect((await rig().token(body.items[0]!.authorizer_appid)).status).toBe(200);
    });
  });
}
