import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../scripts/lib/paths.ts';

export type WriteVerb = 'INSERT' | 'UPDATE' | 'DELETE';

export interface Source {
  readonly path: string;
  readonly source: string;
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** The table of each entity. */
export const ENTITY_TABLES: ReadonlyMap<string, string> = new Map(
  globSync('libs/persistence/src/entities/*.entity.ts', { cwd: ROOT }).flatMap((path) =>
    [...read(path).matchAll(/@Entity\('(f_wechat_\w+)'\)\nexport class (\w+)/g)].map(
      ([, table, entity]) => [entity!, table!] as const,
    ),
  ),
);

/** What runs in production of apps and libraries; not the sandbox, which has no tables. */
export function productSources(): Source[] {
  return globSync('{apps,libs}/*/src/**/*.ts', { cwd: ROOT })
    .filter((path) => !/spec\.ts$|\/testing\/|^apps\/sandbox\//.test(path))
    .map((path) => ({ path, source: read(path) }));
}

/** What TypeORM's methods do with rows. */
const METHODS: Readonly<Record<string, readonly WriteVerb[]>> = {
  insert: ['INSERT'],
  update: ['UPDATE'],
  upsert: ['INSERT', 'UPDATE'],
  delete: ['DELETE'],
  save: ['INSERT', 'UPDATE'],
  remove: ['DELETE'],
  increment: ['UPDATE'],
  decrement: ['UPDATE'],
  softDelete: ['UPDATE'],
  clear: ['DELETE'],
  into: ['INSERT'],
};
const ENTITIES = [...ENTITY_TABLES.keys()].join('|');
const WRITES = Object.keys(METHODS)
  .filter((method) => method !== 'into')
  .join('|');
const SQL =
  /\b(INSERT\s+(?:IGNORE\s+)?INTO|REPLACE\s+(?:INTO\s+)?|UPDATE|DELETE\s+(?:\w+\s+)?FROM)\s+[`\\]*(f_wechat_\w+|\$\{)([^;`]*)/g;

/** The tables that a source writes, and how: by SQL, by TypeORM's repositories and builders, and through what it calls them. `?`: it cannot be told. */
export function tablesWritten(source: string): Map<string, Set<WriteVerb>> {
  const tables = new Map<string, Set<WriteVerb>>();
  const add = (table: string, verbs: readonly WriteVerb[]) => {
    const known = tables.get(table) ?? new Set();
    for (const verb of verbs) known.add(verb);
    tables.set(table, known);
  };
  const addEntity = (entity: string, method: string) => add(ENTITY_TABLES.get(entity)!, METHODS[method]!);
  for (const [, what, table, rest] of source.matchAll(SQL)) {
    const verb = what!.startsWith('REPLACE') ? 'DELETE' : (/^\w+/.exec(what!)![0] as WriteVerb);
    const also: WriteVerb[] = what!.startsWith('REPLACE') ? ['INSERT'] : /ON DUPLICATE KEY UPDATE/.test(rest!) ? ['UPDATE'] : [];
    add(table === '${' ? '?' : table!, [verb, ...also]);
  }
  // UPDATE one JOIN other AS o … SET o.column = …
  for (const [, joins, set] of source.matchAll(
    /UPDATE\s+f_wechat_\w+\b([^;`'"]*?\bJOIN\b[^;`'"]*?)\bSET\b([^;`'"]*?)(?:\bWHERE\b|[`'"])/g,
  ))
    for (const [, table, alias] of joins!.matchAll(/JOIN\s+(f_wechat_\w+)(?:\s+AS)?\s+(\w+)/g))
      if (new RegExp(`(?:^|,)\\s*${alias}\\.\\w+\\s*=`).test(set!)) add(table!, ['UPDATE']);
  // What libs/service/src/audit/batch-insert.ts makes an INSERT of.
  if (source.includes('insertRows(')) for (const [, table] of source.matchAll(/['`](f_wechat_\w+) \(/g)) add(table!, ['INSERT']);
  // What libs/persistence/src/mysql/delete-in-bites.ts makes a DELETE of.
  for (const [, table] of source.matchAll(/deleteInBites\([^;]*?['`](f_wechat_\w+) WHERE/g)) add(table!, ['DELETE']);
  const entities = [
    // dataSource.getRepository(E).update(…), …getRepository(E).createQueryBuilder().insert()
    [new RegExp(`getRepository\\((${ENTITIES})\\)\\s*(?:\\.createQueryBuilder\\([^)]*\\)\\s*)?\\.(${WRITES})\\(`, 'g'), 1, 2],
    // manager.update(E, …), .insert().into(E), .delete().from(E)
    [new RegExp(`\\.(${WRITES}|into)\\((${ENTITIES})\\b`, 'g'), 2, 1],
    [new RegExp(`\\.(delete)\\(\\)\\s*\\.from\\((${ENTITIES})\\b`, 'g'), 2, 1],
  ] as const;
  for (const [pattern, entity, method] of entities)
    for (const match of source.matchAll(pattern)) addEntity(match[entity]!, match[method]!);
  // const rows = dataSource.getRepository(E); rows.update(…); also of members, methods and parameters that are a Repository<E>.
  const named = [
    new RegExp(`(\\w+)(?:\\(\\))?\\s*(?::[^=;{]*)?=\\s*[^;]*?getRepository\\((${ENTITIES})\\);`, 'g'),
    new RegExp(`(\\w+)(?:\\([^)]*\\))?\\s*:\\s*Repository<(${ENTITIES})>`, 'g'),
    // private rows(manager) { return manager.getRepository(E); }
    new RegExp(`(\\w+)\\([^)]*\\)[^;{]*\\{\\s*return [\\w.]+getRepository\\((${ENTITIES})\\);`, 'g'),
  ];
  for (const pattern of named)
    for (const [, name, entity] of source.matchAll(pattern)) {
      const uses = new RegExp(`\\b${name}(?:\\([^)]*\\))?\\s*(?:\\.createQueryBuilder\\([^)]*\\)\\s*)?\\.(${WRITES})\\(`, 'g');
      for (const [, method] of source.matchAll(uses)) addEntity(entity!, method!);
    }
  return tables;
}

/** The tables that a source names, by themselves or by their entities, outside of its imports and comments. */
export function tablesNamed(source: string): Set<string> {
  const code = source
    .replace(/^import [\s\S]*?;$/gm, '')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\/\/.*$/gm, '');
  const tables = new Set([...code.matchAll(/\bf_wechat_\w+/g)].map(([table]) => table));
  // As a value, not as a type: `getRepository(E)`, `.from(E, …)`, `.select(E`.
  for (const [, entity] of code.matchAll(new RegExp(`\\(\\s*(${ENTITIES})\\b`, 'g'))) tables.add(ENTITY_TABLES.get(entity!)!);
  return tables;
}
