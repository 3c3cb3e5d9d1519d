import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Rig } from '../testing/rig.js';

/* WeChat's quotas against the sandbox, which counts as the page says (fleet-duties.md §4). */

const merchant = 'wx00000000000000aa';
let rig: Rig;

beforeAll(async () => {
  rig = await Rig.start();
  await rig.merchant(merchant);
  await rig.authorize(merchant);
});
afterAll(() => rig.stop());
beforeEach(() => rig.control.delete('/faults'));

interface Problem {
  readonly type?: string;
  readonly wechat?: { readonly errcode?: number };
  readonly remedy?: { readonly en: string };
}
interface Resets extends Problem {
  readonly used: number;
  readonly items: readonly { readonly path: string | null; readonly state: string; readonly reason: string }[];
}
interface Quota extends Problem {
  readonly used: number;
}

const of = (appid?: string) => rig.path(appid);
const quota = (path: string, appid?: string) => rig.api<Quota>(`${of(appid)}/quota?path=${encodeURIComponent(path)}`);
const resets = (appid?: string) => rig.api<Resets>(`${of(appid)}/quota-resets`);
const reset = (appid: string | undefined, body: object) => rig.api<Resets>(`${of(appid)}/quota-resets`, { method: 'POST', body });
const set = (body: object) => rig.control.post('/quotas', body);

describe('quotas', () => {
  it('are read with the token of the account that uses them up', async () => {
    await set({ path: '/wxa/commit', appid: merchant, daily_limit: 100, used: 100 });
    expect(await quota('/wxa/commit', merchant)).toMatchObject({
      status: 200,
      body: { account_appid: merchant, daily_limit: 100, used: 100, remaining: 0, exhausted_at: expect.any(String) },
    });
    const component = await quota('/cgi-bin/component/api_create_preauthcode');
    expect(component).toMatchObject({ status: 200, body: { account_appid: rig.components[0]!.component_appid } });
    expect((await quota('wxa/commit', merchant)).status).toBe(400);
    // A path of another kind of token: WeChat's 76022.
    expect((await quota('/wxa/commit')).body.wechat?.errcode).toBe(76022);
    await rig.control.post('/faults', {
      path: '/cgi-bin/openapi/quota/get',
      action: 'body',
      body: '{"errcode":0,"quota":{"daily_limit":0,"used":0,"remain":0}}',
      times: 1,
    });
    expect(await quota('/wxa/commit', merchant)).toMatchObject({
      body: { daily_limit: null, remaining: null, exhausted_at: null, rate_limit: null },
    });
  });

  it('of one API and of a whole account are reset, counted, and in the audit log', async () => {
    expect(await reset(merchant, { path: '/wxa/commit' })).toMatchObject({ status: 400 });
    expect(await reset(merchant, { path: '/wxa/commit', reason: 'stuck' })).toMatchObject({ status: 200, body: { used: 0 } });
    expect((await quota('/wxa/commit', merchant)).body.used).toBe(0);
    await set({ path: '/wxa/commit', appid: merchant, used: 100 });
    expect(await reset(merchant, { reason: 'all of it' })).toMatchObject({
      status: 200,
      body: {
        used: 1,
        limit: 10,
        items: [
          { path: null, state: 'done', reason: 'all of it' },
          { path: '/wxa/commit', state: 'done', reason: 'stuck' },
        ],
      },
    });
    const entries = async () => {
      const [row] = await rig.database.query(
        "SELECT COUNT(*) AS n FROM f_wechat_accesslog WHERE action = 'quota.reset' AND authorizer_appid = ? AND outcome = 'ok'",
        [merchant],
      );
      return Number(row.n);
    };
    await expect.poll(entries, { timeout: 60_000 }).toBe(2);
  });

  it('are reset ten times a month and no more; two at once take one each; the component has ten of its own', async () => {
    const { used } = (await resets(merchant)).body;
    const many = await Promise.all(Array.from({ length: 12 - used }, (_, index) => reset(merchant, { reason: `no. ${index}` })));
    const done = many.filter(({ status }) => status === 200);
    expect(done).toHaveLength(10 - used);
    expect((await resets(merchant)).body.used).toBe(10);
    await rig.forgetCalls();
    const refused = await reset(merchant, { reason: 'one more' });
    expect(refused).toMatchObject({ status: 503, body: { type: 'urn:wxplane:problem:wechat-quota' } });
    expect(await rig.calls('clear_quota')).toBe(0);
    expect(await reset(undefined, { reason: 'the component' })).toMatchObject({ status: 200, body: { used: 1 } });
  });

  it('that somebody used up in WeChat’s console are told by WeChat (48006), and not counted as ours', async () => {
    await rig.control.post('/faults', { path: '/cgi-bin/clear_quota', action: 'errcode', errcode: 48006, times: 1 });
    const { used } = (await resets()).body;
    expect(await reset(undefined, { reason: 'again' })).toMatchObject({ status: 503, body: { wechat: { errcode: 48006 } } });
    expect(await resets()).toMatchObject({ body: { used, items: [{ state: 'refused' }, {}] } });
  });

  it('a call is looked up by its rid, without tokens', async () => {
    await rig.control.post('/faults', {
      path: '/cgi-bin/openapi/quota/get',
      appid: merchant,
      action: 'errcode',
      errcode: 45009,
      times: 1,
    });
    const failed = await quota('/wxa/commit', merchant);
    const { rid, errcode } = failed.body.wechat as { rid: string; errcode: number };
    expect(errcode).toBe(45009);
    // What to do names the command.
    expect(failed.body.remedy?.en).toContain('wxplane quotas reset');
    const found = await rig.api<{ request_url: string; request_body: string }>(`${of(merchant)}/rids/${rid}`);
    expect(found).toMatchObject({ status: 200, body: { rid, request_body: expect.stringContaining('/wxa/commit') } });
    expect(JSON.stringify(found.body)).not.toContain((await rig.token(merchant)).body.access_token);
    expect((await rig.api(`${of()}/rids/${rid}`)).status).toBe(502);
  });

  it('WeChat’s networks are asked whether they reach a merchant’s URL', async () => {
    const check = (body: object) => rig.api<Problem>(`${of(merchant)}/callback-check`, { method: 'POST', body });
    expect(await check({})).toMatchObject({
      status: 200,
      body: { dns: [{ ip: '127.0.0.1', network: 'UNICOM' }], ping: [{ package_loss: '0%' }] },
    });
    expect(await check({ action: 'dns', network: 'CAP' })).toMatchObject({ status: 200, body: { ping: [] } });
    expect((await check({ network: 'x' })).status).toBe(400);
  });

  it('options of an account are read and changed', async () => {
    const option = (name: string, value?: number) =>
      rig.api<Problem>(`${of(merchant)}/options/${name}`, value === undefined ? {} : { method: 'PUT', body: { value } });
    expect(await option('voice_recognize')).toMatchObject({ status: 200, body: { option_name: 'voice_recognize', value: 0 } });
    expect(await option('voice_recognize', 1)).toMatchObject({ status: 200 });
    expect(await option('voice_recognize')).toMatchObject({ body: { value: 1 } });
    expect((await option('voice_recognize', 2)).body.wechat?.errcode).toBe(61013);
    expect((await option('anything')).status).toBe(400);
  });
});
