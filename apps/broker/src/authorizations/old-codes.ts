import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { CLOCK, type Clock, daily, LOGGER, type Logger, Ticker } from '#service';
import { CodeRepository } from './code.repository.js';
import { VisitRepository } from './visit.repository.js';

const EVERY_MS = 300_000;
/** Long after WeChat has forgotten them: what is left is for a person who looks into an authorization that failed. */
const KEPT_DAYS = 30;

/** Deletes visits and codes that are long over, every night shortly after four. Several replicas do no harm. */
@Injectable()
export class OldCodes implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly ticker: Ticker;

  constructor(
    private readonly codes: CodeRepository,
    private readonly visits: VisitRepository,
    @Inject(CLOCK) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    const turn = daily(
      4.2,
      () => clock.now(),
      () => this.expire(),
    );
    this.ticker = new Ticker('authorizations.retention', EVERY_MS, turn, logger);
  }

  onApplicationBootstrap(): void {
    this.ticker.start('later');
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.ticker.stop();
  }

  async expire(): Promise<void> {
    await this.visits.expire(KEPT_DAYS);
    await this.codes.expire(KEPT_DAYS);
  }
}
