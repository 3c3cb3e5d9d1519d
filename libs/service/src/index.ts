export { type Access, AccessLog, type RequestAccess } from './audit/access-log.js';
export { AUDITED, Audited, type AuditedCall, AuditedInterceptor, auditAs, outcomeOf } from './audit/audited.decorator.js';
export {
  ClientGuard,
  CurrentClient,
  clientOf,
  Gatekeeper,
  mayActFor,
  mayUse,
  NeedsScope,
  Public,
  requireAuthorizer,
  requireScope,
  requireUnrestrictedClient,
} from './clients/client.guard.js';
export { newClientKey, parseClientKey, SCOPES, type Scope, sha256 } from './clients/client-key.js';
export { type Client, ClientStore, type NewClient } from './clients/client-store.js';
export { RateLimiter } from './clients/rate-limiter.js';
export { ComponentRegistry, ComponentSettings, loadComponents } from './components/components.js';
export { APPID } from './config/appid.js';
export { networkOf } from './config/caller-address.js';
export { ConfigError, EnvBoolean, loadConfig, Secret, secretsOf } from './config/load-config.js';
export { createSecretBox, StrictNeedsV2 } from './config/secret-box.js';
export { isLocal, SecureUpstream } from './config/secure-url.js';
export { RedisConfig, ServiceConfig, WechatEndpoints } from './config/service-config.js';
export type { EarlyHandler } from './http/early-handler.js';
export { brokenRequestAnswer, createListener, type ListenerSettings } from './http/listener.js';
export {
  Cursors,
  formerlyBase64,
  formerlyPlain,
  PAGE_DEFAULT,
  PAGE_MAX,
  type Page,
  PageOf,
  PageQuery,
  wholePage,
} from './http/page.js';
export { AreAppids, AuthorizerPath, ComponentPath, IsAppid } from './http/paths.dto.js';
export { type ProblemDocument, ProblemFilter, toProblem } from './http/problem.filter.js';
export { DomainError, PROBLEMS, type ProblemCode, type ProblemExtras } from './http/problems.js';
export { FormerTimeRange, IsTime, rangeOf, TimeRange } from './http/range.js';
export { Nullable, RequestPipe } from './http/request.pipe.js';
export { IdempotencyInterceptor, Idempotent } from './idempotency/idempotency.interceptor.js';
export { createLogger, LOGGER, type Logger, NestLogger } from './log/logger.js';
export { redact } from './log/redact.js';
export { WechatCallLog } from './observe/call-log.js';
export { ClockWatch } from './observe/clock-watch.js';
export { type HealthCheck, type HealthDetail, HealthRegistry } from './observe/health.js';
export { currentRequest, inRequest, type RequestContext } from './observe/request-context.js';
export { traces } from './observe/traces.js';
export { type Mover, Progress, type Standstill } from './progress/progress.js';
export { type QueueFigures, readQueue } from './progress/queues.js';
export { STORED_MOVERS, type StoredMover } from './progress/stored.js';
export { LossWatch } from './redis/loss-watch.js';
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
export { main, type RunningService, runService, type ServiceDefinition, StartError } from './start/run-service.js';
export { ServiceModule } from './start/service.module.js';
export { CLOCK, type Clock, systemClock } from './time/clock.js';
export { daily } from './time/daily.js';
export { monotonicMs } from './time/monotonic.js';
export { Periodic } from './time/periodic.js';
export { Ticker } from './time/ticker.js';
export { TimeoutError, within } from './time/within.js';
