import { Global, Module, type OnApplicationShutdown } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { BrokerClient } from '#broker-client';
import { GrantedSets, WechatCallLog } from '#service';
import { WechatApi } from '#wechat';
import { ReleaseConfig } from '../config/release.config.js';
import { WechatGateway } from './wechat-gateway.service.js';
import { WechatProblemInterceptor } from './wechat-problem.interceptor.js';

function wechatApi(config: ReleaseConfig, calls: WechatCallLog, dataSource: DataSource): WechatApi {
  return new WechatApi({
    apiBaseUrl: config.WECHAT_API_BASE_URL,
    timeoutMs: config.WECHAT_TIMEOUT_MS,
    onCall: (record) => calls.record(record),
    beforeCall: new GrantedSets(dataSource).require,
  });
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
    { provide: WechatApi, useFactory: wechatApi, inject: [ReleaseConfig, WechatCallLog, DataSource] },
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
