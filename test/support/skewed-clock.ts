import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../../scripts/lib/paths.ts';

/** Environment of an app whose clock is wrong by so many seconds. */
export function clockWrongBy(seconds: number): Record<string, string> {
  const loaded = pathToFileURL(join(ROOT, 'test/support/skewed-clock.mjs')).href;
  return { NODE_OPTIONS: `--import=${loaded}`, CLOCK_SKEW_MS: String(seconds * 1_000) };
}
