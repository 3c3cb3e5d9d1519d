import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { CLOCK, type Clock, daily, LOGGER, type Logger, Ticker } from '#service';
import { SyncService } from './sync.service.js';

const EVERY_MS = 300_000;

/** The sync of every night, at half past three. Every replica begins it; the database lets one do it. */
@Injectable()
export class Nightly implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly ticker: Ticker;

  constructor(
    private readonly syncs: SyncService,
    @Inject(CLOCK) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    const turn = daily(
      3.5,
      () => clock.now(),
      () => this.sync(),
    );
    this.ticker = new Ticker('sync.nightly', EVERY_MS, turn, logger);
  }

  onApplicationBootstrap(): void {
    this.ticker.start('later');
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.ticker.stop();
  }

  sync(): Promise<void> {
    return this.syncs.startNightly();
  }
}
