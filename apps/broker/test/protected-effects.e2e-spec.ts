import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SCOPES } from '#service';
import { endedApi, PROTECTED_PATHS, type ProtectedEffect } from '#wechat';
import { eventually } from '../../../test/support/eventually.js';
import { Rig } from '../testing/rig.js';

/* Protected effects through the proxy, against the sandbox: what it counts is what has reached WeChat. */

/** What WeChat has switched off is refused whoever calls it. */
const PROTECTED = PROTECTED_PATHS.filter(([path]) => !endedApi(path));
const merchant = 'wx00000000000000aa';
const OPEN = 0;
const TWO_PERSON = 1;

/** Scopes that allow to release. */
const RELEASING: ReadonlySet<string> = new Set(['releases:write', 'admin']);

let rig: Rig;
const keys = new Map<string, string>();

/** The clients that are tried, and what they name of the path at hand. */
const CLIENTS = {
  'proxy and the default paths': { scopes: ['proxy', 'releases:write'], names: false },
  'proxy, with the path named, without releases:write': { scopes: SCOPES.filter((scope) => !RELEASING.has(scope)), names: true },
  'proxy, with the path named, and releases:write': { scopes: ['proxy', 'releases:write'], names: true },
  'admin and the default paths': { scopes: ['admin'], names: false },
} as const;
type Kind = keyof typeof CLIENTS;

beforeAll(async () => {
  rig = await Rig.start({ components: 2, componentsFile: { [TWO_PERSON]: { two_person: 'required' } } });
  await rig.merchant(merchant);
  await rig.authorize(merchant);
  const named = PROTECTED.map(([path]) => path);
  for (const [kind, { scopes, names }] of Object.entries(CLIENTS))
    keys.set(kind, await rig.client({ scopes: [...scopes], ...(names ? { options: { proxy_paths: named } } : {}) }));
});
afterAll(() => rig.stop());
beforeEach(() => rig.forgetCalls());

interface Problem {
  readonly type: string;
  readonly effect: string;
  readonly reason: string;
  readonly instead: string | null;
  readonly remedy: { readonly en: string; readonly zh: string };
}

const call = (path: string, kind: Kind, component: number, appid?: string) =>
  rig.api<Problem>(`${rig.path(appid, component)}/wechat${path}`, { method: 'POST', body: {}, key: keys.get(kind)! });

/** What has reached WeChat since the last test, tokens of the broker's own left out. */
async function reached(): Promise<string[]> {
  const { counts } = await rig.control.get<{ counts: Record<string, number> }>('/calls/counts');
  return Object.keys(counts).filter((path) => !/api_(component|authorizer)_token$/.test(path));
}

const refusedAs = ({ id, instead }: ProtectedEffect, reason: string) => ({
  status: 403,
  body: { type: 'urn:wxplane:problem:protected-effect', effect: id, reason, instead: instead ?? null },
});

describe('a protected effect', () => {
  it.each(PROTECTED)('%s does not reach WeChat by a client that has not named it, or may not release', async (path, effect) => {
    for (const appid of [merchant, undefined]) {
      expect(await call(path, 'proxy and the default paths', OPEN, appid)).toMatchObject(refusedAs(effect, 'not-named'));
      expect(await call(path, 'admin and the default paths', OPEN, appid)).toMatchObject(refusedAs(effect, 'not-named'));
      expect(await call(path, 'proxy, with the path named, without releases:write', OPEN, appid)).toMatchObject(
        refusedAs(effect, 'no-releases-write'),
      );
    }
    expect(await reached()).toEqual([]);
  });

  it.each(PROTECTED)('%s does not reach WeChat by anybody where the component requires two persons', async (path, effect) => {
    for (const kind of Object.keys(CLIENTS) as Kind[])
      expect(await call(path, kind, TWO_PERSON)).toMatchObject(refusedAs(effect, 'two-person'));
    expect(await reached()).toEqual([]);
  });

  // The sandbox counts what it does not know below /wxa and /cgi-bin only.
  it.each(PROTECTED.filter(([path]) => /^\/(wxa|cgi-bin)\//.test(path)))(
    '%s reaches WeChat by a client that named it and may release',
    async (path) => {
      expect((await call(path, 'proxy, with the path named, and releases:write', OPEN, merchant)).status).not.toBe(403);
      expect(await reached()).toEqual([path]);
    },
  );

  it('is not brought about by another spelling of its path, however wide the prefixes of the client', async () => {
    const key = await rig.client({ scopes: ['proxy'], options: { proxy_paths: ['/', '/wxa/', '/WXA/', '/wxa'] } });
    const spellings = [
      '/WXA/Commit',
      '/wxa/%63ommit',
      '/wxa/%2563ommit',
      '/wxa//commit',
      '//wxa/commit',
      '/wxa/commit/',
      '/wxa/commit.',
      '/wxa/commit;a=b',
      '/wxa/commit%00',
      '/wxa/commit%3Fa=b',
      '/wxa%2Fcommit',
      '/wxa%5Ccommit',
      '/wxa/x/..%2Fcommit',
      '/wxa/%EF%BD%83ommit',
      '/wxa/commit/more',
      '/wxa/business/..;/commit',
    ];
    for (const spelling of spellings)
      expect((await rig.api(`${rig.path(merchant)}/wechat${spelling}`, { method: 'POST', body: {}, key })).status, spelling).toBe(
        403,
      );
    expect(await reached()).toEqual([]);
  });

  it('is in the audit log with the reason, counted, and in the log without a token', async () => {
    const key = await rig.client({ scopes: ['proxy'] });
    await rig.api(`${rig.path(merchant)}/wechat/wxa/commit`, { method: 'POST', body: {}, key });
    const clientId = key.split('_')[1];
    const entry = await eventually('the entry', async () => {
      const { body } = await rig.api<{ items: { action: string; outcome: string; subject: string }[] }>(
        `/v1/audit-log?client_id=${clientId}`,
      );
      return body.items[0];
    });
    expect(entry).toMatchObject({ action: 'proxy.protected', outcome: 'refused', subject: 'POST /wxa/commit (code: not-named)' });
    const metrics = await (await fetch(`${rig.brokers[0]!.management}/metrics`)).text();
    expect(metrics).toMatch(/^wxplane_proxy_protected_total\{effect="code",decision="refused"(,[^}]*)?\} [1-9]/m);
    expect(rig.output()).toMatch(new RegExp(`proxy.protected.*${clientId}`));
  });
});

describe('PROXY_PROTECTED_EFFECTS=warn', () => {
  it('lets pass what the former default let pass, but nothing where two persons are required', async () => {
    await rig.addBroker({ PROXY_PROTECTED_EFFECTS: 'warn' });
    const broker = rig.brokers.length - 1;
    const key = keys.get('proxy and the default paths')!;
    const status = async (component: number, appid?: string) =>
      (await rig.api(`${rig.path(appid, component)}/wechat/wxa/undocodeaudit`, { key, broker })).status;
    expect(await status(OPEN, merchant)).toBe(200);
    expect(await status(TWO_PERSON)).toBe(403);
    expect(await reached()).toEqual(['/wxa/undocodeaudit']);
  });
});
