import { ComponentRegistry, loadComponents, loadConfig } from '#base';
import { ComponentsConfig, LocalSuiteConfig } from './cli.config.js';
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

/** @throws ConfigError */
export function configuredComponents(): ComponentRegistry {
  return loadComponents(configured(ComponentsConfig));
}
