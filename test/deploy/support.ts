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
