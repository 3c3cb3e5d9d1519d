import { Inject, Injectable } from '@nestjs/common';
import { CONSUMERS, type Consumer, type ConsumerName, QUEUE_POLICY } from '#queues';
import { ComponentRegistry, LOGGER, type Logger, LossWatch, Periodic } from '#service';
import { IngestionConfig } from '../config/ingestion.config.js';
import { Queues } from '../queues/queues.service.js';
import { jobIdOf } from './dispatch.domain.js';
import { DispatchRepository, type JobToDo } from './dispatch.repository.js';
import { Dispatcher } from './dispatcher.service.js';

const EVERY_MS = 60_000;
/** Events older than this were somebody's to look at long ago. */
const YOUNGEST_MS = 86_400_000;
/** WeChat's check of the platform waits for some seconds. */
const RELEASE_CHECK_MS = 600_000;
const BATCH = 500;

/** Those that find their events by kind; what the release check waits for is found by its accounts, for some minutes. */
const BY_KIND = ['broker', 'release'] as const satisfies readonly ConsumerName[];

/**
 * Redis may be lost with the jobs in it. When that is noticed, every event without an effect gets its job again, under the same name: one
 * that lives is not doubled, one that failed all its tries stays a dead letter. What vanishes unnoticed (a queue emptied by hand) is
 * handed over anew after a while; should the job live after all, the consumer acts once.
 */
@Injectable()
export class LostJobs {
  constructor(
    private readonly repository: DispatchRepository,
    private readonly handover: Dispatcher,
    private readonly queues: Queues,
    private readonly components: ComponentRegistry,
    private readonly config: IngestionConfig,
    @Inject(LOGGER) private readonly logger: Logger,
    losses: LossWatch,
    periodic: Periodic,
  ) {
    periodic.every('handover.lost', EVERY_MS, () => this.look());
    losses.onLoss(() => this.recover());
  }

  /** @returns how many jobs were asked to be there */
  async recover(): Promise<number> {
    // A hand-over that is under way may have put its jobs into the Redis that was lost, and its rows do not say so yet.
    await this.handover.settled();
    const now = Date.now();
    let count = 0;
    for (const name of BY_KIND) {
      const consumer = CONSUMERS[name];
      // As far back as dead letters are kept: they are gone as well.
      const { age } = QUEUE_POLICY[consumer.queue].removeOnFail as { age: number };
      const oldest = await this.repository.firstSince(new Date(now - age * 1_000));
      if (oldest === undefined) continue;
      for (const kind of consumer.kinds)
        count += await this.again(consumer, (after) =>
          this.repository.withoutEffect(name, kind, { from: oldest, after, limit: BATCH }),
        );
    }
    const components = this.components.all.map((component) => component.componentAppid);
    const since = new Date(now - RELEASE_CHECK_MS);
    count += await this.again(CONSUMERS['release-check'], (after) =>
      this.repository.unansweredChecks(components, since, { after, limit: BATCH }),
    );
    if (count > 0) this.logger.info({ event: 'handover.recovered', count }, 'Events without an effect have their jobs (again)');
    return count;
  }

  /** What nobody has noticed. @returns how many events are handed over again */
  async look(): Promise<number> {
    const now = Date.now();
    const oldest = await this.repository.firstSince(new Date(now - YOUNGEST_MS));
    if (oldest === undefined) return 0;
    let found = 0;
    for (const name of BY_KIND) {
      const before = new Date(now - this.config.HANDOVER_LOST_AFTER_S * 1_000);
      found += await this.repository.handOverAgain(name, { from: oldest, before, limit: BATCH });
    }
    if (found > 0) {
      this.logger.warn({ event: 'handover.lost', count: found }, 'Events without an effect are handed over again');
      this.handover.kick();
    }
    return found;
  }

  private async again({ queue, job }: Consumer, page: (after: string) => Promise<JobToDo[]>): Promise<number> {
    let count = 0;
    for (let after = '0'; ; ) {
      const rows = await page(after);
      await this.queues.add(
        rows.map(({ eventId, replays, traceparent }) => ({
          queue,
          name: job,
          data: { eventId },
          jobId: jobIdOf({ eventId, replays, handedOverAtMs: null }),
          traceparent,
        })),
      );
      count += rows.length;
      if (rows.length < BATCH) return count;
      after = rows.at(-1)!.eventId;
    }
  }
}
