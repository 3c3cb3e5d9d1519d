import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { request } from 'undici';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ConsoleKey, callerId, consoleKeyOf, makeLink, type RunningService, runService } from '#service';
import { createTestDatabase, type TestDatabase } from '../../../libs/persistence/testing/database.js';
import { createTestRedis, type TestRedis } from '../../../libs/queues/testing/redis.js';
import { type NextSignIn, OidcIssuer } from '../testing/oidc-issuer.js';
import { Upstream } from '../testing/upstream.js';
import { consoleDefinition } from './console.definition.js';

const ORIGIN = 'https://console.example.com';
const SAME = { origin: ORIGIN, 'sec-fetch-site': 'same-origin' };
const pem = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
const key: ConsoleKey = consoleKeyOf(pem);

const folder = mkdtempSync(join(tmpdir(), 'wxplane-console-'));
const issuer = new OidcIssuer();
const upstream = new Upstream();
let database: TestDatabase;
let redis: TestRedis;
/** Two replicas, that know nothing of each other. */
let services: RunningService[];

beforeAll(async () => {
  await Promise.all([issuer.start(), upstream.start()]);
  [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  const jwks = join(folder, 'jwks.json');
  writeFileSync(jwks, JSON.stringify({ keys: [{ ...key.jwk, use: 'sig' }] }));
  const env = {
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: '0',
    MANAGEMENT_HOST: '127.0.0.1',
    MANAGEMENT_PORT: '0',
    LOG_LEVEL: 'fatal',
    TRUST_PROXY: '1',
    CONSOLE_URL: ORIGIN,
    CONSOLE_SIGNING_KEY: pem,
    BROKER_URL: upstream.url,
    INGESTION_URL: upstream.url,
    RELEASE_URL: upstream.url,
    CONSOLE_OIDC_ISSUER: issuer.url,
    CONSOLE_OIDC_CLIENT_ID: 'wxplane-console',
    WXPLANE_IDENTITY: JSON.stringify({
      issuers: [
        {
          name: 'console',
          issuer: ORIGIN,
          kind: 'oidc',
          jwks_file: jwks,
          audiences: ['wxplane'],
          algorithms: ['EdDSA'],
          max_life_s: 60,
          person_id: 'person',
          display_name: 'name',
        },
      ],
      bindings: [{ who: { issuer: 'console', groups: ['operators'] }, roles: ['admin'] }],
    }),
  };
  services = [await runService(consoleDefinition, env), await runService(consoleDefinition, env)];
});
afterAll(async () => {
  for (const service of services ?? []) await service.stop('test');
  await Promise.all([issuer.stop(), upstream.stop(), database?.drop(), redis?.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

let address = 0;
let ip: string;
beforeEach(() => {
  // Each test comes from a network of its own: nobody waits for the sign-ins of another.
  address += 1;
  ip = `203.0.${address}.7`;
});

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

async function ask(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: unknown,
  replica = 0,
): Promise<Answer> {
  const answer = await request(`http://127.0.0.1:${services[replica]!.httpPort}${path}`, {
    method: method as 'GET',
    headers: {
      'x-forwarded-for': ip,
      ...headers,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
}

const cookiesOf = ({ headers }: Answer): string[] => [headers['set-cookie'] ?? []].flat();
/** As a browser sends it back. */
const cookieOf = (answer: Answer, name: string): string | undefined =>
  cookiesOf(answer)
    .find((one) => one.startsWith(`__Host-${name}=`) && !/Max-Age=0/.test(one))
    ?.split(';')[0];

/** Goes to the issuer and comes back. @returns the answer to coming back, and the cookie of the session, if there is one */
async function signIn(
  next: NextSignIn = {},
  change: (query: URLSearchParams) => void = () => {},
  path = '/auth/start',
  cookie = '',
) {
  const start = await ask('GET', path, cookie ? { cookie } : {});
  const state = cookieOf(start, 'wxplane-sign-in') ?? '';
  if (start.status !== 303 || !state) return { answer: start, session: undefined };
  const query = issuer.authorize(String(start.headers['location']), next);
  change(query);
  const answer = await ask('GET', `/auth/callback?${query}`, { cookie: cookie ? `${state}; ${cookie}` : state }, undefined, 1);
  return { answer, session: cookieOf(answer, 'wxplane'), query, state };
}

const groups = { groups: ['operators'] };
const audited = async (reason: string) => {
  const [{ n }] = await database.dataSource.query(
    `SELECT COUNT(*) AS n FROM f_wechat_accesslog WHERE action = 'console.sign-in' AND outcome = 'refused' AND reason = ? AND ip = ?`,
    [reason, ip],
  );
  return Number(n);
};

describe('sign-in by the issuer', () => {
  it('begins at one replica, ends at the other, and is known to both', async () => {
    const { answer, session } = await signIn({ claims: { sub: 'alice', name: 'Alice 李', ...groups } });
    expect([answer.status, answer.headers['location']]).toEqual([303, '/']);
    const [set] = cookiesOf(answer).filter((one) => one.startsWith('__Host-wxplane='));
    expect(set).toMatch(/^__Host-wxplane=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
    for (const replica of [0, 1]) {
      const me = await ask('GET', '/api/me', { cookie: session! }, undefined, replica);
      expect(me.status, me.text).toBe(200);
      expect(JSON.parse(me.text)).toMatchObject({
        name: 'Alice 李',
        subject: 'oidc:alice',
        person_id: callerId(issuer.url, 'alice'),
        groups: ['operators'],
        permissions: expect.arrayContaining(['rollouts.stop']),
      });
    }
    const [row] = await database.dataSource.query('SELECT * FROM f_wechat_consolesession ORDER BY created_at DESC LIMIT 1');
    expect(JSON.stringify(row)).not.toContain(session!.split('=')[1]);
  });

  it('asks with PKCE, state and nonce, for exactly our address', async () => {
    const start = await ask('GET', '/auth/start?return=%2Frollouts%3Fstate%3Dpaused');
    const { searchParams } = new URL(String(start.headers['location']));
    expect(Object.fromEntries(searchParams)).toMatchObject({
      response_type: 'code',
      client_id: 'wxplane-console',
      redirect_uri: `${ORIGIN}/auth/callback`,
      code_challenge_method: 'S256',
      state: expect.stringMatching(/.{20}/),
      nonce: expect.stringMatching(/.{20}/),
    });
  });

  it.each([
    ['/rollouts?state=paused', '/rollouts?state=paused'],
    ['https://evil.example/', '/'],
    ['//evil.example/', '/'],
    ['/\\evil.example/', '/'],
    ['/api/me', '/'],
    ['/%09/evil.example', '/%09/evil.example'],
    ['/a/../..//evil.example', '/'],
  ])('leads back from %s to %s', async (wanted, where) => {
    const { answer } = await signIn({ claims: groups }, undefined, `/auth/start?return=${encodeURIComponent(wanted)}`);
    expect(answer.headers['location']).toBe(where);
  });

  it.each<[string, NextSignIn, ((query: URLSearchParams) => void) | undefined, string]>([
    ['another state', {}, (query) => query.set('state', 'x'.repeat(43)), 'refused'],
    ['no state', {}, (query) => query.delete('state'), 'refused'],
    ['another nonce', { claims: { nonce: 'other' } }, undefined, 'refused'],
    ['another issuer', { claims: { iss: 'https://evil.example' } }, undefined, 'refused'],
    ['another issuer in the answer', {}, (query) => query.set('iss', 'https://evil.example'), 'refused'],
    ['another audience', { claims: { aud: 'somebody-else' } }, undefined, 'refused'],
    ['a token that is over', { claims: { iat: 1_000, exp: 2_000 } }, undefined, 'refused'],
    ['a code of nobody', {}, (query) => query.set('code', 'none'), 'refused'],
    ['a refusal', {}, (query) => query.delete('code'), 'refused'],
    ['a token endpoint that breaks down', { status: 503 }, undefined, 'issuer-away'],
  ])('signs nobody in after %s, says so, and writes it down', async (_, next, change, fault) => {
    const { answer, session } = await signIn({ ...next, claims: { ...groups, ...next.claims } }, change);
    expect([answer.status, answer.headers['location'], session]).toEqual([303, `/sign-in?fault=${fault}`, undefined]);
    await expect.poll(() => audited(fault)).toBe(1);
  });

  it('takes no key that the issuer does not have, and one that is new', async () => {
    issuer.keys.addKey('k2');
    const kept = issuer.keys.keys.get('k2')!;
    issuer.keys.keys.delete('k2');
    const jwks = issuer.keys.jwks;
    issuer.keys.keys.set('k2', kept);
    Object.defineProperty(issuer.keys, 'jwks', { configurable: true, get: () => jwks });
    expect((await signIn({ claims: groups, kid: 'k2' })).session).toBeUndefined();
    Reflect.deleteProperty(issuer.keys, 'jwks');
    expect((await signIn({ claims: groups, kid: 'k2' })).session).toBeDefined();
  });

  it('redeems an answer once', async () => {
    const { query, state, session } = await signIn({ claims: groups });
    expect(session).toBeDefined();
    const again = await ask('GET', `/auth/callback?${query}`, { cookie: state! });
    expect(again.headers['location']).toBe('/sign-in?fault=refused');
    expect(cookieOf(again, 'wxplane')).toBeUndefined();
  });

  it('does not end in a browser where it was not begun', async () => {
    const start = await ask('GET', '/auth/start');
    const query = issuer.authorize(String(start.headers['location']), { claims: groups });
    const { headers } = await ask('GET', `/auth/callback?${query}`);
    expect(headers['location']).toBe('/sign-in?fault=not-yours');
    const forged = await ask('GET', `/auth/callback?${query}`, { cookie: '__Host-wxplane-sign-in=AAAA' });
    expect(forged.headers['location']).toBe('/sign-in?fault=not-yours');
  });

  it('without groups is a person who may do nothing, and reads which groups came', async () => {
    const { session } = await signIn({ claims: { sub: 'carol' } });
    const me = JSON.parse((await ask('GET', '/api/me', { cookie: session! })).text);
    expect([me.groups, me.permissions]).toEqual([[], []]);
  });

  it('keeps whoever is signed in while the issuer is away, and says that it is', async () => {
    const { session } = await signIn({ claims: groups });
    await issuer.stop();
    // What is known of the issuer holds for a while: it is away when the code is redeemed.
    const start = await ask('GET', '/auth/start');
    if (start.headers['location'] !== '/sign-in?fault=issuer-away') {
      const query = issuer.authorize(String(start.headers['location']));
      const back = await ask('GET', `/auth/callback?${query}`, { cookie: cookieOf(start, 'wxplane-sign-in')! });
      expect(back.headers['location']).toBe('/sign-in?fault=issuer-away');
    }
    expect((await ask('GET', '/auth/start')).headers['location']).toBe('/sign-in?fault=issuer-away');
    expect((await ask('GET', '/api/me', { cookie: session! })).status).toBe(200);
    await issuer.start();
    expect((await signIn({ claims: groups })).session).toBeDefined();
  });

  it('holds up a network that asks too often, and nobody else', async () => {
    let last: Answer | undefined;
    for (let times = 0; times < 31; times += 1) last = await ask('GET', '/auth/start');
    expect(last!.headers['location']).toBe('/sign-in?fault=too-often');
    ip = '198.51.100.9';
    expect((await signIn({ claims: groups })).session).toBeDefined();
  });
});

describe('a one-time link', () => {
  const use = (link: string, headers: Record<string, string> = SAME, replica = 0) =>
    ask('POST', '/api/sign-in/link', headers, { link }, replica);

  it('signs in once, whichever replica is asked', async () => {
    const link = makeLink(key, { name: 'first.admin', groups: ['operators'] }, 60);
    const first = await use(link);
    expect(first.status, first.text).toBe(200);
    expect(JSON.parse((await ask('GET', '/api/me', { cookie: cookieOf(first, 'wxplane')! })).text)).toMatchObject({
      subject: 'local:first.admin',
      local: true,
    });
    const second = await use(link, SAME, 1);
    expect([second.status, JSON.parse(second.text).fault, cookieOf(second, 'wxplane')]).toEqual([403, 'link-used', undefined]);
  });

  it('signs nobody in when it is over, of another key, or was changed', async () => {
    const other = consoleKeyOf(generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
    const who = { name: 'x', groups: ['operators'] };
    const good = makeLink(key, who, 60);
    const changed = `${Buffer.from(JSON.stringify({ name: 'y' })).toString('base64url')}.${good.split('.')[1]}`;
    for (const link of [makeLink(key, who, 60, Date.now() - 61_000), makeLink(other, who, 60), changed, `${good}x`]) {
      const { status, text } = await use(link);
      expect([status, JSON.parse(text).fault]).toEqual([403, 'link-invalid']);
    }
  });

  it('signs nobody in from a page of another site', async () => {
    const link = makeLink(key, { name: 'x', groups: [] }, 60);
    expect((await use(link, { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await use(link)).status).toBe(200);
  });
});

describe('a session', () => {
  const session = async (claims: Record<string, unknown> = {}) => (await signIn({ claims: { ...groups, ...claims } })).session!;
  const me = async (cookie: string) => (await ask('GET', '/api/me', { cookie })).status;

  it('ends by a sign-out, for every replica', async () => {
    const cookie = await session();
    expect((await ask('POST', '/api/sign-out', { ...SAME, cookie }, {}, 1)).status).toBe(204);
    expect(await me(cookie)).toBe(401);
  });

  it('gets a new id at each sign-in, and the former one is over', async () => {
    const former = await session();
    const { session: next } = await signIn({ claims: groups }, undefined, '/auth/start', former);
    expect(next).not.toBe(former);
    expect([await me(former), await me(next!)]).toEqual([401, 200]);
  });

  it('is over after its time, unused or not', async () => {
    const cookie = await session({ sub: 'idle' });
    await database.dataSource.query('UPDATE f_wechat_consolesession SET last_seen_at = last_seen_at - INTERVAL 9 HOUR');
    expect(await me(cookie)).toBe(401);
    await database.dataSource.query('UPDATE f_wechat_consolesession SET last_seen_at = NOW(3)');
  });

  it('cannot be made, lengthened or given to somebody else by whoever writes to the database', async () => {
    const cookie = await session({ sub: 'dave', groups: [] });
    expect(await me(cookie)).toBe(200);
    await database.dataSource.query(
      `UPDATE f_wechat_consolesession SET person = REPLACE(person, '"groups":[]', '"groups":["operators"]') WHERE person LIKE '%"dave"%'`,
    );
    expect(await me(cookie)).toBe(401);
    const long = await session({ sub: 'erin' });
    await database.dataSource.query(
      `UPDATE f_wechat_consolesession SET expires_at = expires_at + INTERVAL 1 DAY WHERE person LIKE '%"erin"%'`,
    );
    expect(await me(long)).toBe(401);
  });

  it('is listed to its person, who ends any of theirs and none of others', async () => {
    const [mine, alsoMine, other] = [
      await session({ sub: 'frank' }),
      await session({ sub: 'frank' }),
      await session({ sub: 'grace' }),
    ];
    const list = async (cookie: string) => JSON.parse((await ask('GET', '/api/sessions', { cookie })).text).items;
    expect(await list(mine)).toHaveLength(2);
    const [theirs] = await list(other);
    expect((await ask('DELETE', `/api/sessions/${theirs.session_id}`, { ...SAME, cookie: mine })).status).toBe(404);
    expect(JSON.parse((await ask('POST', '/api/sessions/end-others', { ...SAME, cookie: mine }, {})).text)).toEqual({ ended: 1 });
    expect([await me(mine), await me(alsoMine), await me(other)]).toEqual([200, 401, 200]);
  });

  it('is none when two cookies have its name', async () => {
    const cookie = await session();
    expect(await me(`${cookie}; ${cookie}`)).toBe(401);
  });
});

describe('what is forwarded', () => {
  let cookie: string;
  beforeAll(async () => {
    ip = '203.1.0.7';
    cookie = (await signIn({ claims: { sub: 'henry', name: 'Henry', ...groups } })).session!;
  });
  beforeEach(() => {
    upstream.asked.length = 0;
    upstream.status = 200;
  });

  it('carries who asks, and neither the cookie nor what else a page sends', async () => {
    const path = '/api/release/v1/components/wx1111111111111111/rollouts?state=paused&limit=5';
    const answer = await ask('GET', path, { cookie, authorization: 'Bearer mine', 'x-evil': '1', 'accept-language': 'zh' });
    expect(answer.status, answer.text).toBe(200);
    const [{ url, headers }] = upstream.asked as [(typeof upstream.asked)[0]];
    expect(url).toBe('/v1/components/wx1111111111111111/rollouts?state=paused&limit=5');
    expect(headers).not.toHaveProperty('cookie');
    expect(headers).not.toHaveProperty('x-evil');
    expect(headers).toMatchObject({ 'x-forwarded-for': ip, 'accept-language': 'zh' });
    const claims = decodeJwt(String(headers.authorization).replace('Bearer ', ''));
    expect(claims).toMatchObject({ iss: ORIGIN, aud: 'wxplane', sub: 'oidc:henry', name: 'Henry', groups: ['operators'] });
    expect(claims.exp! - claims.iat!).toBe(60);
    expect(claims['person']).toBe(callerId(issuer.url, 'henry'));
    // Nor does the page get what was meant for us.
    expect(answer.headers).not.toHaveProperty('x-internal');
    expect(cookiesOf(answer)).toEqual([]);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it.each([
    ['GET', '/api/broker/v1/components/wx1111111111111111/token'],
    ['GET', '/api/broker/v1/clients'],
    ['POST', '/api/broker/v1/clients'],
    ['GET', '/api/release/v1/rollouts/3/../../clients'],
    ['GET', '/api/release/v1/rollouts/3%2f..%2f4'],
    ['GET', '/api/release/docs'],
    ['POST', '/api/release/v1/rollouts/3'],
  ])('is nothing beside the list: %s %s', async (method, path) => {
    const { status } = await ask(method, path, { ...SAME, cookie }, method === 'POST' ? {} : undefined);
    expect([404, 405]).toContain(status);
    expect(upstream.asked).toEqual([]);
  });

  it('is nothing without a session', async () => {
    expect((await ask('GET', '/api/release/v1/rollouts/3')).status).toBe(401);
    expect((await ask('GET', '/api/release/v1/rollouts/3', { cookie: '__Host-wxplane=' })).status).toBe(401);
    expect(upstream.asked).toEqual([]);
  });

  it.each([
    ['another origin', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['another origin of our site', { origin: 'https://other.example.com', 'sec-fetch-site': 'same-site' }],
    ['an origin that is null', { origin: 'null' }],
    ['our origin, as another one claims', { origin: ORIGIN, 'sec-fetch-site': 'cross-site' }],
    ['nowhere', {}],
  ])('changes nothing from %s', async (_, headers) => {
    const { status } = await ask(
      'POST',
      '/api/release/v1/rollouts/3/pause',
      { ...(headers as Record<string, string>), cookie },
      {},
    );
    expect(status).toBe(403);
    expect(upstream.asked).toEqual([]);
  });

  it('is not read by a script of another site', async () => {
    expect((await ask('GET', '/api/me', { cookie, 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  });

  it('takes JSON and no form', async () => {
    const { statusCode, body } = await request(`http://127.0.0.1:${services[0]!.httpPort}/api/release/v1/rollouts/3/pause`, {
      method: 'POST',
      headers: { ...SAME, cookie, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'note=x',
    });
    await body.text();
    expect(statusCode).toBe(415);
    expect(upstream.asked).toEqual([]);
  });

  it('wants a recent sign-in for what cannot be taken back, and the same person', async () => {
    const hourAgo = Math.floor(Date.now() / 1_000) - 3_600;
    const old = (await signIn({ claims: { sub: 'ivan', auth_time: hourAgo, ...groups } })).session!;
    const abort = (who: string) => ask('POST', '/api/release/v1/rollouts/3/abort', { ...SAME, cookie: who }, {});
    const refused = await abort(old);
    expect([refused.status, JSON.parse(refused.text).step_up]).toEqual([403, true]);
    expect((await ask('POST', '/api/release/v1/rollouts/3/pause', { ...SAME, cookie: old }, {})).status).toBe(200);
    const again = '/auth/start?again=1&return=%2Frollouts%2F3';
    const start = new URL(String((await ask('GET', again, { cookie: old })).headers['location']));
    expect([start.searchParams.get('max_age'), start.searchParams.get('prompt')]).toEqual(['0', 'login']);
    // Another person, and an issuer that did not ask again.
    const other = await signIn({ claims: { sub: 'judy', ...groups } }, undefined, again, old);
    expect([other.session, other.answer.headers['location']]).toEqual([undefined, '/sign-in?fault=other-person']);
    const lazy = await signIn({ claims: { sub: 'ivan', auth_time: hourAgo, ...groups } }, undefined, again, old);
    expect([lazy.session, lazy.answer.headers['location']]).toEqual([undefined, '/sign-in?fault=refused']);
    const right = await signIn({ claims: { sub: 'ivan', ...groups } }, undefined, again, old);
    expect(right.answer.headers['location']).toBe('/rollouts/3');
    expect((await abort(right.session!)).status).toBe(200);
  });

  it('passes refusals on, and says so when an app does not know the console or is away', async () => {
    upstream.status = 409;
    expect((await ask('GET', '/api/release/v1/rollouts/3', { cookie })).status).toBe(409);
    upstream.status = 401;
    const unknown = await ask('GET', '/api/release/v1/rollouts/3', { cookie });
    expect([unknown.status, unknown.text]).toEqual([503, expect.stringContaining('identity file')]);
  });

  it('streams, and ends the stream when the session does', async () => {
    const { session } = await signIn({ claims: { sub: 'mallory', ...groups } });
    const { statusCode, headers, body } = await request(
      `http://127.0.0.1:${services[0]!.httpPort}/api/release/v1/rollouts/3/events`,
      { headers: { cookie: session!, 'x-forwarded-for': ip } },
    );
    expect([statusCode, headers['content-type']]).toEqual([200, 'text/event-stream']);
    let text = '';
    const ended = (async () => {
      try {
        for await (const chunk of body) text += String(chunk);
      } catch {
        // Cut.
      }
    })();
    await expect.poll(() => text).toContain('event: progress');
    upstream.streams.at(-1)!.write('event: progress\ndata: {"n":2}\n\n');
    await expect.poll(() => text).toContain('{"n":2}');
    expect((await ask('POST', '/api/sign-out', { ...SAME, cookie: session! }, {}, 1)).status).toBe(204);
    await ended;
  });
});

describe('every answer', () => {
  it.each(['/', '/rollouts/3', '/api/me', '/api/nothing', '/auth/start', '/assets/none.js', '/icon.svg'])(
    '%s has the policy of contents and is framed by nobody',
    async (path) => {
      const { headers } = await ask('GET', path);
      const policy = String(headers['content-security-policy']);
      expect(policy).not.toMatch(/unsafe|\*|https?:/);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'same-origin',
        'cross-origin-opener-policy': 'same-origin',
        'strict-transport-security': 'max-age=31536000',
      });
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    },
  );

  it('is a page where no file is meant, with nothing inline', async () => {
    const { text, headers } = await ask('GET', '/merchants/wx1');
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(text).not.toMatch(/<style|style=|<script(?![^>]*src=)|\son\w+=/);
    expect((await ask('GET', '/assets/none.js')).status).toBe(404);
    expect((await ask('GET', '/docs')).headers['content-type']).toBe('text/html; charset=utf-8');
  });
});
