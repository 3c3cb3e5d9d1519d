export { whyNotConnected } from './connect-failure.js';
export { createDataSource, type DatabaseOptions, dataSourceOptions, ENTITIES, MIGRATIONS } from './data-source.js';
export { AccessTokenEntity, type AccessTokenKind } from './entities/access-token.entity.js';
export { ApiSecurityEntity, type ApiSecurityNumbers } from './entities/api-security.entity.js';
export { ApprovalEntity } from './entities/approval.entity.js';
export { AuditCheckpointEntity, AuditHeadEntity } from './entities/audit-checkpoint.entity.js';
export { AuthorizationCodeEntity, AuthorizationLinkEntity, PreAuthCodeEntity } from './entities/authorization.entity.js';
export {
  AuthorizerEntity,
  type AuthorizerKind,
  AuthorizerPermissionEntity,
  type AuthorizerState,
} from './entities/authorizer.entity.js';
export { CallCountEntity, CallEntity, SyncEntity } from './entities/call.entity.js';
export { CertificateEntity, CertificationEntity, CertificationHistoryEntity } from './entities/certification.entity.js';
export {
  ChannelEntity,
  type ChannelKind,
  NoticeEntity,
  type NoticeState,
  type QuietHours,
  type Severity,
} from './entities/channel.entity.js';
export { AccessLogEntity, CallerEntity, ClientEntity, type ClientOptions, IdempotencyEntity } from './entities/client.entity.js';
export { ConsoleLinkEntity, ConsoleSessionEntity } from './entities/console.entity.js';
export { EventEffectEntity, EventEntity, type EventState } from './entities/event.entity.js';
export { type EventRoute, FORMER_RELEASE_CHECK_NOTE, routeOf, TAKES_NO_ROUTE } from './entities/event-routes.js';
export {
  FilingApplicationEntity,
  FilingConstantsEntity,
  FilingEntity,
  FilingHistoryEntity,
  FilingMediaEntity,
  FilingVerificationEntity,
} from './entities/filing.entity.js';
export { MiniProgramEntity } from './entities/mini-program.entity.js';
export {
  OnboardingEntity,
  type OnboardingGoal,
  OnboardingHistoryEntity,
  OnboardingPaperEntity,
  type OnboardingStart,
  type OnboardingState,
} from './entities/onboarding.entity.js';
export { OrderPathEntity, type OrderPathState } from './entities/order-path.entity.js';
export { QuotaResetEntity } from './entities/quota-reset.entity.js';
export { RefreshTokenEntity } from './entities/refresh-token.entity.js';
export {
  RegistrationEntity,
  RegistrationHistoryEntity,
  type RegistrationState,
  type RegistrationWay,
} from './entities/registration.entity.js';
export { ReleaseEntity } from './entities/release.entity.js';
export { ReleaseHistoryEntity } from './entities/release-history.entity.js';
export {
  AuditProfileEntity,
  ExtSettingsEntity,
  ReleaseApprovalEntity,
  ScreenshotDataEntity,
  ScreenshotEntity,
} from './entities/release-settings.entity.js';
export {
  RolloutEntity,
  RolloutHistoryEntity,
  type RolloutState,
  RolloutTargetEntity,
  type RolloutTargetState,
} from './entities/rollout.entity.js';
export { SelectionEntity } from './entities/selection.entity.js';
export {
  type BodyFormat,
  DeliveryAttemptEntity,
  DeliveryEntity,
  type DeliveryState,
  SubscriptionEntity,
} from './entities/subscription.entity.js';
export { TemplatePromotionEntity } from './entities/template-promotion.entity.js';
export { TicketEntity } from './entities/ticket.entity.js';
export { AppealEntity, type AppealState, ViolationEntity } from './entities/violation.entity.js';
export { withoutValues } from './error-without-values.js';
export {
  accountStatements,
  applyAccounts,
  type DatabaseAccount,
  grantStatements,
  inspectRights,
  MayNotGrantError,
  parseDatabaseAccounts,
  repairStatements,
} from './grants/accounts.js';
export { type Comparison, compareRights, type HeldRights, heldRights } from './grants/held-rights.js';
export { ACCOUNTS, type Account, GRANTED_TABLES, type Rights, rightsOf, rightsOn, VERBS, type Verb } from './grants/matrix.js';
export { type MigrationReport, migrate } from './migrator.js';
export { deleteInBites, updateInBites } from './mysql/delete-in-bites.js';
export {
  changed,
  changedRows,
  type DatabaseTrouble,
  databaseTrouble,
  isDeadlock,
  isDenied,
  isDuplicate,
  isOfTheData,
  isOfTheSchema,
} from './mysql/errors.js';
export { inTransaction, type RepeatOptions, untilNotBusy } from './mysql/transactions.js';
export { withNamedLock } from './named-lock.js';
export { type PoolState, poolState, renewConnections } from './pool.js';
export { authenticatedData, type Binding, SECRET_DOMAINS, type SecretDomain } from './secrets/binding.js';
export { APP_DOMAINS, type DomainUse, domainsOf, EVERY_DOMAIN, useOf } from './secrets/domain-use.js';
export { type EncryptionKey, formatEncryptionKeys, parseEncryptionKeys, withoutKey } from './secrets/encryption-keys.js';
export { ForgedSecretError, type ReencryptOptions, type ReencryptProgress, reencrypt } from './secrets/reencrypt.js';
export { BINDINGS, type ReleaseColumn, SEALED_COLUMNS, type SealedColumn } from './secrets/sealed-columns.js';
export {
  type Seal,
  type SealedVersion,
  SecretBox,
  type SecretBoxOptions,
  SecretUnreadableError,
} from './secrets/secret-box.js';
export { SecretFileError, secretSetting } from './secrets/secret-file.js';
export { SideConnection } from './side-connection.js';
export { type OddTable, oddTables } from './tables.js';
export { initializeUnconnected } from './unconnected.js';
export { DatabaseWatchdog } from './watchdog.js';
