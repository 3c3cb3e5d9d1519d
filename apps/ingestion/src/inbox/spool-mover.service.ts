import { Inject, Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { isOfTheData } from '#persistence';
import { SET_ASIDE_KEY } from '#queues';
import { answers, LOGGER, type Logger, Periodic, REDIS, Ticker } from '#service';
import { IngestionConfig } from '../config/ingestion.config.js';
import { InboxRepository } from './inbox.repository.js';
import type { InboxEntry } from './inbox-entry.js';
import { SpoolService } from './spool.service.js';

const BATCH = 100;

/** Moves what waited in Redis into MySQL, in the order in which it came. Safe on several replicas at once. */
@Injectable()
export class SpoolMover {
  private readonly ticker: Ticker;
  private readonly listeners: (() => void)[] = [];

  constructor(
    private readonly spool: SpoolService,
    private readonly repository: InboxRepository,
    @Inject(REDIS) private readonly redis: Redis,
    @Inject(LOGGER) private readonly logger: Logger,
    config: IngestionConfig,
    periodic: Periodic,
  ) {
    this.ticker = periodic.every('spool.move', config.SWEEP_INTERVAL_MS, () => this.moveAll());
  }

  onStored(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Does not wait for the next turn. */
  soon(): void {
    void this.ticker.tick();
  }

  async moveAll(): Promise<number> {
    let moved = 0;
    for (;;) {
      const count = await this.step();
      moved += count;
      if (count > 0) for (const listener of this.listeners) listener();
      // Not before nothing is left: what comes meanwhile goes behind what waits.
      if (count === 0) break;
    }
    if (moved > 0) this.logger.info({ event: 'spool.moved', count: moved }, 'Pushes that waited in Redis are in MySQL now');
    return moved;
  }

  private async step(): Promise<number> {
    const store = (entries: readonly InboxEntry[]) => this.store(entries);
    // Also from one that refuses: being full may have this very reason.
    const count = answers(this.redis) ? await this.spool.move(BATCH, store) : 0;
    if (count > 0 || this.spool.keptCount === 0) return count;
    // Some may still wait there, for a replica that can open them.
    if (answers(this.redis) && (await this.spool.size()) !== 0) return 0;
    return this.spool.settle(BATCH, store);
  }

  private async store(entries: readonly InboxEntry[]): Promise<void> {
    try {
      await this.repository.insert(entries);
    } catch (error) {
      if (!isOfTheData(error)) throw error;
      for (const entry of entries) await this.storeOne(entry);
    }
  }

  /** An entry that MySQL refuses for what it holds must not stop those behind it. */
  private async storeOne(entry: InboxEntry): Promise<void> {
    try {
      await this.repository.insert([entry]);
    } catch (error) {
      if (!isOfTheData(error)) throw error;
      await this.spool.addDeadLetter(entry);
      this.logger.error(
        { event: 'spool.refused', kind: entry.kind, code: (error as { code?: string }).code, key: SET_ASIDE_KEY },
        'MySQL refuses an event that waited in Redis; it was set aside there',
      );
    }
  }
}
