import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MiniProgramEntity, ReleaseEntity, RolloutEntity, RolloutTargetEntity } from '#persistence';
import { ClientStore } from '#service';
import { wrongEntries } from '../../../libs/service/testing/audit-entries.js';
import {
  base64url,
  fill,
  type Route,
  routesOf,
  secondPages,
  storedSecrets,
  titleOf,
  unaudited,
  undocumented,
  withoutPermission,
  wrongMethods,
} from '../../../libs/service/testing/routes.js';
import {
  committedDocument,
  notRefused,
  offendedByNoBody,
  type Send,
  takeUnknownMember,
} from '../../../test/support/route-refusals.js';
import { ReleaseWorld } from '../testing/release-world.js';
import { COMPONENT } from '../testing/stand-ins.js';

const document = committedDocument('release');
/** Right values of bodies, where a sample of the schema is none. */
const members = {
  version: '3.0.0',
  plugin_appid: 'wx00000000000000dd',
  domains: ['a.example.com'],
  api_name: 'wx.getLocation',
  prefix: 'https://a.example.com/qr/',
  authorizer_appid: 'wx00000000000000dd',
  preview_hash: '0'.repeat(64),
};
let world: ReleaseWorld;
let routes: Route[];
let admin: string;
let limited: string;
/** May use another component only. */
let foreign: string;
let other: string;
let values: Record<string, string>;

beforeAll(async () => {
  world = await ReleaseWorld.start();
  routes = routesOf(world.service.app).filter((route) => !route.public);
  const [mine, another] = (await world.authorize(2)) as [string, string];
  other = another;
  admin = await world.client(['admin']);
  limited = await world.client(['releases:read', 'releases:write'], [mine]);
  foreign = (
    await new ClientStore(world.database.dataSource).create({
      name: 'foreign',
      scopes: ['admin'],
      options: { components: ['wx00000000000000f0'] },
    })
  ).key;
  values = {
    component_appid: COMPONENT,
    authorizer_appid: other,
    release_id: await seed(other),
    rollout_id: await rollout(),
    template_id: '1',
    draft_id: '1',
    media_id: 'media',
    audit_id: '1',
    plugin_appid: 'wx00000000000000dd',
    first: '1',
    second: '2',
    profile: 'default',
    approval_id: `r${await seed(other)}`,
  };
});
afterAll(() => world?.stop());

/** A mini program with a version online, and a release. @returns the release's id */
async function seed(appid: string): Promise<string> {
  const { dataSource } = world.database;
  const online = { onlineVersion: `9.${appid}`, releasedVersion: '1.0.0', versionsReadAt: new Date() };
  await dataSource
    .getRepository(MiniProgramEntity)
    .upsert({ componentAppid: COMPONENT, authorizerAppid: appid, ...online }, ['componentAppid', 'authorizerAppid']);
  const { identifiers } = await dataSource.getRepository(ReleaseEntity).insert({
    componentAppid: COMPONENT,
    authorizerAppid: appid,
    templateId: 1,
    userDesc: `of ${appid}`,
    userVersion: '1.0.0',
    extJson: '{}',
    state: 'abandoned',
    createdAt: new Date(),
  });
  return String(identifiers[0]!['releaseId']);
}

/** One that has ended. @returns its id */
async function rollout(): Promise<string> {
  const { identifiers } = await world.database.dataSource.getRepository(RolloutEntity).insert({
    componentAppid: COMPONENT,
    name: `of ${other}`,
    spec: JSON.stringify({ name: `of ${other}` }),
    options: '{}',
    previewHash: '0'.repeat(64),
    state: 'aborted',
    stage: 'full',
    createdAt: new Date(),
    updatedAt: new Date(),
  });
  return String(identifiers[0]!['rolloutId']);
}

const send =
  (key: string): Send =>
  async ({ method, path, body, contentType }) => {
    const response = await fetch(`http://127.0.0.1:${world.service.httpPort}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(contentType ? { 'content-type': contentType } : {}) },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    return { status: response.status, body: /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : {} };
  };
const get = ({ path }: Route, key: string, query = '') => send(key)({ method: 'GET', path: `${fill(path, values)}${query}` });

describe('every route of release', () => {
  it('is in the committed document, which the tests of routes go by', () => {
    expect(undocumented(routes, document)).toEqual([]);
  });

  it('that writes has its calls in the audit log', () => {
    const at = '/v1/components/:component_appid';
    const exempt = {
      [`POST ${at}/rollouts/preview`]: 'shows what would be sent; sends nothing',
      [`POST ${at}/authorizers/:authorizer_appid/nickname/check`]: 'asks WeChat; changes nothing',
    };
    expect(unaudited(routes, exempt)).toEqual([]);
  });

  it('names the permission it needs, in its document as well', () => {
    expect(withoutPermission(routes, document)).toEqual([]);
  });

  it('that takes Idempotency-Key answers no secret, since its answer is stored', () => {
    expect(routes.some(({ idempotent }) => idempotent)).toBe(true);
    expect(storedSecrets(routes, document)).toEqual([]);
  });

  it('refuses a method that it does not have with 405, and names those it has', async () => {
    expect(await wrongMethods(`http://127.0.0.1:${world.service.httpPort}`, routes, values)).toEqual([]);
  });

  it('refuses a member that it does not know, beside those that are right, and names it alone', async () => {
    expect(await takeUnknownMember(document, { path: values, members }, send(admin))).toEqual([]);
  });

  it('is closed for a client of another component, also an administrator', async () => {
    expect(await notRefused(document, { path: values, members }, send(foreign), ['component_appid'])).toEqual([]);
  });

  it('that is a list goes on from a cursor of the release before', async () => {
    await seed(other);
    await rollout();
    const target = { rolloutId: Number(values['rollout_id']), state: 'skipped', updatedAt: new Date() } as const;
    await world.database.dataSource.getRepository(RolloutTargetEntity).insert([
      { ...target, authorizerAppid: COMPONENT, position: 0 },
      { ...target, authorizerAppid: other, position: 1 },
    ]);
    const at = `/v1/components/${COMPONENT}`;
    const lists: Record<string, (position: string) => string> = {
      [`${at}/releases`]: (position) => base64url(`r${position}`),
      [`${at}/rollouts`]: String,
      [`/v1/rollouts/${target.rolloutId}/targets`]: String,
      [`${at}/mini-programs`]: String,
    };
    const ask = async (path: string) => {
      const response = await fetch(`http://127.0.0.1:${world.service.httpPort}${path}`, {
        headers: { authorization: `Bearer ${admin}` },
      });
      return response.json();
    };
    for (const [list, former] of Object.entries(lists)) {
      const { now, before } = await secondPages(ask, list, former);
      expect(now, list).toHaveLength(1);
      expect(before, list).toEqual(now);
    }
  });

  it('that shows audit profiles has pages; the first one has all of them unless a limit is given', async () => {
    const at = `/v1/components/${COMPONENT}/audit-profiles`;
    const audit = { version_desc: 'for reviewers' };
    for (const name of ['b', 'a', 'c'])
      expect((await world.call(`${at}/${name}`, { audit }, { method: 'PUT' })).status).toBeLessThan(300);
    type Page = { items: { name: string }[]; next_cursor: string | null };
    const page = async (query: string) => (await world.call<Page>(`${at}${query}`)).body;
    const names = async (query: string) => (await page(query)).items.map(({ name }) => name);
    expect(await names('')).toEqual(['a', 'b', 'c']);
    const { next_cursor } = await page('?limit=2');
    expect(await names(`?limit=2&cursor=${next_cursor}`)).toEqual(['c']);
    expect((await world.call(`${at}?cursor=${base64url('v1:clients:1')}`)).status).toBe(400);
  });

  it('shows a client with a list of merchants nothing of another’s: no object, no list, no count', async () => {
    const lists = routes.filter(({ method, path }) => method === 'GET' && path.replace(':component_appid', '').indexOf(':') < 0);
    const look = async () => {
      const seen: unknown[] = [];
      for (const route of lists) {
        const { status, body } = await get(route, limited);
        seen.push([titleOf(route), status, { ...body, instance: '' }]);
      }
      return JSON.stringify(seen, undefined, 1);
    };
    const before = await look();
    await seed((await world.authorize(1))[0]!);
    expect(await look()).toBe(before);
    expect(before).not.toContain(other);

    expect(await notRefused(document, { path: values, members }, send(limited))).toEqual([]);

    const open: string[] = [];
    for (const route of lists) {
      const { status, body } = await get(route, limited, `?authorizer_appid=${other}`);
      if (status < 300 && JSON.stringify(body).includes(other)) open.push(`${titleOf(route)}?authorizer_appid`);
    }
    expect(open).toEqual([]);
  });

  it('that tells the audit quota asks with no other merchant’s token', async () => {
    const quota = routes.find(({ path }) => path.endsWith('/audit-quota'))!;
    expect((await get(quota, limited, `?authorizer_appid=${other}`)).status).toBe(403);
  });

  it('that refuses a caller, and whatever writes or reveals, leaves exactly one entry in the audit log', async () => {
    const { wrong, statuses } = await wrongEntries(
      world.service.app,
      world.database.dataSource,
      `http://127.0.0.1:${world.service.httpPort}`,
      routes,
      values,
    );
    expect(wrong).toEqual([]);
    expect(statuses).toMatchObject({ 'no key': [401], 'unknown key': [401], 'wrong scope': [403] });
    expect(statuses['limited']).toContain(429);
    expect(statuses['foreign merchant'] ?? [403]).toContain(403);
  });

  // Last: some of these end what they are asked of.
  it('that takes no body takes the type of one without it; where one belongs, its members are named', async () => {
    expect(await offendedByNoBody(document, { path: values, members }, send(admin))).toEqual([]);
  });
});
