import { print } from './terminal.mjs';

/**
 * Ctrl-C, and being asked to end: cleans up once, then leaves with 130. A second signal changes nothing.
 * @returns a function that says whether it has come to that
 */
export function onInterrupt(cleanUp: () => Promise<void>): () => boolean {
  let interrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (interrupted) return;
      interrupted = true;
      print('\ninterrupted; stopping');
      void cleanUp().finally(() => process.exit(130));
    });
  }
  return () => interrupted;
}
