import { randomBytes } from 'node:crypto';
import { type Connection, createConnection } from 'mysql2/promise';

export interface TestDatabase {
  /** Name of the schema. */
  readonly name: string;
  /** `mysql://user:password@host:port/<name>` */
  readonly url: string;
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
  return {
    name,
    url: url.href,
    connect: () => createConnection({ uri: url.href, timezone: 'Z', charset: 'utf8mb4' }),
    drop: () => onServer(server, `DROP DATABASE IF EXISTS \`${name}\``),
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

async function onServer(server: string, sql: string): Promise<void> {
  const url = new URL(server);
  url.pathname = '/';
  const connection = await createConnection({ uri: url.href });
  try {
    await connection.query(sql);
  } finally {
    await connection.end();
  }
}
