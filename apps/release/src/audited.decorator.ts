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
import { type Observable, tap } from 'rxjs';
import { AccessLog, type Client, DomainError, Idempotent, PROBLEMS } from '#service';

const ACTION = 'wxplane:audited';

/** Writes one entry of the audit log per call: who did what to whom, and whether it worked. */
@Injectable()
export class AuditedInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly accessLog: AccessLog,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const action = this.reflector.get<string>(ACTION, context.getHandler());
    const request = context.switchToHttp().getRequest<FastifyRequest & { client?: Client }>();
    const record = (outcome: 'ok' | 'refused' | 'failed', answer?: unknown) => {
      const { component_appid, authorizer_appid, ...rest } = {
        ...subjectOf(answer),
        ...(request.params as Record<string, string>),
      };
      this.accessLog.recordRequest(request.client, request, {
        action,
        componentAppid: component_appid,
        authorizerAppid: authorizer_appid,
        subject: Object.values(rest)[0]?.slice(0, 128),
        outcome,
      });
    };
    return next.handle().pipe(
      tap({
        next: (answer) => record('ok', answer),
        error: (error: unknown) => {
          const refused = error instanceof DomainError && PROBLEMS[error.code].status < 500;
          record(refused ? 'refused' : 'failed');
        },
      }),
    );
  }
}

/** What the answer is about, when the path does not say it. */
function subjectOf(answer: unknown): Record<string, string> {
  const { component_appid, authorizer_appid, release_id, rollout_id } = (answer ?? {}) as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries({ component_appid, authorizer_appid, release_id, rollout_id })
      .filter(([, value]) => typeof value === 'string' || typeof value === 'number')
      .map(([name, value]) => [name, String(value)]),
  );
}

/** A write: in the audit log, and with `Idempotency-Key` once. @param action such as `release.submit`. */
export function Audited(action: string) {
  return applyDecorators(SetMetadata(ACTION, action), UseInterceptors(AuditedInterceptor), Idempotent());
}
