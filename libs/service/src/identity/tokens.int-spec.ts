import { createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { Controller, Get, Module } from '@nestjs/common';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CallerEntity } from '#persistence';
import { createTestDatabase, type TestDatabase } from '../../../persistence/testing/database.js';
import { createTestRedis, type TestRedis } from '../../../queues/testing/redis.js';
import { base64url, Issuer } from '../../testing/issuer.js';
import { type Caller, ClientStore, CurrentClient, Needs, type RunningService, runService, ServiceConfig } from '../index.js';

const [A, B] = ['wx00000000000000aa', 'wx00000000000000bb'];
const [M1, M2, TAGGED] = ['wx0000000000000001', 'wx0000000000000002', 'wx0000000000000003'];
/** Has the tag in another component than the binding's. */
const ELSEWHERE = 'wx0000000000000004';

@Controller('v1')
class ThingController {
  @Get('whoami') @Needs('components.read') whoami(@CurrentClient() { clientId, actor }: Caller) {
    return { clientId, actor };
  }
  @Get('components/:component_appid/releases') @Needs('releases.read') read() {
    return {};
  }
  @Get('components/:component_appid/authorizers/:authorizer_appid/publish') @Needs('releases.publish') publish() {
    return {};
  }
  @Get('components/:component_appid/authorizers/:authorizer_appid/token') @Needs('tokens.reveal') token() {
    return {};
  }
  @Get('clients') @Needs('clients.write') clients() {
    return {};
  }
}

@Module({ controllers: [ThingController] })
class ThingModule {}

const definition = { app: 'things', title: 'Things', description: '', config: ServiceConfig, imports: () => [ThingModule] };

let database: TestDatabase;
let redis: TestRedis;
let service: RunningService;
let env: Record<string, string>;
const people = new Issuer('https://people.example');
const cluster = new Issuer('https://kubernetes.default.svc');
const away = new Issuer('https://away.example');

beforeAll(async () => {
  for (const issuer of [people, cluster, away]) {
    issuer.addKey('k1');
    await issuer.start();
  }
  people.addKey('enc', { use: 'enc' });
  people.addKey('short', {}, 1024);
  people.addKey('other-alg', { alg: 'PS256' });
  await away.stop();
  [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  await database.dataSource.query(
    `INSERT INTO f_wechat_miniprogram (component_appid, authorizer_appid, tags) VALUES (?, ?, '["north"]'), (?, ?, '["north"]')`,
    [B, TAGGED, A, ELSEWHERE],
  );
  env = {
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: '0',
    MANAGEMENT_HOST: '127.0.0.1',
    MANAGEMENT_PORT: '0',
    LOG_LEVEL: 'fatal',
    DATABASE_START_TIMEOUT_S: '0',
    TRUST_PROXY: '1',
    WXPLANE_COMPONENTS: JSON.stringify({
      components: [A, B].map((component_appid) => ({
        component_appid,
        component_appsecret: randomBytes(16).toString('hex'),
        push_tokens: ['Abc123def'],
        encoding_aes_keys: [randomBytes(40).toString('base64').replace(/[+/=]/g, 'a').slice(0, 43)],
      })),
    }),
    WXPLANE_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    WXPLANE_IDENTITY: JSON.stringify(identity()),
  };
  service = await runService(definition, env);
});

afterAll(async () => {
  await service?.stop('end of test');
  await Promise.all([database?.drop(), redis?.stop(), people.stop(), cluster.stop()]);
});

const identity = () => ({
  issuers: [
    {
      name: 'people',
      issuer: people.issuer,
      kind: 'oidc',
      jwks_uri: people.jwksUri,
      audiences: ['wxplane', 'wxplane-cli'],
      algorithms: ['RS256'],
      person_id: 'staff',
      display_name: 'email',
      require: { email_verified: 'true', email: '*@corp.example' },
    },
    {
      name: 'cluster',
      issuer: cluster.issuer,
      kind: 'kubernetes',
      jwks_uri: cluster.jwksUri,
      audiences: ['wxplane:test'],
      algorithms: ['RS256'],
      max_life_s: 600,
    },
    { name: 'away', issuer: away.issuer, kind: 'ci', jwks_uri: away.jwksUri, audiences: ['wxplane'], algorithms: ['RS256'] },
  ],
  roles: { publisher: ['releases.read', 'releases.publish'] },
  bindings: [
    { who: { issuer: 'people', subjects: ['*'] }, roles: ['authorizers:read'] },
    { who: { issuer: 'people', subjects: ['reader-a'] }, roles: ['releases:read'], boundary: { components: [A] } },
    { who: { issuer: 'people', groups: ['publishers'] }, roles: ['publisher'], condition: { mfa: true } },
    // Reads in both, publishes in A for one merchant and in B for those with the tag and another one.
    { who: { issuer: 'people', subjects: ['mixed'] }, roles: ['releases:read'] },
    {
      who: { issuer: 'people', subjects: ['mixed'] },
      roles: ['publisher'],
      boundary: { components: [A], merchants: [M1] },
    },
    {
      who: { issuer: 'people', subjects: ['mixed'] },
      roles: ['publisher'],
      boundary: { components: [B], merchants: [M2], tags: ['north'] },
    },
    { who: { issuer: 'people', subjects: ['boss'] }, roles: ['admin'] },
    { who: { issuer: 'people', subjects: ['former'] }, roles: ['admin'], condition: { until: '2020-01-01T00:00:00Z' } },
    { who: { issuer: 'people', subjects: ['office'] }, roles: ['admin'], condition: { networks: ['10.0.0.0/8'] } },
    { who: { issuer: 'cluster', subjects: ['system:serviceaccount:shop:*'] }, roles: ['authorizer-token'] },
  ],
});

const whole = { email: 'alice@corp.example', email_verified: true, staff: '4711' };
const person = (sub: string, more: Record<string, unknown> = {}) => people.token({ sub, ...whole, ...more });
const pod = (namespace: string, more: Record<string, unknown> = {}) =>
  cluster.token({ sub: `system:serviceaccount:${namespace}:default`, aud: ['wxplane:test'], ...more });

async function call(path: string, token: string, headers: Record<string, string> = {}) {
  const response = await request(`http://127.0.0.1:${service.httpPort}/v1/${path}`, {
    headers: { authorization: `Bearer ${token}`, ...headers },
  });
  return { status: response.statusCode, json: (await response.body.json()) as Record<string, unknown> };
}

describe('a token of a trusted issuer', () => {
  it('says who it is: the same caller for every token of one subject', async () => {
    const first = await call('whoami', person('alice'));
    const second = await call('whoami', person('alice', { aud: 'wxplane-cli' }));
    expect(first.json).toMatchObject({
      clientId: expect.stringMatching(/^jwt_[0-9a-f]{28}$/),
      actor: { kind: 'person', issuer: people.issuer, subject: 'alice', name: 'alice@corp.example', personId: '4711' },
    });
    expect(second.json).toEqual(first.json);
    expect((await call('whoami', person('bob'))).json).not.toMatchObject({ clientId: first.json['clientId'] });
  });

  it('is remembered like a key: the second time nothing is waited for', async () => {
    const token = person('alice', { jti: 'remembered' });
    const clients = service.app.get(ClientStore);
    expect(clients.recall(`Bearer ${token}`)).toBeUndefined();
    await call('whoami', token);
    expect(clients.recall(`Bearer ${token}`)).toMatchObject({ actor: { subject: 'alice' } });
    expect(clients.recall(`Bearer ${token}x`)).toBeUndefined();
  });

  it('leaves in which hour its caller was here, and what it may do now is known from that', async () => {
    const { json } = await call('whoami', person('boss'));
    const clients = service.app.get(ClientStore);
    await expect
      .poll(() => database.dataSource.getRepository(CallerEntity).findOneBy({ callerId: json['clientId'] as string }))
      .toMatchObject({ kind: 'person', subject: 'boss', personId: '4711' });
    expect((await clients.presentRights(json['clientId'] as string))?.permissions.has('clients.write')).toBe(true);
    expect(await clients.presentRights('jwt_0000000000000000000000000000')).toBeUndefined();
  });
});

/** Who, what, on what: whether it is allowed. */
const publish = (component: string, merchant: string) => `components/${component}/authorizers/${merchant}/publish`;
const reveal = (component: string, merchant: string) => `components/${component}/authorizers/${merchant}/token`;
const DECISIONS: readonly (readonly [who: string, token: () => string, path: string, allowed: boolean])[] = [
  ['somebody without a role for it', () => person('alice'), `components/${A}/releases`, false],
  ['a reader of A in A', () => person('reader-a'), `components/${A}/releases`, true],
  ['a reader of A in B', () => person('reader-a'), `components/${B}/releases`, false],
  ['a reader who wants to publish', () => person('reader-a'), publish(A, M1), false],
  [
    'a publisher by group with a second factor',
    () => person('p', { groups: ['publishers'], amr: ['pwd', 'mfa'] }),
    publish(A, M1),
    true,
  ],
  ['a publisher without a second factor', () => person('p', { groups: ['publishers'], amr: ['pwd'] }), publish(A, M1), false],
  ['somebody whose group is alike', () => person('p', { groups: ['publishers2'], amr: ['mfa'] }), publish(A, M1), false],
  ['groups that are a text', () => person('p', { groups: 'publishers', amr: ['mfa'] }), publish(A, M1), false],
  ['several bindings: reads everywhere', () => person('mixed'), `components/${B}/releases`, true],
  ['several bindings: publishes its merchant in A', () => person('mixed'), publish(A, M1), true],
  ['several bindings: not the merchant of B in A', () => person('mixed'), publish(A, M2), false],
  ['several bindings: not the merchant of A in B', () => person('mixed'), publish(B, M1), false],
  ['several bindings: the merchant of B in B', () => person('mixed'), publish(B, M2), true],
  ['several bindings: what has the tag', () => person('mixed'), publish(B, TAGGED), true],
  ['several bindings: not what has the tag in another component', () => person('mixed'), publish(B, ELSEWHERE), false],
  ['the administrator manages', () => person('boss'), 'clients', true],
  ['the administrator does not publish', () => person('boss'), publish(A, M1), false],
  ['the administrator reads no tokens', () => person('boss'), reveal(A, M1), false],
  ['a binding that is over', () => person('former'), 'clients', false],
  ['from elsewhere than the office', () => person('office'), 'clients', false],
  ['a pod of the namespace', () => pod('shop'), reveal(A, M1), true],
  ['a pod of another namespace', () => pod('other'), reveal(A, M1), false],
  ['a pod whose name only begins alike', () => pod('shop2'), reveal(A, M1), false],
  ['a pod has no second role', () => pod('shop'), 'clients', false],
];

describe('what bindings allow', () => {
  it.each(DECISIONS)('%s', async (_, token, path, allowed) => {
    const answer = await call(path, token());
    expect(answer).toMatchObject(allowed ? { status: 200 } : { status: 403, json: { type: 'urn:wxplane:problem:forbidden' } });
  });

  it('by tag: for what is decided at this very moment, as it is at this moment', async () => {
    const tag = (tags: string) =>
      database.dataSource.query('UPDATE f_wechat_miniprogram SET tags = ? WHERE component_appid = ? AND authorizer_appid = ?', [
        tags,
        B,
        TAGGED,
      ]);
    const { json } = await call('whoami', person('mixed'));
    const clients = service.app.get(ClientStore);
    const may = async () =>
      (await clients.presentlyMay(json['clientId'] as string, 'releases.publish', B))?.authorizers?.has(TAGGED);
    expect(await may()).toBe(true);
    await tag('["south"]');
    try {
      expect(await may()).toBe(false);
    } finally {
      await tag('["north"]');
    }
  });

  it('by network: of each request, also when the same token comes from two', async () => {
    const token = person('office');
    expect((await call('clients', token, { 'x-forwarded-for': '10.1.2.3' })).status).toBe(200);
    expect((await call('clients', token, { 'x-forwarded-for': '192.0.2.1' })).status).toBe(403);
    expect((await call('clients', token, { 'x-forwarded-for': '10.1.2.3' })).status).toBe(200);
  });
});

const now = () => Math.floor(Date.now() / 1_000);
const good = () => ({ ...people.claims({ sub: 'alice', ...whole }) });
const header = (more: Record<string, unknown> = {}) => base64url({ alg: 'RS256', kid: 'k1', typ: 'JWT', ...more });
const signed = (more: Record<string, unknown>, claims: Record<string, unknown> = {}) =>
  people.signed(header(more), base64url({ ...good(), ...claims }));
const without = (claim: string) => {
  const { [claim]: _, ...rest } = good();
  return people.signed(header(), base64url(rest));
};
const raw = (payload: string) => people.signed(header(), base64url(payload));
const hmac = (alg: string, secret: string | Buffer) => {
  const text = `${header({ alg })}.${base64url(good())}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
};
const swapped = (claims: Record<string, unknown>) => {
  const [head, , signature] = person('alice').split('.');
  return `${head}.${base64url({ ...good(), ...claims })}.${signature}`;
};
const foreign = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const byForeign = (more: (jwk: object) => Record<string, unknown>) => {
  const { privateKey, publicKey } = foreign();
  const text = `${header(more(publicKey.export({ format: 'jwk' })))}.${base64url(good())}`;
  return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
};

const BAD: readonly (readonly [what: string, token: () => string])[] = [
  // How it is signed.
  ['no signature: alg none', () => `${header({ alg: 'none' })}.${base64url(good())}.`],
  ['no signature, but a third part: alg none', () => `${header({ alg: 'none' })}.${base64url(good())}.AA`],
  ['alg NONE in capitals', () => `${header({ alg: 'NONE' })}.${base64url(good())}.AA`],
  ['no alg', () => people.signed(base64url({ kid: 'k1', typ: 'JWT' }), base64url(good()))],
  ['an alg that is no text', () => signed({ alg: ['RS256'] })],
  ['HS256 with the public key as the secret', () => hmac('HS256', JSON.stringify(people.jwks.keys[0]))],
  ['HS256 with the modulus as the secret', () => hmac('HS256', String(people.jwks.keys[0]!['n']))],
  ['HS256 with an empty secret', () => hmac('HS256', '')],
  ['another alg than the issuer may use', () => signed({ alg: 'PS256' })],
  ['an alg in small letters', () => signed({ alg: 'rs256' })],
  ['the signature of another text', () => swapped({ sub: 'boss' })],
  ['a signature cut short', () => person('alice').slice(0, -8)],
  ['a signature made longer', () => `${person('alice')}AAAA`],
  ['an empty signature', () => `${person('alice').split('.').slice(0, 2).join('.')}.`],
  ['a key that the issuer does not have', () => byForeign(() => ({}))],
  ['a key that the header brings along', () => byForeign((jwk) => ({ jwk }))],
  ['a key that the header brings along, under a new name', () => byForeign((jwk) => ({ jwk, kid: 'own' }))],
  ['a set of keys that the header names', () => byForeign(() => ({ jku: `${people.jwksUri}/mine`, kid: 'own' }))],
  ['a certificate that the header names', () => byForeign(() => ({ x5u: people.jwksUri, kid: 'own' }))],
  ['a certificate that the header brings along', () => byForeign(() => ({ x5c: ['AAAA'] }))],
  ['no kid', () => people.signed(base64url({ alg: 'RS256', typ: 'JWT' }), base64url(good()))],
  ['an empty kid', () => signed({ kid: '' })],
  ['a kid that is a number', () => signed({ kid: 1 })],
  ['a kid that leads out of a folder', () => signed({ kid: '../../dev/null' })],
  ['a kid that is an SQL statement', () => signed({ kid: "k1' OR '1'='1" })],
  ['a kid of another issuer’s key', () => cluster.signed(header(), base64url(good()))],
  ['a key for encryption', () => people.token({ ...good() }, {}, 'enc')],
  ['a key of 1024 bits', () => people.token({ ...good() }, {}, 'short')],
  ['a key that is for another alg', () => people.token({ ...good() }, {}, 'other-alg')],
  ['crit', () => signed({ crit: ['exp'] })],
  ['crit that is empty', () => signed({ crit: [] })],
  ['a payload that is not encoded: b64=false', () => signed({ b64: false, crit: ['b64'] })],
  ['b64=false without crit', () => signed({ b64: false })],
  ['the notice of a logout', () => signed({ typ: 'logout+jwt' })],
  ['a DPoP proof', () => signed({ typ: 'dpop+jwt' })],
  // Its form.
  ['a JWE', () => `${header({ alg: 'RSA-OAEP', enc: 'A256GCM' })}.AAAA.AAAA.AAAA.AAAA`],
  [
    'a JWE with a right token within',
    () => `${header({ cty: 'JWT', enc: 'A256GCM' })}.AAAA.AAAA.${base64url(person('alice'))}.AAAA`,
  ],
  ['a token within a token', () => raw(JSON.stringify(person('alice')))],
  ['two parts', () => person('alice').split('.').slice(0, 2).join('.')],
  ['four parts', () => `${person('alice')}.AAAA`],
  ['dots alone', () => '..'],
  ['base64 with a filling', () => person('alice').replace('.', '=.')],
  ['a header that is no JSON', () => people.signed(base64url('{alg:RS256}'), base64url(good()))],
  ['a header that is a list', () => people.signed(base64url('[]'), base64url(good()))],
  ['a payload that is a list', () => raw('[]')],
  ['a payload that is null', () => raw('null')],
  ['bytes that are no UTF-8', () => people.signed(header(), Buffer.from([0x7b, 0xff, 0x7d]).toString('base64url'))],
  ['two subjects', () => raw(JSON.stringify(good()).replace('{', '{"sub":"boss",'))],
  ['two audiences, one of which is written otherwise', () => raw(JSON.stringify(good()).replace('{', '{"\\u0061ud":"wxplane",'))],
  ['two alg', () => people.signed(base64url('{"alg":"none","alg":"RS256","kid":"k1"}'), base64url(good()))],
  ['longer than any', () => signed({}, { filling: 'x'.repeat(9_000) })],
  // What it says.
  ['another issuer', () => signed({}, { iss: 'https://evil.example' })],
  ['an issuer with a slash more', () => signed({}, { iss: `${people.issuer}/` })],
  ['an issuer in capitals', () => signed({}, { iss: people.issuer.toUpperCase() })],
  ['a list of issuers', () => signed({}, { iss: [people.issuer] })],
  ['the name of what every object has as its issuer', () => signed({}, { iss: '__proto__' })],
  ['no issuer', () => without('iss')],
  ['another audience', () => signed({}, { aud: 'another-app' })],
  ['the audience of another issuer', () => signed({}, { aud: 'wxplane:test' })],
  ['an audience that begins alike', () => signed({}, { aud: 'wxplane2' })],
  ['a list of audiences', () => signed({}, { aud: ['wxplane', 'another-app'] })],
  ['an audience twice', () => signed({}, { aud: ['wxplane', 'wxplane'] })],
  ['an empty list of audiences', () => signed({}, { aud: [] })],
  ['an audience that is an object', () => signed({}, { aud: { wxplane: true } })],
  ['no audience', () => without('aud')],
  ['expired', () => signed({}, { iat: now() - 700, exp: now() - 100 })],
  ['no exp', () => without('exp')],
  ['an exp that is a text', () => signed({}, { exp: String(now() + 600) })],
  ['an exp that is null', () => signed({}, { exp: null })],
  ['an exp beyond all bounds', () => raw(JSON.stringify(good()).replace(/"exp":\d+/, '"exp":1e308'))],
  ['a negative exp', () => signed({}, { exp: -1 })],
  ['no iat', () => without('iat')],
  ['an iat in the future', () => signed({}, { iat: now() + 300, exp: now() + 900 })],
  ['an iat that is a text', () => signed({}, { iat: 'now' })],
  ['an exp before its iat', () => signed({}, { iat: now() + 30, exp: now() + 10 })],
  ['a life that is too long', () => signed({}, { exp: now() + 7_200 })],
  ['not yet valid', () => signed({}, { nbf: now() + 300 })],
  ['an nbf that is a text', () => signed({}, { nbf: 'soon' })],
  ['no subject', () => without('sub')],
  ['an empty subject', () => signed({}, { sub: '' })],
  ['a subject that is an object', () => signed({}, { sub: { name: 'boss' } })],
  ['a subject with a line break', () => signed({}, { sub: 'alice\nboss' })],
  ['a subject that is too long', () => signed({}, { sub: 'a'.repeat(256) })],
  ['no number of the staff', () => without('staff')],
  ['an address that is not verified', () => signed({}, { email_verified: false })],
  ['an address of elsewhere', () => signed({}, { email: 'alice@corp.example.evil.example' })],
  ['no address', () => without('email')],
];

describe('a token that is not right', () => {
  it.each(BAD)('%s: 401', async (_, token) => {
    const { status, json } = await call('whoami', token());
    expect([status, json['type']]).toEqual([401, 'urn:wxplane:problem:unauthenticated']);
  });

  it('while the same but right one is let in, so that each is refused for what is wrong with it', async () => {
    expect((await call('whoami', signed({}))).status).toBe(200);
    expect((await call('whoami', signed({}, { iat: now() + 30, nbf: now() + 30, exp: now() + 600 }))).status).toBe(200);
    // What the header brings along counts for nothing, and does no harm.
    expect((await call('whoami', signed({ jku: 'https://evil.example', jwk: { kty: 'RSA' } }))).status).toBe(200);
  });

  it('a thousand unknown keys: the issuer is asked once', async () => {
    const before = people.asked;
    const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => call('whoami', signed({ kid: `storm-${n}` }))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    expect(people.asked - before).toBeLessThanOrEqual(1);
  });

  it('of an issuer that is away: the app started all the same, and says that it is', async () => {
    const { status, json } = await call('whoami', away.token());
    expect([status, json['type']]).toEqual([503, 'urn:wxplane:problem:unavailable']);
  });
});

describe('the file', () => {
  type Identity = ReturnType<typeof identity>;
  const changed = (change: (file: Identity) => unknown) => {
    const file = structuredClone(identity());
    change(file);
    return runService(definition, { ...env, WXPLANE_IDENTITY: JSON.stringify(file) });
  };
  // biome-ignore lint/suspicious/noExplicitAny: the file is made wrong in every way
  it.each<[string, (file: any) => unknown, string]>([
    ['a word that nobody knows', (file) => Object.assign(file, { isuers: [] }), 'isuers'],
    [
      'an algorithm that the checker could sign with',
      (file) => (file.issuers[0].algorithms = ['HS256']),
      'issuers[0].algorithms: must be some of RS256',
    ],
    ['no audience', (file) => (file.issuers[0].audiences = []), 'issuers[0].audiences'],
    [
      'keys by plain http',
      (file) => (file.issuers[0].jwks_uri = 'http://issuer.example/jwks'),
      'issuers[0].jwks_uri: must be https',
    ],
    ['no keys', (file) => delete file.issuers[0].jwks_uri, 'issuers[0]: needs jwks_uri or jwks_file'],
    [
      'a file of keys that is not there',
      (file) => {
        file.issuers[0].jwks_file = '/nowhere';
        delete file.issuers[0].jwks_uri;
      },
      'jwks_file of the issuer people cannot be read (ENOENT)',
    ],
    [
      'a role that is not there',
      (file) => (file.bindings[0].roles = ['publishr']),
      'bindings[0].roles: there is no role "publishr"',
    ],
    [
      'a permission that is not there',
      (file) => (file.roles.publisher = ['releases.publsh']),
      'roles.publisher: there is no permission "releases.publsh"',
    ],
    ['a role that is built in', (file) => (file.roles.admin = ['releases.publish']), 'roles.admin: is a built-in role'],
    ['a binding of nobody', (file) => (file.bindings[0].who = { issuer: 'people' }), 'bindings[0].who: needs subjects or groups'],
    ['a binding of an unknown issuer', (file) => (file.bindings[0].who.issuer = 'persons'), 'there is no issuer named "persons"'],
    [
      'a network that is none',
      (file) => (file.bindings[0].condition = { networks: ['office'] }),
      'bindings[0].condition.networks',
    ],
    [
      'a component that is none',
      (file) => (file.bindings[1].boundary.components = ['shop']),
      'bindings[1].boundary.components: must be appids',
    ],
    ['a life without end', (file) => (file.issuers[0].max_life_s = 1e9), 'issuers[0].max_life_s'],
    [
      'one issuer twice',
      (file) => file.issuers.push({ ...file.issuers[0], name: 'again' }),
      'issuers[3]: the same issuer or name stands twice',
    ],
  ])('with %s stops the start and says so', async (_, change, message) => {
    await expect(changed(change)).rejects.toThrow(message);
  });
});
