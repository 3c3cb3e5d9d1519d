import { AsyncLocalStorage } from 'node:async_hooks';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Observable } from 'rxjs';
import type { Client } from '../clients/client-store.js';

/** On whose behalf something is done. */
export interface Asker {
  readonly clientId?: string | undefined;
  readonly requestId?: string | undefined;
}

const storage = new AsyncLocalStorage<Asker>();

/** The client and request that the present work is done for; `undefined`: the suite's own. */
export const currentAsker = (): Asker | undefined => storage.getStore();

export const askedBy = <T>(asker: Asker, run: () => T): T => storage.run(asker, run);

/** Lets everything a request causes know the request. */
@Injectable()
export class AskerInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const request = context.switchToHttp().getRequest<FastifyRequest & { client?: Client }>();
    const asker = { clientId: request.client?.clientId, requestId: request.id };
    return new Observable((subscriber) => askedBy(asker, () => next.handle().subscribe(subscriber)));
  }
}
