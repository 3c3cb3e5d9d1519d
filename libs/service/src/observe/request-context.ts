import { AsyncLocalStorage } from 'node:async_hooks';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Observable } from 'rxjs';
import type { Caller } from '../identity/caller.js';

/** On whose behalf something is done. */
export interface RequestContext {
  readonly clientId?: string | undefined;
  readonly requestId?: string | undefined;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** The client and request that the present work is done for; `undefined`: the suite's own. */
export const currentRequest = (): RequestContext | undefined => storage.getStore();

export const inRequest = <T>(context: RequestContext, run: () => T): T => storage.run(context, run);

/** Lets everything a request causes know the request. */
@Injectable()
export class RequestContextInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const request = context.switchToHttp().getRequest<FastifyRequest & { client?: Caller }>();
    const present = { clientId: request.client?.clientId, requestId: request.id };
    return new Observable((subscriber) => inRequest(present, () => next.handle().subscribe(subscriber)));
  }
}
