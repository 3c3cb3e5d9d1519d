import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { processExists } from '../../../scripts/lib/child.ts';
import type { LocalServer } from '../../../scripts/lib/mariadb.ts';

export interface StoppableServer {
  /** As a crash: at once. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** A server that keeps its process id in a file of its folder; started anew it is stopped at the end, too. */
export function stoppable(
  folder: string,
  pidFile: string,
  start: () => Promise<LocalServer>,
  undo: (() => unknown)[],
): StoppableServer {
  return {
    async stop() {
      const pid = Number(readFileSync(join(folder, pidFile), 'utf8'));
      process.kill(pid, 'SIGKILL');
      while (processExists(pid)) await new Promise((resolve) => setTimeout(resolve, 50));
    },
    async start() {
      const server = await start();
      undo.push(() => server.child.stop(30_000));
    },
  };
}
