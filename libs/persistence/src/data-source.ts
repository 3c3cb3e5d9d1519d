import { readFileSync } from 'node:fs';
import { DataSource, type DataSourceOptions, type LoggerOptions } from 'typeorm';
import { AccessTokenEntity } from './entities/access-token.entity.js';
import { ApiSecurityEntity } from './entities/api-security.entity.js';
import { ApprovalEntity } from './entities/approval.entity.js';
import { AuditCheckpointEntity, AuditHeadEntity } from './entities/audit-checkpoint.entity.js';
import { AuthorizationCodeEntity, AuthorizationLinkEntity, PreAuthCodeEntity } from './entities/authorization.entity.js';
import { AuthorizerEntity, AuthorizerPermissionEntity } from './entities/authorizer.entity.js';
import { CallCountEntity, CallEntity, SyncEntity } from './entities/call.entity.js';
import { CertificateEntity, CertificationEntity, CertificationHistoryEntity } from './entities/certification.entity.js';
import { ChannelEntity, NoticeEntity } from './entities/channel.entity.js';
import { AccessLogEntity, CallerEntity, ClientEntity, IdempotencyEntity } from './entities/client.entity.js';
import { ConsoleLinkEntity, ConsoleSessionEntity } from './entities/console.entity.js';
import { EventEffectEntity, EventEntity } from './entities/event.entity.js';
import {
  FilingApplicationEntity,
  FilingConstantsEntity,
  FilingEntity,
  FilingHistoryEntity,
  FilingMediaEntity,
  FilingVerificationEntity,
} from './entities/filing.entity.js';
import { MiniProgramEntity } from './entities/mini-program.entity.js';
import { OnboardingEntity, OnboardingHistoryEntity, OnboardingPaperEntity } from './entities/onboarding.entity.js';
import { OrderPathEntity } from './entities/order-path.entity.js';
import { QuotaResetEntity } from './entities/quota-reset.entity.js';
import { RefreshTokenEntity } from './entities/refresh-token.entity.js';
import { RegistrationEntity, RegistrationHistoryEntity } from './entities/registration.entity.js';
import { ReleaseEntity } from './entities/release.entity.js';
import { ReleaseHistoryEntity } from './entities/release-history.entity.js';
import {
  AuditProfileEntity,
  ExtSettingsEntity,
  ReleaseApprovalEntity,
  ScreenshotDataEntity,
  ScreenshotEntity,
} from './entities/release-settings.entity.js';
import { RolloutEntity, RolloutHistoryEntity, RolloutTargetEntity } from './entities/rollout.entity.js';
import { SelectionEntity } from './entities/selection.entity.js';
import { DeliveryAttemptEntity, DeliveryEntity, SubscriptionEntity } from './entities/subscription.entity.js';
import { TemplatePromotionEntity } from './entities/template-promotion.entity.js';
import { TicketEntity } from './entities/ticket.entity.js';
import { AppealEntity, ViolationEntity } from './entities/violation.entity.js';
import { MIGRATION_TABLE } from './migration-table.js';
import { SourceTables1700000000001 } from './migrations/1-source-tables.js';
import { ExtendSourceTables1700000000002 } from './migrations/2-extend-source-tables.js';
import { OwnTables1700000000003 } from './migrations/3-own-tables.js';
import { InboxGuards1700000000010 } from './migrations/10-inbox-guards.js';
import { Subscriptions1700000000011 } from './migrations/11-subscriptions.js';
import { DeliveryIndexes1700000000012 } from './migrations/12-delivery-indexes.js';
import { AcceptedEvents1700000000013 } from './migrations/13-accepted-events.js';
import { BrokerClaims1700000000020 } from './migrations/20-broker-claims.js';
import { Calls1700000000021 } from './migrations/21-calls.js';
import { RefusedCodes1700000000022 } from './migrations/22-refused-codes.js';
import { RoomForLists1700000000023 } from './migrations/23-room-for-lists.js';
import { ReleaseSteps1700000000030 } from './migrations/30-release-steps.js';
import { Rollouts1700000000031 } from './migrations/31-rollouts.js';
import { OnlineFacts1700000000032 } from './migrations/32-online-facts.js';
import { Retries1700000000033 } from './migrations/33-retries.js';
import { EventTraces1700000000040 } from './migrations/40-event-traces.js';
import { Replays1700000000050 } from './migrations/50-replays.js';
import { DecidedEvents1700000000052 } from './migrations/52-decided-events.js';
import { VisitHolds1700000000054 } from './migrations/54-visit-holds.js';
import { TicketTimes1700000000055 } from './migrations/55-ticket-times.js';
import { KnownProfiles1700000000062 } from './migrations/62-known-profiles.js';
import { TrialTime1700000000063 } from './migrations/63-trial-time.js';
import { WaitingInColumns1700000000076 } from './migrations/76-waiting-in-columns.js';
import { EventRoutes1700000000080 } from './migrations/80-event-routes.js';
import { VisitBrowsers1700000000084 } from './migrations/84-visit-browsers.js';
import { OpenLinks1700000000096 } from './migrations/96-open-links.js';
import { Callers1700000000110 } from './migrations/110-callers.js';
import { Approvals1700000000115 } from './migrations/115-approvals.js';
import { SealedTexts1700000000125 } from './migrations/125-sealed-texts.js';
import { AuditChain1700000000130 } from './migrations/130-audit-chain.js';
import { Registrations1700000000140 } from './migrations/140-registrations.js';
import { Filings1700000000150 } from './migrations/150-filings.js';
import { Certifications1700000000160 } from './migrations/160-certifications.js';
import { QuotaResets1700000000170 } from './migrations/170-quota-resets.js';
import { OrderPaths1700000000171 } from './migrations/171-order-paths.js';
import { Violations1700000000172 } from './migrations/172-violations.js';
import { RolloutHistory1700000000180 } from './migrations/180-rollout-history.js';
import { Onboardings1700000000200 } from './migrations/200-onboardings.js';
import { TargetsThatWait1700000000210 } from './migrations/210-targets-that-wait.js';
import { Appeals1700000000211 } from './migrations/211-appeals.js';
import { ApiSecurity1700000000212 } from './migrations/212-api-security.js';
import { RollbacksOfRollouts1700000000220 } from './migrations/220-rollbacks-of-rollouts.js';
import { Rings1700000000221 } from './migrations/221-rings.js';
import { Selections1700000000222 } from './migrations/222-selections.js';
import { Channels1700000000230 } from './migrations/230-channels.js';
import { Console1700000000240 } from './migrations/240-console.js';
import { FailoverWatch } from './pool.js';
import { pinnedMysql } from './session.js';

export const ENTITIES = [
  CallEntity,
  CallCountEntity,
  SyncEntity,
  TicketEntity,
  RefreshTokenEntity,
  ReleaseEntity,
  ReleaseHistoryEntity,
  MiniProgramEntity,
  SelectionEntity,
  AuditProfileEntity,
  ExtSettingsEntity,
  ReleaseApprovalEntity,
  ApprovalEntity,
  ScreenshotDataEntity,
  ScreenshotEntity,
  RolloutEntity,
  RolloutTargetEntity,
  RolloutHistoryEntity,
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
  CallerEntity,
  ClientEntity,
  AccessLogEntity,
  AuditCheckpointEntity,
  AuditHeadEntity,
  IdempotencyEntity,
  RegistrationEntity,
  RegistrationHistoryEntity,
  FilingEntity,
  FilingApplicationEntity,
  FilingVerificationEntity,
  FilingMediaEntity,
  FilingConstantsEntity,
  FilingHistoryEntity,
  QuotaResetEntity,
  CertificationEntity,
  CertificateEntity,
  ApiSecurityEntity,
  CertificationHistoryEntity,
  AppealEntity,
  OrderPathEntity,
  ViolationEntity,
  OnboardingEntity,
  OnboardingHistoryEntity,
  OnboardingPaperEntity,
  ChannelEntity,
  NoticeEntity,
  ConsoleSessionEntity,
  ConsoleLinkEntity,
];

/** In order; a merged one is never edited. */
export const MIGRATIONS = [
  SourceTables1700000000001,
  ExtendSourceTables1700000000002,
  OwnTables1700000000003,
  InboxGuards1700000000010,
  Subscriptions1700000000011,
  DeliveryIndexes1700000000012,
  AcceptedEvents1700000000013,
  BrokerClaims1700000000020,
  Calls1700000000021,
  RefusedCodes1700000000022,
  RoomForLists1700000000023,
  ReleaseSteps1700000000030,
  Rollouts1700000000031,
  OnlineFacts1700000000032,
  Retries1700000000033,
  EventTraces1700000000040,
  Replays1700000000050,
  DecidedEvents1700000000052,
  VisitHolds1700000000054,
  TicketTimes1700000000055,
  KnownProfiles1700000000062,
  TrialTime1700000000063,
  WaitingInColumns1700000000076,
  EventRoutes1700000000080,
  VisitBrowsers1700000000084,
  OpenLinks1700000000096,
  Callers1700000000110,
  Approvals1700000000115,
  SealedTexts1700000000125,
  AuditChain1700000000130,
  Registrations1700000000140,
  Filings1700000000150,
  Certifications1700000000160,
  RolloutHistory1700000000180,
  TargetsThatWait1700000000210,
  Appeals1700000000211,
  ApiSecurity1700000000212,
  QuotaResets1700000000170,
  OrderPaths1700000000171,
  Violations1700000000172,
  Onboardings1700000000200,
  Channels1700000000230,
  RollbacksOfRollouts1700000000220,
  Rings1700000000221,
  Selections1700000000222,
  Console1700000000240,
];

export interface DatabaseOptions {
  /** `mysql://user:password@host:port/schema[?ssl=…]` */
  readonly url: string;
  /** Connections at most. Default 10. */
  readonly poolSize?: number;
  /** How long to wait for a connection to be made. Default 5000. */
  readonly connectTimeoutMs?: number;
  /** A connection that nobody needed for so long is given back. Default five minutes. */
  readonly idleTimeoutMs?: number;
  /** How long a statement waits for a table that somebody alters or has locked, seconds. Default 30. */
  readonly metadataLockWaitS?: number;
  readonly logging?: LoggerOptions;
  /** TLS, with the server's certificate checked against this file of certificates (PEM); `true`: against those of the system. */
  readonly tls?: string | boolean | undefined;
}

/** One place for how the suite talks to MySQL: UTC, utf8mb4, 64-bit integers as strings, no schema changes by itself. */
export function dataSourceOptions(options: DatabaseOptions): DataSourceOptions {
  const poolSize = options.poolSize ?? 10;
  return {
    type: 'mysql',
    driver: pinnedMysql(options.metadataLockWaitS ?? METADATA_LOCK_WAIT_S),
    url: options.url,
    entities: ENTITIES,
    migrations: MIGRATIONS,
    migrationsTableName: MIGRATION_TABLE,
    synchronize: false,
    charset: 'utf8mb4',
    timezone: 'Z',
    supportBigNumbers: true,
    bigNumberStrings: true,
    connectTimeout: options.connectTimeoutMs ?? 5_000,
    poolSize,
    logging: options.logging ?? false,
    ...(options.tls ? { ssl: tlsOptions(options.tls) } : {}),
    extra: {
      queueLimit: poolSize * WAITING_PER_CONNECTION,
      // A server that went away without a word is noticed; connections that nobody needs are given back.
      enableKeepAlive: true,
      keepAliveInitialDelay: 10_000,
      idleTimeout: options.idleTimeoutMs ?? 300_000,
      // Below the limit of the pool: otherwise mysql2 looks at no idle connection at all.
      maxIdle: poolSize - 1,
      gracefulEnd: true,
      // Nothing is prepared here, and mysql2 makes room for 16,000 statements in each connection: half a megabyte.
      maxPreparedStatements: 1,
    },
  };
}

/** The server's own default is a day: one ALTER TABLE that waits would hold whoever comes after it for as long. */
const METADATA_LOCK_WAIT_S = 30;

/** Statements that may wait for each connection of the pool: beyond that they fail at once instead of piling up. */
const WAITING_PER_CONNECTION = 200;

function tlsOptions(tls: string | true) {
  return {
    minVersion: 'TLSv1.2' as const,
    rejectUnauthorized: true,
    verifyIdentity: true,
    ...(tls === true ? {} : { ca: readFileSync(tls, 'utf8') }),
  };
}

export function createDataSource(options: DatabaseOptions): DataSource {
  const made = dataSourceOptions(options);
  if (options.logging) return new DataSource(made);
  const watch = new FailoverWatch();
  const dataSource = new DataSource({ ...made, logging: ['error'], logger: watch });
  watch.dataSource = dataSource;
  return dataSource;
}
