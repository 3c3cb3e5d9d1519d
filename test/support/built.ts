import { existsSync } from 'node:fs';
import { build } from '../../scripts/lib/build.ts';

/** Started by integration tests, too. */
const SANDBOX = new URL('../../dist/apps/sandbox/src/main.js', import.meta.url).pathname;

/**
 * Compiles a checkout that never was: some integration tests start the sandbox from dist/. What is there is left alone, so that a single
 * file is tried in seconds; `npm test` compiles what has changed itself, wherever whole apps are started.
 */
export async function ensureBuilt(main = SANDBOX, compile: typeof build = build): Promise<void> {
  if (!existsSync(main)) await compile((line) => console.log(`build: ${line}`));
}
