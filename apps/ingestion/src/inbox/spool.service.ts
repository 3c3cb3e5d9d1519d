import { Inject, Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { type Binding, SecretBox, SecretUnreadableError } from '#persistence';
import { SET_ASIDE_KEY, SPOOL_KEY } from '#queues';
import { answers, LOGGER, type Logger, LossWatch, REDIS, within } from '#service';
import type { InboxEntry } from './inbox-entry.js';

const FIELD = 'entry';
/** Of every entry: they are moved, set aside and put back under other ids. What is in one is bound to its own place. */
export const SPOOL_BINDING: Binding = {
  domain: 'inbox',
  table: 'redis',
  columnClass: 'spool',
  key: [],
  purpose: 'spool',
  olderPlainText: false,
};
/** How long an entry waits for a replica that has its key. */
const KEY_ROLLOUT_MS = 15 * 60_000;
/** Pushes wait for this answer while MySQL is up. */
const TELLS_WITHIN_MS = 300;
/** How long a replica of Redis may take to have a push as well, and how long it is not waited for after it did not. */
const REPLICATED_WITHIN_MS = 500;
const UNREPLICATED_REST_MS = 5_000;
/** What is kept in memory beside Redis, in characters: enough for some ten thousand pushes. */
const KEPT_MAX = 16_000_000;
const PUT_BACK = 100;

/**
 * Keeps pushes in Redis while MySQL is away. Everything secret in an entry is ciphertext already; the entry as a whole is sealed as well, so
 * that nobody who can write to Redis can plant a push that WeChat never signed.
 *
 * Redis may lose them as well: it is emptied, or fails over to a replica that did not have the last ones. So a replica is waited for, where
 * there is one; and this process keeps what it put there, until MySQL has it.
 */
@Injectable()
export class SpoolService {
  /** The entry that waits for another replica, so that it is said once. */
  private leftId: string | undefined;
  /** By the id that Redis gave them: what this process put there and has not seen in MySQL. The oldest go when there are too many. */
  private readonly kept = new Map<string, InboxEntry>();
  private keptSize = 0;
  private waitAgainAt = 0;

  constructor(
    @Inject(REDIS) private readonly redis: Redis,
    private readonly secrets: SecretBox,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly losses: LossWatch,
  ) {
    losses.onLoss(async ({ atStart }) => {
      if (!atStart) await this.putBack();
    });
  }

  /** @throws Error when Redis does not take all of them. */
  async put(entries: readonly InboxEntry[]): Promise<void> {
    const pipeline = this.redis.pipeline();
    for (const entry of entries) pipeline.xadd(SPOOL_KEY, '*', FIELD, this.sealed(entry));
    const waits = this.losses.replicas > 0 && performance.now() >= this.waitAgainAt;
    if (waits) pipeline.wait(1, REPLICATED_WITHIN_MS);
    const replies = (await pipeline.exec()) ?? [[new Error('no answer'), null]];
    const [added, waited] = waits ? [replies.slice(0, -1), replies.at(-1)] : [replies, undefined];
    for (const [error] of added) if (error) throw error;
    for (const [index, entry] of entries.entries()) this.keep(String(added[index]?.[1]), entry);
    if (waited) this.judge(waited[0] === null && Number(waited[1]) > 0);
  }

  /** How many this process has put into Redis and not seen in MySQL. */
  get keptCount(): number {
    return this.kept.size;
  }

  /**
   * When nothing waits in Redis (any more): what this process put there is in MySQL, or Redis lost it. `store` makes sure; what is there
   * already vanishes.
   */
  async settle(count: number, store: (entries: readonly InboxEntry[]) => Promise<void>): Promise<number> {
    const part = [...this.kept].slice(0, count);
    if (part.length > 0) await store(part.map(([, entry]) => entry));
    for (const [id] of part) this.forget(id);
    return part.length;
  }

  /** In the form of those that wait, so that it can be put back among them. */
  async addDeadLetter(entry: InboxEntry): Promise<void> {
    await this.redis.xadd(SET_ASIDE_KEY, '*', FIELD, this.sealed(entry));
  }

  /** Entries waiting; `undefined` when Redis does not say. */
  size(): Promise<number | undefined> {
    return this.lengthOf(SPOOL_KEY);
  }

  /** For how many seconds the oldest entry has waited, 0: none does; `undefined` when Redis does not say and there may be some. */
  async oldestS(): Promise<number | undefined> {
    const silent = this.kept.size > 0 ? undefined : 0;
    if (!answers(this.redis)) return silent;
    try {
      const [oldest] = await within(TELLS_WITHIN_MS, this.redis.xrange(SPOOL_KEY, '-', '+', 'COUNT', 1));
      return oldest ? Math.max(0, (Date.now() - tookAt(oldest[0])) / 1_000) : 0;
    } catch {
      return silent;
    }
  }

  /** Entries that a person must look at; `undefined` when Redis does not say. */
  deadLetterCount(): Promise<number | undefined> {
    return this.lengthOf(SET_ASIDE_KEY);
  }

  /**
   * Takes entries out, oldest first, once `store` has made them durable.
   * What cannot be read is set aside, for a person to look at; but at one whose key only other replicas have, the turn ends: they move it.
   * @returns how many were taken out; 0: none is left that this replica can move.
   */
  async move(count: number, store: (entries: readonly InboxEntry[]) => Promise<void>): Promise<number> {
    const found = await this.redis.xrange(SPOOL_KEY, '-', '+', 'COUNT', count);
    const entries: InboxEntry[] = [];
    const unreadable: string[] = [];
    const taken: string[] = [];
    for (const [id, [, text = '']] of found) {
      try {
        entries.push(JSON.parse(this.secrets.open(text, SPOOL_BINDING)) as InboxEntry);
      } catch (error) {
        if (this.mustLeave(id, error)) break;
        unreadable.push(text);
        this.logger.error(
          { event: 'spool.unreadable', id, key: SET_ASIDE_KEY },
          'An entry that waited in Redis cannot be read; it was set aside there',
        );
      }
      taken.push(id);
    }
    if (taken.length === 0) return 0;
    if (entries.length > 0) await store(entries);
    for (const text of unreadable) await this.redis.xadd(SET_ASIDE_KEY, '*', FIELD, text);
    await this.redis.xdel(SPOOL_KEY, ...taken);
    for (const id of taken) this.forget(id);
    return taken.length;
  }

  /**
   * Redis lost them, or may have: should this process end before MySQL is back, they are there. What is there still, because it came after
   * the loss, is left alone.
   */
  private async putBack(): Promise<void> {
    let count = 0;
    const kept = [...this.kept];
    for (let from = 0; from < kept.length; from += PUT_BACK) {
      const part = kept.slice(from, from + PUT_BACK);
      const looks = this.redis.pipeline();
      for (const [id] of part) looks.xrange(SPOOL_KEY, id, id);
      const found = repliesOf(await looks.exec());
      const lost = part.filter(([id], index) => (found[index] as unknown[]).length === 0 && this.kept.has(id));
      if (lost.length === 0) continue;
      const puts = this.redis.pipeline();
      for (const [, entry] of lost) puts.xadd(SPOOL_KEY, '*', FIELD, this.sealed(entry));
      const ids = repliesOf(await puts.exec());
      for (const [index, [id, entry]] of lost.entries()) {
        this.forget(id);
        this.keep(String(ids[index]), entry);
      }
      count += lost.length;
    }
    if (count > 0) this.logger.warn({ event: 'spool.put-back', count }, 'Pushes that waited in Redis were put there again');
  }

  private keep(id: string, entry: InboxEntry): void {
    this.kept.set(id, entry);
    this.keptSize += entry.payload.length;
    for (const oldest of this.kept.keys()) {
      if (this.keptSize <= KEPT_MAX) break;
      this.forget(oldest);
    }
  }

  private forget(id: string): void {
    this.keptSize -= this.kept.get(id)?.payload.length ?? 0;
    this.kept.delete(id);
  }

  private judge(replicated: boolean): void {
    if (replicated) {
      this.waitAgainAt = 0;
      return;
    }
    if (this.waitAgainAt === 0)
      this.logger.warn(
        { event: 'spool.not-replicated' },
        'No replica of Redis has the pushes that wait there; should Redis fail over, only the memory of this process has them',
      );
    this.waitAgainAt = performance.now() + UNREPLICATED_REST_MS;
  }

  /**
   * While a new key is rolled out, replicas that have it put entries here that older ones cannot open yet. If none comes, the key was taken
   * back: the entry must not keep all others waiting for ever.
   */
  private mustLeave(id: string, error: unknown): boolean {
    if (!(error instanceof SecretUnreadableError) || error.keyId === '') return false;
    if (this.secrets.has(error.keyId, SPOOL_BINDING.domain)) return false;
    if (Date.now() - tookAt(id) > KEY_ROLLOUT_MS) return false;
    if (this.leftId !== id)
      this.logger.error(
        { event: 'spool.no-key', id, key_id: error.keyId },
        'An entry that waits in Redis is under a key that is not configured here; it waits for a replica that has it',
      );
    this.leftId = id;
    return true;
  }

  private sealed(entry: InboxEntry): string {
    return this.secrets.seal(JSON.stringify(entry), SPOOL_BINDING);
  }

  private async lengthOf(key: string): Promise<number | undefined> {
    if (!answers(this.redis)) return undefined;
    return within(TELLS_WITHIN_MS, this.redis.xlen(key)).catch(() => undefined);
  }
}

/** An entry's id begins with the time at which Redis took it. */
const tookAt = (id: string): number => Number(id.split('-')[0]);

/** @throws what Redis refused */
function repliesOf(replies: [Error | null, unknown][] | null): unknown[] {
  return (replies ?? [[new Error('no answer'), null] as [Error, null]]).map(([error, reply]) => {
    if (error) throw error;
    return reply;
  });
}
