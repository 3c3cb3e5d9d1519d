import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ReleaseWorld } from '../../testing/release-world.js';

interface Problem {
  readonly wechat?: { readonly errcode: number };
  readonly there?: string;
  readonly open_appid?: string | null;
  readonly same_entity?: boolean | null;
  readonly policy?: string | null;
  readonly items?: readonly { readonly appid: string; readonly status: string | null; readonly reason: string | null }[];
}

/** Half-screen mini programs, open-platform account, the official account to follow (fleet-duties.md §5, §6). */
describe('what a mini program has to do with others', () => {
  let world: ReleaseWorld;
  let app: string;
  let other: string;

  beforeAll(async () => {
    world = await ReleaseWorld.start();
  });
  afterAll(() => world?.stop());
  beforeEach(async () => {
    [app, other] = (await world.authorize(2)) as [string, string];
  });

  const send = (method: string, path: string, body?: unknown, of = app) =>
    world.call<Problem>(world.component(`/authorizers/${of}${path}`), body, { method });
  const merchant = (appid: string, body: object) => world.sandbox.control(`/merchants/${appid}`, body, 'PATCH');

  it('half-screen: asked, listed on both sides, answered by policy, taken back; what is so already is done', async () => {
    const ask = { embedded_appid: other, reason: '查看物流' };
    expect((await send('POST', '/half-screen', { ...ask, reason: '理'.repeat(31) })).status).toBe(400);
    for (let times = 0; times < 2; times += 1) expect((await send('POST', '/half-screen', ask)).status).toBe(204);
    expect((await send('GET', '/half-screen')).body.items).toMatchObject([{ appid: other, status: '0', reason: '查看物流' }]);
    expect(await send('GET', '/half-screen/openers', undefined, other)).toMatchObject({
      body: { policy: 'ask', items: [{ appid: app }] },
    });
    for (let times = 0; times < 2; times += 1)
      expect((await send('DELETE', `/half-screen/openers/${app}`, undefined, other)).status).toBe(204);
    expect((await send('PUT', '/half-screen/policy', { policy: 'refuse' }, other)).status).toBe(204);
    expect(await send('POST', '/half-screen', ask)).toMatchObject({ status: 502, body: { wechat: { errcode: 89430 } } });
    expect((await send('DELETE', `/half-screen/opened/${other}`)).status).toBe(204);
  });

  it('half-screen: a list is read to its end, whatever a page holds', async () => {
    const many = await world.authorize(12);
    for (const appid of many) expect((await send('POST', '/half-screen', { embedded_appid: appid })).status).toBe(204);
    expect((await send('GET', '/half-screen')).body.items).toHaveLength(12);
  });

  it('open-platform account: made, bound by others of the same entity, and left only by who knows what it means', async () => {
    for (const appid of [app, other]) await merchant(appid, { principal_name: '同一家公司' });
    expect((await send('GET', '/open-account')).body).toEqual({ open_appid: null, same_entity: null });
    const made = await send('POST', '/open-account');
    const open_appid = made.body.open_appid as string;
    expect(made).toMatchObject({ status: 201, body: { open_appid: expect.stringMatching(/^wx/) } });
    for (let times = 0; times < 2; times += 1)
      expect(await send('PUT', '/open-account', { open_appid }, other)).toMatchObject({ status: 200, body: { open_appid } });
    expect((await send('GET', '/open-account', undefined, other)).body).toEqual({ open_appid, same_entity: true });
    const another = await send('PUT', '/open-account', { open_appid: 'wx00000000000000ff' }, other);
    expect(another).toMatchObject({ status: 502, body: { there: open_appid, wechat: { errcode: 89000 } } });
    expect((await send('DELETE', '/open-account', { open_appid }, other)).status).toBe(400);
    const leave = { open_appid, unionids_change: true };
    const wrong = await send('DELETE', '/open-account', { ...leave, open_appid: 'wx00000000000000ff' }, other);
    expect(wrong).toMatchObject({ status: 502, body: { there: open_appid, wechat: { errcode: 89002 } } });
    for (let times = 0; times < 2; times += 1) expect((await send('DELETE', '/open-account', leave, other)).status).toBe(204);
  });

  it('an official account to follow: offered, told, and taken away', async () => {
    const mp = `wx${Date.now().toString(16).padStart(16, '0').slice(-16)}`;
    await world.sandbox.control('/merchants', { appid: mp, kind: 'mp', principal_name: '同一家公司' });
    await merchant(app, { principal_name: '同一家公司' });
    expect((await send('GET', '/followed-account/candidates')).body.items).toMatchObject([{ appid: mp }]);
    expect((await send('PUT', '/followed-account', { appid: mp })).status).toBe(204);
    expect((await send('GET', '/followed-account')).body).toMatchObject({ appid: mp, possible: true });
    expect((await send('PUT', '/followed-account', { appid: null })).status).toBe(204);
    expect((await send('GET', '/followed-account')).body).toMatchObject({ appid: null });
  });
});
