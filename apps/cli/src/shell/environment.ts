import { type ComponentRegistry, ConfigError, loadComponents, loadConfig, SECRET_FIELDS, type SecretField } from '#base';
import { type DatabaseAccount, parseDatabaseAccounts } from '#persistence';
import { ComponentsConfig, DatabaseAccountsConfig, LocalSuiteConfig } from './cli.config.js';
import { localSuite } from './local-suite.js';

/** Looked for once; null: there is none. */
let suite: NodeJS.Dict<string> | null | undefined;

/**
 * Reads one configuration class from the environment: the one place where the tool does.
 * @throws ConfigError
 */
export function configured<T extends object>(shape: new () => T): T {
  // biome-ignore lint/style/noProcessEnv: the one place where the tool reads its environment
  const environment = process.env;
  if (suite === undefined)
    suite = (loadConfig(LocalSuiteConfig, environment).WXPLANE_LOCAL_SUITE && localSuite(environment)) || null;
  return loadConfig(shape, { ...environment, ...suite });
}

/** Whether this is about the suite that `npm start` runs here. */
export function besideLocalSuite(): boolean {
  configured(LocalSuiteConfig);
  return !!suite;
}

/**
 * With whatever the tool was given of their secrets.
 * @throws ConfigError
 */
export function configuredComponents(needed: readonly SecretField[] = []): ComponentRegistry {
  return loadComponents(configured(ComponentsConfig), needed, SECRET_FIELDS);
}

/**
 * The accounts of the database, one for each app; none: they share one.
 * @throws ConfigError
 */
export function configuredAccounts(): DatabaseAccount[] {
  const { DATABASE_ACCOUNTS } = configured(DatabaseAccountsConfig);
  if (!DATABASE_ACCOUNTS) return [];
  try {
    return parseDatabaseAccounts(DATABASE_ACCOUNTS);
  } catch (error) {
    throw new ConfigError([{ key: 'DATABASE_ACCOUNTS', problem: (error as Error).message }]);
  }
}
