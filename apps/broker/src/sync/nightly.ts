import { Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { BrokerConfig } from '../broker.config.js';
import { CallsService } from '../proxy/calls.service.js';
import { SyncService } from './sync.service.js';

/** What is done every night. Every replica says so; the database lets one do it. */
@Injectable()
export class Nightly {
  constructor(
    private readonly syncs: SyncService,
    private readonly calls: CallsService,
    private readonly config: BrokerConfig,
  ) {}

  @Cron('0 30 3 * * *', { timeZone: 'Asia/Shanghai' })
  sync(): Promise<void> {
    return this.syncs.startNightly();
  }

  @Cron('0 10 4 * * *', { timeZone: 'Asia/Shanghai' })
  expire(): Promise<void> {
    return this.calls.expire(this.config.CALL_LOG_DAYS, this.config.AUDIT_LOG_DAYS);
  }
}
