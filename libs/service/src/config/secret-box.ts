import { ValidateBy } from 'class-validator';
import { parseEncryptionKeys, type SealedVersion, SecretBox } from '#persistence';
import { ConfigError } from './load-config.js';

/** @throws ConfigError that names what is wrong with WXPLANE_ENCRYPTION_KEYS, never a value */
export function createSecretBox(config: {
  readonly WXPLANE_ENCRYPTION_KEYS: string;
  readonly SECRETS_WRITE: SealedVersion;
  readonly SECRETS_STRICT: boolean;
}): SecretBox {
  try {
    return new SecretBox(parseEncryptionKeys(config.WXPLANE_ENCRYPTION_KEYS), {
      write: config.SECRETS_WRITE,
      strict: config.SECRETS_STRICT,
    });
  } catch (error) {
    throw new ConfigError([{ key: 'WXPLANE_ENCRYPTION_KEYS', problem: (error as Error).message }]);
  }
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
