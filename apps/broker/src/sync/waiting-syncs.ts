import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { isReady, LOGGER, type Logger, LossWatch, REDIS, Ticker } from '#service';
import { SyncService } from './sync.service.js';

const EVERY_MS = 5_000;

/** Runs whose job Redis did not take, or lost, are taken up again: the row says what is to be done, a job only that it is. */
@Injectable()
export class WaitingSyncs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly ticker: Ticker;

  constructor(
    syncs: SyncService,
    @Inject(REDIS) redis: Redis,
    @Inject(LossWatch) losses: LossWatch,
    @Inject(LOGGER) logger: Logger,
  ) {
    const look = async () => {
      if (isReady(redis)) await syncs.takeUp(['waiting']);
    };
    this.ticker = new Ticker('sync.waiting', EVERY_MS, look, logger);
    // One that runs may do so in a process that is gone.
    losses.onLoss(() => syncs.takeUp(['waiting', 'running']));
  }

  onApplicationBootstrap(): void {
    this.ticker.start('later');
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.ticker.stop();
  }
}
