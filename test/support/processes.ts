import { answersOk, Child } from '../../scripts/lib/child.ts';
import { COMPILED } from '../../scripts/lib/suite.ts';

export { freePort, freePorts } from '../../scripts/lib/ports.ts';
export type { Child };

export interface AppStart {
  /** Shown in messages. */
  readonly name: string;
  /** The built file, such as `dist/apps/broker/src/main.js`, from the repository's root. */
  readonly entry: string;
  readonly args?: readonly string[];
  /** The whole environment but PATH and Node's cache: nothing of the developer's own leaks in. */
  readonly env: Readonly<Record<string, string>>;
}

/** Starts a built app as a process of its own; its output is kept and can be read. */
export function startApp({ name, entry, args = [], env }: AppStart): Child {
  return new Child({
    name,
    command: process.execPath,
    args: ['--enable-source-maps', entry, ...args],
    cwd: new URL('../../', import.meta.url).pathname,
    env: { PATH: process.env['PATH'], NODE_ENV: 'test', NODE_COMPILE_CACHE: COMPILED, ...env },
  });
}

/** Waits until the address answers 2xx. @throws Error with the end of the app's output. */
export async function waitUntilReady(app: Child, url: string, timeoutMs = 120_000): Promise<void> {
  await app.waitUntil(() => answersOk(url), timeoutMs);
}

/** Runs a built command to its end. @throws Error with its output when it fails. */
export async function runToEnd(start: AppStart): Promise<string> {
  const child = startApp(start);
  const exit = await child.exited;
  if (exit.code !== 0) throw new Error(`${start.name} failed (${exit.signal ?? exit.code})\n${child.tail(30)}`);
  return child.output();
}
