import { type Binding, type SecretBox, SecretUnreadableError } from '#persistence';
import type { Logger } from '#service';

/**
 * Opens a stored secret that can be had anew. One that cannot be read any more (its key was removed before everything was encrypted
 * again), or does not belong where it stands, counts as absent: WeChat is asked for another one.
 */
export function openOrAbsent(box: SecretBox, logger: Logger, stored: string, binding: Binding): string | undefined {
  try {
    return box.open(stored, binding);
  } catch (error) {
    if (!(error instanceof SecretUnreadableError)) throw error;
    logger.error(
      { event: 'secret.unreadable', purpose: binding.purpose, key_id: error.keyId, err: error },
      'A stored secret cannot be read and counts as absent',
    );
    return undefined;
  }
}
