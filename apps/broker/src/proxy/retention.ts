import { Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { BrokerConfig } from '../broker.config.js';
import { CallsService } from './calls.service.js';

/** Every night, in every mode: a follower has an audit log and a call log of its own. Several replicas do no harm. */
@Injectable()
export class Retention {
  constructor(
    private readonly calls: CallsService,
    private readonly config: BrokerConfig,
  ) {}

  @Cron('0 10 4 * * *', { timeZone: 'Asia/Shanghai' })
  expire(): Promise<void> {
    return this.calls.expire(this.config.CALL_LOG_DAYS, this.config.AUDIT_LOG_DAYS);
  }
}
