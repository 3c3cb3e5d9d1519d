import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALL_PERMISSIONS, SCOPES, TWO_PERSON_EFFECTS } from '#service';
import { effectOf, PROTECTED_PATHS } from '#wechat';
import { Issuer } from '../libs/service/testing/issuer.js';
import { eventually } from './support/eventually.js';
import { type Suite, startSuite } from './support/suite.js';

/*
 * One person with whatever keys and accounts calls whatever routes of both apps there are, the broker's proxy and operations among them.
 * What needs two persons never reaches WeChat: the sandbox's record says so.
 */

const SEED = Number(process.env['TEST_SEED'] ?? randomInt(2 ** 31));
const CALLS = Number(process.env['TEST_CALLS'] ?? 250);
/** docs/security.md says of these that they go past everything: they are for brokers that follow, and the release app. */
const PAST_EVERYTHING: readonly string[] = ['component-token', 'component-operations', 'authorizer-token'];
const NOT_FOR_PEOPLE: readonly string[] = ['tokens.reveal', 'tokens.reveal-component', 'components.operate'];
const APPROVING = ['releases.approve', 'rollouts.approve', 'changes.approve'];
const EVERYTHING = [...ALL_PERMISSIONS].filter((permission) => !NOT_FOR_PEOPLE.includes(permission));

const people = new Issuer('https://people.example');
let suite: Suite;
let component: string;
let merchants: string[];
let template: number;

beforeAll(async () => {
  people.addKey('k1');
  await people.start();
  const WXPLANE_IDENTITY = JSON.stringify({
    issuers: [
      {
        name: 'people',
        issuer: people.issuer,
        kind: 'oidc',
        jwks_uri: people.jwksUri,
        audiences: ['wxplane'],
        algorithms: ['RS256'],
        person_id: 'staff',
      },
    ],
    roles: { everything: EVERYTHING, maker: EVERYTHING.filter((permission) => !APPROVING.includes(permission)) },
    bindings: ['everything', 'maker'].map((role) => ({ who: { issuer: 'people', groups: [role] }, roles: [role] })),
  });
  const env = { WXPLANE_IDENTITY, ADMIN_SCOPE: 'manage', CLIENT_RATE_LIMIT_PER_S: '0' };
  suite = await startSuite({
    name: 'hostile',
    services: ['ingestion', 'broker', 'release'],
    env: { broker: env, release: { ...env, RELEASE_SWEEP_MS: '200', RELEASE_SCAN_POLL_MS: '200' } },
    componentsFile: { two_person: 'required' },
    sandboxConfig: { settings: { privacy_scan_s: 0, audit_mode: 'auto', audit_after_s: 0, audit_reject_share: 0 } },
  });
  component = suite.component.component_appid;
  const body = { count: 3, kind: 'miniprogram', authorize_to: component, push: true };
  ({ appids: merchants } = await suite.control.post<{ appids: string[] }>('/merchants/bulk', body));
  ({ template_id: template } = await suite.control.post<{ template_id: number }>(`/components/${component}/templates`, {
    user_version: '1.0.0',
  }));
  for (const merchant of merchants)
    await eventually('the merchant to be known', async () => {
      const { status } = await suite.api('broker', 'GET', `/v1/components/${component}/authorizers/${merchant}/token`);
      return status === 200;
    });
});
afterAll(async () => {
  await suite?.stop();
  await people.stop();
});

interface Call {
  readonly path: string;
  readonly query: string;
  readonly request: string;
}

/** What another one has to agree to, and WeChat was asked for. Some of its paths also read. */
async function effects(): Promise<string[]> {
  const { calls } = await suite.control.get<{ calls: Call[] }>('/calls?limit=5000&reveal=1');
  return calls
    .filter(({ path, query, request }) => {
      const reading = effectOf(path);
      if (reading.kind !== 'protected') return false;
      if (!(TWO_PERSON_EFFECTS as readonly string[]).includes(reading.effect.id) || reading.effect.id === 'testers') return false;
      if (/"action":\s*"(get|list|query)|action=get_history_version/.test(`${request} ${query}`)) return false;
      // Stopping needs one person: closing, hiding, ending a gray release.
      return !/change_visitstatus .*"close"|changewxasearchstatus .*"status":\s*1|revertgrayrelease/.test(`${path} ${request}`);
    })
    .map(({ path, request }) => `${path} ${request.slice(0, 100)}`);
}

/** The same numbers for the same seed. */
function random(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (count: number) => Math.floor(next() * count);
  return { below, of: <T>(list: readonly T[]): T => list[below(list.length)]! };
}
type Random = ReturnType<typeof random>;

interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
}
interface Operation {
  readonly app: 'broker' | 'release';
  readonly method: string;
  readonly path: string;
  readonly body: Schema | undefined;
}
const documents = Object.fromEntries(
  (['broker', 'release'] as const).map((app) => [
    app,
    JSON.parse(readFileSync(new URL(`../openapi/${app}.json`, import.meta.url), 'utf8')),
  ]),
);
const OPERATIONS: readonly Operation[] = (['broker', 'release'] as const).flatMap((app) =>
  Object.entries(documents[app].paths as Record<string, Record<string, { requestBody?: { content: object } }>>).flatMap(
    ([path, methods]) =>
      Object.entries(methods)
        // A stream has no end.
        .filter(() => !path.endsWith('/events'))
        .map(([method, { requestBody }]) => ({
          app,
          method: method.toUpperCase(),
          path,
          body: (requestBody?.content as { 'application/json'?: { schema: Schema } } | undefined)?.['application/json']?.schema,
        })),
  ),
);
const WRITES = OPERATIONS.filter(({ method }) => method !== 'GET');

/** Ids that answers have told, by the name of the member. */
type Seen = Map<string, (string | number)[]>;

const DOMAINS = ['a.example.com', 'b.example.com'];
/** What members of these names are, where the document says only `string`. */
const VALUES: Readonly<Record<string, readonly unknown[]>> = {
  user_version: ['1.0.0', '2.0.0'],
  version: ['3.0.0'],
  domains: [DOMAINS],
  requestdomain: [[`https://${DOMAINS[0]}`]],
  webviewdomain: [[`https://${DOMAINS[1]}`]],
  action: ['add', 'set', 'delete', 'open', 'close', 'apply'],
  plugin_appid: ['wx00000000000000dd'],
  prefix: ['https://a.example.com/qr/'],
  path: ['pages/index/index'],
  scopes: [['releases:write'], ['component-operations'], ['component-token'], ['admin', 'proxy']],
  authorizers: [null],
  options: [{ proxy_paths: PROTECTED_PATHS.map(([path]) => path).slice(0, 50) }],
  limit: [10],
};

function madeUp(schema: Schema, name: string, app: Operation['app'], { of, below }: Random, seen: Seen, depth = 0): unknown {
  const known = seen.get(name);
  if (known && known.length > 0 && below(10) > 0) return of(known);
  if (schema.enum) return of(schema.enum);
  if (VALUES[name] && below(10) > 0) return of(VALUES[name]);
  if (schema.$ref) {
    const target = documents[app].components.schemas[schema.$ref.split('/').pop()!] as Schema;
    return madeUp(target, name, app, { of, below }, seen, depth);
  }
  const one = schema.allOf?.[0] ?? schema.oneOf?.[0] ?? schema.anyOf?.[0];
  if (one) return madeUp(one, name, app, { of, below }, seen, depth);
  if (schema.properties && depth < 4)
    return Object.fromEntries(
      Object.entries(schema.properties)
        .filter(([member]) => schema.required?.includes(member) || below(3) === 0)
        .map(([member, inner]) => [member, madeUp(inner, member, app, { of, below }, seen, depth + 1)]),
    );
  switch (schema.type) {
    case 'integer':
    case 'number':
      return of([1, 2, 100]);
    case 'boolean':
      return below(2) === 0;
    case 'array':
      return [madeUp(schema.items ?? {}, name, app, { of, below }, seen, depth + 1)];
    case 'object':
      return {};
    default:
      return of(['x', 'https://a.example.com', '一']);
  }
}

/** Releases and rollouts are what most is about: they are asked for as they have to be, most of the time. */
function bodyOf({ app, path, body, method }: Operation, random: Random, seen: Seen): unknown {
  const { of, below } = random;
  if (method === 'GET') return undefined;
  const policy = of([undefined, { submit: 'auto', publish: 'auto' }, { submit: 'auto', publish: 'auto', two_person: false }]);
  const words = { template_id: template, user_version: '1.0.0', user_desc: 'x', policy };
  if (path.endsWith('/releases')) return { ...words, authorizer_appid: of(merchants) };
  if (path.includes('/rollouts') && /rollouts(\/preview)?$/.test(path)) {
    const spec = { ...words, name: 'n', targets: { list: [merchants[0]] }, take_over: true };
    return path.endsWith('preview') ? spec : { ...spec, preview_hash: of(seen.get('hash') ?? ['0'.repeat(64)]) };
  }
  if (path.endsWith('/approvals/{approval_id}')) return { decision: of(['approve', 'approve', 'approve', 'refuse', 'withdraw']) };
  if (path.includes('/wechat/'))
    return of([
      { action: 'set', requestdomain: [`https://${DOMAINS[0]}`] },
      {},
      { action: 'add', draft_id: 1, template_id: template },
    ]);
  if (body === undefined) return method !== 'DELETE' && below(2) === 0 ? {} : undefined;
  return madeUp(body, '', app, random, seen);
}

const spelled = (path: string, { of }: Random) =>
  of([path, path, path, path.toUpperCase(), path.replace('/wxa/', '/wxa//'), `${path}/`, path.replace('a', '%61')]);

function pathOf(path: string, random: Random, seen: Seen): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (name === 'component_appid') return component;
    if (name === 'authorizer_appid') return random.of(merchants);
    if (name === 'path') return spelled(random.of(PROTECTED_PATHS)[0], random).slice(1);
    if (name === 'template_id') return String(template);
    const known = seen.get(name);
    return String(known && known.length > 0 ? random.of(known) : random.of([1, 2, 'x']));
  });
}

/** Keeps what an answer tells of its ids, so that later calls name them. */
function learn(answer: unknown, seen: Seen): void {
  if (typeof answer !== 'object' || answer === null) return;
  for (const [name, value] of Object.entries(answer)) {
    if (/(_id|^hash|^digest)$/.test(name) && (typeof value === 'string' || typeof value === 'number')) {
      const list = seen.get(name) ?? [];
      if (!list.includes(value)) seen.set(name, [...list.slice(-9), value]);
    } else learn(value, seen);
  }
}

const token = (sub: string, group: string, staff = 'mallory') => people.token({ sub, staff, groups: [group] });
const key = async (name: string, scopes: readonly string[]) => suite.createClient(name, scopes);

describe(`one person with any keys and accounts (TEST_SEED=${SEED})`, () => {
  const others = SCOPES.filter((scope) => !PAST_EVERYTHING.includes(scope));
  const kinds: [what: string, callers: () => Promise<string[]>][] = [
    [
      'that may approve by token, and make by tokens only',
      async () => [
        token('mallory', 'everything'),
        token('mallory-admin', 'everything'),
        await key(
          'm1',
          others.filter((scope) => scope !== 'releases:write'),
        ),
      ],
    ],
    [
      'that may make by keys and by token, and approve by keys',
      async () => [
        token('mallory', 'maker'),
        await key('m2', others),
        await key('m3', ['releases:write']),
        await key('m4', others),
      ],
    ],
    [
      'that may make by keys, and approve by whatever tokens',
      async () => [
        token('mallory', 'everything'),
        token('mallory-admin', 'everything'),
        await key('m5', others),
        await key('m6', ['releases:write', 'releases:read']),
      ],
    ],
  ];

  it.each(kinds)(
    '%s: nothing reaches WeChat that needs two persons',
    async (_, callers) => {
      const chance = random(SEED);
      const keys = await callers();
      const seen: Seen = new Map();
      await suite.control.delete('/calls');
      const done: string[] = [];
      const statuses = new Map<number, number>();
      for (let number = 0; number < CALLS; number += 1) {
        const operation = chance.of(chance.below(4) === 0 ? OPERATIONS : WRITES);
        const path = pathOf(operation.path, chance, seen);
        const body = bodyOf(operation, chance, seen);
        const mine = chance.of(keys);
        const said = `${operation.method} ${path} ${JSON.stringify(body)?.slice(0, 300)}`;
        const { status, body: answer } = await suite.api(operation.app, operation.method, path, body, mine);
        done.push(`${status} ${said}`);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        expect(status, `seed ${SEED}: ${said} ${JSON.stringify(answer)}`).not.toBe(500);
        learn(answer, seen);
        // What the first calls of a program would hardly come to by themselves.
        if (number % 25 === 0) {
          const { body: page } = await suite.api(
            'release',
            'GET',
            `/v1/components/${component}/approvals?limit=20`,
            undefined,
            mine,
          );
          learn(page, seen);
        }
        if (number % 50 === 49) expect(await effects(), `seed ${SEED}\n${done.join('\n')}`).toEqual([]);
      }
      // What goes on by itself has had its turn.
      await sleep(3_000);
      expect(await effects(), `seed ${SEED}\n${done.join('\n')}`).toEqual([]);
      // It was no idle run: code was sent, changes were asked for.
      const { counts } = await suite.control.get<{ counts: Record<string, number> }>('/calls/counts');
      expect(counts['/wxa/commit'], `seed ${SEED} ${JSON.stringify([...statuses])}`).toBeGreaterThan(0);
      expect(seen.get('approval_id')?.length, `seed ${SEED}`).toBeGreaterThan(0);
    },
    600_000,
  );

  it('and somebody else’s word is all that lacked', async () => {
    await suite.control.delete('/calls');
    const at = `/v1/components/${component}/authorizers/${merchants[0]}/base-library`;
    const asked = await suite.api<{ approval_id: string }>('release', 'PUT', at, { version: '3.0.0' }, token('mallory', 'maker'));
    expect(asked.status).toBe(202);
    const decide = { decision: 'approve' };
    const approval = `/v1/approvals/${asked.body.approval_id}`;
    const agreed = await suite.api('release', 'POST', approval, decide, token('nora', 'everything', 'nora'));
    expect(agreed, JSON.stringify(agreed.body)).toMatchObject({ status: 200, body: { state: 'done' } });
    expect(await effects()).toHaveLength(1);
  });
});

describe('an outsider', () => {
  const at = (path: string, merchant = merchants[0]!) => `/v1/components/${component}/authorizers/${merchant}${path}`;
  const whole = (path: string) => `/v1/components/${component}${path}`;
  type Try = readonly [app: 'ingestion' | 'broker' | 'release', method: string, path: string, body?: unknown];

  /** None of it works, tells a secret, or reaches WeChat. */
  async function inVain(tries: readonly Try[], by: string, statuses: readonly number[]): Promise<void> {
    await suite.control.delete('/calls');
    const wrong: string[] = [];
    for (const [app, method, path, body] of tries) {
      const answer = await suite.api(app, method, path, body, by);
      const said = JSON.stringify(answer.body);
      if (!statuses.includes(answer.status) || /"(access_token|refresh_token|ticket|key)":/.test(said))
        wrong.push(`${answer.status} ${app} ${method} ${path} ${said.slice(0, 200)}`);
    }
    expect(wrong).toEqual([]);
    expect(await effects()).toEqual([]);
  }

  const SECRETS: Try[] = [
    ['broker', 'GET', '/token'],
    ['broker', 'POST', '/token/refresh'],
    ['broker', 'GET', '/ticket'],
    ['broker', 'GET', '/operations/templates'],
    ['broker', 'POST', '/operations/templates', { draft_id: 1 }],
  ].map(([app, method, path, body]) => [app, method, whole(path as string), body] as Try);

  it('with a stolen key of a service that sends messages for one merchant gets nothing else', async () => {
    const scopes = ['proxy'];
    const { body } = await suite.api<{ key: string }>('broker', 'POST', '/v1/clients', {
      name: 'messages',
      scopes,
      authorizers: [merchants[0]],
    });
    const proxied = (path: string, merchant?: string): Try => ['broker', 'POST', at(`/wechat${path}`, merchant), {}];
    const tries: Try[] = [
      ...SECRETS,
      ['broker', 'GET', at('/token')],
      ['broker', 'GET', at('/jsapi-ticket')],
      ...PROTECTED_PATHS.map(([path]) => proxied(path)),
      ...['/cgi-bin/component/api_get_authorizer_list', '/cgi-bin/stable_token', '/cgi-bin/clear_quota'].map((path) =>
        proxied(path),
      ),
      proxied('/cgi-bin/message/custom/send', merchants[1]),
      proxied('/cgi-bin/message/custom/../../../wxa/release'),
      ['broker', 'POST', whole('/wechat/cgi-bin/component/api_get_authorizer_list'), {}],
      ['broker', 'GET', '/v1/clients'],
      ['broker', 'POST', '/v1/clients', { name: 'x', scopes }],
      ['broker', 'GET', '/v1/audit-log'],
      ['release', 'GET', whole('/releases')],
      [
        'release',
        'POST',
        whole('/releases'),
        { authorizer_appid: merchants[0], template_id: template, user_version: '1', user_desc: 'x' },
      ],
      ['release', 'GET', whole('/approvals')],
      ['ingestion', 'GET', '/v1/events'],
      ['ingestion', 'GET', '/v1/subscriptions'],
    ];
    await inVain(tries, body.key, [403, 404, 410]);
  });

  it('with an administrator’s key, where administrators manage, reads no secret and makes himself nothing greater', async () => {
    const mine = await key('manager', ['admin']);
    const { body } = await suite.api<{ items: { client_id: string; name: string }[] }>(
      'broker',
      'GET',
      '/v1/clients?limit=1000',
      undefined,
      mine,
    );
    const idOf = (name: string) => body.items.find((client) => client.name === name)!.client_id;
    const tries: Try[] = [
      ...SECRETS.filter(([, , path]) => !path.endsWith('/token/refresh')),
      ['broker', 'GET', at('/token')],
      ['broker', 'POST', at('/wechat/cgi-bin/message/custom/send'), {}],
      ...['component-operations', 'authorizer-token', 'releases:write', 'proxy', 'events:read'].map(
        (scope): Try => ['broker', 'POST', '/v1/clients', { name: 'x', scopes: [scope] }],
      ),
      ['broker', 'PATCH', `/v1/clients/${idOf('manager')}`, { scopes: ['admin', 'releases:write'] }],
      ['broker', 'POST', `/v1/clients/${idOf('release app')}/rotate`, {}],
      ['broker', 'PATCH', `/v1/clients/${idOf('release app')}`, { expires_at: '2099-01-01T00:00:00Z' }],
      [
        'release',
        'POST',
        whole('/releases'),
        { authorizer_appid: merchants[0], template_id: template, user_version: '1', user_desc: 'x' },
      ],
      ['release', 'PUT', at('/base-library'), { version: '3.0.0' }],
      ['release', 'POST', whole('/templates'), { draft_id: 1 }],
    ];
    await inVain(tries, mine, [403]);
  });

  it('with a token that is for somebody else, or nobody’s, is nobody in all apps', async () => {
    const claims = { sub: 'mallory', staff: 'mallory', groups: ['everything'] };
    const stranger = new Issuer(people.issuer);
    stranger.addKey('k1');
    const [header, payload] = people.token(claims).split('.');
    const tokens = [
      people.token({ ...claims, aud: 'another' }),
      people.token({ ...claims, aud: ['wxplane', 'another'] }),
      people.token({ ...claims, exp: Math.floor(Date.now() / 1_000) - 3_600, iat: Math.floor(Date.now() / 1_000) - 7_200 }),
      stranger.token(claims),
      `${header}.${payload}.`,
      `${Buffer.from('{"alg":"none","kid":"k1"}').toString('base64url')}.${payload}.`,
    ];
    const tries: Try[] = [
      ['broker', 'GET', '/v1/components'],
      ['broker', 'GET', at('/token')],
      ['release', 'GET', whole('/releases')],
      ['release', 'PUT', at('/base-library'), { version: '3.0.0' }],
    ];
    for (const one of tokens) await inVain(tries, one, [401]);
  });

  it('with what somebody agreed to once gets nothing a second time, and nothing else for it', async () => {
    const ask = async (version: string) => {
      const asked = await suite.api<{ approval_id: string; digest: string }>(
        'release',
        'PUT',
        at('/base-library'),
        { version },
        token('mallory', 'maker'),
      );
      expect(asked.status).toBe(202);
      return asked.body;
    };
    const [one, other] = [await ask('3.0.0'), await ask('3.1.0')];
    const decide = (id: string, digest: string) =>
      suite.api('release', 'POST', `/v1/approvals/${id}`, { decision: 'approve', digest }, token('nora', 'everything', 'nora'));
    expect((await decide(one.approval_id, one.digest)).status).toBe(200);
    await suite.control.delete('/calls');
    const again = [await decide(one.approval_id, one.digest), await decide(other.approval_id, one.digest)];
    expect(again.map(({ status }) => status)).toEqual([409, 409]);
    expect(await effects()).toEqual([]);
  });
});
