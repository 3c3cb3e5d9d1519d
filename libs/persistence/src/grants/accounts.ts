import type { DataSource } from 'typeorm';
import { type Comparison, compareRights, type Difference, heldRights } from './held-rights.js';
import { ACCOUNTS, type Account, rightsOf, VERBS } from './matrix.js';

/** An account of the database server, by whom it is for. */
export interface DatabaseAccount {
  readonly account: Account;
  readonly user: string;
  /** From where it may come; `%`: from everywhere. */
  readonly host: string;
  /** Without one the account is there already, made by whoever runs the server. */
  readonly password?: string;
}

const FORM = 'must be <app>=<user>[:<password>][@<host>], separated by commas';

/**
 * Reads `DATABASE_ACCOUNTS`: `ingestion=wxplane_ingestion:password@%,broker=…`.
 * @throws Error that names what is wrong, never a password
 */
export function parseDatabaseAccounts(text: string): DatabaseAccount[] {
  const accounts = text
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean)
    .map((entry, index): DatabaseAccount => {
      const [, name = '', user = '', password, host = '%'] = /^(\w+)=([^:@=]*)(?::([^@]*))?(?:@(.*))?$/.exec(entry) ?? [];
      const place = `entry ${index + 1}${name ? ` (${name})` : ''}`;
      const account = ACCOUNTS.find((one) => one === name);
      if (!account) throw new Error(`${place}: ${name ? `there is no account for ${name}: ${ACCOUNTS.join(', ')}` : FORM}`);
      if (!/^[A-Za-z0-9_.-]{1,32}$/.test(user)) throw new Error(`${place}: the user is 1 to 32 letters, digits, "_", "." or "-"`);
      if (!/^[A-Za-z0-9_.%:/-]{1,255}$/.test(host)) throw new Error(`${place}: the host is a name, an address, a network or %`);
      if (password === undefined) return { account, user, host };
      if (!/^[!-&(-[\]-~]{12,128}$/.test(password))
        throw new Error(
          `${place}: a password is 12 to 128 printable characters without "@", ",", quotes and backslashes; make one with: openssl rand -hex 24`,
        );
      return { account, user, host, password };
    });
  if (accounts.length === 0) throw new Error(FORM);
  if (new Set(accounts.map(({ account }) => account)).size !== accounts.length) throw new Error('an app stands there twice');
  const users = accounts.map(({ user, host }) => `${user}@${host}`);
  if (new Set(users).size !== users.length) throw new Error('two apps have the same account');
  return accounts;
}

const nameOf = ({ user, host }: DatabaseAccount) => `'${user}'@'${host}'`;
const identifier = (name: string) => `\`${name.replaceAll('`', '``')}\``;
const privilege = (name: string, columns?: true | readonly string[]) =>
  columns === undefined || columns === true ? name : `${name} (${columns.map(identifier).join(', ')})`;

/** Makes the account where there is none, and gives it its password. Without a password: nothing. */
export function accountStatements(account: DatabaseAccount): string[] {
  if (account.password === undefined) return [];
  // Checked by parseDatabaseAccounts: nothing in it has to be escaped, under any sql_mode.
  return [
    `CREATE USER IF NOT EXISTS ${nameOf(account)} IDENTIFIED BY '${account.password}'`,
    `ALTER USER ${nameOf(account)} IDENTIFIED BY '${account.password}'`,
  ];
}

/** What gives an account the rights of the matrix; harmless when it has them. */
export function grantStatements(schema: string, account: DatabaseAccount): string[] {
  return [...rightsOf(account.account)].map(([table, rights]) => {
    const privileges = VERBS.filter((verb) => rights[verb] !== undefined).map((verb) => privilege(verb, rights[verb]));
    return `GRANT ${privileges.join(', ')} ON ${identifier(schema)}.${identifier(table)} TO ${nameOf(account)}`;
  });
}

/** @param to the account as SQL has it: `'user'@'host'` */
export function repairStatements(schema: string, to: string, { missing, excess, onSchema }: Comparison) {
  const place = (table: string | undefined) => `${identifier(schema)}.${table === undefined ? '*' : identifier(table)}`;
  const byTable = (differences: readonly Difference[], make: (table: string, privileges: string) => string) => {
    const tables = Map.groupBy(differences, ({ table }) => table ?? '');
    return [...tables].map(([table, some]) => make(table, some.map((one) => privilege(one.privilege, one.columns)).join(', ')));
  };
  return {
    grant: byTable(missing, (table, privileges) => `GRANT ${privileges} ON ${place(table)} TO ${to}`),
    revoke: [
      ...(onSchema.length > 0 ? [`REVOKE ALL PRIVILEGES ON ${place(undefined)} FROM ${to}`] : []),
      ...byTable(excess, (table, privileges) => `REVOKE ${privileges} ON ${place(table)} FROM ${to}`),
    ],
  };
}

/** The account may not make accounts, or may not pass on rights that it has. */
export class MayNotGrantError extends Error {}

/** `ER_SPECIFIC_ACCESS_DENIED`, `ER_DBACCESS_DENIED`, `ER_TABLEACCESS_DENIED`, `ER_COLUMNACCESS_DENIED`, `ER_ACCESS_DENIED`, `ER_CANT_CREATE_USER_WITH_GRANT` */
const DENIED = new Set([1044, 1045, 1142, 1143, 1227, 1410]);

/**
 * Makes the accounts and gives them what the matrix says. Takes nothing away: a release that is still running may need what this one does not.
 * @param dataSource of an account that has all rights on the schema with the grant option, and may make users
 * @throws MayNotGrantError when it may not
 */
export async function applyAccounts(dataSource: DataSource, accounts: readonly DatabaseAccount[]): Promise<void> {
  const [{ name: schema }] = await dataSource.query('SELECT DATABASE() AS name');
  for (const account of accounts)
    for (const statement of [...accountStatements(account), ...grantStatements(schema, account)])
      await run(dataSource, statement, account);
}

async function run(dataSource: DataSource, statement: string, account: DatabaseAccount): Promise<void> {
  try {
    await dataSource.query(statement);
  } catch (error) {
    const { errno, code } = error as { errno?: number; code?: string };
    // Neither the statement nor the server's words go on: there may be a password in them.
    const what = `${statement.split(' ').slice(0, 2).join(' ')} for ${nameOf(account)} (${account.account})`;
    if (errno !== undefined && DENIED.has(errno))
      throw new MayNotGrantError(`the account of DATABASE_URL may not do this: ${what}, ${code}`);
    throw new Error(`the server refused: ${what}, ${code}`);
  }
}

/**
 * What the account that asks, or another one, has beside what it should have.
 * @param of without it the account that asks; others are told to administrators only
 */
export async function inspectRights(
  dataSource: DataSource,
  account: Account,
  of?: DatabaseAccount,
): Promise<Comparison & { readonly schema: string; readonly user: string; readonly byRole: boolean }> {
  const [{ name: schema, current }] = await dataSource.query('SELECT DATABASE() AS name, CURRENT_USER() AS current');
  const user = of ? nameOf(of) : sqlName(current);
  const rows: Record<string, string>[] = await dataSource.query(`SHOW GRANTS FOR ${of ? user : 'CURRENT_USER()'}`);
  const held = heldRights(
    schema,
    rows.flatMap((row) => Object.values(row)),
  );
  return { ...compareRights(account, held), schema, user, byRole: held.byRole };
}

/** `user@host` as the server says it. */
function sqlName(current: string): string {
  const at = current.lastIndexOf('@');
  return `'${current.slice(0, at)}'@'${current.slice(at + 1)}'`;
}
