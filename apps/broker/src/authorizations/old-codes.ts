import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock, Periodic } from '#service';
import { CodeRepository } from './code.repository.js';
import { VisitRepository } from './visit.repository.js';

/** Long after WeChat has forgotten them: what is left is for a person who looks into an authorization that failed. */
const KEPT_DAYS = 30;

/** Deletes visits and codes that are long over, every night shortly after four. Several replicas do no harm. */
@Injectable()
export class OldCodes {
  constructor(
    private readonly codes: CodeRepository,
    private readonly visits: VisitRepository,
    @Inject(CLOCK) clock: Clock,
    periodic: Periodic,
  ) {
    periodic.daily(
      'authorizations.retention',
      4.2,
      () => clock.now(),
      () => this.expire(),
    );
  }

  async expire(): Promise<void> {
    await this.visits.expire(KEPT_DAYS);
    await this.codes.expire(KEPT_DAYS);
  }
}
