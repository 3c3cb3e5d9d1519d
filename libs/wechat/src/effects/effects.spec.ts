import { readFileSync } from 'node:fs';
import { MockAgent } from 'undici';
import { describe, expect, it } from 'vitest';
import { WechatApi } from '../api/wechat-api.js';
import { effectOf, PROTECTED_EFFECTS, PROTECTED_PATHS } from './effects.js';

const DOCUMENTED = readFileSync(new URL('../../testing/documented-paths.tsv', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split('\t') as [path: string, reading: string]);

/** How reads are called. */
const READS = /\/(get|query|check|api_wxa_query|qrcodejumpget|qrcodejumpdownload)[a-z_]*(\/get)?$|\/get$|checkwxverifynickname$/;

const said = (path: string) => {
  const reading = effectOf(path);
  return reading.kind === 'protected' ? reading.effect.id : reading.kind;
};

/** Any member of any depth, and any text: the methods of the library look at what they are given only to send it. */
const ANYTHING: unknown = new Proxy(() => ANYTHING, {
  get: (_, name) => (name === Symbol.toPrimitive ? () => 'x' : name === 'toJSON' ? () => 'x' : name === 'length' ? 1 : ANYTHING),
});

/** Every path that a method of the library calls, found by calling them all. */
async function pathsOfTheLibrary(): Promise<{ paths: ReadonlySet<string>; silent: string[] }> {
  const paths = new Set<string>();
  const silent: string[] = [];
  const agent = new MockAgent();
  agent.disableNetConnect();
  let called = 0;
  const api = new WechatApi({
    dispatcher: agent,
    ungated: true,
    onCall: ({ path }) => {
      called += 1;
      paths.add(path);
    },
  });
  const file = { filename: 'x.png', contentType: 'image/png', size: 1, data: Buffer.alloc(1) };
  for (const part of [
    api.component,
    api.onBehalf,
    api.diagnosis,
    api.registration,
    api.templates,
    api.code,
    api.settings,
    api.filing,
    api.certification,
    api.relations,
    api.duties,
  ] as never as Part[])
    for (const name of Object.getOwnPropertyNames(Object.getPrototypeOf(part))) {
      if (name === 'constructor' || HELPERS.has(name)) continue;
      const before = called;
      const second = /^upload/.test(name) ? file : ANYTHING;
      await Promise.resolve()
        .then(() => part[name]!(ANYTHING, second, ANYTHING, ANYTHING, ANYTHING, ANYTHING))
        .catch(() => undefined);
      if (called === before) silent.push(name);
    }
  await agent.close();
  return { paths, silent };
}

type Part = Record<string, (...given: unknown[]) => unknown>;
/** Private methods that get their path from the others. */
const HELPERS: ReadonlySet<string> = new Set(['get', 'post', 'sns', 'task']);

describe('the catalogue of effects', () => {
  it('knows every path that the library calls, each of whose methods calls one', async () => {
    const { paths, silent } = await pathsOfTheLibrary();
    expect(silent).toEqual([]);
    expect(paths.size).toBeGreaterThan(80);
    expect([...paths].filter((path) => said(path) === 'unknown')).toEqual([]);
    // What writes and is not said to be protected stands here by name, so that a new one is looked at.
    expect([...paths].filter((path) => said(path) === 'harmless' && !READS.test(path)).sort()).toEqual([
      '/cgi-bin/media/upload',
      '/cgi-bin/message/custom/send',
      '/cgi-bin/open/have',
      '/cgi-bin/open/sameentity',
      '/sns/component/jscode2session',
      '/sns/oauth2/component/access_token',
      '/sns/oauth2/component/refresh_token',
      '/sns/userinfo',
      '/wxa/memberauth',
      '/wxa/sec/authidentitytree',
      '/wxa/sec/order/is_trade_managed',
      '/wxa/uploadmedia',
    ]);
  });

  it.each(DOCUMENTED)('says of %s, which the pages name, that it is: %s', (path, reading) => {
    expect(said(path)).toBe(reading);
  });

  it.each([
    ['/WXA/Commit', 'code'],
    ['/wxa/submit_audit/v2', 'audit'],
    ['/wxa/release/anything', 'release'],
    ['/wxa/component/added_later', 'registration'],
    ['/cgi-bin/component/added_later', 'component-settings'],
    ['/cgi-bin/component/clear_quota/v3', 'broker-only'],
    ['/CGI-bin/STABLE_token', 'broker-only'],
    ['/wxa/release_added_later', 'unknown'],
    ['/wxa/getwxacodex', 'unknown'],
    ['/', 'unknown'],
  ])('takes %s for what it may be: %s', (path, reading) => {
    expect(said(path)).toBe(reading);
  });

  it('has words in both languages for each effect, and a path that has it', () => {
    for (const { id, words } of PROTECTED_EFFECTS) {
      expect(words.en).toMatch(/^[A-Z].{10}/);
      expect(words.zh).toMatch(/\p{Script=Han}/u);
      expect(PROTECTED_PATHS.some(([, effect]) => effect.id === id)).toBe(true);
    }
  });

  it('says each path once', () => {
    const paths = PROTECTED_PATHS.map(([path]) => path);
    expect(paths.filter((path) => said(path) === 'harmless' || path !== path.toLowerCase())).toEqual([]);
    expect(new Set(paths).size).toBe(paths.length);
  });
});
