import { Inject, Injectable } from '@nestjs/common';
import { Counter, Histogram, Registry } from 'prom-client';
import { LOGGER, type Logger } from '#service';
import type { WechatCallRecord } from '#wechat';

/** What became of every call to WeChat: metrics, and a line for those that failed. */
@Injectable()
export class CallRecorder {
  private readonly calls: Counter;
  private readonly seconds: Histogram;

  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    metrics: Registry,
  ) {
    this.calls = new Counter({
      name: 'wxplane_wechat_calls_total',
      help: 'Calls of the WeChat API, by API, outcome and errcode',
      labelNames: ['api', 'outcome', 'errcode'],
      registers: [metrics],
    });
    this.seconds = new Histogram({
      name: 'wxplane_wechat_call_seconds',
      help: 'How long WeChat took to answer',
      labelNames: ['api'],
      registers: [metrics],
    });
  }

  record(call: WechatCallRecord): void {
    this.calls.inc({ api: call.api, outcome: call.outcome, errcode: String(call.errcode ?? '') });
    this.seconds.observe({ api: call.api }, call.durationMs / 1_000);
    if (call.outcome !== 'ok') this.logger.info({ event: 'wechat.call.failed', ...call }, 'A call of WeChat failed');
  }
}
