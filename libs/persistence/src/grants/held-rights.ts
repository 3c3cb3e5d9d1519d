import { type Account, type Rights, rightsOf, VERBS, type Verb } from './matrix.js';

/** What an account has, as `SHOW GRANTS` tells it. */
export interface HeldRights {
  /** Privileges on the whole schema, or on every schema. */
  readonly schema: ReadonlySet<string>;
  /** Privileges on single tables: their columns, or `true` for the whole table. */
  readonly tables: ReadonlyMap<string, ReadonlyMap<string, true | ReadonlySet<string>>>;
  /** A role gives it rights that the lines do not tell. */
  readonly byRole: boolean;
}

const NOTHING = new Set(['USAGE', 'PROXY']);
const EVERYTHING = /^ALL( PRIVILEGES)?$/;

/** @param lines of `SHOW GRANTS`, from MySQL or MariaDB */
export function heldRights(schema: string, lines: readonly string[]): HeldRights {
  const whole = new Set<string>();
  const tables = new Map<string, Map<string, true | Set<string>>>();
  let byRole = false;
  for (const line of lines) {
    const match = /^GRANT (.+?) ON (?:TABLE )?(?:`((?:[^`]|``)*)`|(\*))\.(?:`((?:[^`]|``)*)`|(\*)) TO /i.exec(line);
    if (!match) {
      byRole ||= /^GRANT [`'\w]/.test(line) && !/ ON /.test(line);
      continue;
    }
    const [, what = '', quoted, everySchema, table, everyTable] = match;
    const ofTable = !everyTable && unquoted(quoted) === schema && table !== undefined;
    if (!ofTable && !(everyTable && (everySchema || covers(quoted ?? '', schema)))) continue;
    for (const { privilege, columns } of privileges(what)) {
      if (NOTHING.has(privilege)) continue;
      if (!ofTable) whole.add(privilege);
      else {
        const held = tables.get(unquoted(table)) ?? new Map<string, true | Set<string>>();
        tables.set(unquoted(table), held);
        const before = held.get(privilege);
        if (columns === undefined || before === true) held.set(privilege, true);
        else held.set(privilege, new Set([...(before ?? []), ...columns]));
      }
    }
    if (/ WITH .*GRANT OPTION/i.test(line) && !ofTable) whole.add('GRANT OPTION');
  }
  return { schema: whole, tables, byRole };
}

/** One privilege on one table that is too much or too little; without a table on the whole schema. */
export interface Difference {
  readonly table: string | undefined;
  readonly privilege: string;
  /** Only these columns. */
  readonly columns?: readonly string[];
}

export interface Comparison {
  /** Held on the whole schema, as the one account of an installation that has only one. */
  readonly onSchema: readonly string[];
  readonly missing: readonly Difference[];
  readonly excess: readonly Difference[];
}

/** Compares what an account has with what the matrix says. Tables of others in the same schema are not looked at. */
export function compareRights(account: Account, held: HeldRights): Comparison {
  const needed = rightsOf(account);
  const everything = [...held.schema].some((privilege) => EVERYTHING.test(privilege));
  const missing: Difference[] = [];
  for (const [table, rights] of needed)
    for (const verb of VERBS) {
      const need = rights[verb];
      if (need === undefined || everything || held.schema.has(verb)) continue;
      const has = held.tables.get(table)?.get(verb) ?? allOf(held, table);
      if (has === true) continue;
      if (need === true) missing.push({ table, privilege: verb });
      else {
        const columns = need.filter((column) => !has?.has(column));
        if (columns.length > 0) missing.push({ table, privilege: verb, columns });
      }
    }
  const excess: Difference[] = [];
  for (const [table, privileges] of held.tables) {
    if (!table.startsWith('f_wechat_')) continue;
    for (const [privilege, has] of privileges) {
      const need = (needed.get(table) as Rights | undefined)?.[privilege as Verb];
      if (need === true) continue;
      if (has === true) excess.push({ table, privilege });
      else {
        const columns = [...has].filter((column) => !need?.includes(column));
        if (columns.length > 0) excess.push({ table, privilege, columns });
      }
    }
  }
  return { onSchema: [...held.schema], missing, excess };
}

function allOf(held: HeldRights, table: string): true | undefined {
  const privileges = held.tables.get(table);
  return privileges && [...privileges.keys()].some((privilege) => EVERYTHING.test(privilege)) ? true : undefined;
}

function privileges(text: string): { privilege: string; columns?: string[] }[] {
  return text.split(/,\s*(?![^(]*\))/).map((one) => {
    const [, name = '', columns] = /^\s*([^(]+?)\s*(?:\((.*)\))?\s*$/.exec(one) ?? [];
    const privilege = name.toUpperCase();
    return columns === undefined ? { privilege } : { privilege, columns: columns.split(',').map((column) => unquoted(column)) };
  });
}

const unquoted = (name = ''): string => name.trim().replace(/^`|`$/g, '').replaceAll('``', '`');

/** `%` and `_` stand for any text and any character, unless a backslash is in front. */
function covers(pattern: string, schema: string): boolean {
  let expression = '';
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at] as string;
    if (character === '\\' && at + 1 < pattern.length) expression += quote(pattern[++at] as string);
    else expression += character === '%' ? '.*' : character === '_' ? '.' : quote(character);
  }
  return new RegExp(`^${expression}$`, 's').test(schema);
}

const quote = (character: string) => character.replace(/[.*+?^${}()|[\]\\]/, '\\$&');
