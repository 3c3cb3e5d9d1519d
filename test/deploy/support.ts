import { getMetadataStorage } from 'class-validator';
import { parseEncryptionKeys } from '#persistence';

export { loadComponents } from '#service';

/** What is wrong with a value of WXPLANE_ENCRYPTION_KEYS. */
export function parseEncryptionKeysProblem(text: string | undefined): string | undefined {
  try {
    parseEncryptionKeys(text ?? '');
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** The environment variables that a configuration class reads, its parents' included. */
export function variablesOf(shape: new () => object): string[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(shape, '', false, false);
  return [...new Set(rules.map(({ propertyName }) => propertyName))];
}
