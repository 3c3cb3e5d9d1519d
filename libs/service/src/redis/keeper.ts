import type { Cluster, Redis } from 'ioredis';

export interface KeepOptions {
  /** Waiting for an answer for so long, the connection is ended: whatever waits on it fails or is sent again, and a new one is made. */
  readonly silentForMs: number;
}

const EVERY_MS = 500;
/** From here on nobody waits for this connection; most often it answers again before it is ended. */
const SUSPECT_MS = 1_000;
/** A timer that is so late was held up by our own process: nothing is known of the server then. */
const OWN_DELAY_MS = 500;

/** What ioredis keeps of a connection; it offers no other way to ask. */
interface Node {
  readonly status: string;
  readonly stream?: {
    readonly bytesRead: number;
    readonly destroyed: boolean;
    readonly connecting: boolean;
    destroy(error: Error): void;
  };
  readonly commandQueue: { readonly length: number };
  ping(): Promise<unknown>;
  connect(): Promise<void>;
  setStatus(status: string): void;
}

const keepers = new WeakMap<Redis, Keeper>();

/**
 * Watches one connection, as MySQL's watchdog does for a pool: a server that stands still, and a way that is gone without a word (a node
 * without power, an address that moved, an entry that a firewall forgot), send no goodbye, and TCP goes on trying for a quarter of an hour.
 * Whatever is idle is asked something small; whatever does not answer in time is ended, and ioredis makes a new connection.
 */
class Keeper {
  silent = false;
  private readonly heard = new WeakMap<object, { bytes: number; at: number }>();
  private readonly timer: NodeJS.Timeout;
  private lookedAt = performance.now();

  constructor(
    private readonly redis: Redis,
    private readonly options: KeepOptions,
  ) {
    this.timer = setInterval(() => this.look(), EVERY_MS);
    this.timer.unref();
    redis.on('end', () => clearInterval(this.timer));
  }

  private look(): void {
    const now = performance.now();
    const delayed = now - this.lookedAt > EVERY_MS + OWN_DELAY_MS;
    this.lookedAt = now;
    let longest = 0;
    for (const node of nodesOf(this.redis)) {
      const { stream } = node;
      if (node.status === 'ready' && stream?.destroyed) revive(node);
      if (!stream || stream.destroyed || stream.connecting) continue;
      const known = this.heard.get(stream);
      const idle = node.commandQueue.length === 0;
      if (!known || idle || delayed || stream.bytesRead !== known.bytes) {
        this.heard.set(stream, { bytes: stream.bytesRead, at: now });
        if (idle && node.status === 'ready') node.ping().catch(() => {});
        continue;
      }
      const silentMs = now - known.at;
      longest = Math.max(longest, silentMs);
      if (silentMs < this.options.silentForMs) continue;
      stream.destroy(
        Object.assign(new Error(`Redis did not answer for ${Math.round(silentMs)} ms; connecting anew`), { code: 'ETIMEDOUT' }),
      );
    }
    this.silent = longest >= SUSPECT_MS;
  }
}

/**
 * ioredis without its ready check says of a connection that it is ready when its greeting has been answered, or has waited too long, and
 * does not look whether that connection still stands (its issue 2099). Whoever was about to connect anew does not, then: for ever.
 */
function revive(node: Node): void {
  node.setStatus('reconnecting');
  node.connect().catch(() => {});
}

/** From now on. @returns the connection itself */
export function keep(redis: Redis, options: KeepOptions): Redis {
  keepers.set(redis, new Keeper(redis, options));
  return redis;
}

/** Whether the connection waits for an answer at the moment that should be here long since. */
export const isSilent = (redis: Redis): boolean => keepers.get(redis)?.silent ?? false;

const nodesOf = (redis: Redis | Cluster): readonly Node[] =>
  (redis.isCluster ? (redis as Cluster).nodes('all') : [redis]) as unknown as readonly Node[];
