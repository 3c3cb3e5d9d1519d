import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import { catchError, type Observable, throwError } from 'rxjs';
import { BrokerError } from '#broker-client';
import { DomainError, PROBLEMS, type ProblemCode } from '#service';
import { PermissionSetMissingError, WechatApiError } from '#wechat';
import { verdictOf } from './wechat-failure.domain.js';

/** Failures of WeChat and of the broker as problems that a caller can act on. */
@Injectable()
export class WechatProblemInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(catchError((error: unknown) => throwError(() => asProblem(error))));
  }
}

/** @param members further members of the problem, such as the release it is about. */
export function asProblem(error: unknown, members?: Readonly<Record<string, unknown>>): unknown {
  const more = members ? { members } : {};
  if (error instanceof BrokerError) {
    const known = Object.hasOwn(PROBLEMS, error.code) ? (error.code as ProblemCode) : 'broker-unreachable';
    // A refusal of our own key concerns the operator of this app, not its caller.
    const code = known === 'unauthenticated' || known === 'forbidden' ? 'broker-unreachable' : known;
    return new DomainError(code, error.detail, {
      cause: error,
      ...(error.wechat ? { wechat: error.wechat } : {}),
      ...(error.remedy ? { remedy: error.remedy } : {}),
      ...(error.retryAfterS === undefined ? {} : { retryAfterS: error.retryAfterS }),
      ...more,
    });
  }
  if (error instanceof PermissionSetMissingError)
    return new DomainError('permission-set-missing', `${error.errmsg}.`, {
      cause: error,
      remedy: error.remedy,
      members: { permission_sets: error.sets, ...members },
    });
  if (!(error instanceof WechatApiError)) return error;
  return new DomainError(codeOf(error), error.message, { cause: error, wechat: saidBy(error), remedy: error.remedy, ...more });
}

/** WeChat says that it is so already, and it is not. */
export function refusedAlthough(
  error: WechatApiError,
  detail: string,
  members: Readonly<Record<string, unknown>> = {},
): DomainError {
  return new DomainError('wechat-refused', detail, { cause: error, wechat: saidBy(error), remedy: error.remedy, members });
}

function saidBy({ errcode, errmsg, rid, details }: WechatApiError) {
  return { errcode, errmsg, rid, ...(details ? { details } : {}) };
}

function codeOf(error: WechatApiError): ProblemCode {
  if (error.kind !== 'errcode') return 'wechat-unreachable';
  switch (verdictOf(error)) {
    case 'unauthorized':
      return 'authorizer-cancelled';
    case 'quota':
    case 'own-quota':
      return 'wechat-quota';
    default:
      return error.refusal?.quotaExhausted ? 'wechat-quota' : 'wechat-refused';
  }
}
