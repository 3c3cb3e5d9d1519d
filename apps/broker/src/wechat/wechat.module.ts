import { Global, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { GrantedSets, WechatCallLog } from '#service';
import { WechatApi, WechatUrls } from '#wechat';
import { ApiSecurityKeyring } from '../api-security/api-security-keyring.js';
import { BrokerConfig } from '../config/broker.config.js';

/** WeChat's API and URLs; every call is recorded. */
@Global()
@Module({
  providers: [
    {
      provide: WechatApi,
      inject: [BrokerConfig, WechatCallLog, DataSource, ApiSecurityKeyring],
      useFactory: (config: BrokerConfig, calls: WechatCallLog, dataSource: DataSource, security: ApiSecurityKeyring) =>
        new WechatApi({
          security,
          apiBaseUrl: config.WECHAT_API_BASE_URL,
          timeoutMs: config.WECHAT_TIMEOUT_MS,
          onCall: (record) => calls.record(record),
          beforeCall: new GrantedSets(dataSource).require,
        }),
    },
    {
      provide: WechatUrls,
      inject: [BrokerConfig],
      useFactory: (config: BrokerConfig) =>
        new WechatUrls({
          apiBaseUrl: config.WECHAT_API_BASE_URL,
          mpBaseUrl: config.WECHAT_MP_BASE_URL,
          openBaseUrl: config.WECHAT_OPEN_BASE_URL,
        }),
    },
  ],
  exports: [WechatApi, WechatUrls],
})
export class WechatModule {}
