/** What needs no framework, for programs that are no app: configuration, errors, log, time, Redis. The second door of this library. */
export { type ExportLine, exportAudit, exportedAudit, storedAudit } from './audit/audit-source.js';
export { chainedRow, INTO_ACCESSLOG } from './audit/chain.js';
export { type Checkpoint, publicKeysOf, signerFromFile } from './audit/checkpoint.js';
export { Checkpointer } from './audit/checkpointer.js';
export { type AuditFinding, type Verdict, verifyAudit } from './audit/verify.js';
export { newClientKey, parseClientKey, sha256 } from './clients/client-key.js';
export { type AdminScope, ClientStore, type NewClient } from './clients/client-store.js';
export { NEW_CLIENT_RATE_PER_S, newClientOptions } from './clients/new-client.js';
export { endOf, isPowerful, POWERFUL, POWERFUL_DAYS } from './clients/powerful.js';
export { type Component, ComponentRegistry, loadComponents, SECRET_FIELDS, type SecretField } from './components/components.js';
export {
  TWO_PERSON_EFFECTS,
  type TwoPersonEffect,
  type TwoPersonPolicy,
  type TwoPersonSettings,
} from './components/two-person.js';
export { APPID } from './config/appid.js';
export { networkOf } from './config/caller-address.js';
export { ConfigError, EnvBoolean, loadConfig, Secret, secretsOf } from './config/load-config.js';
export { createSecretBox, StrictNeedsV2 } from './config/secret-box.js';
export { isLocal, SecureUpstream } from './config/secure-url.js';
export { RedisConfig, ServiceConfig, WechatEndpoints } from './config/service-config.js';
export { DomainError, PROBLEMS, type ProblemCode, type ProblemExtras } from './http/problems.js';
export { type Actor, type Caller, type Caller as Client, narrowed } from './identity/caller.js';
export { type ConsoleKey, consoleKeyOf, type LinkClaims, makeLink, readLink } from './identity/console-link.js';
export { type IdentityFile, loadIdentity } from './identity/identity-file.js';
export { createLogger, LOGGER, type Logger } from './log/logger.js';
export { redact } from './log/redact.js';
export {
  ALL_PERMISSIONS,
  BUILT_IN_ROLES,
  isScope,
  PERMISSION_EXTENSION,
  PERMISSIONS,
  type Permission,
  permissionsOf,
  SCOPES,
  type Scope,
  scopesWith,
} from './permissions/permissions.js';
export { type Mover, Progress, type Standstill } from './progress/progress.js';
export { type QueueFigures, readQueue } from './progress/queues.js';
export { STORED_MOVERS, type StoredMover } from './progress/stored.js';
export {
  answers,
  createBlockingRedis,
  createBullRedis,
  createRedis,
  createSubscriber,
  isOfRedis,
  isReady,
  REDIS,
  TRIAL_CHANNEL,
  TRIAL_KEY,
} from './redis/redis.js';
export { remedyFor, wordOf } from './redis/refusals.js';
export { RedisTrial, TRIAL_SCRIPT } from './redis/trial.js';
export { CLOCK, type Clock, systemClock } from './time/clock.js';
export { daily } from './time/daily.js';
export { monotonicMs } from './time/monotonic.js';
export { Ticker } from './time/ticker.js';
export { TimeoutError, within } from './time/within.js';
