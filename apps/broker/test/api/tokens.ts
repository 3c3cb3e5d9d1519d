import { describe, expect, it } from 'vitest';
import { eventually } from '../../../../test/support/eventually.js';
import { component, merchant, rig, stateOf, storedRefreshToken } from './setting.js';

export function tokens(): void {
  describe('an answer of WeChat', () => {
    it('is given with how long it may be kept', async () => {
      const { status, headers, body } = await rig().token(merchant);
      expect(status).toBe(200);
      expect(body.expires_in).toBeGreaterThan(7_000);
      expect(body.cache_seconds).toBe(240);
      expect(headers.get('cache-control')).toBe('private, max-age=240');
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
      expect(headers.get('content-type')).toContain('application/json');
    });

    it('with a life of its own is obeyed', async () => {
      await rig().control.patch('/settings', { authorizer_token_s: 100 });
      await rig().age(-1, merchant);
      const { body } = await rig().token(merchant);
      expect(body.expires_in).toBeLessThanOrEqual(100);
      expect(body.cache_seconds).toBeLessThanOrEqual(90);
      await rig().control.patch('/settings', { authorizer_token_s: 7200 });
      await rig().age(-1, merchant);
    });

    it.each(['empty', 'absent'])('with an %s refresh token changes nothing', async (mode) => {
      const before = await storedRefreshToken(merchant);
      await rig().control.post('/tokens/refresh-mode', { component_appid: component(), authorizer_appid: merchant, mode });
      await rig().age(-1, merchant);
      expect((await rig().token(merchant)).status).toBe(200);
      expect(await storedRefreshToken(merchant)).toBe(before);
    });

    it('with another refresh token has it stored, and it works', async () => {
      const before = await storedRefreshToken(merchant);
      await rig().control.post('/tokens/refresh-mode', {
        component_appid: component(),
        authorizer_appid: merchant,
        mode: 'rotate',
      });
      await rig().age(-1, merchant);
      expect((await rig().token(merchant)).status).toBe(200);
      expect(await storedRefreshToken(merchant)).not.toBe(before);
      await rig().age(-1, merchant);
      expect((await rig().token(merchant)).status).toBe(200);
    });

    it.each([
      ['HTML', { action: 'html' }],
      ['nothing', { action: 'empty' }],
      ['an empty token', { action: 'body', body: '{"authorizer_access_token":"","expires_in":7200}' }],
      ['200 with an errcode', { action: 'errcode', errcode: -1 }],
      ['5xx', { action: 'status', status: 502 }],
    ])('that is %s is no token: the reader is told, and the next one after the pause gets a living one', async (_, fault) => {
      await rig().age(-1, merchant);
      await rig().control.post('/faults', { path: '/cgi-bin/component/api_authorizer_token', ...fault });
      const refused = await rig().token(merchant);
      expect(refused.status).toBeGreaterThanOrEqual(502);
      expect(refused.headers.get('retry-after')).toBeTruthy();
      const token = await eventually('a token', async () => {
        const { status, body } = await rig().token(merchant);
        return status === 200 && body.access_token;
      });
      expect(await rig().liveness(token)).toBe('live');
      expect((await stateOf(merchant)).state).toBe('active');
    });

    it('that WeChat is down leaves the living token, marked as stale, and does not hammer', async () => {
      await rig().age(200, merchant);
      await rig().control.post('/faults', {
        path: '/cgi-bin/component/api_authorizer_token',
        action: 'errcode',
        errcode: -1,
        times: 0,
      });
      const answer = await eventually('the mark', async () => {
        const { status, body } = await rig().token(merchant);
        expect(status).toBe(200);
        return body.stale && body;
      });
      expect(await rig().liveness(answer.access_token)).not.toBe('unknown');
      for (let i = 0; i < 200; i += 1) await rig().token(merchant, { broker: i % 2 });
      expect(await rig().calls('api_authorizer_token')).toBeLessThan(8);
      await rig().control.delete('/faults');
      await rig().database.query('UPDATE f_wechat_accesstoken SET retry_at = NULL, failures = 0 WHERE authorizer_appid = ?', [
        merchant,
      ]);
      await rig().age(-1, merchant);
      expect((await rig().token(merchant)).status).toBe(200);
    });
  });

  describe('tickets', () => {
    it('the newest by its own time counts, not the last stored; one older than 12 hours is none', async () => {
      await rig().database.query('UPDATE f_wechat_verifyticket SET pushed_at = UTC_TIMESTAMP() - INTERVAL 1 MINUTE');
      await rig().database.query(
        `INSERT INTO f_wechat_verifyticket (component_appid, component_verify_ticket, create_time, pushed_at) VALUES (?, ?, UTC_TIMESTAMP(), UTC_TIMESTAMP() - INTERVAL 11 HOUR)`,
        [component(), rig().box.seal('ticket@@@captured-and-sent-again', 'verifyticket')],
      );
      await rig().age(-1);
      expect((await rig().token()).status).toBe(200);

      await rig().database.query('UPDATE f_wechat_verifyticket SET pushed_at = UTC_TIMESTAMP() - INTERVAL 13 HOUR');
      await rig().age(-1);
      const refused = await rig().token();
      expect(refused).toMatchObject({ status: 503, body: { type: 'urn:wxplane:problem:ticket-missing' } });
      expect(await rig().calls('api_start_push_ticket')).toBe(1);
      await rig().pushTicket();
      await rig().effect(await rig().deliver(await rig().lastPush(component(), 'component_verify_ticket')));
      await eventually('a component token', async () => (await rig().token()).status === 200);
    });
  });

  it('a component shows how it is doing', async () => {
    const { body } = await rig().api<{ items: unknown[] }>('/v1/components');
    expect(body.items).toEqual([(await rig().api(rig().path())).body]);
    expect(body.items[0]).toMatchObject({
      component_appid: component(),
      ticket_age: expect.any(Number),
      token: { expires_in: expect.any(Number), failures: 0, problem: null },
      authorizers: { active: expect.any(Number) },
    });
    expect((await rig().api('/v1/components/wx0000000000000000')).status).toBe(404);
  });
}
