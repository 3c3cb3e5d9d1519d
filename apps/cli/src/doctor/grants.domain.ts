/** What the apps do with rows, and what migrations do with tables. */
export const NEEDED = {
  apps: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  migrations: ['CREATE', 'ALTER', 'INDEX'],
} as const;

const ALL = 'ALL PRIVILEGES';

/**
 * The rights that an account has on the whole of a schema.
 * @param grants the lines of SHOW GRANTS
 * @returns `undefined` when they come from a role whose rights the lines do not tell
 */
export function rightsOn(schema: string, grants: readonly string[]): ReadonlySet<string> | undefined {
  const rights = new Set<string>();
  let role = false;
  for (const line of grants) {
    const match = /^GRANT (.+?) ON (?:`((?:[^`]|``)*)`|(\*))\.(\*|`.*?`) TO /i.exec(line);
    if (!match) {
      role ||= /^GRANT [`'\w]/.test(line) && !/ ON /.test(line);
      continue;
    }
    const [, what = '', quoted, everywhere, table] = match;
    if (table !== '*' || !(everywhere || covers(quoted ?? '', schema))) continue;
    for (const right of what.split(/,\s*(?![^(]*\))/)) {
      const name = right.trim().toUpperCase();
      for (const one of name === ALL || name === 'ALL' ? [...NEEDED.apps, ...NEEDED.migrations] : [name]) rights.add(one);
    }
  }
  return rights.size === 0 && role ? undefined : rights;
}

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
