import { Inject, Injectable } from '@nestjs/common';
import { Checkpointer, CLOCK, type Clock, Periodic, WechatCallLog } from '#service';
import { BrokerConfig } from '../config/broker.config.js';

/** Every night shortly after four, in every mode: a follower has an audit log and a call log of its own. Several replicas do no harm. */
@Injectable()
export class Retention {
  constructor(
    calls: WechatCallLog,
    checkpoints: Checkpointer,
    config: BrokerConfig,
    periodic: Periodic,
    @Inject(CLOCK) clock: Clock,
  ) {
    const expire = async () => {
      await calls.expire(config.CALL_LOG_DAYS);
      await checkpoints.expire(config.AUDIT_LOG_DAYS);
    };
    periodic.daily('calls.retention', 4.2, () => clock.now(), expire);
  }
}
