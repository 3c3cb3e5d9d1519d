import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MiniProgramEntity, ReleaseEntity, RolloutEntity } from '#persistence';
import { fill, type Route, routesOf, titleOf, unaudited, wrongMethods } from '../../../libs/service/testing/routes.js';
import { ReleaseWorld } from '../testing/release-world.js';
import { COMPONENT } from '../testing/stand-ins.js';

let world: ReleaseWorld;
let routes: Route[];
let admin: string;
let limited: string;
let other: string;
let values: Record<string, string>;

beforeAll(async () => {
  world = await ReleaseWorld.start();
  routes = routesOf(world.service.app).filter((route) => !route.public);
  const [mine, another] = (await world.authorize(2)) as [string, string];
  other = another;
  admin = await world.client(['admin']);
  limited = await world.client(['releases:read', 'releases:write'], [mine]);
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

interface Body {
  readonly errors?: { readonly field: string }[];
}

async function call(route: Route, key: string, body?: unknown, query = ''): Promise<{ status: number; body: Body }> {
  const response = await fetch(`http://127.0.0.1:${world.service.httpPort}${fill(route.path, values)}${query}`, {
    method: route.method,
    headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : {} };
}

describe('every route of release', () => {
  it('that writes has its calls in the audit log', () => {
    const at = '/v1/components/:component_appid';
    const exempt = {
      [`POST ${at}/rollouts/preview`]: 'shows what would be sent; sends nothing',
      [`POST ${at}/authorizers/:authorizer_appid/nickname/check`]: 'asks WeChat; changes nothing',
    };
    expect(unaudited(routes, exempt)).toEqual([]);
  });

  it('refuses a method that it does not have with 405, and names those it has', async () => {
    expect(await wrongMethods(`http://127.0.0.1:${world.service.httpPort}`, routes, values)).toEqual([]);
  });

  it('that takes a body or none refuses a member that it does not know, and names it', async () => {
    const wrong: string[] = [];
    for (const route of routes.filter(({ method }) => method !== 'GET')) {
      const { status, body } = await call(route, admin, { no_such_member: 1 });
      // An upload is a file: JSON is not one.
      if (status === 415) continue;
      if (status !== 400 || !body.errors?.some(({ field }) => field.endsWith('no_such_member')))
        wrong.push(`${titleOf(route)}: ${status}`);
    }
    expect(wrong).toEqual([]);
  });

  it('shows a client with a list of merchants nothing of another’s: no object, no list, no count', async () => {
    const lists = routes.filter(({ method, path }) => method === 'GET' && path.replace(':component_appid', '').indexOf(':') < 0);
    const look = async () => {
      const seen: unknown[] = [];
      for (const route of lists) {
        const { status, body } = await call(route, limited);
        seen.push([titleOf(route), status, { ...body, instance: '' }]);
      }
      return JSON.stringify(seen, undefined, 1);
    };
    const before = await look();
    await seed((await world.authorize(1))[0]!);
    expect(await look()).toBe(before);
    expect(before).not.toContain(other);

    const open: string[] = [];
    for (const route of routes.filter(({ path }) => /:(authorizer_appid|release_id|rollout_id)/.test(path))) {
      const { status } = await call(route, limited, route.method === 'GET' ? undefined : {});
      if (![400, 403, 404, 415].includes(status)) open.push(`${titleOf(route)}: ${status}`);
    }
    for (const route of lists) {
      const { status, body } = await call(route, limited, undefined, `?authorizer_appid=${other}`);
      if (status < 300 && JSON.stringify(body).includes(other)) open.push(`${titleOf(route)}?authorizer_appid`);
    }
    expect(open).toEqual([]);
  });

  it('that tells the audit quota asks with no other merchant’s token', async () => {
    const quota = routes.find(({ path }) => path.endsWith('/audit-quota'))!;
    expect((await call(quota, limited, undefined, `?authorizer_appid=${other}`)).status).toBe(403);
  });
});
