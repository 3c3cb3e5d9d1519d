import { type SecretBox, SecretUnreadableError } from '#persistence';
import type { Logger } from '#service';

/**
 * Opens a stored secret that can be had anew. One that cannot be read any more (its key was removed before everything was encrypted
 * again) counts as absent: WeChat is asked for another one.
 */
export function openOrAbsent(box: SecretBox, logger: Logger, stored: string, purpose: string): string | undefined {
  try {
    return box.open(stored, purpose);
  } catch (error) {
    if (!(error instanceof SecretUnreadableError)) throw error;
    logger.error(
      { event: 'secret.unreadable', purpose, key_id: error.keyId },
      'A stored secret cannot be read and counts as absent; is its encryption key still configured?',
    );
    return undefined;
  }
}
