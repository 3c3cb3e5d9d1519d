import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuthorizerEntity, CallEntity, SyncEntity } from '#persistence';
import { AccessLog, ClientStore, type RunningService, runService, SCOPES } from '#service';
import { createTestDatabase, type TestDatabase } from '../../../libs/persistence/testing/database.js';
import { createTestRedis, type TestRedis } from '../../../libs/queues/testing/redis.js';
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
import {
  committedDocument,
  offendedByNoBody,
  type Refusal,
  type Send,
  takeUnknownMember,
} from '../../../test/support/route-refusals.js';
import { brokerDefinition } from './broker.definition.js';

const COMPONENT = 'wx00000000000000c0';
const newAppid = () => `wx${randomBytes(8).toString('hex')}`;
const [mine, other] = [newAppid(), newAppid()];
/** What is open to a caller with another merchant or component, and why. */
const OPEN: Record<Boundary, Record<string, Openness>> = {
  merchant: {
    'GET /v1/audit-log': 'managers',
    'GET /v1/audit-log/checkpoints': 'deployment’s',
    'GET /v1/clients': 'managers',
    'DELETE /v1/clients/:client_id': 'managers',
    'GET /v1/clients/:client_id': 'managers',
    'GET /v1/components': 'component’s',
    'GET /v1/components/:component_appid': 'component’s',
    'GET /v1/components/:component_appid/api-security': 'own only',
    'GET /v1/components/:component_appid/authorizers': 'own only',
    'GET /v1/components/:component_appid/call-counts': 'managers',
    'GET /v1/components/:component_appid/calls': 'managers',
    'GET /v1/components/:component_appid/certifications': 'own only',
    'GET /v1/components/:component_appid/filings': 'own only',
    'GET /v1/components/:component_appid/operations/jump-domains': 'component’s',
    'GET /v1/components/:component_appid/operations/jump-domains/confirm-file': 'component’s',
    'GET /v1/components/:component_appid/operations/server-domains': 'component’s',
    'GET /v1/components/:component_appid/operations/template-drafts': 'component’s',
    'GET /v1/components/:component_appid/operations/templates': 'component’s',
    'GET /v1/components/:component_appid/quota': 'managers',
    'GET /v1/components/:component_appid/quota-resets': 'managers',
    'GET /v1/components/:component_appid/rids/:rid': 'managers',
    'GET /v1/components/:component_appid/ticket': 'component’s token',
    'GET /v1/components/:component_appid/token': 'component’s token',
    'POST /v1/components/:component_appid/token/refresh': 'component’s token',
    'POST /v1/components/:component_appid/token/report-invalid': 'component’s token',
  },
  component: {
    'GET /v1/audit-log/checkpoints': 'deployment’s',
    'GET /v1/clients': 'own only',
    'GET /v1/components': 'own only',
  },
};
const document = committedDocument('broker');
/** Right values of bodies, where a sample of the schema is none. */
const person = {
  name: 'n',
  mobile: '13000000000',
  certificate_type: 1,
  certificate_number: 'c',
  certificate_validity_date_start: '20230815',
  certificate_validity_date_end: '长期',
  certificate_photo_front: 'm',
};
const members = {
  authorizers: ['wx00000000000000dd'],
  redirect_uri: 'https://shop.example/back',
  auth_data: {
    customer_type: 15,
    contact_info: { name: 'n', email: 'a@example.com' },
    account_name: 'n',
    account_name_type: 1,
    pay_type: 2,
    third_party_phone: '02000000000',
  },
  form: {
    icp_subject: {
      base_info: { type: 1, name: 'n', province: '440000', city: '440100', district: '440106', address: 'a' },
      organize_info: { certificate_type: 1, certificate_number: 'c' },
      principal_info: person,
    },
    icp_applets: {
      base_info: { service_content_types: [1], nrlx_details: [{ type: 1 }], comment: 'c' },
      principal_info: { ...person, verify_task_id: 't' },
    },
  },
};
let database: TestDatabase;
let redis: TestRedis;
let env: Record<string, string>;
let broker: RunningService;
let routes: Route[];
let admin: string;
let limited: string;
/** May use another component only. */
let foreign: string;
let values: Record<string, string>;

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  // No WeChat: what gets that far is seen by its answer.
  const nowhere = 'http://127.0.0.1:9';
  env = {
    DATABASE_URL: await database.urlOf('broker'),
    REDIS_URL: redis.url,
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: '0',
    MANAGEMENT_HOST: '127.0.0.1',
    MANAGEMENT_PORT: '0',
    LOG_LEVEL: 'fatal',
    MANAGEMENT_ADMIN_KEY: MANAGEMENT_KEY,
    PUBLIC_BASE_URL: nowhere,
    WECHAT_API_BASE_URL: nowhere,
    WECHAT_MP_BASE_URL: nowhere,
    WECHAT_OPEN_BASE_URL: nowhere,
    WXPLANE_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    WXPLANE_COMPONENTS: JSON.stringify({
      components: [
        {
          component_appid: COMPONENT,
          component_appsecret: randomBytes(16).toString('hex'),
          push_tokens: [randomBytes(10).toString('hex')],
          encoding_aes_keys: [randomBytes(22).toString('hex').slice(0, 43)],
        },
      ],
    }),
  };
  broker = await runService(brokerDefinition, env);
  routes = routesOf(broker.app).filter((route) => !route.public);
  const clients = broker.app.get(ClientStore);
  const made = await clients.create({ name: 'admin', scopes: ['admin'] });
  admin = made.key;
  limited = (await clients.create({ name: 'limited', scopes: SCOPES.filter((scope) => scope !== 'admin'), authorizers: [mine] }))
    .key;
  const scopes = SCOPES.filter((scope) => scope !== 'admin');
  foreign = (await clients.create({ name: 'foreign', scopes, options: { components: ['wx00000000000000f0'] } })).key;
  await seed(mine);
  await seed(other);
  const link = await call<{ link_id: string }>('POST', `/v1/components/${COMPONENT}/authorization-links`, admin, {});
  const sync = await database.dataSource
    .getRepository(SyncEntity)
    .insert({ componentAppid: COMPONENT, state: 'done', createdAt: new Date(0), finishedAt: new Date(0) });
  values = {
    component_appid: COMPONENT,
    authorizer_appid: other,
    link_id: link.body.link_id,
    sync_id: String(sync.identifiers[0]!['syncId']),
    client_id: (await clients.create({ name: 'another', scopes: ['proxy'] })).key.split('_')[1]!,
    template_id: '1',
    verification_id: `fv_${'0'.repeat(24)}`,
    application_id: `fa_${'0'.repeat(24)}`,
    registration_id: '0'.repeat(32),
    media_id: 'media',
    option_name: 'voice_recognize',
    rid: '66a1b2c3-00112233-44556677',
    certification_id: `ce_${'0'.repeat(24)}`,
  };
});
afterAll(async () => {
  await broker?.stop('the test is over');
  await redis?.stop();
  await database?.drop();
});

const seed = (authorizerAppid: string) =>
  database.dataSource.getRepository(AuthorizerEntity).insert({
    componentAppid: COMPONENT,
    authorizerAppid,
    nickName: `of ${authorizerAppid}`,
    createdAt: new Date(0),
    updatedAt: new Date(0),
  });

/** One on each of three days. */
async function seedCalls(): Promise<void> {
  const made = { app: 'broker', api: 'any', method: 'POST', path: '/wxa/any', outcome: 'ok', durationMs: 1 };
  for (const day of ['01', '02', '03'])
    await database.dataSource
      .getRepository(CallEntity)
      .insert({ ...made, componentAppid: COMPONENT, at: new Date(`2026-01-${day}T00:00:00Z`) });
}

async function call<T = Refusal['body']>(method: string, path: string, key: string, body?: unknown) {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return (await send(key)({ method, path, body: text, contentType: text && 'application/json' })) as { status: number; body: T };
}

const send =
  (key: string): Send =>
  async ({ method, path, body, contentType }) => {
    const response = await fetch(`http://127.0.0.1:${broker.httpPort}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(contentType ? { 'content-type': contentType } : {}) },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : {} };
  };

describe('every route of the broker', () => {
  it('is in the committed document, which the tests of routes go by', () => {
    expect(undocumented(routes, document)).toEqual([]);
  });

  it('that writes has its calls in the audit log', () => {
    const at = '/v1/components/:component_appid/authorizers/:authorizer_appid';
    const unchanging = {
      [`POST ${at}/oauth/url`]: 'puts an address together; changes and reveals nothing',
      [`POST ${at}/filing/check`]: 'looks at a form; sends and keeps nothing',
    };
    expect(unaudited(routes, unchanging)).toEqual([]);
  });

  it('names the permission it needs, in its document as well', () => {
    expect(withoutPermission(routes, document)).toEqual([]);
  });

  it('that takes Idempotency-Key answers no secret, since its answer is stored', () => {
    expect(routes.some(({ idempotent }) => idempotent)).toBe(true);
    expect(storedSecrets(routes, document)).toEqual([]);
    const all = routes.map((route) => ({ ...route, idempotent: true }));
    expect(storedSecrets(all, document)).toEqual(expect.arrayContaining(['POST /v1/clients: key']));
  });

  it('refuses a method that it does not have with 405, and names those it has', async () => {
    expect(await wrongMethods(`http://127.0.0.1:${broker.httpPort}`, routes, values)).toEqual([]);
  });

  it('refuses a member that it does not know, beside those that are right, and names it alone', async () => {
    expect(await takeUnknownMember(document, { path: values, members }, send(admin))).toEqual([]);
  });

  it('that writes leaves an entry of what was refused, and of what failed', async () => {
    await call('POST', `/v1/components/${COMPONENT}/authorization-links`, admin, { auth_type: 99 });
    await call('DELETE', `/v1/clients/${'0'.repeat(16)}`, admin);
    await call('POST', `/v1/components/${COMPONENT}/authorizers/${mine}/refresh`, admin);
    await broker.app.get(AccessLog).flush();
    const entries = await database.dataSource.query(
      "SELECT action, outcome, subject, authorizer_appid FROM f_wechat_accesslog WHERE outcome <> 'ok' ORDER BY accesslog_id DESC LIMIT 3",
    );
    expect(entries.reverse()).toEqual([
      { action: 'authorization-link.create', outcome: 'refused', subject: null, authorizer_appid: null },
      { action: 'client.revoke', outcome: 'refused', subject: '0'.repeat(16), authorizer_appid: null },
      { action: 'authorizer.refresh', outcome: 'failed', subject: null, authorizer_appid: mine },
    ]);
  });

  it('that is a list goes on from a cursor of the release before', async () => {
    await seedCalls();
    const lists = { authorizers: base64url, calls: String } as const;
    const ask = async (path: string) => (await call<object>('GET', path, admin)).body;
    for (const [list, former] of Object.entries(lists)) {
      const { now, before } = await secondPages(ask, `/v1/components/${COMPONENT}/${list}`, former);
      expect(now, list).toHaveLength(1);
      expect(before, list).toEqual(now);
    }
    const { now, before } = await secondPages(ask, '/v1/audit-log', String);
    expect(now).toHaveLength(1);
    expect(before).toEqual(now);
  });

  it('that shows all clients has pages; the first one has all of them unless a limit is given', async () => {
    type Page = { items: { client_id: string }[]; next_cursor: string | null };
    const page = async (query: string) => (await call<Page>('GET', `/v1/clients${query}`, admin)).body;
    const all = await page('');
    expect(all).toMatchObject({ items: { length: expect.any(Number) }, next_cursor: null });
    expect(all.items.length).toBeGreaterThan(2);
    const paged: unknown[] = [];
    for (let query: string | undefined = '?limit=2'; query !== undefined; ) {
      const { items, next_cursor }: Page = await page(query);
      expect(items.length).toBeLessThanOrEqual(2);
      paged.push(...items);
      query = next_cursor === null ? undefined : `?limit=2&cursor=${next_cursor}`;
    }
    expect(paged).toEqual(all.items);
  });

  it('that is narrowed by time takes from and to, and for one more release since and until', async () => {
    await seedCalls();
    const found = async (query: string) => {
      const path = `/v1/components/${COMPONENT}/calls?${query}`;
      const { status, body } = await call<{ items?: { at: string }[] }>('GET', path, admin);
      return body.items ? [...new Set(body.items.map(({ at }) => at))] : status;
    };
    const second = ['2026-01-02T00:00:00.000Z'];
    expect(await found('from=2026-01-02T08:00:00%2B08:00&to=2026-01-03')).toEqual(second);
    expect(await found('since=2026-01-02T00:00:00Z&until=2026-01-03T00:00:00Z')).toEqual(second);
    expect(await found('from=2026-01-03&to=2026-01-02')).toBe(400);
    expect(await found('from=2026-01-02T08:00:00')).toBe(400);
  });

  it('shows a client with a list of merchants nothing of another’s: no object, no list, no count', async () => {
    const lists = routes.filter(({ method, path }) => method === 'GET' && path.replace(':component_appid', '').indexOf(':') < 0);
    // The component's own token is no merchant's; with the ticket it is another scope's. Operations want that token, too.
    const shown = lists.filter(({ path }) => !/\/(token|ticket)$|\/operations\//.test(path));
    const look = async () => {
      const seen: unknown[] = [];
      for (const route of shown) {
        const { status, body } = await call<Record<string, unknown>>('GET', fill(route.path, values), limited);
        seen.push([titleOf(route), status, { ...body, instance: '' }]);
      }
      return JSON.stringify(seen, undefined, 1);
    };
    const before = await look();
    await seed(newAppid());
    expect(await look()).toBe(before);
    expect(before).not.toContain(other);
  });

  it('is closed for a client of another component, which sees nothing of this one', async () => {
    expect((await call<object>('GET', '/v1/components', foreign)).body).toMatchObject({ items: [] });
    for (const at of [`authorizers/${mine}/wechat`, 'wechat'])
      expect((await call('POST', `/v1/components/${COMPONENT}/${at}/cgi-bin/any`, foreign)).status).toBe(403);
  });

  it('that passes calls on to WeChat is closed for another’s account, and for the component', async () => {
    for (const at of [`authorizers/${other}/wechat`, 'wechat'])
      for (const method of ['GET', 'POST'])
        expect((await call(method, `/v1/components/${COMPONENT}/${at}/cgi-bin/any`, limited)).status).toBe(403);
  });

  it('that answers a token is closed to who only manages, whatever it does besides', async () => {
    const managed = await runService(brokerDefinition, { ...env, ADMIN_SCOPE: 'manage' });
    const ask = async (method: string, path: string) => {
      const headers = { authorization: `Bearer ${admin}`, 'content-type': 'application/json' };
      const body = method === 'POST' ? { body: '{}' } : {};
      return (await fetch(`http://127.0.0.1:${managed.httpPort}/v1${path}`, { method, headers, ...body })).status;
    };
    try {
      expect(await ask('GET', '/clients')).toBe(200);
      for (const at of [`/components/${COMPONENT}`, `/components/${COMPONENT}/authorizers/${mine}`])
        for (const call of ['GET token', 'POST token/report-invalid', 'POST token/refresh']) {
          const [method = '', path] = call.split(' ');
          expect(await ask(method, `${at}/${path}`), `${call} of ${at}`).toBe(403);
        }
    } finally {
      await managed.stop('the test is over');
    }
  });

  it('that begins something for all merchants is closed to a client with a list', async () => {
    expect((await call('POST', `/v1/components/${COMPONENT}/authorizers/sync`, limited)).status).toBe(403);
  });

  // Last, both: some of these end what they are asked of.
  it('has its row in openapi/broker.routes.md, and answers each kind of caller as it says there: after a change, npm run routes', async () => {
    const routes = await listedRoutes(broker, {
      audited: {
        'GET /v1/components/:component_appid/token': 'token.reveal',
        'GET /v1/components/:component_appid/authorizers/:authorizer_appid/token': 'token.reveal',
      },
      uploads: { 'image/png': 10 * 1024 * 1024 },
    });
    const { text, faults } = await inventoryOf({
      name: 'broker',
      service: broker,
      dataSource: database.dataSource,
      routes,
      document,
      known: { path: { ...values, path: 'wxa/getwxacode' }, members: members },
      component: COMPONENT,
      mine,
      other,
      open: OPEN,
    });
    expect(faults).toEqual([]);
    expect(text).toBe(committedInventory('broker', text));
  }, 600_000);

  it('that takes no body takes the type of one without it; where one belongs, its members are named', async () => {
    expect(await offendedByNoBody(document, { path: values, members }, send(admin))).toEqual([]);
  });
});
