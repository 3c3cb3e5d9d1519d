export { type Access, AccessLog, type AskedBy, actorOf, type FirstTime, type RequestAccess, whence } from './audit/access-log.js';
export {
  AUDITED,
  Audited,
  type AuditedCall,
  AuditedInterceptor,
  auditAs,
  auditChange,
  outcomeOf,
} from './audit/audited.decorator.js';
export * from './base.js';
export {
  ClientGuard,
  CurrentClient,
  callerFor,
  clientOf,
  Gatekeeper,
  managesOthers,
  mayActFor,
  mayUse,
  mayUseComponent,
  NEEDS,
  Needs,
  Public,
  requireAuthorizer,
  requireComponent,
  requirePermission,
  requireUnrestrictedClient,
} from './clients/client.guard.js';
export { ANY_HOST, changedClientOptions, newClientOptions } from './clients/new-client.js';
export { RateLimiter } from './clients/rate-limiter.js';
export { EffectGate, type EffectRequest } from './effects/effect-gate.js';
export { GrantedSets } from './granted-sets/granted-sets.js';
export type { EarlyHandler } from './http/early-handler.js';
export { brokenRequestAnswer, createListener, type ListenerSettings } from './http/listener.js';
export {
  Cursors,
  formerlyBase64,
  formerlyPlain,
  LongPageQuery,
  PAGE_DEFAULT,
  PAGE_MAX,
  type Page,
  PageOf,
  PageQuery,
  wholePage,
} from './http/page.js';
export { AreAppids, AuthorizerPath, Checked, ComponentPath, IsAppid } from './http/paths.dto.js';
export { type ProblemDocument, ProblemFilter, toDomainError, toProblem } from './http/problem.filter.js';
export { FormerTimeRange, IsTime, rangeOf, TimeRange } from './http/range.js';
export { Nullable, RequestPipe } from './http/request.pipe.js';
export { streamedBody } from './http/streamed-body.js';
export { IdempotencyInterceptor, Idempotent } from './idempotency/idempotency.interceptor.js';
export { keepAnswer } from './idempotency/request-key.js';
export { callerId } from './identity/token-callers.js';
export { NestLogger } from './log/nest-logger.js';
export { traces } from './log/traces.js';
export { WechatCallLog } from './observe/call-log.js';
export { ClockWatch } from './observe/clock-watch.js';
export { type HealthCheck, type HealthDetail, HealthRegistry } from './observe/health.js';
export { currentRequest, inRequest, type RequestContext } from './observe/request-context.js';
export { LossWatch } from './redis/loss-watch.js';
export { main, type RunningService, runService, type ServiceDefinition, StartError } from './start/run-service.js';
export { ServiceModule } from './start/service.module.js';
export { Periodic } from './time/periodic.js';
