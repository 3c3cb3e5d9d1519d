import { Inject, Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { isReady, LOGGER, type Logger, LossWatch, Periodic, REDIS } from '#service';
import { SyncService } from './sync.service.js';

const EVERY_MS = 5_000;
/** A page of the list and a profile take seconds. */
const SILENT_S = 120;

/**
 * Runs whose job Redis did not take, or lost, are taken up again: the row says what is to be done, a job only that it is. While Redis is
 * away they are run without it, one at a time in each process.
 */
@Injectable()
export class WaitingSyncs {
  private running: Promise<unknown> | undefined;

  constructor(
    syncs: SyncService,
    @Inject(REDIS) redis: Redis,
    losses: LossWatch,
    @Inject(LOGGER) logger: Logger,
    periodic: Periodic,
  ) {
    const look = async () => {
      if (isReady(redis)) return syncs.takeUp(SILENT_S);
      // Not waited for: a run may take hours, and this has to be seen to go on.
      this.running ??= syncs
        .runDirectly()
        .catch((error: unknown) => {
          logger.warn({ event: 'sync.direct-failed', err: error }, 'Runs could not be looked for; will try again');
        })
        .finally(() => {
          this.running = undefined;
        });
    };
    periodic.every('sync.waiting', EVERY_MS, look, 'later');
    // One that runs may do so in a process that is gone.
    losses.onLoss(() => syncs.takeUp(0));
  }
}
