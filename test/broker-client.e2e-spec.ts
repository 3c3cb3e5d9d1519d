import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrokerClient, verifyReturn } from '#broker-client';
import { returnUrl } from '../apps/broker/src/authorizations/return-url.domain.js';
import { Rig } from '../apps/broker/testing/rig.js';
import type { Document } from '../scripts/lib/openapi-document.ts';
import { eventually } from './support/eventually.js';

const merchant = 'wx00000000000000ab';
let rig: Rig;
let admin: BrokerClient;
let component: string;
const clients: BrokerClient[] = [];

function clientWith(clientKey: string): BrokerClient {
  const client = new BrokerClient({ baseUrl: rig.brokers[0]!.url, clientKey });
  clients.push(client);
  return client;
}

beforeAll(async () => {
  rig = await Rig.start();
  component = rig.components[0]!.component_appid;
  await rig.merchant(merchant);
  await rig.authorize(merchant);
  admin = clientWith(rig.key);
});

afterAll(async () => {
  for (const client of clients) await client.close();
  await rig?.stop();
});

describe('the client and the broker it is made for', () => {
  it('the document says of every operation how it fails, and has the proxy’s routes', async () => {
    const { body } = await rig.api<Document>('/docs/openapi.json');
    const operations = Object.values(body.paths).flatMap((item) => Object.values(item));
    const problem = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
    expect(operations.filter(({ responses }) => responses['default'] === undefined)).toEqual([]);
    expect(operations.every(({ responses }) => JSON.stringify(responses['default']?.content) === JSON.stringify(problem))).toBe(
      true,
    );
    expect(Object.keys(body.paths).filter((path) => path.endsWith('/wechat/{path}'))).toHaveLength(2);
  });

  it('reads tokens that live, and replaces one that WeChat refused', async () => {
    expect(await rig.liveness(await admin.componentToken(component))).toBe('live');
    const first = await admin.authorizerToken(component, merchant);
    expect(await rig.liveness(first)).toBe('live');
    await rig.control.post('/tokens/expire', { component_appid: component, authorizer_appid: merchant });
    const used: string[] = [];
    await admin.withAuthorizerToken(component, merchant, (token) => {
      used.push(token);
      return token === first ? Promise.reject(Object.assign(new Error('expired'), { errcode: 42001 })) : Promise.resolve();
    });
    expect(used).toHaveLength(2);
    expect(await rig.liveness(used[1]!)).toBe('live');
    expect(await admin.authorizerToken(component, merchant)).toBe(used[1]);
  });

  it('lists authorizers and tells their details', async () => {
    const all = [];
    for await (const authorizer of admin.allAuthorizers(component, { state: 'active', limit: 1 })) all.push(authorizer);
    expect(all.map((authorizer) => authorizer.authorizer_appid)).toEqual([merchant]);
    expect(await admin.refreshAuthorizer(component, merchant)).toMatchObject({ kind: 'mini_program', state: 'active' });
    await expect(admin.authorizer(component, 'wx00000000000000ff')).rejects.toMatchObject({
      code: 'authorizer-unknown',
      status: 404,
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it('serves users of an account: login, web authorization, JS-SDK', async () => {
    expect(await admin.jsapiTicket(component, merchant)).not.toBe('');
    const config = await admin.wxConfig(component, merchant, 'https://shop.example/page?a=1');
    expect(config).toMatchObject({ appId: merchant, signature: expect.stringMatching(/^[0-9a-f]{40}$/) });
    const url = new URL(await admin.oauthUrl(component, merchant, { redirect_uri: 'https://shop.example/back', state: 's' }));
    expect(url.searchParams.get('component_appid')).toBe(component);
    await expect(admin.code2session(component, merchant, 'no such code')).rejects.toMatchObject({
      code: 'wechat-refused',
      wechat: { errcode: expect.any(Number) },
    });
  });

  it('has the list of authorizers read again', async () => {
    const { sync_id } = await admin.startSync(component);
    const done = await eventually('the run to end', async () => {
      const sync = await admin.sync(component, sync_id);
      return sync.state === 'done' || sync.state === 'failed' ? sync : undefined;
    });
    expect(done).toMatchObject({ state: 'done', seen: 1, problem: null });
  });

  it('has the broker do what the release app needs of a component', async () => {
    const made = { user_version: '1.0.0', user_desc: 'd', source_miniprogram_appid: 'wxdev' };
    const { draft_id } = await rig.control.post<{ draft_id: number }>(`/components/${component}/drafts`, made);
    const operator = clientWith(await rig.client({ scopes: ['component-operations'] }));
    expect(await operator.templateDrafts(component)).toContainEqual(expect.objectContaining({ draft_id, user_version: '1.0.0' }));
    await operator.addTemplate(component, { draft_id });
    const [template] = await operator.templates(component);
    expect(template).toMatchObject({ user_version: '1.0.0' });
    await operator.deleteTemplate(component, template!.template_id);
    await expect(operator.deleteTemplate(component, template!.template_id)).rejects.toMatchObject({
      code: 'wechat-refused',
      wechat: { errcode: 85064, api: 'deletetemplate', maybe_executed: false },
      maybeExecuted: false,
    });
    const change = { action: 'add', domains: ['api.example.com'] } as const;
    await operator.changeServerDomains(component, change);
    expect((await operator.serverDomains(component)).testing).toContain('api.example.com');
    await operator.changeJumpDomains(component, change);
    expect((await operator.jumpDomains(component)).testing).toContain('api.example.com');
    expect((await operator.jumpDomainsConfirmFile(component)).file_content).not.toBe('');
    await expect(operator.componentToken(component)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('makes a link whose return it can verify', async () => {
    const link = await admin.createAuthorizationLink(component, {
      auth_type: 2,
      state: 'order 7 & 8 = 中文',
      return_url: 'https://shop.example/back?mine=1',
    });
    const back = returnUrl(link.return_url!, link.return_secret, {
      component_appid: component,
      authorizer_appid: merchant,
      link_id: link.link_id,
      result: 'authorized',
      state: link.state!,
      timestamp: String(Math.floor(Date.now() / 1_000)),
    });
    expect(verifyReturn(back, link.return_secret)).toMatchObject({ authorizer_appid: merchant, state: 'order 7 & 8 = 中文' });
    expect(verifyReturn(back.replace(merchant, 'wx00000000000000ac'), link.return_secret)).toBeUndefined();
    expect(await admin.authorizationLink(component, link.link_id)).toMatchObject({ uses: 0, revoked_at: null });
    expect((await admin.revokeAuthorizationLink(component, link.link_id)).revoked_at).not.toBeNull();
    await expect(admin.createAuthorizationLink(component, { max_uses: 0 })).rejects.toMatchObject({
      code: 'invalid-request',
      errors: [{ field: 'max_uses' }],
    });
  });

  it('registers a mini program, and begins it anew', async () => {
    const asked = {
      way: 'enterprise',
      name: '广州某某贸易有限公司',
      code: '91440101MA5XXXXXXX',
      component_phone: '02000000000',
    } as const;
    const made = await admin.createRegistration(component, asked);
    expect(made).toMatchObject({ state: 'waiting', page_url: expect.stringContaining('/register/') });
    expect(await admin.createRegistration(component, asked)).toMatchObject({ registration_id: made.registration_id });
    expect((await admin.listRegistrations(component, { state: 'waiting' })).items).toHaveLength(1);
    expect(await admin.registration(component, made.registration_id)).toMatchObject({ request: { code: asked.code } });
    // WeChat works on the task of before: it is waited for.
    expect(await admin.renewRegistration(component, made.registration_id)).toMatchObject({ state: 'preparing', round: 2 });
  });

  it('manages clients: what a key may do, rotation, the end', async () => {
    const made = await admin.createClient({ name: 'shop', scopes: ['authorizer-token'], authorizers: [merchant] });
    const shop = clientWith(made.key);
    expect(await shop.authorizerToken(component, merchant)).toBe(await admin.authorizerToken(component, merchant));
    await expect(shop.componentToken(component)).rejects.toMatchObject({ code: 'forbidden', status: 403 });
    await expect(shop.authorizerToken(component, 'wx00000000000000ff')).rejects.toMatchObject({ code: 'forbidden' });

    const rotated = await admin.rotateClient(made.client_id, { overlap: 0 });
    await expect(clientWith(made.key).authorizerToken(component, merchant)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(await clientWith(rotated.key).authorizerToken(component, merchant)).not.toBe('');
    expect(await admin.updateClient(made.client_id, { name: 'shop 2' })).toMatchObject({ name: 'shop 2' });
    expect((await admin.revokeClient(made.client_id)).revoked_at).not.toBeNull();
    await expect(clientWith(rotated.key).authorizerToken(component, merchant)).rejects.toMatchObject({ status: 401 });
    expect((await admin.clients()).items.map((client) => client.client_id)).toContain(made.client_id);
    expect(await admin.client(made.client_id)).toMatchObject({ scopes: ['authorizer-token'] });
  });
});
