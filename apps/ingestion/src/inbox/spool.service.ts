import { Inject, Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { SecretBox } from '#persistence';
import { isReady, LOGGER, type Logger, REDIS } from '#service';
import type { InboxEntry } from './inbox-entry.js';

/** A stream and not a list: entries are taken out by their id, so two movers at once lose nothing. */
export const SPOOL_KEY = '{wxplane}:ingestion:spool';
/** What MySQL refused for what it holds, and what cannot be read: for a person to look at. */
export const REFUSED_KEY = `${SPOOL_KEY}:refused`;
const FIELD = 'entry';
const PURPOSE = 'spool';

/**
 * Keeps pushes in Redis while MySQL is away. Everything secret in an entry is ciphertext already; the entry as a whole is sealed as well, so
 * that nobody who can write to Redis can plant a push that WeChat never signed.
 */
@Injectable()
export class SpoolService {
  constructor(
    @Inject(REDIS) private readonly redis: Redis,
    @Inject(SecretBox) private readonly secrets: SecretBox,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @throws Error when Redis does not take all of them. */
  async put(entries: readonly InboxEntry[]): Promise<void> {
    const pipeline = this.redis.pipeline();
    for (const entry of entries) pipeline.xadd(SPOOL_KEY, '*', FIELD, this.secrets.seal(JSON.stringify(entry), PURPOSE));
    for (const [error] of (await pipeline.exec()) ?? [[new Error('no answer')]]) if (error) throw error;
  }

  async setAside(entry: InboxEntry): Promise<void> {
    await this.redis.xadd(REFUSED_KEY, '*', FIELD, JSON.stringify(entry));
  }

  /** Entries waiting; `undefined` when Redis does not say. */
  async size(): Promise<number | undefined> {
    if (!isReady(this.redis)) return undefined;
    return this.redis.xlen(SPOOL_KEY).catch(() => undefined);
  }

  /**
   * Takes entries out, oldest first, once `store` has made them durable.
   * What cannot be read is set aside, for a person to look at.
   * @returns how many were taken out; 0: none is left.
   */
  async move(count: number, store: (entries: readonly InboxEntry[]) => Promise<void>): Promise<number> {
    const found = await this.redis.xrange(SPOOL_KEY, '-', '+', 'COUNT', count);
    if (found.length === 0) return 0;
    const entries: InboxEntry[] = [];
    const unreadable: string[] = [];
    for (const [id, [, text]] of found) {
      try {
        entries.push(JSON.parse(this.secrets.openSealed(text ?? '', PURPOSE)) as InboxEntry);
      } catch {
        unreadable.push(text ?? '');
        this.logger.error(
          { event: 'spool.unreadable', id, key: REFUSED_KEY },
          'An entry that waited in Redis cannot be read; it was set aside there',
        );
      }
    }
    if (entries.length > 0) await store(entries);
    for (const text of unreadable) await this.redis.xadd(REFUSED_KEY, '*', FIELD, text);
    await this.redis.xdel(SPOOL_KEY, ...found.map(([id]) => id));
    return found.length;
  }
}
