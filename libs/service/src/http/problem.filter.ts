import {
  type ArgumentsHost,
  BadRequestException,
  Catch,
  type ExceptionFilter,
  HttpException,
  NotFoundException,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type DatabaseTrouble, databaseTrouble } from '#persistence';
import type { Logger } from '../log/logger.js';
import { isOfRedis } from '../redis/redis.js';
import { DomainError, PROBLEMS, type ProblemCode } from './problems.js';

/** RFC 9457 */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly instance?: string;
  readonly [member: string]: unknown;
}

const answered = new WeakMap<object, ProblemCode>();

/** The problem that a request is answered with. */
export const problemOf = (request: object): ProblemCode | undefined => answered.get(request);

/** Turns every error into `application/problem+json`, in one place. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** For routes that belong to Fastify itself. */
  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const known = toDomainError(error);
    answered.set(request, known.code);
    this.logUnavailable(error, request);
    if (known.code === 'internal') {
      this.logger.error(
        { err: error, request_id: request.id, method: request.method, route: request.routeOptions?.url },
        'A request failed unexpectedly',
      );
    }
    const problem = toProblem(known, request.id);
    if (known.extras.retryAfterS !== undefined) void reply.header('retry-after', String(Math.ceil(known.extras.retryAfterS)));
    if (known.extras.allow) void reply.header('allow', known.extras.allow.join(', '));
    if (problem.status === 401) void reply.header('www-authenticate', 'Bearer realm="wxplane"');
    void reply.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  }

  private logUnavailable(error: unknown, request: FastifyRequest): void {
    const trouble = databaseTrouble(error);
    if (trouble === undefined) return;
    const fields = { event: 'database.trouble', trouble, code: codeOf(error), request_id: request.id };
    // A full disk does not heal itself.
    if (trouble === 'full') this.logger.error(fields, 'The disk of MySQL is full');
    else this.logger.warn(fields, 'MySQL could not do its part');
  }
}

const codeOf = (error: unknown) => (error as { code?: unknown }).code ?? (error as Error).name;

export function toProblem(error: DomainError, requestId?: string): ProblemDocument {
  const { status, title } = PROBLEMS[error.code];
  const { wechat, remedy, errors, members } = error.extras;
  return {
    type: `urn:wxplane:problem:${error.code}`,
    title,
    status,
    detail: error.detail,
    ...(requestId ? { instance: `urn:wxplane:request:${requestId}` } : {}),
    ...(wechat ? { wechat } : {}),
    ...(remedy ? { remedy } : {}),
    ...(errors ? { errors } : {}),
    ...members,
  };
}

const BY_STATUS: Record<number, ProblemCode> = {
  400: 'invalid-request',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  409: 'conflict',
  413: 'payload-too-large',
  415: 'unsupported-media-type',
  429: 'rate-limited',
  503: 'unavailable',
};

/** What Fastify says of an address quotes it; addresses of strangers have no place in an answer. */
export const badAddress = (error: { readonly statusCode?: number | undefined }): DomainError =>
  new DomainError(
    'invalid-request',
    error.statusCode === 414 ? 'A part of the address is too long.' : 'The address has a broken percent sign, or is no UTF-8.',
  );

const DATABASE_DETAIL: Record<DatabaseTrouble, readonly [detail: string, retryAfterS: number]> = {
  unreachable: ['MySQL does not answer; nothing was changed, or it is not known whether it was.', 2],
  exhausted: ['Every connection to MySQL is taken; come again.', 2],
  full: ['MySQL has no room left; an operator must act. Nothing was changed.', 60],
  'read-only': ['MySQL is changing its primary server; nothing was changed.', 5],
  interrupted: ['MySQL ended a statement before it was done (a limit on its time, or an operator); come again.', 2],
  busy: ['Another request holds the same rows; nothing was changed.', 1],
};

function unavailable(error: unknown): DomainError | undefined {
  const trouble = databaseTrouble(error);
  if (trouble) {
    const [detail, retryAfterS] = DATABASE_DETAIL[trouble];
    return new DomainError('unavailable', detail, { retryAfterS, cause: error });
  }
  if (isOfRedis(error))
    return new DomainError('unavailable', 'Redis does not answer, or refuses; come again.', { retryAfterS: 2, cause: error });
  return undefined;
}

/** Any error as one of ours. */
export function toDomainError(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  const away = unavailable(error);
  if (away) return away;
  if (error instanceof BadRequestException) return validationError(error);
  if (error instanceof NotFoundException)
    return new DomainError('not-found', 'There is no such route here; the API is described at /docs.');
  const status = error instanceof HttpException ? error.getStatus() : (error as { statusCode?: unknown }).statusCode;
  const code = typeof status === 'number' ? BY_STATUS[status] : undefined;
  if (code) return new DomainError(code, (error as Error).message, { cause: error });
  return new DomainError('internal', 'The error is in the log, under the request id.', { cause: error });
}

/** Nest's ValidationPipe gives a list of sentences; each starts with the member it is about. */
function validationError(error: BadRequestException): DomainError {
  const response = error.getResponse();
  const message = typeof response === 'object' ? (response as { message?: unknown }).message : response;
  const sentences = Array.isArray(message) ? message.map(String) : [String(message)];
  return new DomainError('invalid-request', sentences.join('; '), {
    errors: sentences.map((sentence) => ({ field: sentence.replace(/^property /, '').split(' ')[0] ?? '', message: sentence })),
  });
}
