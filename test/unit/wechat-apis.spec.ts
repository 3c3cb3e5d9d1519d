import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { effectOf, endedApi } from '#wechat';

const ROOT = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');

interface Row {
  readonly path: string;
  readonly kind: string;
  readonly routes: readonly string[];
}

/** The rows of docs/wechat-apis.md. */
const rows: readonly Row[] = read('docs/wechat-apis.md')
  .split('\n')
  .flatMap((line) => {
    const [, path, kind, routes = ''] = /^\| `(\/[^`]+)` \| (\w+) \|(.*)\|$/.exec(line) ?? [];
    return path && kind ? [{ path, kind, routes: [...routes.matchAll(/`([^`]+)`/g)].map(([, route]) => route!) }] : [];
  });

const API = 'libs/wechat/src/api/';
const sources = readdirSync(new URL(API, ROOT))
  .filter((name) => name.endsWith('-api.ts'))
  .map((name) => read(API + name))
  .join('\n');

/** Paths that the typed API calls. Two of its files put the last part together. */
const typed = new Set([
  ...[...sources.matchAll(/['`](\/(?:wxa|cgi-bin|wxaapi|sns)\/[\w/.-]+)['`]/g)].map(([, path]) => path!),
  ...[...sources.matchAll(/['`]((?:api_|get_authorizer_option|set_authorizer_option)\w*)['`]/g)].map(
    ([, name]) => `/cgi-bin/component/${name}`,
  ),
  ...[...sources.matchAll(/['`](fast\w+weapp)['`]/g)].map(([, name]) => `/wxa/component/${name}`),
]);
/** No call, but what others begin with. */
typed.delete('/cgi-bin/component');

const routes = new Set(
  ['broker', 'release'].flatMap((app) => {
    const { paths } = JSON.parse(read(`openapi/${app}.json`)) as { paths: Record<string, object> };
    return Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
  }),
);
const COMPONENT = '/v1/components/{component_appid}';
const whole = (route: string) => route.replace('{a}', `${COMPONENT}/authorizers/{authorizer_appid}`).replace('{c}', COMPONENT);

describe('docs/wechat-apis.md', () => {
  it('has every API once, in order of its subject', () => {
    expect(rows.length).toBeGreaterThan(150);
    expect(new Set(rows.map(({ path }) => path)).size).toBe(rows.length);
    expect([...new Set(rows.map(({ kind }) => kind))].sort()).toEqual(['proxy', 'refused', 'route', 'typed']);
  });

  it('has everything that the typed API calls, and nothing else as such', () => {
    const ours = new Set(rows.filter(({ kind }) => kind === 'route' || kind === 'typed').map(({ path }) => path));
    expect([...typed].filter((path) => !ours.has(path))).toEqual([]);
    expect([...ours].filter((path) => !typed.has(path))).toEqual([]);
  });

  it('names routes that are there', () => {
    const named = rows.flatMap((row) => row.routes.map(whole));
    expect(named.filter((route) => !routes.has(route))).toEqual([]);
    expect(rows.filter(({ kind, routes: own }) => (kind === 'route') !== own.length > 0)).toEqual([]);
  });

  it('says of what goes through the proxy only that the proxy lets it through', () => {
    const closed = rows.filter(({ kind, path }) => kind === 'proxy' && effectOf(path).kind === 'broker-only');
    expect(closed).toEqual([]);
    const open = rows.filter(
      ({ kind, path }) => kind === 'refused' && effectOf(path).kind !== 'broker-only' && endedApi(path) === undefined,
    );
    expect(open).toEqual([]);
  });
});
