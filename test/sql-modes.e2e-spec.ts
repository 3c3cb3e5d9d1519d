import { randomBytes } from 'node:crypto';
import { type Connection, createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SERVICES, type ServiceName } from '../scripts/lib/suite.ts';
import { eventually } from './support/eventually.js';
import { type Suite, startSuite } from './support/suite.js';

/** What people set on their servers; the first is MariaDB's own default. */
const MODES = [
  'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION',
  'NO_BACKSLASH_ESCAPES',
  'ANSI_QUOTES',
  'ANSI,NO_BACKSLASH_ESCAPES',
  '',
  'TRADITIONAL,ONLY_FULL_GROUP_BY',
];

const HOSTILE = [`\\' OR 1 = 1 -- `, `' OR '1' = '1`, `" OR ""="`, `%\\`];

interface Search {
  readonly app: ServiceName;
  readonly path: string;
  readonly query: string;
}

interface Document {
  readonly paths: Record<
    string,
    Record<string, { parameters?: { in: string; name: string; schema?: { type?: string; enum?: unknown[] } }[] }>
  >;
}

describe('the searches of all apps', () => {
  let suite: Suite;
  let root: Connection;
  let searches: Search[];
  const APPID = 'wx0123456789abcdef';

  /** Everything that an API takes as text in a query, from its own description. */
  const searchesOf = async (app: ServiceName): Promise<Search[]> => {
    const { body } = await suite.api<Document>(app, 'GET', '/docs/openapi.json');
    return Object.entries(body.paths).flatMap(([path, methods]) =>
      (methods['get']?.parameters ?? [])
        .filter((parameter) => parameter.in === 'query' && parameter.schema?.type === 'string' && !parameter.schema.enum)
        .map((parameter) => ({ app, path: filled(path), query: parameter.name })),
    );
  };
  const filled = (path: string) =>
    path
      .replace('{component_appid}', suite.component.component_appid)
      .replace('{authorizer_appid}', APPID)
      .replace(/\{[^}]+\}/g, '1');

  beforeAll(async () => {
    suite = await startSuite({ name: 'sql_modes', ownDatabase: true });
    root = await createConnection({ uri: suite.databaseUrl });
    const component = suite.component.component_appid;
    for (const [appid, name] of [
      [APPID, '一家店'],
      ['wx0123456789abcde0', "O'Neil\\店 100%"],
    ])
      await root.query(
        `INSERT INTO f_wechat_authorizer (component_appid, authorizer_appid, state, nick_name, created_at, updated_at)
         VALUES (?, ?, 'active', ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
        [component, appid, name],
      );
    searches = (await Promise.all(SERVICES.map(searchesOf))).flat();
  });
  afterAll(async () => {
    await root?.end();
    await suite?.stop();
  });

  /** New sessions get the mode of the server; the present ones keep theirs. */
  const serverHas = async (mode: string) => {
    await root.query(`SET GLOBAL sql_mode = '${mode}'`);
    const [rows] = await root.query('SELECT id FROM information_schema.PROCESSLIST WHERE id <> CONNECTION_ID() AND user = ?', [
      new URL(suite.databaseUrl).username,
    ]);
    for (const { id } of rows as { id: number }[]) await root.query('KILL ?', [Number(id)]).catch(() => {});
    for (const app of SERVICES)
      await eventually(`${app} to be connected again`, async () => (await fetch(`${suite.management[app]}/health/ready`)).ok);
  };

  /** What no search may be answered with: the server stumbled over the text. */
  const stumbles = async () => {
    const asked = searches.flatMap((search) => HOSTILE.map((value) => ({ ...search, value })));
    const answers = await Promise.all(
      asked.map(async ({ app, path, query, value }) => {
        const { status } = await suite.api(app, 'GET', `${path}?${query}=${encodeURIComponent(value)}`);
        return { search: `${app} ${path}?${query}=${value}`, status };
      }),
    );
    return answers.filter(({ status }) => status >= 500);
  };
  const named = async (q: string) => {
    const path = `/v1/components/${suite.component.component_appid}/authorizers?q=${encodeURIComponent(q)}`;
    const { body } = await suite.api<{ items: { nick_name: string }[] }>('broker', 'GET', path);
    return body.items.map((item) => item.nick_name);
  };

  it.each(MODES)('find what was asked for and nothing else under sql_mode "%s"', async (mode) => {
    await serverHas(mode);
    expect(searches.length).toBeGreaterThan(8);
    expect(await stumbles()).toEqual([]);
    expect(await named(`\\' OR 1 = 1 -- `)).toEqual([]);
    expect(await named(`nothing') OR ('1' = '1`)).toEqual([]);
    expect(await named('一家')).toEqual(['一家店']);
    expect(await named(`O'Neil\\`)).toEqual(["O'Neil\\店 100%"]);
    expect(await named('100%')).toEqual(["O'Neil\\店 100%"]);
    expect(await named('_家')).toEqual([]);
    const key = randomBytes(8).toString('hex');
    const link = await suite.api('broker', 'POST', `/v1/components/${suite.component.component_appid}/authorization-links`, {
      state: `${key}\\'"`,
    });
    expect(link.status).toBe(201);
  });
});
