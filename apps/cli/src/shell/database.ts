import type { DataSource } from 'typeorm';
import { createDataSource, parseEncryptionKeys, SecretBox, whyNotConnected } from '#persistence';
import { ConfigError } from '#service';
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

/** The keys that secrets are encrypted with. @throws ConfigError */
export function openBox(): SecretBox {
  const { WXPLANE_ENCRYPTION_KEYS } = configured(KeysConfig);
  try {
    return new SecretBox(parseEncryptionKeys(WXPLANE_ENCRYPTION_KEYS));
  } catch (error) {
    throw new ConfigError([{ key: 'WXPLANE_ENCRYPTION_KEYS', problem: (error as Error).message }]);
  }
}
