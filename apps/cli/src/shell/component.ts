import { AppApi } from './app-api.js';
import { BrokerApiConfig, ComponentsConfig } from './cli.config.js';
import { configured, configuredComponents } from './environment.js';
import { wrongUse } from './failure.js';

/**
 * The component a command is about: the named one, or the only one that is configured, or that the broker serves.
 * @throws CliError wrong use
 */
export async function componentOf(options: { readonly component?: string }): Promise<string> {
  if (options.component) return options.component;
  const known = await knownComponents();
  const [only] = known;
  if (only && known.length === 1) return only;
  throw wrongUse('say which component: --component <appid>', known.length > 1 ? `There are ${known.join(', ')}.` : undefined);
}

async function knownComponents(): Promise<string[]> {
  const { WXPLANE_COMPONENTS_FILE, WXPLANE_COMPONENTS } = configured(ComponentsConfig);
  if (WXPLANE_COMPONENTS_FILE || WXPLANE_COMPONENTS)
    return configuredComponents().all.map(({ componentAppid }) => componentAppid);
  try {
    configured(BrokerApiConfig);
    const { items } = await AppApi.broker().get<{ items: readonly { component_appid: string }[] }>('/v1/components');
    return items.map(({ component_appid }) => component_appid);
  } catch {
    // No broker to ask, or a key that may not ask it.
    return [];
  }
}
