import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock, Periodic } from '#service';
import { SyncService } from './sync.service.js';

/** The sync of every night, at half past three. Every replica begins it; the database lets one do it. */
@Injectable()
export class Nightly {
  constructor(
    private readonly syncs: SyncService,
    @Inject(CLOCK) clock: Clock,
    periodic: Periodic,
  ) {
    periodic.daily(
      'sync.nightly',
      3.5,
      () => clock.now(),
      () => this.sync(),
    );
  }

  sync(): Promise<void> {
    return this.syncs.startNightly();
  }
}
