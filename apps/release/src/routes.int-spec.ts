import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  BINDINGS,
  MiniProgramEntity,
  OnboardingEntity,
  ReleaseEntity,
  RolloutEntity,
  RolloutTargetEntity,
  ScreenshotDataEntity,
  ScreenshotEntity,
  SecretBox,
} from '#persistence';
import { LIMITS } from '#wechat';
import { listedRoutes } from '../../../libs/service/testing/inventory.js';
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
  type Boundary,
  committedInventory,
  inventoryOf,
  MANAGEMENT_KEY,
  type Openness,
} from '../../../test/support/route-inventory.js';
import { committedDocument, offendedByNoBody, type Send, takeUnknownMember } from '../../../test/support/route-refusals.js';
import { ReleaseWorld } from '../testing/release-world.js';
import { COMPONENT } from '../testing/stand-ins.js';
import { operationNamed } from './approvals/operations.js';

/** What is open to a caller with another merchant or component, and why. */
const OPEN: Record<Boundary, Record<string, Openness>> = {
  merchant: {
    'GET /v1/components/:component_appid/approvals': 'own only',
    'GET /v1/components/:component_appid/mini-programs': 'own only',
    'GET /v1/components/:component_appid/mini-programs/summary': 'own only',
    'GET /v1/components/:component_appid/order-paths': 'own only',
    'GET /v1/components/:component_appid/violations': 'own only',
    'GET /v1/components/:component_appid/violations/groups': 'own only',
    'GET /v1/components/:component_appid/audit-profiles': 'component’s',
    'GET /v1/components/:component_appid/ext-settings': 'component’s',
    'GET /v1/components/:component_appid/jump-domains': 'component’s',
    'GET /v1/components/:component_appid/jump-domains/confirm-file': 'component’s',
    'GET /v1/components/:component_appid/server-domains': 'component’s',
    'GET /v1/components/:component_appid/template-drafts': 'component’s',
    'GET /v1/components/:component_appid/template-drafts/:draft_id/compare': 'component’s',
    'GET /v1/components/:component_appid/templates': 'component’s',
    'GET /v1/components/:component_appid/templates/:template_id/compare': 'component’s',
  },
  component: {},
};
const document = committedDocument('release');
/** Right values of bodies, where a sample of the schema is none. */
const members = {
  appeal_materials: [{ reason: 'mended', proof_media_ids: ['MEDIA'] }],
  signature: '每天现泡的手工茶',
  unionids_change: true,
  embedded_appid: 'wx00000000000000dd',
  authorizers: ['wx00000000000000dd'],
  open_appid: 'wx00000000000000dd',
  version: '3.0.0',
  plugin_appid: 'wx00000000000000dd',
  domains: ['a.example.com'],
  api_name: 'wx.getLocation',
  prefix: 'https://a.example.com/qr/',
  authorizer_appid: 'wx00000000000000dd',
  authorizer_appids: ['wx00000000000000dd'],
  preview_hash: '0'.repeat(64),
  component_phone: '02000000000',
  mp_appid: 'wx00000000000000dd',
  avatar: 'paper:logo',
  license: 'paper:licence',
  id_card: 'paper:card',
  materials: ['paper:proof'],
  media: 'paper:proof',
};
let world: ReleaseWorld;
let routes: Route[];
let admin: string;
let limited: string;
let mine: string;
let other: string;
let values: Record<string, string>;

beforeAll(async () => {
  world = await ReleaseWorld.start({ MANAGEMENT_ADMIN_KEY: MANAGEMENT_KEY }, { two_person: { effects: ['plugins'] } });
  routes = routesOf(world.service.app).filter((route) => !route.public);
  [mine, other] = (await world.authorize(2)) as [string, string];
  admin = await world.client(['admin']);
  limited = await world.client(['releases:read', 'releases:write'], [mine]);
  await world.template({ user_version: '9.0.0' });
  const draft = await world.sandbox.control<{ draft_id: number }>(`/components/${COMPONENT}/drafts`, {
    user_version: '9.0.2',
    source_miniprogram_appid: 'wxdevother',
  });
  const plugin = { plugin_appid: 'wx00000000000000dd' };
  const asked = await world.ok<{ approval_id: string }>(world.component(`/authorizers/${other}/plugins`), plugin);
  values = {
    component_appid: COMPONENT,
    authorizer_appid: other,
    release_id: await seed(other),
    rollout_id: await rollout(),
    template_id: String(await world.template({ user_version: '9.0.1' })),
    draft_id: String(draft.draft_id),
    media_id: 'media',
    audit_id: '1',
    illegal_record_id: '2_1',
    plugin_appid: 'wx00000000000000dd',
    embedded_appid: 'wx00000000000000dd',
    opener_appid: 'wx00000000000000dd',
    first: '1',
    second: '2',
    profile: 'default',
    selection: 'pilots',
    approval_id: asked.approval_id,
    onboarding_id: await onboarding(),
    name: 'licence',
  };
  await picture(Number(values['release_id']));
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

/** What a reviewer has shown of a release. */
async function picture(releaseId: number): Promise<void> {
  const { dataSource } = world.database;
  const { identifiers } = await dataSource.getRepository(ScreenshotEntity).insert({
    componentAppid: COMPONENT,
    authorizerAppid: other,
    releaseId,
    mediaId: 'media',
    state: 'stored',
    contentType: 'image/png',
    createdAt: new Date(),
  });
  await dataSource
    .getRepository(ScreenshotDataEntity)
    .insert({ ...(identifiers[0] as { screenshotId: number }), data: Buffer.from('png') });
}

/** One that waits for nobody. @returns its id */
async function onboarding(): Promise<string> {
  const onboardingId = '0'.repeat(32);
  const now = new Date();
  const request = world.service.app.get(SecretBox).seal('{}', BINDINGS.onboarding(COMPONENT, onboardingId));
  await world.database.dataSource.getRepository(OnboardingEntity).insert({
    ...{
      onboardingId,
      componentAppid: COMPONENT,
      reference: `of ${other}`,
      start: 'existing',
      goal: 'registered',
      state: 'failed',
    },
    ...{ step: 'account', stepSince: now, request, facts: {}, clientId: 'nobody', createdAt: now, updatedAt: now },
  });
  return onboardingId;
}

/** One that has ended. @returns its id */
async function rollout(): Promise<string> {
  const { identifiers } = await world.database.dataSource.getRepository(RolloutEntity).insert({
    componentAppid: COMPONENT,
    name: `of ${other}`,
    spec: JSON.stringify({ name: `of ${other}`, targets: { list: [other] }, policy: {} }),
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
      'POST /v1/rollouts/:rollout_id/retry/preview': 'shows what a retry would take; changes nothing',
      'POST /v1/rollouts/:rollout_id/roll-back/preview': 'shows who can go back; changes nothing',
      [`POST ${at}/rollouts/preview`]: 'shows what would be sent; sends nothing',
      [`POST ${at}/onboardings/import/preview`]: 'shows what would be ordered; orders nothing',
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

  // Last, both: some of these end what they are asked of.
  it('has its row in openapi/release.routes.md, and answers each kind of caller as it says there: after a change, npm run routes', async () => {
    const routes = await listedRoutes(world.service, {
      effectOf: ({ controller, handler }) => operationNamed(`${controller.name}.${handler}`)?.effect,
      uploads: { 'image/png': LIMITS.videoBytes },
    });
    const { text, faults } = await inventoryOf({
      name: 'release',
      service: world.service,
      dataSource: world.database.dataSource,
      routes,
      document,
      known: { path: values, members: members },
      component: COMPONENT,
      mine,
      other,
      open: OPEN,
    });
    expect(faults).toEqual([]);
    expect(text).toBe(committedInventory('release', text));
  }, 600_000);

  it('that takes no body takes the type of one without it; where one belongs, its members are named', async () => {
    expect(await offendedByNoBody(document, { path: values, members }, send(admin))).toEqual([]);
  });
});
