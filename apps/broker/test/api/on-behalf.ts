import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../../../test/support/eventually.js';
import { merchant, rig } from './setting.js';

export function onBehalf(): void {
  describe('on behalf', () => {
    it('logs a mini program’s user in', async () => {
      const { code, openid } = await rig().control.post<{ code: string; openid: string }>('/js-codes', { appid: merchant });
      const answer = await rig().api<{ openid: string; session_key: string }>(`${rig().path(merchant)}/code2session`, {
        method: 'POST',
        body: { js_code: code },
      });
      expect(answer.body).toMatchObject({ openid, session_key: expect.any(String) });
      const again = await rig().api<{ wechat: { errcode: number } }>(`${rig().path(merchant)}/code2session`, {
        method: 'POST',
        body: { js_code: code },
      });
      expect(again.status).toBe(502);
      expect([40029, 40163]).toContain(again.body.wechat.errcode);
    });

    it('passes on all that WeChat’s refusal said, without secrets', async () => {
      const js_code = '0a1b2c3d4e5f60718293a4b5c6d7e8f9';
      const details = {
        hints: [{ errcode: 40029, err_field: 'js_code', errmsg: `not ${js_code}` }],
        session_key: 'tHisIsaSecretOfTheUser12',
      };
      const path = '/sns/component/jscode2session';
      await rig().control.post('/faults', { path, action: 'errcode', errcode: 40029, details });
      const answer = await rig().api<{ wechat: unknown }>(`${rig().path(merchant)}/code2session`, {
        method: 'POST',
        body: { js_code },
      });
      expect(answer).toMatchObject({
        status: 502,
        body: { wechat: { errcode: 40029, details: { hints: [{ errcode: 40029, err_field: 'js_code', errmsg: 'not ***' }] } } },
      });
      expect(JSON.stringify(answer.body)).not.toContain('tHisIsaSecretOfTheUser12');
    });

    it('sends an official account’s user through OAuth', async () => {
      const account = 'wx00000000000000dd';
      await rig().merchant(account, { kind: 'mp' });
      await rig().authorize(account);
      const { body } = await rig().api<{ url: string }>(`${rig().path(account)}/oauth/url`, {
        method: 'POST',
        body: { redirect_uri: 'http://127.0.0.1:9/x', state: 's' },
      });
      expect(body.url).toMatch(
        /appid=wx00000000000000dd&redirect_uri=.*&response_type=code&scope=snsapi_base&state=s&component_appid=.*#wechat_redirect$/,
      );
      const { code, openid } = await rig().control.post<{ code: string; openid: string }>('/js-codes', {
        appid: account,
        kind: 'oauth',
        scope: 'snsapi_userinfo',
      });
      const user = await rig().api<{ openid: string; access_token: string; refresh_token: string; user: { openid: string } }>(
        `${rig().path(account)}/oauth/token`,
        {
          method: 'POST',
          body: { code, user_info: true },
        },
      );
      expect(user.body).toMatchObject({ openid, user: { openid } });
      const again = await rig().api<{ openid: string }>(`${rig().path(account)}/oauth/refresh`, {
        method: 'POST',
        body: { refresh_token: user.body.refresh_token },
      });
      expect(again.body.openid).toBe(openid);
    });

    it('gives one JS-SDK ticket to many, and signs a page', async () => {
      type Ticket = { ticket: string; wx_config?: { appId: string; timestamp: number; nonceStr: string; signature: string } };
      const url = 'https://shop.example/page?a=1#part';
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, i) =>
          rig().api<Ticket>(`${rig().path(merchant)}/jsapi-ticket?url=${encodeURIComponent(url)}`, { broker: i % 2 }),
        ),
      );
      expect(new Set(answers.map(({ body }) => body.ticket)).size).toBe(1);
      expect(await rig().calls('getticket')).toBe(1);
      const { ticket, wx_config } = answers[0]!.body;
      const text = `jsapi_ticket=${ticket}&noncestr=${wx_config?.nonceStr}&timestamp=${wx_config?.timestamp}&url=https://shop.example/page?a=1`;
      expect(wx_config).toMatchObject({ appId: merchant, signature: createHash('sha1').update(text).digest('hex') });
    });

    it('replaces a JS-SDK ticket that is reported, on every replica and once', async () => {
      type Ticket = { ticket: string; refreshed?: boolean };
      const path = `${rig().path(merchant)}/jsapi-ticket`;
      const ticket = async (broker: number) => (await rig().api<Ticket>(path, { broker })).body.ticket;
      const report = async (dead: string) =>
        (await rig().api<Ticket>(`${path}/report-invalid`, { method: 'POST', body: { ticket: dead } })).body;
      const dead = await ticket(0);
      expect(await ticket(1)).toBe(dead);
      const body = '{"errcode":0,"errmsg":"ok","ticket":"another-ticket","expires_in":7200}';
      await rig().control.post('/faults', { path: '/cgi-bin/ticket/getticket', action: 'body', body });
      expect(await report(dead)).toMatchObject({ ticket: 'another-ticket', refreshed: true });
      await eventually('the other replica to know', async () => (await ticket(1)) === 'another-ticket');
      await rig().forgetCalls();
      expect(await report(dead)).toMatchObject({ ticket: 'another-ticket', refreshed: false });
      // Nor do reports of what was just made cost calls.
      expect(await report('another-ticket')).toMatchObject({ ticket: 'another-ticket', refreshed: false });
      expect(await rig().calls('getticket')).toBe(0);
    });

    it('takes a report whose type is null for one of the usual ticket, and does not fail with 500', async () => {
      const path = `${rig().path(merchant)}/jsapi-ticket/report-invalid`;
      const { status } = await rig().api(path, { method: 'POST', body: { ticket: 'unknown', type: null } });
      expect(status).toBe(200);
    });
  });
}
