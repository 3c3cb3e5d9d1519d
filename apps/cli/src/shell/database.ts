import type { DataSource } from 'typeorm';
import { createSecretBox } from '#base';
import {
  createDataSource,
  databaseTrouble,
  EVERY_DOMAIN,
  type SecretBox,
  type SecretDomain,
  useOf,
  whyNotConnected,
} from '#persistence';
import { DatabaseConfig, KeysConfig } from './cli.config.js';
import { configured } from './environment.js';
import { CliError } from './failure.js';

/** Runs `work` with an open data source of DATABASE_URL, and closes it. */
export async function withDatabase<T>(work: (dataSource: DataSource) => Promise<T>): Promise<T> {
  const { DATABASE_URL, DATABASE_TLS, DATABASE_CA_FILE } = configured(DatabaseConfig);
  const dataSource = createDataSource({ url: DATABASE_URL, poolSize: 2, tls: DATABASE_CA_FILE ?? DATABASE_TLS });
  try {
    await dataSource.initialize();
  } catch (error) {
    const { problem, remedy, lasting } = whyNotConnected(error, DATABASE_URL);
    throw new CliError(`DATABASE_URL: ${problem}`, { remedy, ...(lasting ? { lasting } : {}) });
  }
  try {
    return await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

/**
 * The keys that secrets are encrypted with.
 * @param needed what there must be a key for; what there is besides serves as well
 * @param more instead of what is configured
 * @throws ConfigError
 */
export function openBox(needed: readonly SecretDomain[], more: Partial<KeysConfig> = {}): SecretBox {
  return createSecretBox({ ...configured(KeysConfig), ...more }, useOf(...needed), EVERY_DOMAIN);
}

/** What to do about a MySQL that does not do its part; `undefined`: it is none of its troubles. */
export function databaseRemedy(error: unknown): string | undefined {
  const trouble = databaseTrouble(error);
  if (trouble === undefined) return undefined;
  return trouble === 'interrupted'
    ? 'Somebody killed the statement, or the server allows too little time: raise max_statement_time (MariaDB) or max_execution_time (MySQL) to 30 s for this account.'
    : 'Look at the server’s own log.';
}
