import { describe, expect, it } from 'vitest';
import { ACCOUNTS, GRANTED_TABLES, rightsOn, SEALED_COLUMNS, VERBS, type Verb } from '#persistence';
import { FACTS } from '../../libs/service/src/observe/database-facts.ts';
import { STORED_MOVERS } from '../../libs/service/src/progress/stored.ts';
import { ENTITY_TABLES, productSources, tablesNamed, tablesWritten } from '../support/table-use.ts';

/** What a part of the sources does with each table. */
type Use = Map<string, Set<Verb>>;

const uses = new Map<string, Use>();
for (const { path, source } of productSources()) {
  const [kind, name] = path.split('/') as [string, string];
  // What works on whatever table it is told belongs to nobody.
  if (path.startsWith('libs/persistence/') || path.endsWith('/batch-insert.ts')) continue;
  const part = kind === 'apps' ? name : 'libs';
  const use = uses.get(part) ?? new Map<string, Set<Verb>>();
  uses.set(part, use);
  const add = (table: string, verb: Verb) => use.set(table, (use.get(table) ?? new Set()).add(verb));
  for (const table of tablesNamed(source)) add(table, 'SELECT');
  for (const [table, verbs] of tablesWritten(source)) for (const verb of verbs) add(table, verb);
}
const does = (part: string, table: string, verb: Verb) => uses.get(part)?.get(table)?.has(verb) ?? false;
const all = ACCOUNTS.flatMap((account) => GRANTED_TABLES.flatMap((table) => VERBS.map((verb) => ({ account, table, verb }))));

describe('the matrix of the database’s accounts', () => {
  it('has a line for every table', () => {
    const without = [...new Set(ENTITY_TABLES.values())].filter((table) => !GRANTED_TABLES.includes(table));
    expect(without.map((table) => `${table} has no line in libs/persistence/src/grants/matrix.ts: no app could read it`)).toEqual(
      [],
    );
    const known = [...ENTITY_TABLES.values(), 'f_wechat_migration'];
    expect(GRANTED_TABLES.filter((table) => !known.includes(table))).toEqual([]);
  });

  it('gives each app what its sources do', () => {
    const lacking = ACCOUNTS.flatMap((account) =>
      [...(uses.get(account) ?? [])].flatMap(([table, verbs]) =>
        [...verbs]
          // Writing without reading names the table all the same.
          .filter((verb) => verb !== 'SELECT' || !writesOnly(account, table))
          .filter((verb) => rightsOn(account, table)?.[verb] === undefined)
          .map((verb) => `${account} does ${verb} on ${table}`),
      ),
    );
    expect(lacking).toEqual([]);
  });

  it('gives no app what neither its sources nor a library’s do', () => {
    const idle = all
      .filter(({ account, table, verb }) => rightsOn(account, table)?.[verb] === true && account !== 'cli')
      .filter(({ account, table, verb }) => !does(account, table, verb) && !does('libs', table, verb))
      .filter(({ table }) => table !== 'f_wechat_migration')
      .map(({ account, table, verb }) => `${account} has no use for ${verb} on ${table}`);
    expect(idle).toEqual([]);
    const written = all
      .filter(({ account, table, verb }) => account === 'cli' && verb !== 'SELECT' && rightsOn(account, table)?.[verb] === true)
      .filter(({ table, verb }) => !does('cli', table, verb) && !does('libs', table, verb))
      .filter(({ table, verb }) => !(verb === 'UPDATE' && SEALED_COLUMNS.some((column) => column.table === table)));
    expect(written).toEqual([]);
  });

  it('lets each app read what its figures and what must move are made of', () => {
    const asked = [...Object.entries(FACTS).flatMap(([app, facts]) => facts.map(({ sql }) => ({ app, sql }))), ...STORED_MOVERS];
    expect(asked.length).toBeGreaterThan(15);
    const refused = asked.flatMap(({ app, sql }) =>
      [...tablesNamed(sql)]
        .filter((table) => rightsOn(app as (typeof ACCOUNTS)[number], table)?.SELECT !== true)
        .map((table) => `${app} may not read ${table}`),
    );
    expect(refused).toEqual([]);
    const counted = asked.map(({ sql }) => sql).join('\n');
    const uncounted = SEALED_COLUMNS.filter(({ table, column }) => !counted.includes(`'${table}.${column}'`));
    expect(uncounted).toEqual([]);
  });

  it('lets the command line read everything and encrypt every secret anew', () => {
    for (const table of GRANTED_TABLES) expect(rightsOn('cli', table)?.SELECT).toBe(true);
    for (const { table, column } of SEALED_COLUMNS) {
      const update = rightsOn('cli', table)?.UPDATE;
      expect(update === true || update?.includes(column), `${table}.${column}`).toBe(true);
    }
  });

  it('keeps clients’ keys, the audit log and merchants’ tokens where they belong', () => {
    const who = (table: string, verb: Verb) => ACCOUNTS.filter((account) => rightsOn(account, table)?.[verb] === true);
    expect(who('f_wechat_client', 'INSERT')).toEqual(['broker', 'cli']);
    expect(who('f_wechat_client', 'UPDATE')).toEqual(['broker', 'cli']);
    expect(who('f_wechat_accesslog', 'UPDATE')).toEqual([]);
    expect(who('f_wechat_accesslog', 'DELETE')).toEqual(['retention']);
    for (const table of ['f_wechat_auditcheckpoint', 'f_wechat_audithead']) {
      expect(who(table, 'INSERT')).toEqual(['broker']);
      expect(who(table, 'UPDATE')).toEqual([]);
      expect(who(table, 'DELETE')).toEqual(['retention']);
    }
    for (const table of ['f_wechat_refreshtoken', 'f_wechat_accesstoken'])
      expect(who(table, 'SELECT')).toEqual(['broker', 'cli']);
  });
});

function writesOnly(account: (typeof ACCOUNTS)[number], table: string): boolean {
  const rights = rightsOn(account, table);
  return rights !== undefined && rights.SELECT === undefined && rights.INSERT === true;
}
