import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BINDINGS, EventEntity } from '#persistence';
import { AccessLog, ClientStore, type Scope } from '#service';
import { MAX_PUSH_BYTES } from '#wechat';
import { listedRoutes } from '../../../libs/service/testing/inventory.js';
import {
  base64url,
  type Route,
  routesOf,
  secondPages,
  storedSecrets,
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
import { api, type Running, startIngestion } from '../testing/running.js';
import { randomAppid, textXml } from '../testing/wechat.js';
import { PUSH_ROUTES } from './push/push.http.js';
import type { SubscriptionPage } from './subscriptions/subscriptions.dto.js';

const SCOPES: readonly Scope[] = ['events:read', 'subscriptions:write', 'releases:read', 'authorizers:read'];
/** What is open to a caller with another merchant or component, and why. */
const OPEN: Record<Boundary, Record<string, Openness>> = {
  merchant: {
    'GET /v1/deliveries': 'own only',
    'GET /v1/subscriptions': 'own only',
  },
  component: {
    'GET /v1/deliveries': 'own only',
    'GET /v1/subscriptions': 'own only',
  },
};
/** WeChat's side, before the framework. */
const pushRoutes = PUSH_ROUTES.flatMap((path) =>
  ['GET', 'POST'].map((method) => ({
    method,
    path,
    bodyLimit: undefined,
    config: method === 'POST' ? { facts: { bodyLimit: MAX_PUSH_BYTES } } : {},
  })),
);
const document = committedDocument('ingestion');
/** Right values of bodies, where a sample of the schema is none. */
const members = {
  from: '2026-01-01T00:00:00Z',
  to: '2026-01-02T00:00:00Z',
  addresses: ['ops@example.com'],
  quiet: { from: '22:00', to: '08:00' },
};
let app: Running;
let routes: Route[];
let admin: string;
/** May act for one merchant only. */
let limited: string;
/** May use another component only. */
let foreign: string;
const [mine, other] = [randomAppid(), randomAppid()];
let ids: Record<string, string>;

beforeAll(async () => {
  app = await startIngestion({
    env: {
      SUBSCRIBER_ALLOWED_CIDRS: '127.0.0.1/32',
      SUBSCRIBER_ALLOW_HTTP: 'true',
      NOTIFY_HOSTS: '127.0.0.1',
      MANAGEMENT_ADMIN_KEY: MANAGEMENT_KEY,
    },
  });
  routes = routesOf(app.service.app).filter((route) => !route.public);
  admin = await app.client(['admin']);
  limited = await app.client(SCOPES, [mine]);
  foreign = (
    await new ClientStore(app.database).create({
      name: 'foreign',
      scopes: ['admin', ...SCOPES],
      options: { components: ['wx00000000000000f0'] },
    })
  ).key;
  ids = await seed(other);
});
afterAll(() => app?.stop());

/** What belongs to one merchant: an event, a subscription, a delivery with its attempt. @returns their ids */
async function seed(appid: string): Promise<Record<string, string>> {
  const { identifiers } = await app.service.app
    .get(DataSource)
    .getRepository(EventEntity)
    .insert({
      componentAppid: app.keys.componentAppid,
      authorizerAppid: appid,
      family: 'authorizer',
      kind: 'message.text',
      dedupeKey: appid.padEnd(64, '0'),
      receivedAt: new Date(),
      payload: app.secrets.seal(
        textXml('gh_a', `words to ${appid}`),
        BINDINGS.event(app.keys.componentAppid, appid.padEnd(64, '0')),
      ),
      state: 'queued',
    });
  const event_id = String(identifiers[0]!['eventId']);
  const { body } = await api<{ subscription_id: string }>(app, admin, 'POST', '/v1/subscriptions', {
    name: `of ${appid}`,
    url: 'http://127.0.0.1:1/',
    kinds: ['*'],
    component_appid: app.keys.componentAppid,
    authorizers: [appid],
  });
  const channel = await api<{ channel_id: string }>(app, admin, 'POST', `/v1/components/${app.keys.componentAppid}/channels`, {
    kind: 'wecom',
    name: `of ${appid}`,
    url: 'http://127.0.0.1:1/',
  });
  await app.query(
    `INSERT INTO f_wechat_delivery (subscription_id, event_id, authorizer_appid, kind, state, next_attempt_at, created_at)
     VALUES (?, ?, ?, 'message.text', 'failed', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
    [body.subscription_id, event_id, appid],
  );
  const [delivery] = await app.query<{ id: string }>('SELECT MAX(delivery_id) AS id FROM f_wechat_delivery');
  const { channel_id } = channel.body;
  return {
    event_id,
    subscription_id: body.subscription_id,
    delivery_id: String(delivery!.id),
    channel_id,
    component_appid: app.keys.componentAppid,
  };
}

const send =
  (key: string): Send =>
  async ({ method, path, body, contentType }) => {
    const response = await fetch(`${app.base}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(contentType ? { 'content-type': contentType } : {}) },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : {} };
  };

describe('every route of ingestion', () => {
  it('is in the committed document, which the tests of routes go by', () => {
    expect(undocumented(routes, document)).toEqual([]);
  });

  it('that writes has its calls in the audit log', () => {
    expect(unaudited(routes)).toEqual([]);
  });

  it('names the permission it needs, in its document as well', () => {
    expect(withoutPermission(routes, document)).toEqual([]);
  });

  it('that takes Idempotency-Key answers no secret, since its answer is stored', () => {
    expect(routes.some(({ idempotent }) => idempotent)).toBe(true);
    expect(storedSecrets(routes, document)).toEqual([]);
  });

  it('refuses a method that it does not have with 405, and names those it has', async () => {
    expect(await wrongMethods(app.base, routes, ids)).toEqual([]);
  });

  it('refuses a member that it does not know, beside those that are right, and names it alone', async () => {
    expect(
      await takeUnknownMember(
        document,
        { path: { ...ids, component: app.keys.componentAppid, appid: other }, members },
        send(admin),
      ),
    ).toEqual([]);
  });

  it('that writes leaves an entry of what was refused', async () => {
    await api(app, admin, 'POST', '/v1/subscriptions', { name: 'no address', url: 'ftp://nowhere', kinds: ['*'] });
    await api(app, admin, 'POST', '/v1/events/replay', { from: 'yesterday' });
    await api(app, admin, 'POST', '/v1/deliveries/99999999/retry', {});
    await app.service.app.get(AccessLog).flush();
    const entries = await app.query<object>(
      "SELECT action, outcome, subject FROM f_wechat_accesslog WHERE outcome <> 'ok' ORDER BY accesslog_id DESC LIMIT 3",
    );
    expect(entries.reverse()).toEqual([
      { action: 'subscription.create', outcome: 'refused', subject: null },
      { action: 'event.replay-range', outcome: 'refused', subject: 'yesterday/' },
      { action: 'delivery.retry', outcome: 'refused', subject: '99999999' },
    ]);
  });

  it('is closed for a client of another component, also an administrator, who sees nothing of this one', async () => {
    for (const list of ['events', 'subscriptions', 'deliveries'])
      expect((await api<object>(app, foreign, 'GET', `/v1/${list}`)).body, list).toMatchObject({ items: [] });
    const wanted = { name: 'x', url: 'http://127.0.0.1:1/', kinds: ['*'] };
    const subscribe = (component_appid?: string) =>
      api<{ component_appid: string }>(app, foreign, 'POST', '/v1/subscriptions', { ...wanted, component_appid });
    expect((await subscribe(app.keys.componentAppid)).status).toBe(403);
    expect((await subscribe()).body.component_appid).toBe('wx00000000000000f0');
  });

  it('that is a list goes on from a cursor of the release before', async () => {
    await seed(randomAppid());
    const ask = async (path: string) => (await api<object>(app, admin, 'GET', path)).body;
    for (const list of ['events', 'deliveries']) {
      const { now, before } = await secondPages(ask, `/v1/${list}`, base64url);
      expect(now, list).toHaveLength(1);
      expect(before, list).toEqual(now);
    }
  });

  it('that is a list of subscriptions shows each of them once, page by page', async () => {
    await seed(randomAppid());
    const all = (await api<SubscriptionPage>(app, admin, 'GET', '/v1/subscriptions')).body.items;
    expect(all.length).toBeGreaterThan(1);
    const paged: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const path: string = `/v1/subscriptions?limit=1${cursor && `&cursor=${cursor}`}`;
      const { items, next_cursor } = (await api<SubscriptionPage>(app, admin, 'GET', path)).body;
      paged.push(...items);
      cursor = next_cursor;
    }
    expect(paged).toEqual(all);
  });

  it('shows a client with a list of merchants nothing of another’s: no object, no list, no count', async () => {
    const lists = routes.filter(({ method, path }) => method === 'GET' && !path.includes(':'));
    const look = async () =>
      Promise.all(lists.map(async ({ path }) => [path, (await api<object>(app, limited, 'GET', path)).body] as const));
    const before = JSON.stringify(await look());
    await seed(randomAppid());
    const after = JSON.stringify(await look());
    expect(after.replace(/urn:wxplane:request:[\w-]+/g, '')).toBe(before.replace(/urn:wxplane:request:[\w-]+/g, ''));
    expect(after).not.toContain(other);
  });

  // Last, both: some of these end what they are asked of.
  it('has its row in openapi/ingestion.routes.md, and answers each kind of caller as it says there: after a change, npm run routes', async () => {
    const routes = await listedRoutes(app.service, { early: pushRoutes });
    const { text, faults } = await inventoryOf({
      name: 'ingestion',
      service: app.service,
      dataSource: app.database,
      routes,
      document,
      known: {
        path: ids,
        members: { ...members, url: 'http://127.0.0.1:1/', component_appid: app.keys.componentAppid, replier: false },
      },
      component: app.keys.componentAppid,
      mine,
      other,
      open: OPEN,
    });
    expect(faults).toEqual([]);
    expect(text).toBe(committedInventory('ingestion', text));
  }, 600_000);

  it('that takes no body takes the type of one without it; where one belongs, its members are named', async () => {
    expect(await offendedByNoBody(document, { path: ids, members }, send(admin))).toEqual([]);
  });
});
