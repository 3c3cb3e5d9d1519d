import { type CanActivate, createParamDecorator, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { Counter, Registry } from 'prom-client';
import { DomainError } from '../http/problems.js';
import type { Scope } from './client-key.js';
import { type Client, ClientStore } from './client-store.js';
import { RateLimiter } from './rate-limiter.js';

export const PUBLIC = 'wxplane:public';
const NEEDS = 'wxplane:needs';

/** A route without a client: WeChat's two, and the two `/authorize` pages. */
export const Public = () => SetMetadata(PUBLIC, true);

/** The scope a route needs; `admin` may do everything. */
export const NeedsScope = (...anyOf: readonly Scope[]) => SetMetadata(NEEDS, anyOf);

const REASONS = ['unauthenticated', 'forbidden', 'rate-limited'] as const;

type AuthenticatedRequest = FastifyRequest & { client?: Client };

/** The calling client, in a handler's parameters. */
export const CurrentClient = createParamDecorator(
  (_: unknown, context: ExecutionContext): Client => clientOf(context.switchToHttp().getRequest()),
);

export function clientOf(request: FastifyRequest): Client {
  const { client } = request as AuthenticatedRequest;
  if (!client) throw new Error('this route has no client; is it public?');
  return client;
}

/** Who may come in: known, not too fast, with the scope, for the authorizer. */
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
  async identify(request: FastifyRequest): Promise<Client> {
    return this.counted(() => this.clients.authenticate(bearer(request), request.ip));
  }

  /** @throws DomainError `unauthenticated`, `forbidden`, `rate-limited`, `unavailable` */
  async admit(request: FastifyRequest, anyOf: readonly Scope[]): Promise<Client> {
    return this.counted(() => this.letIn(request, anyOf));
  }

  private async letIn(request: FastifyRequest, anyOf: readonly Scope[]): Promise<Client> {
    const client = await this.clients.authenticate(bearer(request), request.ip);
    requireScope(client, anyOf);
    const { authorizer_appid: appid } = request.params as { authorizer_appid?: string };
    if (appid) requireAuthorizer(client, appid);
    const retryAfterS = await this.limiter.admit(client);
    if (retryAfterS > 0) {
      const detail = `Client "${client.name}" may send ${client.rateLimitPerS} requests a second.`;
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

/** Every route needs a client and a scope, unless it says it is public. A route that says nothing is closed. */
@Injectable()
export class ClientGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly gatekeeper: Gatekeeper,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, targets)) return true;
    const anyOf = this.reflector.getAllAndOverride<readonly Scope[] | undefined>(NEEDS, targets) ?? [];
    await this.gatekeeper.admit(context.switchToHttp().getRequest<FastifyRequest>(), anyOf);
    return true;
  }
}

function bearer(request: FastifyRequest): string {
  const match = /^Bearer ([^\s]+)$/i.exec(request.headers.authorization ?? '');
  if (!match?.[1]) throw new DomainError('unauthenticated', 'Send the client key as "Authorization: Bearer wxp_…".');
  return match[1];
}

export function mayUse(client: Client, scope: Scope): boolean {
  return client.scopes.has(scope) || client.scopes.has('admin');
}

export function mayActFor(client: Client, authorizerAppid: string): boolean {
  return client.authorizers === undefined || client.authorizers.has(authorizerAppid);
}

export function requireScope(client: Client, anyOf: readonly Scope[]): void {
  if (mayUse(client, 'admin') || anyOf.some((scope) => mayUse(client, scope))) return;
  throw new DomainError('forbidden', `Client "${client.name}" lacks the scope ${anyOf.join(' or ') || 'admin'}.`);
}

/** What concerns every authorizer wants a client without a list. @throws DomainError `forbidden` */
export function requireUnrestrictedClient(client: Client): void {
  if (client.authorizers !== undefined)
    throw new DomainError('forbidden', 'This key is restricted to some accounts; this concerns all of them.');
}

/** @throws DomainError `forbidden` if the client's list does not hold the authorizer. */
export function requireAuthorizer(client: Client, authorizerAppid: string): void {
  if (!mayActFor(client, authorizerAppid))
    throw new DomainError('forbidden', `Client "${client.name}" may not act for ${authorizerAppid}.`);
}
