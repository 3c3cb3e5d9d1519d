import { setTimeout as sleep } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { isDeadlock, isOfTheData } from '#persistence';
import { traces, within } from '#service';
import { IngestionConfig } from '../config/ingestion.config.js';
import { GroupCommit } from './group-commit.js';
import { InboxRepository } from './inbox.repository.js';
import type { InboxEntry } from './inbox-entry.js';
import { SpoolService } from './spool.service.js';
import { SpoolMover } from './spool-mover.service.js';

/** How long MySQL is left alone after it failed; meanwhile Redis takes the pushes. */
const REST_MS = 1_000;
const ATTEMPTS = 3;
/** So few that wait in Redis are waited for, for so long; with more, new pushes go behind them. */
const FEW = 200;
const CATCH_UP_MS = 300;

/**
 * Makes pushes durable: in MySQL, together with others that came at the same time; in Redis while MySQL does not answer.
 * Resolves when the push may be answered `success`; rejects when nothing took it.
 */
@Injectable()
export class InboxWriter implements BeforeApplicationShutdown {
  private readonly group: GroupCommit<InboxEntry>;
  private restUntil = 0;
  private probing = false;
  /** Goes up whenever something was put into Redis or found there. */
  private spoolings = 0;
  /** Its value when Redis was last seen empty. At the start nobody knows. */
  private emptyAt = -1;
  private readonly listeners: (() => void)[] = [];

  constructor(
    private readonly repository: InboxRepository,
    private readonly spool: SpoolService,
    private readonly mover: SpoolMover,
    private readonly config: IngestionConfig,
  ) {
    // A write that several pushes share stands in the trace of the first.
    this.group = new GroupCommit((entries) => traces.continue(entries[0]?.traceparent, () => this.write(entries)), {
      batchSize: 128,
      writers: 2,
      waitingMax: config.PUSH_WAITING_MAX,
      mustSplit: isOfTheData,
    });
    mover.onStored(() => {
      this.spoolings += 1;
      this.restUntil = 0;
    });
  }

  store(entry: InboxEntry): Promise<void> {
    return this.group.add(entry);
  }

  /** Called after new rows are durable in MySQL. */
  onStored(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Whether MySQL took the last push. */
  get database(): 'up' | 'resting' {
    return this.restUntil === 0 ? 'up' : 'resting';
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.group.drained();
  }

  private async write(entries: readonly InboxEntry[]): Promise<void> {
    const mayAsk = this.mayAskDatabase();
    if ((!mayAsk || (await this.othersWait())) && (await this.spooled(entries))) {
      if (mayAsk) this.probing = false;
      return;
    }
    try {
      await this.intoDatabase(entries);
    } catch (error) {
      if (isOfTheData(error)) throw error;
      this.restUntil = Date.now() + REST_MS;
      // The write may still happen later: both unique keys then make one of the two vanish.
      await this.putIntoSpool(entries);
      return;
    } finally {
      this.probing = false;
    }
    this.restUntil = 0;
    for (const listener of this.listeners) listener();
  }

  private spooled(entries: readonly InboxEntry[]): Promise<boolean> {
    return this.putIntoSpool(entries).then(
      () => true,
      () => false,
    );
  }

  private async putIntoSpool(entries: readonly InboxEntry[]): Promise<void> {
    await this.spool.put(entries);
    // After it: whoever saw Redis empty before must look again.
    this.spoolings += 1;
  }

  /**
   * Whether pushes wait in Redis that came before, so that new ones must go behind them. The last few are waited for while MySQL answers:
   * with steady traffic Redis would otherwise never be empty again.
   */
  private async othersWait(): Promise<boolean> {
    for (const until = Date.now() + CATCH_UP_MS; this.emptyAt !== this.spoolings; await sleep(5)) {
      const { spoolings } = this;
      const size = await this.spool.size();
      if (size === undefined) return false;
      if (size === 0) {
        this.emptyAt = spoolings;
        continue;
      }
      this.mover.soon();
      if (size > FEW || this.restUntil !== 0 || Date.now() > until) return true;
    }
    return false;
  }

  /** While MySQL rests nobody asks it; then one write at a time, until one succeeds. */
  private mayAskDatabase(): boolean {
    if (this.restUntil === 0) return true;
    if (this.probing || Date.now() < this.restUntil) return false;
    this.probing = true;
    return true;
  }

  private async intoDatabase(entries: readonly InboxEntry[]): Promise<void> {
    const deadline = Date.now() + this.config.PUSH_DATABASE_TIMEOUT_MS;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await within(deadline - Date.now(), this.repository.insert(entries), 'MySQL did not answer in time');
      } catch (error) {
        if (!isDeadlock(error) || attempt === ATTEMPTS || Date.now() >= deadline) throw error;
      }
    }
  }
}
