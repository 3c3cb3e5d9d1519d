import { LRUCache } from 'lru-cache';
import { DEAD_MARGIN_MS, FORMER_TOKEN_MS, type LiveToken, refreshWindowMs } from './token.domain.js';

/** A copy in this process. Instants are of the monotonic clock, in whole milliseconds: V8 keeps fractions in objects of their own. */
export interface MemoryToken {
  readonly key: string;
  readonly token: string;
  readonly generation: number;
  /** When WeChat stops accepting it. */
  diesAt: number;
  /** When it should be replaced; moved forward while that fails. */
  dueAt: number;
  readonly lifetimeMs: number;
  stale: boolean;
}

/** How long a generation announced by a message keeps older ones out: longer than any read takes. */
const FENCE_MS = 60_000;

/** The text alone: one put together from parts of a URL keeps the URL and all parts, more than the rest of a copy takes. */
const compact = (text: string): string => Buffer.from(text, 'utf8').toString('utf8');

/**
 * The copies of one process, the least used forgotten beyond `entries`: about 350 bytes each. A message "generation 7" that arrives while
 * generation 6 is being read from the database keeps generation 6 out.
 */
export class TokenMemory {
  /** The least used first, as far as that matters: see `get`. */
  private readonly tokens = new Map<string, MemoryToken>();
  private readonly fences = new LRUCache<string, { generation: number; until: number }>({ max: 10_000 });

  constructor(
    private readonly entries: number,
    private readonly now: () => number,
  ) {}

  get size(): number {
    return this.tokens.size;
  }

  /** The copy, if it can still be given out. */
  get(key: string, now = this.now()): MemoryToken | undefined {
    const copy = this.tokens.get(key);
    if (copy === undefined || copy.diesAt - DEAD_MARGIN_MS <= now) return undefined;
    // Who is used last is of interest only when something will have to go soon; it costs as much as the rest of a read.
    if (this.tokens.size > this.entries * 0.9) this.moveToEnd(copy);
    return copy;
  }

  put(key: string, live: LiveToken): void {
    const now = this.now();
    const fence = this.fences.get(key);
    if (fence && fence.until > now && fence.generation > live.generation) return;
    const present = this.tokens.get(key);
    if (present && present.generation > live.generation) return;
    const diesAt = Math.floor(now + live.remainingMs);
    this.moveToEnd({
      key: present?.key ?? compact(key),
      token: live.token,
      generation: live.generation,
      diesAt,
      dueAt: diesAt - refreshWindowMs(live.lifetimeMs, Math.random()),
      lifetimeMs: live.lifetimeMs,
      stale: live.stale,
    });
    for (const key of this.tokens.keys()) {
      if (this.tokens.size <= this.entries) break;
      this.tokens.delete(key);
    }
  }

  /** The token changed elsewhere: older copies are worth nothing. */
  invalidate(key: string, generation: number): void {
    this.fences.set(key, { generation, until: this.now() + FENCE_MS });
    const present = this.tokens.get(key);
    if (present && present.generation < generation) this.tokens.delete(key);
  }

  /** A refresh was begun somewhere: if nobody tells how it ended, the copy dies with the former token. */
  capAtFormerLife(key: string): void {
    const present = this.tokens.get(key);
    if (!present) return;
    const now = Math.floor(this.now());
    present.diesAt = Math.min(present.diesAt, now + FORMER_TOKEN_MS);
    present.dueAt = Math.min(present.dueAt, now + (FORMER_TOKEN_MS * 3) / 4);
  }

  drop(key: string): void {
    this.tokens.delete(key);
  }

  clear(): void {
    this.tokens.clear();
  }

  private moveToEnd(copy: MemoryToken): void {
    this.tokens.delete(copy.key);
    this.tokens.set(copy.key, copy);
  }
}
