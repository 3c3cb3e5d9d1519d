import { DataSource, type DataSourceOptions, type LoggerOptions } from 'typeorm';
import { AccessTokenEntity } from './entities/access-token.entity.js';
import { AuthorizationCodeEntity, AuthorizationLinkEntity, PreAuthCodeEntity } from './entities/authorization.entity.js';
import { AuthorizerEntity, AuthorizerPermissionEntity } from './entities/authorizer.entity.js';
import { AccessLogEntity, ClientEntity, IdempotencyEntity } from './entities/client.entity.js';
import { EventEffectEntity, EventEntity } from './entities/event.entity.js';
import { MiniProgramEntity } from './entities/mini-program.entity.js';
import { RefreshTokenEntity } from './entities/refresh-token.entity.js';
import { ReleaseEntity } from './entities/release.entity.js';
import { ReleaseHistoryEntity } from './entities/release-history.entity.js';
import {
  AuditProfileEntity,
  ExtSettingsEntity,
  ReleaseApprovalEntity,
  ScreenshotDataEntity,
  ScreenshotEntity,
} from './entities/release-settings.entity.js';
import { RolloutEntity, RolloutTargetEntity } from './entities/rollout.entity.js';
import { DeliveryAttemptEntity, DeliveryEntity, SubscriptionEntity } from './entities/subscription.entity.js';
import { TemplatePromotionEntity } from './entities/template-promotion.entity.js';
import { TicketEntity } from './entities/ticket.entity.js';
import { SourceTables1700000000001 } from './migrations/1-source-tables.js';
import { ExtendSourceTables1700000000002 } from './migrations/2-extend-source-tables.js';
import { OwnTables1700000000003 } from './migrations/3-own-tables.js';
import { InboxGuards1700000000010 } from './migrations/10-inbox-guards.js';
import { Subscriptions1700000000011 } from './migrations/11-subscriptions.js';
import { BrokerClaims1700000000020 } from './migrations/20-broker-claims.js';
import { ReleaseSteps1700000000030 } from './migrations/30-release-steps.js';
import { Rollouts1700000000031 } from './migrations/31-rollouts.js';

export const ENTITIES = [
  TicketEntity,
  RefreshTokenEntity,
  ReleaseEntity,
  ReleaseHistoryEntity,
  MiniProgramEntity,
  AuditProfileEntity,
  ExtSettingsEntity,
  ReleaseApprovalEntity,
  ScreenshotDataEntity,
  ScreenshotEntity,
  RolloutEntity,
  RolloutTargetEntity,
  TemplatePromotionEntity,
  EventEntity,
  EventEffectEntity,
  SubscriptionEntity,
  DeliveryEntity,
  DeliveryAttemptEntity,
  AccessTokenEntity,
  AuthorizerEntity,
  AuthorizerPermissionEntity,
  AuthorizationLinkEntity,
  PreAuthCodeEntity,
  AuthorizationCodeEntity,
  ClientEntity,
  AccessLogEntity,
  IdempotencyEntity,
];

/** In order; a merged one is never edited. */
export const MIGRATIONS = [
  SourceTables1700000000001,
  ExtendSourceTables1700000000002,
  OwnTables1700000000003,
  InboxGuards1700000000010,
  Subscriptions1700000000011,
  BrokerClaims1700000000020,
  ReleaseSteps1700000000030,
  Rollouts1700000000031,
];

export interface DatabaseOptions {
  /** `mysql://user:password@host:port/schema[?ssl=…]` */
  readonly url: string;
  /** Connections at most. Default 10. */
  readonly poolSize?: number;
  /** How long to wait for a connection to be made. Default 5000. */
  readonly connectTimeoutMs?: number;
  readonly logging?: LoggerOptions;
}

/** One place for how the suite talks to MySQL: UTC, utf8mb4, 64-bit integers as strings, no schema changes by itself. */
export function dataSourceOptions(options: DatabaseOptions): DataSourceOptions {
  return {
    type: 'mysql',
    url: options.url,
    entities: ENTITIES,
    migrations: MIGRATIONS,
    migrationsTableName: 'f_wechat_migration',
    synchronize: false,
    charset: 'utf8mb4',
    timezone: 'Z',
    supportBigNumbers: true,
    bigNumberStrings: true,
    connectTimeout: options.connectTimeoutMs ?? 5_000,
    poolSize: options.poolSize ?? 10,
    logging: options.logging ?? false,
  };
}

export function createDataSource(options: DatabaseOptions): DataSource {
  return new DataSource(dataSourceOptions(options));
}
