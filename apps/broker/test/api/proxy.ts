import { describe, expect, it } from 'vitest';
import { eventually } from '../../../../test/support/eventually.js';
import { component, merchant, rig } from './setting.js';

export function proxy(): void {
  describe('the proxy', () => {
    it('puts the token in, and passes WeChat’s answer untouched', async () => {
      const answer = await rig().api<{ errcode: number; category_list?: unknown }>(
        `${rig().path(merchant)}/wechat/wxa/get_category?access_token=mine`,
      );
      expect(answer.status).toBe(200);
      expect(answer.body.errcode).toBe(0);
    });

    it('keeps to the day’s budget of the operator', async () => {
      await eventually('the budget to be used up', async () => {
        const { status } = await rig().api(`${rig().path(merchant)}/wechat/wxa/get_category`);
        return status === 503;
      });
      const refused = await rig().api<{ type: string; budget: number }>(`${rig().path(merchant)}/wechat/wxa/get_category`);
      expect(refused.body).toMatchObject({ type: 'urn:wxplane:problem:wechat-quota', budget: 2 });
      await eventually('the counts', async () => {
        const counts = await rig().api<{ items: { api: string; calls: number; budget: number }[] }>(
          `${rig().path()}/call-counts`,
        );
        const count = counts.body.items.find(({ api }) => api === '/wxa/get_category');
        return count?.calls === 2 && count.budget === 2;
      });
    });

    it('keeps a budget for one path apart from others of the same name', async () => {
      const status = async (path: string) =>
        (await rig().api(`${rig().path(merchant)}/wechat${path}`, { method: 'POST', body: {} })).status;
      expect(await status('/cgi-bin/message/custom/send')).toBe(503);
      expect(await status('/cgi-bin/message/template/send')).not.toBe(503);
    });

    it('refreshes a refused token once and repeats, with the same body', async () => {
      await rig().control.post('/tokens/expire', { component_appid: component(), authorizer_appid: merchant });
      const answer = await rig().api<{ errcode: number }>(`${rig().path(merchant)}/wechat/cgi-bin/openapi/quota/get`, {
        method: 'POST',
        body: { cgi_path: '/wxa/commit' },
      });
      expect(answer.body.errcode).toBe(0);
      expect(await rig().calls('api_authorizer_token')).toBe(1);
      expect(await rig().calls('get')).toBe(2);
    });

    it('asks once more when the account authorized again while WeChat said that it was not authorized (61003)', async () => {
      const { id } = await rig().control.post<{ id: number }>('/faults', {
        path: '/wxa/getversioninfo',
        action: 'errcode',
        errcode: 61003,
        hold: true,
      });
      const answer = rig().api<{ errcode: number }>(`${rig().path(merchant)}/wechat/wxa/getversioninfo`, {
        method: 'POST',
        body: {},
      });
      await eventually('the call to be with WeChat', async () => (await rig().calls('getversioninfo')) === 1);
      await rig().authorize(merchant);
      await rig().control.delete(`/faults/${id}`);
      expect((await answer).body.errcode).toBe(0);
      expect(await rig().calls('getversioninfo')).toBe(2);
    });

    it('passes 61003 on, once, when no newer token is there', async () => {
      await rig().control.post('/faults', { path: '/wxa/getversioninfo', action: 'errcode', errcode: 61003, times: 1 });
      const answer = await rig().api<{ errcode: number }>(`${rig().path(merchant)}/wechat/wxa/getversioninfo`, {
        method: 'POST',
        body: {},
      });
      expect(answer.body.errcode).toBe(61003);
      expect(await rig().calls('getversioninfo')).toBe(1);
      expect(await rig().calls('api_authorizer_token')).toBe(0);
    });

    it('streams files both ways', async () => {
      const form = new FormData();
      const image = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(1_500_000, 7)]);
      form.append('media', new Blob([image], { type: 'image/png' }), 'a.png');
      const response = await fetch(`${rig().brokers[0]!.url}${rig().path(merchant)}/wechat/cgi-bin/media/upload?type=image`, {
        method: 'POST',
        headers: { authorization: `Bearer ${rig().key}` },
        body: form,
      });
      const { media_id } = (await response.json()) as { media_id: string };
      expect(media_id).toBeTruthy();
      const code = await fetch(`${rig().brokers[0]!.url}${rig().path(merchant)}/wechat/wxa/get_qrcode`, {
        headers: { authorization: `Bearer ${rig().key}` },
      });
      const type = code.headers.get('content-type') ?? '';
      expect(type.startsWith('image/') || type.includes('json')).toBe(true);
      if (type.startsWith('image/')) expect((await code.arrayBuffer()).byteLength).toBeGreaterThan(50);
    });

    it('refuses token APIs, tricks, foreign authorizers and clients without the scope', async () => {
      const status = async (path: string, key = rig().key) => (await rig().api(path, { key })).status;
      expect(await status(`${rig().path()}/wechat/cgi-bin/component/api_component_token`)).toBe(403);
      expect(await status(`${rig().path(merchant)}/wechat/wxa/..%2fcgi-bin/token`)).toBe(403);
      expect(
        await status(`${rig().path(merchant)}/wechat/wxa/get_category`, await rig().client({ scopes: ['authorizer-token'] })),
      ).toBe(403);
      const other = await rig().client({ scopes: ['proxy'], authorizers: ['wx00000000000000bb'] });
      expect(await status(`${rig().path(merchant)}/wechat/wxa/get_category`, other)).toBe(403);
      expect(await status(`${rig().path()}/wechat/wxa/gettemplatelist`, other)).toBe(403);
      const narrow = await rig().client({ scopes: ['proxy'], options: { proxy_paths: ['/wxa/getversioninfo'] } });
      expect(await status(`${rig().path(merchant)}/wechat/wxa/commit`, narrow)).toBe(403);
      expect(
        (await rig().api(`${rig().path(merchant)}/wechat/wxa/getversioninfo`, { key: narrow, method: 'POST', body: {} })).status,
      ).toBe(200);
      expect((await rig().api(`${rig().path(merchant)}/wechat/wxa/commit`, { key: null })).status).toBe(401);
    });

    it('logs a mini program’s user in with the component’s token', async () => {
      const { code, openid } = await rig().control.post<{ code: string; openid: string }>('/js-codes', { appid: merchant });
      const query = `appid=${merchant}&js_code=${code}&grant_type=authorization_code&component_appid=${component()}`;
      const path = `${rig().path(merchant)}/wechat/sns/component/jscode2session`;
      // WeChat writes this answer as text/plain.
      expect(JSON.parse(String((await rig().api(`${path}?${query}`)).body))).toMatchObject({ openid });
    });

    it('is in the audit log with what became of it', async () => {
      const key = await rig().client({ scopes: ['proxy'], options: { proxy_paths: ['/wxa/getversioninfo'] } });
      await rig().api(`${rig().path(merchant)}/wechat/wxa/getversioninfo`, { key, method: 'POST', body: {} });
      await rig().api(`${rig().path(merchant)}/wechat/wxa/commit`, { key, method: 'POST', body: {} });
      const outcomes = await eventually('the entries', async () => {
        const { body } = await rig().api<{ items: { outcome: string }[] }>(`/v1/audit-log?client_id=${key.split('_')[1]}`);
        return body.items.length === 2 && body.items.map(({ outcome }) => outcome);
      });
      expect(outcomes.sort()).toEqual(['ok', 'refused']);
    });

    it('leaves a record of each call, to be found by its rid and by who asked', async () => {
      const key = await rig().client({
        scopes: ['proxy', 'releases:write'],
        name: 'finder',
        options: { proxy_paths: ['/wxa/undocodeaudit'] },
      });
      const answer = await rig().api<{ errcode: number; errmsg: string }>(`${rig().path(merchant)}/wechat/wxa/undocodeaudit`, {
        key,
      });
      const rid = /rid: ([0-9a-f-]+)/.exec(answer.body.errmsg)?.[1];
      expect(rid).toBeTruthy();
      const found = await eventually('the record', async () => {
        const { body } = await rig().api<{
          items: { api: string; errcode: number; client_id: string; authorizer_appid: string }[];
        }>(`${rig().path()}/calls?rid=${rid}`);
        return body.items.length === 1 && body.items[0];
      });
      expect(found).toMatchObject({
        api: 'undocodeaudit',
        errcode: answer.body.errcode,
        authorizer_appid: merchant,
        client_id: key.split('_')[1],
      });
    });
  });
}
