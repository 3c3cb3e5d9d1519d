import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../libs/persistence/testing/database.js';
import { createTestRedis, type TestRedis } from '../libs/queues/testing/redis.js';
import { startApp } from './support/processes.js';

const component = {
  component_appid: 'wx1234567890abcdef',
  component_appsecret: randomBytes(16).toString('hex'),
  push_tokens: ['Abc123def'],
  encoding_aes_keys: [randomBytes(40).toString('base64').replace(/[+/=]/g, 'a').slice(0, 43)],
};

let database: TestDatabase;
let redis: TestRedis;
let good: Record<string, string>;

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  good = {
    DATABASE_URL: database.url,
    DATABASE_START_TIMEOUT_S: '0',
    REDIS_URL: redis.url,
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: '0',
    MANAGEMENT_HOST: '127.0.0.1',
    MANAGEMENT_PORT: '0',
    WXPLANE_COMPONENTS: JSON.stringify({ components: [component] }),
    WXPLANE_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    PUBLIC_BASE_URL: 'https://auth.example.com',
    BROKER_URL: 'http://127.0.0.1:1',
    BROKER_CLIENT_KEY: `wxp_${randomBytes(8).toString('hex')}_${randomBytes(24).toString('hex')}`,
  };
});

afterAll(() => Promise.all([database?.drop(), redis?.stop()]));

const wrong: [string, Record<string, string>, string, number][] = [
  ['a missing database address', { DATABASE_URL: '' }, 'DATABASE_URL: is not set', 78],
  ['a missing encryption key', { WXPLANE_ENCRYPTION_KEYS: '' }, 'WXPLANE_ENCRYPTION_KEYS: is not set', 78],
  [
    'an EncodingAESKey of 42 characters',
    { WXPLANE_COMPONENTS: JSON.stringify({ components: [{ ...component, encoding_aes_keys: ['a1'.repeat(21)] }] }) },
    'WXPLANE_COMPONENTS: components[0].encoding_aes_keys: must be exactly 43 letters or digits',
    78,
  ],
  [
    'a missing component secret',
    { WXPLANE_COMPONENTS: JSON.stringify({ components: [{ ...component, component_appsecret: undefined }] }) },
    'WXPLANE_COMPONENTS: components[0].component_appsecret: must be 16 to 128 characters',
    78,
  ],
  [
    'keys of another app only',
    { WXPLANE_ENCRYPTION_KEYS: `k1@answers+inbox+release+tickets:${randomBytes(32).toString('base64')}` },
    'WXPLANE_ENCRYPTION_KEYS: no key is for credentials, filings, registrations, returns, shared-tokens: add one, as <key id>@credentials+filings+registrations+returns+shared-tokens:<32 bytes in base64>',
    78,
  ],
  ['no component at all', { WXPLANE_COMPONENTS: '' }, 'WXPLANE_COMPONENTS: is not set (or give WXPLANE_COMPONENTS_FILE)', 78],
  [
    'an unreachable database',
    { DATABASE_URL: 'mysql://wx:s3cretPassword@127.0.0.1:1/wxplane' },
    'DATABASE_URL: the database cannot be reached (ECONNREFUSED)',
    1,
  ],
];

/**
 * The apps share the code that reads their configuration: one shows every case, the others that they use it. Ingestion starts without its
 * database, too.
 */
const cases = ['broker', 'ingestion', 'release'].flatMap((app, index) =>
  wrong.filter((_, number) => index === 0 || [0, 2, 5].includes(number)).map((one) => [app, ...one] as const),
);

describe('an app that cannot start says why in one line that names the key, and leaves', () => {
  it.each(cases)('%s with %s', async (app, _, change, line, code) => {
    const child = startApp({ name: app, entry: `dist/apps/${app}/src/main.js`, env: { ...good, ...change } });
    const exit = await child.exited;
    expect(child.output().trim().split('\n')).toEqual([`${app} cannot start: ${line}`]);
    expect(exit.code).toBe(code);
  });
});
