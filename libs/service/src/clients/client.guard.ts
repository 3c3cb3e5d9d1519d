import {
  applyDecorators,
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  Injectable,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiExtension } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Counter, Registry } from 'prom-client';
import { DomainError } from '../http/problems.js';
import { type Caller, narrowed } from '../identity/caller.js';
import { PERMISSION_EXTENSION, type Permission, scopesWith } from '../permissions/permissions.js';
import { askedBy, note } from './asked.js';
import { ClientStore } from './client-store.js';
import { RateLimiter } from './rate-limiter.js';

export const PUBLIC = 'wxplane:public';
export const NEEDS = 'wxplane:needs';

/** A route without a client: WeChat's two, and the two `/authorize` pages. */
export const Public = () => SetMetadata(PUBLIC, true);

/** The permission a route needs. */
export const Needs = (permission: Permission) =>
  applyDecorators(SetMetadata(NEEDS, permission), ApiExtension(PERMISSION_EXTENSION, permission));

const REASONS = ['unauthenticated', 'forbidden', 'rate-limited'] as const;

type AuthenticatedRequest = FastifyRequest & { client?: Caller };

/** The caller, in a handler's parameters. */
export const CurrentClient = createParamDecorator(
  (_: unknown, context: ExecutionContext): Caller => clientOf(context.switchToHttp().getRequest()),
);

export function clientOf(request: FastifyRequest): Caller {
  const { client } = request as AuthenticatedRequest;
  if (!client) throw new Error('this route has no client; is it public?');
  return client;
}

/** Who may come in: known, not too fast, with the permission, for the authorizer. */
@Injectable()
export class Gatekeeper {
  private readonly refusals: Counter<'reason'>;

  constructor(
    private readonly clients: ClientStore,
    private readonly limiter: RateLimiter,
    metrics: Registry,
  ) {
    this.refusals = new Counter({
      name: 'wxplane_client_refusals_total',
      help: 'Requests whose client was not let in, by reason',
      labelNames: ['reason'],
      registers: [metrics],
    });
    for (const reason of REASONS) this.refusals.inc({ reason }, 0);
  }

  /** Whose key a request carries, whatever it asks for. @throws DomainError `unauthenticated`, `rate-limited`, `unavailable` */
  async identify(request: FastifyRequest): Promise<Caller> {
    return this.counted(() => this.clients.authenticate(bearer(request), request.ip));
  }

  /** @throws DomainError `unauthenticated`, `forbidden`, `rate-limited`, `unavailable` */
  async admit(request: FastifyRequest, permission: Permission | undefined): Promise<Caller> {
    note(request, { permission: permission ?? '(none)' });
    return this.counted(() => this.letIn(request, permission));
  }

  /** Of a request that was let in and goes on for long: whether it would be let in now, however many there are. @throws as `admit` */
  async admitAgain(request: FastifyRequest, permission: Permission): Promise<Caller> {
    return this.counted(() => this.allowed(request, permission));
  }

  private async allowed(request: FastifyRequest, permission: Permission | undefined): Promise<Caller> {
    const identified = await this.clients.authenticate(bearer(request), request.ip);
    note(request, { client: identified });
    const { component_appid: componentAppid, authorizer_appid: appid } = request.params as Partial<Record<string, string>>;
    requirePermission(identified, permission);
    const client = narrowed(identified, permission, componentAppid);
    if (componentAppid) requireComponent(client, componentAppid);
    if (appid) requireAuthorizer(client, appid);
    return client;
  }

  private async letIn(request: FastifyRequest, permission: Permission | undefined): Promise<Caller> {
    const client = await this.allowed(request, permission);
    const retryAfterS = await this.limiter.admit(client);
    if (retryAfterS > 0) {
      const detail = `Client "${client.name}" may send ${client.rateLimitPerS} requests a second. Send fewer, or have an administrator raise its options.rate_limit_per_s.`;
      throw new DomainError('rate-limited', detail, { retryAfterS });
    }
    (request as AuthenticatedRequest).client = client;
    return client;
  }

  private async counted<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const reason = REASONS.find((code) => error instanceof DomainError && error.code === code);
      if (reason) this.refusals.inc({ reason });
      throw error;
    }
  }
}

/** Every route needs a caller and a permission, unless it says it is public. A route that says nothing is closed. */
@Injectable()
export class ClientGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly gatekeeper: Gatekeeper,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, targets)) return true;
    const permission = this.reflector.getAllAndOverride<Permission | undefined>(NEEDS, targets);
    await this.gatekeeper.admit(context.switchToHttp().getRequest<FastifyRequest>(), permission);
    return true;
  }
}

/** The caller of a request that was let in, as far as he may do what it turned out to be about, there. */
export const callerFor = (request: FastifyRequest, permission: Permission, componentAppid: string): Caller =>
  narrowed(askedBy(request).client ?? clientOf(request), permission, componentAppid);

function bearer(request: FastifyRequest): string {
  const match = /^Bearer ([^\s]+)$/i.exec(request.headers.authorization ?? '');
  if (!match?.[1])
    throw new DomainError(
      'unauthenticated',
      'Send the client key, or a token of a trusted issuer, as "Authorization: Bearer …".',
    );
  return match[1];
}

export const mayUse = (client: Caller, permission: Permission): boolean => client.permissions.has(permission);

export function mayActFor(client: Caller, authorizerAppid: string): boolean {
  return client.authorizers === undefined || client.authorizers.has(authorizerAppid);
}

/** @param permission `undefined`: what nobody may. @throws DomainError `forbidden` */
export function requirePermission(client: Caller, permission: Permission | undefined): asserts permission is Permission {
  if (permission === undefined) throw new DomainError('forbidden', 'This route names no permission, so nobody may use it.');
  if (mayUse(client, permission)) return;
  const roles = scopesWith(permission);
  throw new DomainError(
    'forbidden',
    `Client "${client.name}" lacks the permission ${permission}, which the scope ${roles.join(' or ')} gives.`,
  );
}

/** What concerns every authorizer wants a client without a list. @throws DomainError `forbidden` */
export function requireUnrestrictedClient(client: Caller): void {
  if (client.authorizers !== undefined)
    throw new DomainError('forbidden', 'This key is restricted to some accounts; this concerns all of them.');
}

/** @throws DomainError `forbidden` if the client's list does not hold the authorizer. */
export function requireAuthorizer(client: Caller, authorizerAppid: string): void {
  if (!mayActFor(client, authorizerAppid))
    throw new DomainError('forbidden', `Client "${client.name}" may not act for ${authorizerAppid}.`);
}

export function mayUseComponent(client: Caller, componentAppid: string): boolean {
  return client.components === undefined || client.components.has(componentAppid);
}

/** Whether what other callers made may be used as well: only by who is kept to no component, since it says none. */
export const managesOthers = (client: Caller): boolean => mayUse(client, 'others.manage') && client.components === undefined;

/** @throws DomainError `forbidden` if the caller's components are others. */
export function requireComponent(client: Caller, componentAppid: string): void {
  if (!mayUseComponent(client, componentAppid))
    throw new DomainError('forbidden', `Client "${client.name}" may not use the component ${componentAppid}.`);
}
