import { getMetadataStorage } from 'class-validator';
import { ConfigError, createSecretBox } from '#base';
import type { DomainUse } from '#persistence';

export { APP_DOMAINS, EVERY_DOMAIN } from '#persistence';
export { loadComponents } from '#service';

/** What is wrong with a value of WXPLANE_ENCRYPTION_KEYS for whoever seals and opens this. */
export function encryptionKeysProblem(text: string | undefined, use: DomainUse): string | undefined {
  try {
    createSecretBox({ WXPLANE_ENCRYPTION_KEYS: text ?? '', SECRETS_WRITE: 'v2', SECRETS_STRICT: false }, use);
    return undefined;
  } catch (error) {
    return error instanceof ConfigError ? error.problems[0]!.problem : (error as Error).message;
  }
}

/** The environment variables that a configuration class reads, its parents' included. */
export function variablesOf(shape: new () => object): string[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(shape, '', false, false);
  return [...new Set(rules.map(({ propertyName }) => propertyName))];
}
