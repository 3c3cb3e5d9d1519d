import { ComponentRegistry, loadComponents, loadConfig } from '#service';
import { ComponentsConfig } from '../cli.config.js';
import { wrongUse } from './failure.js';

/**
 * Reads one configuration class from the environment: the one place where the tool does.
 * @throws ConfigError
 */
export function configured<T extends object>(shape: new () => T): T {
  // biome-ignore lint/style/noProcessEnv: the one place where the tool reads its environment
  return loadConfig(shape, process.env);
}

/** @throws ConfigError */
export function configuredComponents(): ComponentRegistry {
  return loadComponents(configured(ComponentsConfig));
}

/**
 * The component a command is about: the named one, or the only one that is configured.
 * @throws CliError wrong use
 */
export function componentOf(options: { readonly component?: string }): string {
  if (options.component) return options.component;
  const { WXPLANE_COMPONENTS_FILE, WXPLANE_COMPONENTS } = configured(ComponentsConfig);
  const known = WXPLANE_COMPONENTS_FILE || WXPLANE_COMPONENTS ? configuredComponents().all : [];
  const [only] = known;
  if (only && known.length === 1) return only.component_appid;
  throw wrongUse(
    'say which component: --component <appid>',
    known.length > 1 ? `Configured are ${known.map((component) => component.component_appid).join(', ')}.` : undefined,
  );
}
