import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedis } from '../../../scripts/lib/redis.ts';

export interface TestRedis {
  /** `redis://:<password>@127.0.0.1:<port>` */
  readonly url: string;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

/**
 * A Redis server of the caller's own, empty. Names of queues, channels and keys are fixed, and some tests flush or stop their
 * server: test files that run beside each other share none, nor a numbered database of one.
 */
export async function createTestRedis(): Promise<TestRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'wxplane-redis-'));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  try {
    const { url, child } = await startRedis({ folder, relaxed: true });
    return {
      url,
      async stop() {
        await child.stop(5_000);
        removeFolder();
      },
    };
  } catch (error) {
    removeFolder();
    throw error;
  }
}
