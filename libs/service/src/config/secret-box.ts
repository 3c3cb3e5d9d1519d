import { randomBytes } from 'node:crypto';
import { ValidateBy } from 'class-validator';
import {
  type DomainUse,
  domainsOf,
  EVERY_DOMAIN,
  parseEncryptionKeys,
  type SealedVersion,
  SecretBox,
  withoutKey,
} from '#persistence';
import { ConfigError } from './load-config.js';

/**
 * @param needed what there must be a key for
 * @param kept what the box seals and opens; keys for nothing of that are forgotten
 * @throws ConfigError that names what is wrong with WXPLANE_ENCRYPTION_KEYS, never a value
 */
export function createSecretBox(
  config: {
    readonly WXPLANE_ENCRYPTION_KEYS?: string;
    readonly SECRETS_WRITE: SealedVersion;
    readonly SECRETS_STRICT: boolean;
  },
  needed: DomainUse = EVERY_DOMAIN,
  kept: DomainUse = needed,
): SecretBox {
  try {
    const keys = parseEncryptionKeys(config.WXPLANE_ENCRYPTION_KEYS ?? keyFor(needed));
    const missing = withoutKey(keys, domainsOf(needed));
    if (missing.length > 0)
      throw new Error(`no key is for ${missing.join(', ')}: add one, as <key id>@${missing.join('+')}:<32 bytes in base64>`);
    return new SecretBox(keys, { write: config.SECRETS_WRITE, strict: config.SECRETS_STRICT, use: kept });
  } catch (error) {
    throw new ConfigError([{ key: 'WXPLANE_ENCRYPTION_KEYS', problem: (error as Error).message }]);
  }
}

/** Who seals and opens nothing is given no key; the box wants one, and this one is known to nobody. */
function keyFor(needed: DomainUse): string {
  if (domainsOf(needed).length > 0) throw new Error('is not set');
  return `none:${randomBytes(32).toString('base64')}`;
}

/** A strict reader would not read what a writer of `v1` writes. */
export function StrictNeedsV2(): PropertyDecorator {
  return ValidateBy({
    name: 'strictNeedsV2',
    validator: {
      validate: (value, args) =>
        value !== true || (args?.object as { SECRETS_WRITE?: unknown } | undefined)?.SECRETS_WRITE === 'v2',
      defaultMessage: () => 'needs SECRETS_WRITE=v2',
    },
  });
}
