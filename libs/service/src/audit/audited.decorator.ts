import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  SetMetadata,
  UseInterceptors,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { catchError, concatMap, type Observable } from 'rxjs';
import { askedBy } from '../clients/asked.js';
import { toDomainError } from '../http/problem.filter.js';
import { PROBLEMS } from '../http/problems.js';
import { Idempotent } from '../idempotency/idempotency.interceptor.js';
import type { Caller } from '../identity/caller.js';
import { type Access, AccessLog, type RequestAccess } from './access-log.js';
import { changeOf } from './change.js';

/** Where `@Audited` is written down at a handler. */
export const AUDITED = 'wxplane:audited';

export interface AuditedCall {
  readonly params: Readonly<Record<string, string>>;
  /** As it was sent: of a refused call perhaps not what the route takes. */
  readonly body: Readonly<Record<string, unknown>>;
  /** `undefined` after a failure. */
  readonly answer: Readonly<Record<string, unknown>> | undefined;
}

export interface AuditOptions {
  /** Default true. `false` where the answer holds a secret, which would be stored, or the body is a stream, which cannot be compared. */
  readonly idempotent?: boolean;
  /** What the entry says besides path and answer; `null`: this call is worth no entry. */
  readonly entry?: (call: AuditedCall) => Partial<RequestAccess> | null;
  /** A second entry, for what is looked for by an action of its own. Only of calls that succeed. */
  readonly also?: (call: AuditedCall) => RequestAccess | undefined;
}

/** What handlers found out about their calls. */
const found = new WeakMap<object, Partial<RequestAccess>>();

/** For a handler that learns only while it works what a call really is: its entry says so. */
export const auditAs = (request: object, entry: Partial<RequestAccess>): void =>
  void found.set(request, { ...found.get(request), ...entry });

/** For a handler that changes what configures something: its entry says from what to what, without secrets. See `changeOf`. */
export const auditChange = (
  request: object,
  before: object | undefined,
  after: object | undefined,
  sealed: readonly string[] = [],
): void => auditAs(request, { change: changeOf(before, after, sealed) });

interface Audit extends AuditOptions {
  readonly action: string;
}

/** Writes one entry of the audit log per call: who did what to whom, and whether it worked. */
@Injectable()
export class AuditedInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly accessLog: AccessLog,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const audit = this.reflector.get<Audit>(AUDITED, context.getHandler());
    const request = context.switchToHttp().getRequest<FastifyRequest & { client?: Caller }>();
    const record = async (outcome: Access['outcome'], answer?: unknown, reason?: string): Promise<void> => {
      const call = callOf(request, answer);
      const entry = audit.entry?.(call);
      if (entry === null) return;
      const { permission } = askedBy(request);
      const about = { action: audit.action, permission, ...subjectOf(call) };
      const second = outcome === 'ok' && audit.also?.(call);
      if (second) this.accessLog.recordRequest(request.client, request, { ...about, ...second });
      await this.accessLog.recordAnswer(request.client, request, { ...about, ...entry, ...found.get(request), outcome, reason });
    };
    return next.handle().pipe(
      concatMap(async (answer) => {
        await record('ok', answer);
        return answer;
      }),
      catchError(async (error: unknown) => {
        // What is refused or failed reveals nothing: its answer waits for a sink, and goes out also without one.
        if (!this.accessLog.knows(request))
          await record(outcomeOf(error), undefined, toDomainError(error).code).catch(() => undefined);
        throw error;
      }),
    );
  }
}

/** Whether a call that did not work was the caller's fault. */
export const outcomeOf = (error: unknown): 'refused' | 'failed' =>
  PROBLEMS[toDomainError(error).code].status < 500 ? 'refused' : 'failed';

function callOf({ params, body }: FastifyRequest, answer: unknown): AuditedCall {
  return {
    params: (params ?? {}) as Record<string, string>,
    body: (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>,
    answer: typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>) : undefined,
  };
}

/** What a creation answers, in the order in which it is taken for the subject. */
const IDS = ['release_id', 'rollout_id', 'link_id', 'sync_id', 'subscription_id', 'client_id'];

/** Whom a call is about: as the path says it, or else the answer. */
function subjectOf({ params, answer }: AuditedCall): Pick<RequestAccess, 'componentAppid' | 'authorizerAppid' | 'subject'> {
  const { component_appid, authorizer_appid, ...rest } = params;
  const subject = Object.values(rest)[0] ?? IDS.map((id) => text(answer?.[id])).find((id) => id !== undefined);
  return {
    componentAppid: component_appid ?? text(answer?.['component_appid']),
    authorizerAppid: authorizer_appid ?? text(answer?.['authorizer_appid']),
    subject: subject?.slice(0, 128),
  };
}

const text = (value: unknown): string | undefined =>
  (typeof value === 'string' && value !== '') || typeof value === 'number' ? String(value) : undefined;

/**
 * A route whose calls are in the audit log: those that worked, those that were refused, those that failed. A write with
 * `Idempotency-Key` takes effect once.
 * @param action such as `release.submit`
 */
export function Audited(action: string, options: AuditOptions = {}) {
  return applyDecorators(
    SetMetadata(AUDITED, { action, ...options } satisfies Audit),
    UseInterceptors(AuditedInterceptor),
    ...(options.idempotent === false ? [] : [Idempotent()]),
  );
}
