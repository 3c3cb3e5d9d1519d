import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock, Periodic } from '#service';
import { AuthorizerRepository } from './authorizer.repository.js';

/** Long enough to look into an authorization that ended by mistake; WeChat takes none of these any more. */
const KEPT_DAYS = 30;

/** Erases refresh tokens of merchants that left, every night shortly after four. Several replicas do no harm. */
@Injectable()
export class OldTokens {
  constructor(
    private readonly authorizers: AuthorizerRepository,
    @Inject(CLOCK) clock: Clock,
    periodic: Periodic,
  ) {
    periodic.daily(
      'authorizers.retention',
      4.4,
      () => clock.now(),
      () => this.erase(),
    );
  }

  erase(): Promise<void> {
    return this.authorizers.eraseOldTokens(KEPT_DAYS);
  }
}
