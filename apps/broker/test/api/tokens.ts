import { describe, expect, it } from 'vitest';
import { BINDINGS } from '#persistence';
import { eventually } from '../../../../test/support/eventually.js';
import type { Token } from '../../testing/rig.js';
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
        [component(), rig().box.seal('ticket@@@captured-and-sent-again', BINDINGS.ticket(component(), null))],
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

  describe('a warm read', () => {
    it('is given to those who may act for the merchant only', async () => {
      const other = 'wx00000000000000a2';
      await rig().merchant(other);
      await rig().authorize(other);
      for (const appid of [merchant, other]) await rig().token(appid);
      const key = await rig().client({ scopes: ['authorizer-token'], authorizers: [merchant] });
      for (const times of ['cold', 'warm']) {
        expect([times, (await rig().token(merchant, { key })).status]).toEqual([times, 200]);
        expect([times, (await rig().token(other, { key })).status]).toEqual([times, 403]);
        expect([times, (await rig().token(undefined, { key })).status]).toEqual([times, 403]);
      }
    });

    it('is answered as the controller answers it', async () => {
      await rig().token(merchant);
      const [warm, controlled] = [await rig().token(merchant), await rig().api<Token>(`${rig().path(merchant)}/token?x=1`)];
      const names = (headers: Headers) => [...headers.keys()].filter((name) => name !== 'keep-alive').sort();
      expect(names(controlled.headers)).toEqual(names(warm.headers));
      expect(controlled.headers.get('content-type')).toBe(warm.headers.get('content-type'));
      expect(controlled.headers.get('cache-control')).toBe(warm.headers.get('cache-control'));
      expect(Object.keys(controlled.body)).toEqual(Object.keys(warm.body));
      expect(controlled.body.access_token).toBe(warm.body.access_token);
    });
  });

  describe('a token that nobody refused', () => {
    it.each([['authorizer', merchant] as const, ['component', undefined] as const])(
      'is replaced on every replica when an admin says so (%s)',
      async (_, appid) => {
        const before = (await rig().token(appid)).body.access_token;
        expect((await rig().token(appid, { broker: 1 })).body.access_token).toBe(before);
        const path = `${rig().path(appid)}/token/refresh`;
        const key = await rig().client({ scopes: ['authorizer-token', 'component-token'] });
        expect((await rig().api(path, { method: 'POST', key })).status).toBe(403);
        const forced = await rig().api<Token>(path, { method: 'POST' });
        expect(forced.body.access_token).not.toBe(before);
        expect(await rig().liveness(forced.body.access_token)).toBe('live');
        await eventually('the other replica to know', async () => {
          const { body } = await rig().token(appid, { broker: 1 });
          return body.access_token === forced.body.access_token;
        });
        await eventually('the audit', async () => {
          const { body } = await rig().api<{ items: { authorizer_appid: string | null }[] }>(
            '/v1/audit-log?action=token.refresh',
          );
          return body.items.some(({ authorizer_appid }) => authorizer_appid === (appid ?? null));
        });
      },
    );

    it('stays when a new ticket comes', async () => {
      const before = (await rig().token()).body.access_token;
      await rig().forgetCalls();
      await rig().pushTicket();
      await rig().effect(await rig().deliver(await rig().lastPush(component(), 'component_verify_ticket')));
      expect((await rig().token()).body.access_token).toBe(before);
      expect(await rig().calls('api_component_token')).toBe(0);
    });
  });

  it('reads that fail are counted in the audit log, not listed one by one', async () => {
    const key = await rig().client({ scopes: ['authorizer-token'] });
    for (let i = 0; i < 12; i += 1) await rig().token('wx00000000000000fe', { key });
    const entries = await eventually('the entries', async () => {
      type Entry = { outcome: string; times: number };
      const { body } = await rig().api<{ items: Entry[] }>(`/v1/audit-log?client_id=${key.split('_')[1]}`);
      return body.items.reduce((sum, { times }) => sum + times, 0) === 12 && body.items;
    });
    expect(entries.length).toBeLessThan(12);
    expect(entries[0]).toMatchObject({ outcome: 'failed' });
  });

  it('refresh tokens are in no answer about merchants', async () => {
    const list = await rig().api(`${rig().path()}/authorizers`);
    const details = await rig().api(`${rig().path(merchant)}/refresh`, { method: 'POST' });
    for (const { status, body } of [list, details, await rig().api(rig().path(merchant))]) {
      expect(status).toBe(200);
      expect(JSON.stringify(body)).toContain(merchant);
      expect(JSON.stringify(body)).not.toContain('refreshtoken@@@');
    }
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
