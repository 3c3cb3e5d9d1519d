import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadComponents } from '../components/components.js';
import { ConfigError, loadConfig, secretsOf } from './load-config.js';
import { ServiceConfig, WechatEndpoints } from './service-config.js';

const good = {
  DATABASE_URL: 'mysql://wx:s3cret@db:3306/wxplane',
  REDIS_URL: 'redis://:s3cret@redis:6379',
  HTTP_PORT: '3001',
  MANAGEMENT_PORT: '9001',
  WXPLANE_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
};

const component = () => ({
  component_appid: 'wx1234567890abcdef',
  component_appsecret: randomBytes(16).toString('hex'),
  push_tokens: ['Abc123def'],
  encoding_aes_keys: [randomBytes(33).toString('base64').replace(/[+/=]/g, 'a').slice(0, 43)],
});

function problemsOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).message;
  }
  throw new Error('it was accepted');
}

describe('where secrets are sent to', () => {
  const started = (url: string, more: Record<string, string> = {}) =>
    loadConfig(WechatEndpoints, { ...good, WECHAT_API_BASE_URL: url, ...more }).WECHAT_API_BASE_URL;

  it.each(['http://sandbox:3100', 'http://api.weixin.qq.com', 'http://127.0.0.1.nip.io', 'http://localhost.example'])(
    'is not %s unless somebody allows it',
    (url) => {
      expect(problemsOf(() => started(url))).toContain('WECHAT_API_BASE_URL: must be https');
      expect(started(url, { ALLOW_INSECURE_UPSTREAMS: 'true' })).toBe(url);
    },
  );

  it.each(['https://gateway.internal/wechat', 'http://127.0.0.1:3100', 'http://localhost:3100', 'http://[::1]:3100'])(
    'may be %s',
    (url) => {
      expect(started(url)).toBe(url);
    },
  );
});

describe('loadConfig', () => {
  it('reads and converts what is there, and takes defaults for the rest', () => {
    const config = loadConfig(ServiceConfig, { ...good, TRUST_PROXY: 'false', LOG_LEVEL: '', UNRELATED: 'x' });
    expect(config).toMatchObject({ HTTP_PORT: 3001, TRUST_PROXY: 'false', LOG_LEVEL: 'info', DATABASE_POOL_SIZE: 10 });
    expect(config).not.toHaveProperty('UNRELATED');
  });

  it.each([
    ['DATABASE_URL', undefined, 'DATABASE_URL: is not set'],
    ['DATABASE_URL', 'postgres://wx:s3cret@db/wxplane', 'DATABASE_URL: must be mysql://'],
    ['REDIS_URL', 's3cret', 'REDIS_URL: must be redis://'],
    ['HTTP_PORT', 's3cret', 'HTTP_PORT: must'],
    ['WXPLANE_ENCRYPTION_KEYS', 's3cret!', 'WXPLANE_ENCRYPTION_KEYS: must be'],
    ['TRUST_PROXY', 's3cret', 'TRUST_PROXY: '],
  ])('names the key %s and never the value', (key, value, message) => {
    const problems = problemsOf(() => loadConfig(ServiceConfig, { ...good, [key]: value }));
    expect(problems).toContain(message);
    expect(problems).not.toContain('s3cret');
  });
});

describe('a secret setting', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wxplane-secrets-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const file = (content: string): string => {
    const path = join(folder, randomBytes(6).toString('hex'));
    writeFileSync(path, content);
    return path;
  };

  it.each(secretsOf(ServiceConfig))('%s may stand in a file, with or without a line end', (name) => {
    const value = { ...good, REDIS_SENTINEL_PASSWORD: 's3cret', MANAGEMENT_ADMIN_KEY: 's3cret'.repeat(4) }[name]!;
    for (const end of ['', '\n', '\r\n'])
      expect(loadConfig(ServiceConfig, { ...good, [name]: '', [`${name}_FILE`]: file(value + end) })).toMatchObject({
        [name]: value,
      });
  });

  it.each([
    ['that is not there', () => '/nowhere/s3cret-file', 'the file cannot be read (ENOENT)'],
    ['that is a folder', () => folder, 'the file cannot be read (EISDIR)'],
    ['that is empty', () => file('\n'), 'the file is empty'],
  ])('in a file %s is refused, naming the variable', (_, path, problem) => {
    const env = { ...good, DATABASE_URL: undefined, DATABASE_URL_FILE: path() };
    expect(problemsOf(() => loadConfig(ServiceConfig, env))).toBe(`DATABASE_URL_FILE: ${problem}`);
  });

  it('in a file and in the variable is refused, and neither value is said', () => {
    const problems = problemsOf(() => loadConfig(ServiceConfig, { ...good, DATABASE_URL_FILE: file('mysql://u:s3cret@h/d') }));
    expect(problems).toBe('DATABASE_URL_FILE: is set, and DATABASE_URL as well: which one counts?');
  });

  it('with a wrong value in a file is refused under its own name, and the value is not said', () => {
    const env = { ...good, WXPLANE_ENCRYPTION_KEYS: '', WXPLANE_ENCRYPTION_KEYS_FILE: file('s3cret!') };
    const problems = problemsOf(() => loadConfig(ServiceConfig, env));
    expect(problems).toContain('WXPLANE_ENCRYPTION_KEYS: must be <key id>');
    expect(problems).not.toContain('s3cret');
  });
});

describe('SECRETS_STRICT', () => {
  it('is refused where something is written that it would not read', () => {
    expect(problemsOf(() => loadConfig(ServiceConfig, { ...good, SECRETS_STRICT: 'true' }))).toBe(
      'SECRETS_STRICT: needs SECRETS_WRITE=v2',
    );
    expect(loadConfig(ServiceConfig, { ...good, SECRETS_STRICT: 'true', SECRETS_WRITE: 'v2' }).SECRETS_STRICT).toBe(true);
  });
});

describe('loadComponents', () => {
  const load = (...components: unknown[]) => loadComponents({ WXPLANE_COMPONENTS: JSON.stringify({ components }) });

  it('finds a component by its appid', () => {
    const one = component();
    expect(load(one).find(one.component_appid)?.pushTokens).toEqual(['Abc123def']);
    expect(load(one).find('wx0000000000000000')).toBeUndefined();
  });

  it.each([
    [
      'a key of 42 characters',
      { encoding_aes_keys: ['a1'.repeat(21)] },
      /components\[0\]\.encoding_aes_keys: must be exactly 43/,
    ],
    ['a missing secret', { component_appsecret: undefined }, /components\[0\]\.component_appsecret: must be/],
    ['a placeholder secret', { component_appsecret: 'change-me-change-me' }, /component_appsecret: is a placeholder/],
    ['a key of one letter', { encoding_aes_keys: ['A'.repeat(43)] }, /encoding_aes_keys: is a placeholder/],
    ['three keys', { push_tokens: ['aaa1', 'bbb2', 'ccc3'] }, /push_tokens: .*no more than 2/],
    ['a misspelt member', { component_secret: 'x' }, /component_secret/],
  ])('refuses %s', (_, change, message) => {
    expect(problemsOf(() => load({ ...component(), ...change }))).toMatch(message);
  });

  it('refuses the same component twice, no component, and what is no JSON', () => {
    const one = component();
    expect(problemsOf(() => load(one, one))).toContain('stands twice');
    expect(problemsOf(() => load())).toContain('at least one');
    expect(problemsOf(() => loadComponents({ WXPLANE_COMPONENTS: '{"a": s3cret' }))).toBe(
      'WXPLANE_COMPONENTS: is not a JSON object {"components": […]}',
    );
    expect(problemsOf(() => loadComponents({}))).toContain('is not set');
    const folder = mkdtempSync(join(tmpdir(), 'wxplane-components-'));
    try {
      const file = join(folder, 'components.json');
      const text = '\uFEFF{"components": 5}';
      writeFileSync(file, text);
      expect(problemsOf(() => loadComponents({ WXPLANE_COMPONENTS_FILE: file }))).not.toContain('is not a JSON object');
      writeFileSync(file, Buffer.from(text, 'utf16le'));
      expect(problemsOf(() => loadComponents({ WXPLANE_COMPONENTS_FILE: file }))).toContain(
        'the file is UTF-16; save it as UTF-8',
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    expect(problemsOf(() => loadComponents({ WXPLANE_COMPONENTS_FILE: '/nowhere/c.json' }))).toContain('cannot be read (ENOENT)');
  });
});
