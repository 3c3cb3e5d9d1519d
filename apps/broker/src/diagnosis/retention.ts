import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { AccessLog, CLOCK, type Clock, daily, LOGGER, type Logger, Ticker, WechatCallLog } from '#service';
import { BrokerConfig } from '../config/broker.config.js';

const EVERY_MS = 300_000;

/** Every night shortly after four, in every mode: a follower has an audit log and a call log of its own. Several replicas do no harm. */
@Injectable()
export class Retention implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly ticker: Ticker;

  constructor(
    calls: WechatCallLog,
    audit: AccessLog,
    config: BrokerConfig,
    @Inject(CLOCK) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    const expire = async () => {
      await calls.expire(config.CALL_LOG_DAYS);
      await audit.expire(config.AUDIT_LOG_DAYS);
    };
    this.ticker = new Ticker(
      'calls.retention',
      EVERY_MS,
      daily(4.2, () => clock.now(), expire),
      logger,
    );
  }

  onApplicationBootstrap(): void {
    this.ticker.start('later');
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.ticker.stop();
  }
}
