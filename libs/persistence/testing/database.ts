import { randomBytes } from 'node:crypto';
import { createConnection } from 'mysql2/promise';
import type { DataSource } from 'typeorm';
import { type Account, createDataSource, migrate } from '../src/index.js';
import { createTestAccounts, type TestAccounts } from './accounts.js';

export interface TestDatabase {
  readonly url: string;
  readonly schema: string;
  /** May do everything: for what tests arrange and look at. */
  readonly dataSource: DataSource;
  /** The address for an app, by an account that may do what that app may. */
  urlOf(account: Account): Promise<string>;
  /** Closes the data source and drops the schema. */
  drop(): Promise<void>;
}

/** A schema of its own on the test server, empty. */
export async function createEmptySchema(): Promise<{ url: string; schema: string; drop(): Promise<void> }> {
  const server = process.env['WXPLANE_TEST_DATABASE_URL'];
  if (!server)
    throw new Error(
      'WXPLANE_TEST_DATABASE_URL is not set: run the tests through "npm test", or point it at a server of your own',
    );
  const schema = `wxp_test_${randomBytes(6).toString('hex')}`;
  const url = new URL(server);
  url.pathname = '/';
  const run = async (sql: string) => {
    const connection = await createConnection(url.toString());
    try {
      await connection.query(sql);
    } finally {
      await connection.end();
    }
  };
  await run(`CREATE DATABASE \`${schema}\` CHARACTER SET utf8mb4`);
  const schemaUrl = new URL(url);
  schemaUrl.pathname = `/${schema}`;
  return { url: schemaUrl.toString(), schema, drop: () => run(`DROP DATABASE IF EXISTS \`${schema}\``) };
}

/** A schema of its own with all migrations run, and an open data source on it. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { url, schema, drop } = await createEmptySchema();
  const dataSource = await createDataSource({ url }).initialize();
  await migrate(dataSource);
  let accounts: Promise<TestAccounts> | undefined;
  return {
    url,
    schema,
    dataSource,
    async urlOf(account) {
      accounts ??= createTestAccounts(url);
      return (await accounts).urlOf(account);
    },
    async drop() {
      await (await accounts)?.drop();
      if (dataSource.isInitialized) await dataSource.destroy();
      await drop();
    },
  };
}
