import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppApi } from '../shell/app-api.js';
import { forgetLogin, loginPath, readLogin, writeLogin } from '../shell/login-file.js';
import { operator } from '../shell/operator.js';
import { logIn } from './device-flow.js';

let folder: string;
let server: Server;
let issuer: string;
/** What the token endpoint answers, one after the other. */
let answers: Record<string, unknown>[];
let asked: URLSearchParams[];
let discovery: Record<string, unknown>;

const tokenFor = (sub: string) =>
  ['{}', JSON.stringify({ sub, email: `${sub}@corp.example`, exp: Math.floor(Date.now() / 1_000) + 600 }), 'signature']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'login-'));
  vi.stubEnv('XDG_CONFIG_HOME', folder);
  vi.stubEnv('WXPLANE_LOCAL_SUITE', 'false');
  vi.stubEnv('WXPLANE_CLIENT_KEY', '');
  vi.stubEnv('WXPLANE_AS', '');
  vi.stubEnv('BROKER_URL', 'http://127.0.0.1:1');
  [answers, asked] = [[], []];
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const send = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.url === '/.well-known/openid-configuration') return send(200, discovery);
    asked.push(new URLSearchParams(Buffer.concat(chunks).toString()));
    if (request.url === '/device')
      return send(200, {
        device_code: 'dev',
        user_code: 'ABCD-EFGH',
        verification_uri: `${issuer}/go`,
        expires_in: 60,
        interval: 1,
      });
    const answer = answers.shift() ?? { error: 'expired_token' };
    return send('error' in answer ? 400 : 200, answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  discovery = { issuer, device_authorization_endpoint: `${issuer}/device`, token_endpoint: `${issuer}/token` };
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

const waits: number[] = [];
const start = (send: 'access' | 'id' = 'access') => {
  waits.length = 0;
  return logIn(
    { issuer, clientId: 'wxplane-cli', scope: 'openid', send },
    () => undefined,
    async (ms) => waits.push(ms),
  );
};

describe('a login by device', () => {
  it('waits for the person, more slowly when it is told to, and takes the token', async () => {
    const token = tokenFor('alice');
    answers = [{ error: 'authorization_pending' }, { error: 'slow_down' }, { access_token: token, id_token: tokenFor('other') }];
    expect(await start()).toMatchObject({ subject: 'alice', name: 'alice@corp.example', token });
    expect(waits).toEqual([1_000, 1_000, 6_000]);
    expect(asked.at(-1)!.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:device_code');
  });

  it.each([
    ['who says no', [{ error: 'access_denied', error_description: 'not you' }], 'access_denied (not you)'],
    ['nobody in time', [{ error: 'expired_token' }], 'expired_token'],
    ['a token that is no JWT', [{ access_token: 'opaque' }], 'no token that can be sent'],
  ])('%s: says so', async (_, given, message) => {
    answers = given;
    await expect(start()).rejects.toThrow(message);
  });

  it('of an issuer that is another one than was named, or reached by plain http elsewhere: refused', async () => {
    discovery['issuer'] = 'https://evil.example';
    await expect(start()).rejects.toThrow('the issuer calls itself https://evil.example');
    discovery = { issuer, device_authorization_endpoint: 'http://evil.example/device', token_endpoint: `${issuer}/token` };
    await expect(start()).rejects.toThrow('is not https');
  });
});

describe('a login that is kept', () => {
  const login = (more = {}) => ({
    issuer: 'https://issuer.example',
    client_id: 'wxplane-cli',
    subject: 'alice',
    name: 'alice@corp.example',
    token: tokenFor('alice'),
    expires_at: Date.now() + 600_000,
    ...more,
  });

  it('is in a file that only its owner may read, also where one was with other rights', () => {
    writeLogin(login());
    writeFileSync(loginPath(), '{}');
    chmodSync(loginPath(), 0o644);
    writeLogin(login());
    expect((statSync(loginPath()).mode & 0o777).toString(8)).toBe('600');
    expect((statSync(join(folder, 'wxplane')).mode & 0o777).toString(8)).toBe('700');
    expect(readLogin()).toMatchObject({ subject: 'alice' });
    expect([forgetLogin(), existsSync(loginPath()), forgetLogin()]).toEqual([true, false, false]);
  });

  it('stands for a client key, until it is over; a key that is set comes first', () => {
    expect(() => AppApi.broker()).toThrow('set it, or run "wxplane login"');
    writeLogin(login());
    expect(AppApi.broker()).toMatchObject({ key: login().token });
    writeLogin(login({ expires_at: Date.now() - 1 }));
    expect(() => AppApi.broker()).toThrow('the login of alice@corp.example is over');
    const key = `wxp_${'a'.repeat(16)}_${'b'.repeat(48)}`;
    vi.stubEnv('WXPLANE_CLIENT_KEY', key);
    expect(AppApi.broker()).toMatchObject({ key });
  });

  it('is not the only token: a job or a pod sets its own, or names the file it is in; what is neither key nor token is refused', () => {
    const token = tokenFor('system:serviceaccount:shop:default');
    vi.stubEnv('WXPLANE_CLIENT_KEY', token);
    expect(AppApi.broker()).toMatchObject({ key: token });
    vi.stubEnv('WXPLANE_CLIENT_KEY', '');
    const file = join(folder, 'token');
    writeFileSync(file, `${token}\n`);
    vi.stubEnv('WXPLANE_CLIENT_KEY_FILE', file);
    expect(AppApi.broker()).toMatchObject({ key: token });
    writeFileSync(file, 'swordfish');
    expect(() => AppApi.broker()).toThrow('WXPLANE_CLIENT_KEY');
  });

  it('names who writes to the database; without it somebody has to say so', () => {
    expect(() => operator()).toThrow('the audit log is to say who did');
    writeLogin(login());
    expect(operator()).toEqual({ kind: 'person', issuer: 'https://issuer.example', subject: 'alice' });
    vi.stubEnv('WXPLANE_AS', 'bob');
    expect(operator()).toEqual({ kind: 'tool', subject: 'bob' });
  });
});
