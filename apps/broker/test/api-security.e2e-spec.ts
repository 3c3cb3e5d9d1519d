import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { Rig } from '../testing/rig.js';

/* Accounts whose calls WeChat wants signed and encrypted, against the sandbox, which opens and seals with code of its own (fleet-duties.md §7). */

const merchant = 'wx00000000000000aa';
let rig: Rig;

beforeAll(async () => {
  rig = await Rig.start();
  await rig.merchant(merchant);
  await rig.authorize(merchant);
});
afterAll(() => rig.stop());

interface Shown {
  readonly symmetric_sn: string;
  readonly symmetric_key: string;
  readonly application_sn: string;
  readonly application_private_key: string;
  readonly platform_sn: string;
  readonly platform_certificate: string;
}
interface View {
  readonly has_keys: boolean;
  readonly demanded_at: string | null;
  readonly demanded_errcode: number | null;
  readonly items: readonly { readonly account_appid: string; readonly has_keys: boolean }[];
}
interface Answer {
  readonly errcode?: number;
  readonly quota?: { readonly used: number };
  readonly wechat?: { readonly errcode?: number };
  readonly remedy?: { readonly en: string };
  readonly detail?: string;
}

const demand = (appid: string, mode: string, renew = false) => rig.control.post<Shown>(`/api-security/${appid}`, { mode, renew });
const keysOf = (shown: Shown, more: readonly Shown[] = []) => ({
  symmetric_sn: shown.symmetric_sn,
  symmetric_key: shown.symmetric_key,
  application_sn: shown.application_sn,
  application_private_key: shown.application_private_key,
  platform_certificates: [shown, ...more].map(({ platform_sn: sn, platform_certificate: certificate }) => ({ sn, certificate })),
});
const at = (appid?: string) => `${rig.path(appid)}/api-security`;
const enter = (body: object, appid?: string) => rig.api<Answer>(`${at(appid)}/keys`, { method: 'PUT', body });
const quota = (appid?: string) => {
  const path = appid ? '/wxa/commit' : '/cgi-bin/component/api_create_preauthcode';
  return rig.api<Answer>(`${rig.path(appid)}/quota?path=${encodeURIComponent(path)}`);
};
const proxied = (appid: string) =>
  rig.api<Answer>(`${rig.path(appid)}/wechat/cgi-bin/openapi/quota/get`, { method: 'POST', body: { cgi_path: '/wxa/commit' } });

describe('API security', () => {
  it('an account that demands it is seen as such, and says what to do as long as no keys are there', async () => {
    await demand(merchant, 'required');
    const refused = await quota(merchant);
    expect(refused).toMatchObject({ status: 502, body: { wechat: { errcode: 40_232 } } });
    expect(refused.body.remedy?.en).toContain('enter its keys');
    expect(await proxied(merchant)).toMatchObject({ status: 200, body: { errcode: 40_232 } });
    await eventually('the account to be known', async () => {
      const { body } = await rig.api<View>(at(merchant));
      return body.has_keys === false && body.demanded_errcode === 40_232;
    });
    expect((await rig.api<View>(at())).body.items).toMatchObject([{ account_appid: merchant, has_keys: false }]);
  });

  it('keys are refused that are none, and nothing of them is in the answer', async () => {
    const shown = await demand(merchant, 'required');
    const short = await enter({ ...keysOf(shown), symmetric_key: 'c2hvcnQ=' }, merchant);
    expect(short).toMatchObject({ status: 400, body: { detail: expect.stringContaining('AES256_GCM') } });
    const noPem = await enter({ ...keysOf(shown), application_private_key: 'not a key' }, merchant);
    expect(noPem.status).toBe(400);
    expect(JSON.stringify(noPem.body)).not.toContain('not a key');
  });

  it('with its keys its calls are encrypted and signed, by transport and proxy, and the answers opened', async () => {
    const shown = await demand(merchant, 'required');
    const entered = await enter(keysOf(shown), merchant);
    expect(entered).toMatchObject({ status: 200, body: { has_keys: true, demanded_at: null } });
    for (const secret of [shown.symmetric_key, shown.application_private_key.slice(30, 90)])
      expect(JSON.stringify([entered.body, (await rig.api(at(merchant))).body])).not.toContain(secret);
    expect(await quota(merchant)).toMatchObject({ status: 200, body: { account_appid: merchant, used: expect.any(Number) } });
    expect(await proxied(merchant)).toMatchObject({ status: 200, body: { errcode: 0, quota: { used: expect.any(Number) } } });
    // What does not take part goes as before.
    expect(
      (await rig.api<Answer>(`${rig.path(merchant)}/wechat/wxa/getversioninfo`, { method: 'POST', body: {} })).body.errcode,
    ).toBe(0);
  });

  it('a renewed certificate is believed beside the one before, and what nobody has signed is not', async () => {
    const first = await demand(merchant, 'required');
    await enter(keysOf(first), merchant);
    const renewed = await demand(merchant, 'required', true);
    expect(await quota(merchant)).toMatchObject({ status: 200 });
    await enter(keysOf(renewed), merchant);
    expect(await quota(merchant)).toMatchObject({ status: 200 });
    const stranger = await demand('wx00000000000000bb', 'required');
    await enter({ ...keysOf(renewed), platform_certificates: keysOf(stranger).platform_certificates }, merchant);
    expect((await proxied(merchant)).status).toBe(503);
    expect((await quota(merchant)).status).toBeGreaterThanOrEqual(502);
  });

  it('without keys again, and for the component itself', async () => {
    expect((await rig.api(`${at(merchant)}/keys`, { method: 'DELETE' })).status).toBe(204);
    expect(await quota(merchant)).toMatchObject({ status: 502, body: { wechat: { errcode: 40_232 } } });
    const component = rig.components[0]!.component_appid;
    const shown = await demand(component, 'required');
    expect(await quota()).toMatchObject({ status: 502, body: { wechat: { errcode: 40_232 } } });
    await enter(keysOf(shown));
    expect(await quota()).toMatchObject({ status: 200, body: { account_appid: component } });
  });
});
