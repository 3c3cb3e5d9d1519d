import { randomBytes } from 'node:crypto';
import { createConnection } from 'mysql2/promise';
import { ACCOUNTS, type Account, accountStatements, type DatabaseAccount, grantStatements } from '../src/index.js';

export interface TestAccounts {
  /** As `DATABASE_ACCOUNTS` has them. */
  readonly accounts: readonly DatabaseAccount[];
  /** `mysql://…` of the schema, by the account of an app. */
  urlOf(account: Account): string;
  drop(): Promise<void>;
}

/** An account of its own for each app, on a schema that has been migrated; they end with the schema. */
export async function createTestAccounts(administratorUrl: string): Promise<TestAccounts> {
  const names = testAccounts();
  const schema = new URL(administratorUrl).pathname.slice(1);
  await statements(
    administratorUrl,
    names.flatMap((account) => [...accountStatements(account), ...grantStatements(schema, account)]),
  );
  return {
    accounts: names,
    urlOf: (account) => urlOf(administratorUrl, names, account),
    drop: () => dropAccounts(administratorUrl, names),
  };
}

/** Names and passwords that nobody else has; the accounts are yet to be made. */
export function testAccounts(): DatabaseAccount[] {
  const id = randomBytes(5).toString('hex');
  return ACCOUNTS.map((account) => ({
    account,
    user: `t_${id}_${account}`,
    host: '%',
    password: randomBytes(12).toString('hex'),
  }));
}

export function urlOf(administratorUrl: string, accounts: readonly DatabaseAccount[], account: Account): string {
  const url = new URL(administratorUrl);
  const { user, password = '' } = accounts.find((one) => one.account === account)!;
  url.username = user;
  url.password = password;
  return url.href;
}

export function dropAccounts(administratorUrl: string, accounts: readonly DatabaseAccount[]): Promise<void> {
  const server = new URL(administratorUrl);
  // The schema may be gone already.
  server.pathname = '/';
  return statements(
    server.href,
    accounts.map(({ user, host }) => `DROP USER IF EXISTS '${user}'@'${host}'`),
  );
}

async function statements(url: string, sql: readonly string[]): Promise<void> {
  const connection = await createConnection(url);
  try {
    for (const statement of sql) await connection.query(statement);
  } finally {
    await connection.end();
  }
}
