import { InboxAccessModule } from '#inbox';
import { APP_DOMAINS } from '#persistence';
import { type ServiceDefinition, streamedBody } from '#service';
import { FILM, PICTURES } from './account-calls/upload.js';
import { ApiSecurityModule } from './api-security/api-security.module.js';
import { AuthorizationsModule } from './authorizations/authorizations.module.js';
import { AuthorizersModule } from './authorizers/authorizers.module.js';
import { CertificationsModule } from './certifications/certifications.module.js';
import { ClientsModule } from './clients/clients.module.js';
import { ComponentsModule } from './components/components.module.js';
import { BrokerConfig } from './config/broker.config.js';
import { EventsModule } from './events/events.module.js';
import { FilingsModule } from './filings/filings.module.js';
import { FollowModule } from './follow/follow.module.js';
import { InvalidationModule } from './invalidation/invalidation.module.js';
import { OnBehalfModule } from './on-behalf/on-behalf.module.js';
import { OperationsModule } from './operations/operations.module.js';
import { ProxyModule } from './proxy/proxy.module.js';
import { proxyPaths } from './proxy/proxy.openapi.js';
import { installProxy } from './proxy/proxy.routes.js';
import { QuotasModule } from './quotas/quotas.module.js';
import { RegistrationsModule } from './registrations/registrations.module.js';
import { ReleaseCheckModule } from './release-check/release-check.module.js';
import { SyncModule } from './sync/sync.module.js';
import { TokensModule } from './tokens/tokens.module.js';
import { warmReads } from './tokens/warm-reads.js';
import { WechatModule } from './wechat/wechat.module.js';

/** The largest paper that any of WeChat's APIs may take. */
const PAPER_BYTES = 10 * 1024 * 1024;

const COMMON = [
  InvalidationModule,
  WechatModule,
  ApiSecurityModule,
  TokensModule,
  ComponentsModule,
  ClientsModule,
  OnBehalfModule,
  OperationsModule,
  ProxyModule,
];

/** What only a broker does that has the component to itself: a follower takes no events, makes no links and asks WeChat for no token. */
const LEADER = [
  QuotasModule,
  InboxAccessModule,
  AuthorizersModule,
  AuthorizationsModule,
  RegistrationsModule,
  EventsModule,
  FilingsModule,
  CertificationsModule,
  SyncModule,
  ReleaseCheckModule,
];

export const brokerDefinition: ServiceDefinition<BrokerConfig> = {
  app: 'broker',
  title: 'wxplane broker',
  description: 'Tokens and authorizations of a WeChat third-party platform (微信第三方平台).',
  config: BrokerConfig,
  componentFields: (config) => (config.BROKER_FOLLOW_URL === undefined ? ['component_appsecret'] : []),
  secrets: APP_DOMAINS.broker,
  // Warm tokens are still read.
  withoutMysql: 'degraded',
  imports: ({ config }) => [...COMMON, ...(config.BROKER_FOLLOW_URL === undefined ? LEADER : [FollowModule])],
  worksOnJobs: (config) => config.BROKER_FOLLOW_URL === undefined,
  prepare: async (app) => {
    // Papers are streamed on, not kept in memory.
    const http = app.getHttpAdapter().getInstance();
    http.addContentTypeParser([...PICTURES, FILM], { bodyLimit: PAPER_BYTES }, streamedBody(PAPER_BYTES));
    await installProxy(app);
  },
  paths: proxyPaths,
  beforeFramework: warmReads,
};
