import { describe, expect, it } from 'vitest';
import { eventually } from '../../../../test/support/eventually.js';
import { merchant, rig } from './setting.js';

export function clients(): void {
  describe('clients', () => {
    it('a rotated key works beside the former one for the overlap; a revoked one stops on every replica', async () => {
      type Key = { client_id: string; key: string };
      const made = await rig().api<Key>('/v1/clients', {
        method: 'POST',
        body: { name: 'shop', scopes: ['authorizer-token'], authorizers: [merchant] },
      });
      expect(made.status).toBe(201);
      const use = async (key: string, broker: number) => (await rig().token(merchant, { key, broker })).status;
      expect([await use(made.body.key, 0), await use(made.body.key, 1)]).toEqual([200, 200]);
      const rotated = await rig().api<Key>(`/v1/clients/${made.body.client_id}/rotate`, {
        method: 'POST',
        body: { overlap: 60 },
      });
      expect(await Promise.all([made.body.key, rotated.body.key].flatMap((key) => [use(key, 0), use(key, 1)]))).toEqual([
        200, 200, 200, 200,
      ]);
      await rig().api(`/v1/clients/${made.body.client_id}/rotate`, { method: 'POST', body: { overlap: 0 } });
      expect([await use(made.body.key, 0), await use(rotated.body.key, 1)]).toEqual([401, 401]);
      const last = await rig().api<Key>(`/v1/clients/${made.body.client_id}/rotate`, { method: 'POST', body: { overlap: 60 } });
      expect([await use(last.body.key, 0), await use(last.body.key, 1)]).toEqual([200, 200]);
      await rig().api(`/v1/clients/${made.body.client_id}`, { method: 'DELETE' });
      await eventually('both replicas to refuse it', async () =>
        [await use(last.body.key, 0), await use(last.body.key, 1)].every((status) => status === 401),
      );
      const list = await rig().api<{ items: { client_id: string; revoked_at: string | null }[] }>('/v1/clients');
      expect(list.body.items.find(({ client_id }) => client_id === made.body.client_id)?.revoked_at).toBeTruthy();
      expect(JSON.stringify(list.body)).not.toMatch(/sha256|wxp_/);
    });

    it('may have long lists of merchants', async () => {
      const authorizers = [...Array.from({ length: 9_999 }, (_, i) => `wx${String(i).padStart(16, '0')}`), merchant];
      const made = await rig().api<{ client_id: string; key: string }>('/v1/clients', {
        method: 'POST',
        body: { name: 'chain', scopes: ['authorizer-token'], authorizers },
      });
      expect(made.status).toBe(201);
      expect((await rig().token(merchant, { key: made.body.key })).status).toBe(200);
      expect((await rig().token('wx00000000000000ff', { key: made.body.key })).status).toBe(403);
      const nameless = await rig().api(`/v1/clients/${made.body.client_id}`, { method: 'PATCH', body: { name: null } });
      expect(nameless).toMatchObject({ status: 400, body: { type: 'urn:wxplane:problem:invalid-request' } });
    });

    it('have 50 requests a second unless they name a rate, and lose it by no change that names none', async () => {
      type Made = { client_id: string; options: { rate_limit_per_s?: number } | null };
      const make = (options?: object) =>
        rig().api<Made>('/v1/clients', {
          method: 'POST',
          body: { name: 'rate', scopes: ['proxy'], ...(options && { options }) },
        });
      const [plain, own] = [await make(), await make({ rate_limit_per_s: 900 })];
      expect([plain.body.options, own.body.options]).toEqual([
        { rate_limit_per_s: 50, return_hosts: [] },
        { rate_limit_per_s: 900, return_hosts: [] },
      ]);
      const change = async (options: object | null) =>
        (await rig().api<Made>(`/v1/clients/${own.body.client_id}`, { method: 'PATCH', body: { options } })).body.options;
      expect(await change({ proxy_paths: ['/wxa/'] })).toEqual({
        ...{ proxy_paths: ['/wxa/'], rate_limit_per_s: 900, return_hosts: [] },
      });
      expect(await change(null)).toEqual({ rate_limit_per_s: 900, return_hosts: [] });
      expect(await change({ rate_limit_per_s: 1_000 })).toEqual({ rate_limit_per_s: 1_000, return_hosts: [] });
    });

    it('may not send more than their rate', async () => {
      const key = await rig().client({ scopes: ['authorizer-token'], options: { rate_limit_per_s: 1 } });
      const answers = await Promise.all(Array.from({ length: 30 }, () => rig().token(merchant, { key })));
      const statuses = answers.map(({ status }) => status);
      expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(10);
      expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(15);
      expect(answers.find(({ status }) => status === 429)?.headers.get('retry-after')).toBeTruthy();
    });

    it('leave who, what, when and from where in the audit log, warm reads included', async () => {
      const key = await rig().client({ scopes: ['authorizer-token'] });
      for (let i = 0; i < 25; i += 1) await rig().token(merchant, { key });
      const entries = await eventually('the entries', async () => {
        type Entry = { action: string; times: number; authorizer_appid: string; ip: string; request_id: string };
        const { body } = await rig().api<{ items: Entry[] }>(`/v1/audit-log?client_id=${key.split('_')[1]}`);
        return body.items.reduce((sum, { times }) => sum + times, 0) === 25 && body.items;
      });
      expect(entries.length).toBeLessThan(25);
      expect(entries.at(-1)).toMatchObject({
        action: 'token.reveal',
        authorizer_appid: merchant,
        ip: '127.0.0.1',
        request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
    });
  });
}
