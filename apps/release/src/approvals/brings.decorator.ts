import { AsyncLocalStorage } from 'node:async_hooks';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor, UseInterceptors } from '@nestjs/common';
import { ApiAcceptedResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, Observable } from 'rxjs';
import { auditAs, type Caller, NEEDS, type Permission } from '#service';
import type { ProtectedEffectId } from '#wechat';
import type { Approval } from './approval.domain.js';
import { ApprovalView } from './approval.dto.js';
import { toApprovalView } from './approval.view.js';
import { ChangeRequests } from './change-requests.js';
import { type Operation, register } from './operations.js';

interface Now {
  readonly request: FastifyRequest;
  readonly client: Caller;
  readonly changes: ChangeRequests;
}

const now = new AsyncLocalStorage<Now>();
const kept = new WeakSet<object>();

/** Answers of changes that wait are 202: Nest sets a route's own code last, so that it is changed on the way out. */
export function answersKept(
  _: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  done: (error: null, payload: unknown) => void,
): void {
  if (kept.has(reply)) void reply.code(202);
  done(null, payload);
}

/** Tells an operation who calls it. */
@Injectable()
export class BringsInterceptor implements NestInterceptor {
  constructor(private readonly changes: ChangeRequests) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest & { client: Caller }>();
    const store = { request, client: request.client, changes: this.changes };
    return new Observable<unknown>((subscriber) => now.run(store, () => next.handle().subscribe(subscriber))).pipe(
      map((answer) => {
        // Also one that was remembered for its idempotency key.
        if (isView(answer)) kept.add(http.getResponse<FastifyReply>());
        return answer;
      }),
    );
  }
}

const isView = (answer: unknown): boolean => typeof (answer as { approval_id?: unknown } | undefined)?.approval_id === 'string';

/**
 * This handler brings a protected effect about. It is called with the leave of the gate: at once, or after somebody else has agreed to it.
 * The nearest decorator to the method, whose first parameter is the path. Its other parameters are bodies, or the caller.
 * @param needsTwo whether this very call needs two persons where the component wants them for the effect; absent: each does
 */
export function Brings<T extends object>(
  effect: ProtectedEffectId,
  needsTwo?: (this: T, ...args: never[]) => boolean | Promise<boolean>,
): MethodDecorator {
  return (target, property, descriptor: PropertyDescriptor) => {
    const of = target.constructor as Operation['of'];
    const run = descriptor.value as Operation['run'];
    const operation: Operation = {
      name: `${of.name}.${String(property)}`,
      effect,
      of,
      run,
      permission: () => Reflect.getMetadata(NEEDS, asked) as Permission,
      needsTwo: needsTwo as Operation['needsTwo'],
    };
    register(operation);
    const asked = async function (this: object, ...args: unknown[]): Promise<unknown> {
      const caller = now.getStore();
      if (!caller) throw new Error(`${operation.name} was called outside of a request`);
      const answer = await caller.changes.bring({ operation, instance: this, args, client: caller.client });
      if (!isApproval(answer)) return answer;
      auditAs(caller.request, { action: 'approval.request', subject: answer.id });
      return toApprovalView(answer, caller.changes.neededFor(answer));
    };
    // What belongs to a handler's parameters is found by its name.
    descriptor.value = Object.defineProperty(asked, 'name', { value: property });
    // What its own answer looks like was written on the method that it replaces.
    for (const key of Reflect.getOwnMetadataKeys(run)) Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, run), asked);
    UseInterceptors(BringsInterceptor)(target, property, descriptor);
    ApiAcceptedResponse({ type: ApprovalView, description: 'A second person has to agree; then it is made.' })(
      target,
      property,
      descriptor,
    );
  };
}

const isApproval = (answer: unknown): answer is Approval =>
  typeof answer === 'object' && answer !== null && 'agreements' in answer && 'makers' in answer && 'revision' in answer;
