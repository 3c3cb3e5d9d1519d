import type { Queue } from 'bull';
import type { DatabaseWatchdog } from '#persistence';
import { isReady, type Logger, type Periodic } from '#service';

const EVERY_MS = 2_000;
const BATCH = 1_000;

export interface PromptRetriesParts {
  readonly watchdog: Pick<DatabaseWatchdog, 'recoveries'>;
  /** Whose delayed jobs are all ones that failed and are to be tried again. */
  readonly queue: Queue;
  readonly logger: Logger;
  readonly periodic: Periodic;
}

/**
 * A job that failed because MySQL was away is tried again after a pause that doubles: once MySQL is back, a grant might wait as long again as
 * it was away, and its code lives an hour. So those that wait are tried at once then.
 */
export class PromptRetries {
  private seen: number;

  constructor(private readonly parts: PromptRetriesParts) {
    this.seen = parts.watchdog.recoveries;
    parts.periodic.every(`retries.${parts.queue.name}`, EVERY_MS, () => this.look(), 'later');
  }

  async look(): Promise<void> {
    const { watchdog, queue, logger } = this.parts;
    const { recoveries } = watchdog;
    // Without Redis events are read from the inbox.
    if (recoveries === this.seen || !isReady(queue.client)) return;
    const jobs = await queue.getDelayed(0, BATCH - 1);
    // Another replica may have done it, or its time has come.
    await Promise.all(jobs.map((job) => job.promote().catch(() => {})));
    this.seen = recoveries;
    if (jobs.length > 0)
      logger.info(
        { event: 'retries.prompted', queue: queue.name, count: jobs.length },
        'MySQL is back: what failed is tried at once',
      );
  }
}
