import { SecretUnreadableError } from '#persistence';

/**
 * What `read` makes of a row's sealed texts. When one of them does not open, whoever asks for `names` is told so: a list goes on without
 * them, and nothing else is sent in their place.
 */
export function orWithheld<T extends object, K extends keyof T>(
  read: () => T,
  without: () => T,
  names: readonly K[],
  tell: (error: SecretUnreadableError) => void,
): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SecretUnreadableError)) throw error;
    tell(error);
    const value = without();
    const get = (): never => {
      throw error;
    };
    // Seen by a copy as well: it throws instead of coming out empty.
    for (const name of names) Object.defineProperty(value, name, { get, enumerable: true });
    return value;
  }
}

/** `undefined`: it is withheld. */
export function unlessWithheld<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof SecretUnreadableError) return undefined;
    throw error;
  }
}
