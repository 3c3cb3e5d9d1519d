import { Global, Module, type OnApplicationShutdown } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { Counter, Histogram, Registry } from 'prom-client';
import { BrokerClient } from '#broker-client';
import { LOGGER, type Logger } from '#service';
import { WechatApi, type WechatCallRecord } from '#wechat';
import { ReleaseConfig } from '../release.config.js';
import { WechatGateway } from './wechat-gateway.service.js';
import { WechatProblemInterceptor } from './wechat-problem.interceptor.js';

function wechatApi(config: ReleaseConfig, metrics: Registry, logger: Logger): WechatApi {
  const calls = new Counter({
    name: 'wxplane_wechat_calls_total',
    help: "Calls of WeChat's API, by API and outcome (ok, or how it failed)",
    labelNames: ['api', 'outcome', 'errcode'],
    registers: [metrics],
  });
  const seconds = new Histogram({
    name: 'wxplane_wechat_call_seconds',
    help: "Duration of calls of WeChat's API",
    labelNames: ['api'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10],
    registers: [metrics],
  });
  const onCall = (record: WechatCallRecord) => {
    calls.inc({ api: record.api, outcome: record.outcome, errcode: String(record.errcode ?? '') });
    seconds.observe({ api: record.api }, record.durationMs / 1_000);
    logger[record.outcome === 'ok' ? 'debug' : 'info']({ event: 'wechat.call', ...record }, 'WeChat call');
  };
  return new WechatApi({ apiBaseUrl: config.WECHAT_API_BASE_URL, timeoutMs: config.WECHAT_TIMEOUT_MS, onCall });
}

class Closing implements OnApplicationShutdown {
  constructor(
    private readonly api: WechatApi,
    private readonly broker: BrokerClient,
  ) {}
  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.api.close(), this.broker.close()]);
  }
}

/** WeChat's API and the broker that has the tokens for it. */
@Global()
@Module({
  providers: [
    { provide: WechatApi, useFactory: wechatApi, inject: [ReleaseConfig, Registry, LOGGER] },
    {
      provide: BrokerClient,
      useFactory: (config: ReleaseConfig) =>
        new BrokerClient({ baseUrl: config.BROKER_URL, clientKey: config.BROKER_CLIENT_KEY }),
      inject: [ReleaseConfig],
    },
    {
      provide: Closing,
      useFactory: (api: WechatApi, broker: BrokerClient) => new Closing(api, broker),
      inject: [WechatApi, BrokerClient],
    },
    WechatGateway,
    { provide: APP_INTERCEPTOR, useClass: WechatProblemInterceptor },
  ],
  exports: [WechatGateway],
})
export class WechatModule {}
