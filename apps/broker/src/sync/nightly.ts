import { Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { SyncService } from './sync.service.js';

/** The sync of every night. Every replica begins it; the database lets one do it. */
@Injectable()
export class Nightly {
  constructor(private readonly syncs: SyncService) {}

  @Cron('0 30 3 * * *', { timeZone: 'Asia/Shanghai' })
  sync(): Promise<void> {
    return this.syncs.startNightly();
  }
}
