import { randomBytes } from 'node:crypto';
import { type Connection, createConnection } from 'mysql2/promise';
import { ACCOUNTS, type DatabaseAccounts, newAccounts } from '../../scripts/lib/accounts.ts';

export interface TestDatabase {
  /** Name of the schema. */
  readonly name: string;
  /** `mysql://user:password@host:port/<name>` */
  readonly url: string;
  /** Accounts of the apps, which `migrate` makes; they end with the schema. */
  readonly accounts: DatabaseAccounts;
  /** A connection of the caller's own to this schema; the caller ends it. */
  connect(): Promise<Connection>;
  /** Drops the schema. */
  drop(): Promise<void>;
}

/**
 * An empty schema of its own, on the server named by WXPLANE_TEST_DATABASE_URL. No migrations are run.
 * @param label part of the name, to recognise it among others; letters, digits and underscores.
 */
export async function createTestDatabase(label = 'test'): Promise<TestDatabase> {
  const server = testDatabaseServer();
  const name = `wxplane_${label.replace(/\W/g, '_').slice(0, 30)}_${process.pid}_${randomBytes(4).toString('hex')}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  await onServer(server, `CREATE DATABASE \`${name}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`);
  // The server knows accounts by their names, and MySQL's end after 32 characters.
  const accounts = newAccounts(`t_${randomBytes(5).toString('hex')}`);
  return {
    name,
    url: url.href,
    accounts,
    connect: () => createConnection({ uri: url.href, timezone: 'Z', charset: 'utf8mb4' }),
    drop: () =>
      onServer(
        server,
        `DROP DATABASE IF EXISTS \`${name}\``,
        ...ACCOUNTS.map((account) => `DROP USER IF EXISTS '${accounts[account].user}'@'%'`),
      ),
  };
}

/** The server that tests may create schemas on. */
export function testDatabaseServer(): string {
  return required('WXPLANE_TEST_DATABASE_URL');
}

function required(name: string): string {
  const value = process.env[name];
  if (!value)
    throw new Error(`${name} is not set: run through the vitest projects "integration" or "e2e", which start the servers`);
  return value;
}

async function onServer(server: string, ...statements: string[]): Promise<void> {
  const url = new URL(server);
  url.pathname = '/';
  const connection = await createConnection({ uri: url.href });
  try {
    for (const sql of statements) await connection.query(sql);
  } finally {
    await connection.end();
  }
}
