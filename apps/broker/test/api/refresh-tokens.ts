import { describe, expect, it } from 'vitest';
import { BINDINGS } from '#persistence';
import { component, merchant, rig, stateOf, storedRefreshToken } from './setting.js';

export function refreshTokens(): void {
  describe('a lost refresh token', () => {
    it.each(['info', 'list'])('is found again in WeChat’s %s', async (source) => {
      await rig().control.patch(`/components/${component()}`, {
        info_refresh_tokens: source === 'info',
        list_refresh_tokens: source === 'list',
      });
      await rig().database.query('DELETE FROM f_wechat_refreshtoken WHERE authorizer_appid = ?', [merchant]);
      await rig().age(-1, merchant);
      const { status, body } = await rig().token(merchant);
      expect(status).toBe(200);
      expect(await rig().liveness(body.access_token)).toBe('live');
      expect(await storedRefreshToken(merchant)).toMatch(/^refreshtoken@@@/);
    });

    it('that WeChat refuses (61023) is replaced by the present one', async () => {
      await rig().control.patch(`/components/${component()}`, { info_refresh_tokens: true, list_refresh_tokens: true });
      await rig().database.query(
        'UPDATE f_wechat_refreshtoken SET authorizer_refresh_token = ? WHERE authorizer_appid = ? AND is_cancel = 0',
        [rig().box.seal('refreshtoken@@@of-yesterday', BINDINGS.refreshToken(component(), merchant)), merchant],
      );
      await rig().age(-1, merchant);
      expect((await rig().token(merchant)).status).toBe(200);
      expect((await stateOf(merchant)).state).toBe('active');
    });

    it('that nobody has needs the merchant, and the authorizer says so; a new authorization mends it', async () => {
      await rig().control.patch(`/components/${component()}`, { info_refresh_tokens: false, list_refresh_tokens: false });
      await rig().database.query('DELETE FROM f_wechat_refreshtoken WHERE authorizer_appid = ?', [merchant]);
      await rig().age(-1, merchant);
      const refused = await rig().token(merchant);
      expect(refused).toMatchObject({ status: 409, body: { type: 'urn:wxplane:problem:authorizer-needs-reauthorization' } });
      expect(await stateOf(merchant)).toMatchObject({
        state: 'needs_reauthorization',
        state_reason: expect.stringContaining('no refresh token'),
      });
      const calls = await rig().calls('api_get_authorizer_info');
      for (let i = 0; i < 50; i += 1) await rig().token(merchant, { broker: i % 2 });
      expect(await rig().calls('api_get_authorizer_info')).toBe(calls);
      await rig().control.patch(`/components/${component()}`, { info_refresh_tokens: true, list_refresh_tokens: true });
      await rig().authorize(merchant);
      expect((await rig().token(merchant)).status).toBe(200);
      expect((await stateOf(merchant)).state).toBe('active');
    });

    it('in an older system’s plain text is used, and encrypted', async () => {
      const plain = await storedRefreshToken(merchant);
      await rig().database.query(
        'UPDATE f_wechat_refreshtoken SET authorizer_refresh_token = ? WHERE authorizer_appid = ? AND is_cancel = 0',
        [plain, merchant],
      );
      await rig().age(-1, merchant);
      expect((await rig().token(merchant)).status).toBe(200);
      const [row] = await rig().database.query(
        'SELECT authorizer_refresh_token AS t FROM f_wechat_refreshtoken WHERE authorizer_appid = ? AND is_cancel = 0',
        [merchant],
      );
      expect(row.t).toMatch(/^enc:v1:/);
    });

    it('61003 tells the merchant is needed, and WeChat is left alone', async () => {
      await rig().control.post('/authorizations/cancel', {
        component_appid: component(),
        merchant_appid: merchant,
        push: 'drop',
      });
      await rig().age(-1, merchant);
      expect((await rig().token(merchant)).status).toBe(409);
      expect((await stateOf(merchant)).state).toBe('needs_reauthorization');
      const calls = await rig().calls('api_authorizer_token');
      for (let i = 0; i < 50; i += 1) await rig().token(merchant, { broker: i % 2 });
      expect(await rig().calls('api_authorizer_token')).toBe(calls);
      await rig().authorize(merchant);
      expect((await rig().token(merchant)).status).toBe(200);
    });
  });
}
