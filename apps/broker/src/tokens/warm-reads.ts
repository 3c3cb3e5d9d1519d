import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AccessLog, ClientStore, ComponentRegistry, mayActFor, mayUse, RateLimiter, type Scope } from '#service';
import { monotonicMs } from '../invalidation/monotonic.js';
import { authorizerToken, cacheSeconds, componentToken, type TokenSubject, tokenKey } from './token.domain.js';
import { TokenService } from './token.service.js';
import { recordReveal } from './tokens.controller.js';

interface TokenPath {
  readonly component_appid: string;
  readonly authorizer_appid?: string;
}

/** The two routes of TokensController that are read thousands of times a second, and what a caller needs for them. */
const ROUTES: Readonly<Record<string, { readonly scope: Scope; readonly subject: (path: TokenPath) => TokenSubject }>> = {
  '/v1/components/:component_appid/token': {
    scope: 'component-token',
    subject: (path) => componentToken(path.component_appid),
  },
  '/v1/components/:component_appid/authorizers/:authorizer_appid/token': {
    scope: 'authorizer-token',
    subject: (path) => authorizerToken(path.component_appid, path.authorizer_appid ?? ''),
  },
};

/**
 * Answers a token read whose caller and token are both in memory before Nest sees it. Everything else (a cold token, an unknown or
 * refused caller, any doubt) goes on to the controller, which decides and explains; here nothing is ever refused.
 */
export function installWarmReads(app: NestFastifyApplication): void {
  const tokens = app.get(TokenService);
  const clients = app.get(ClientStore);
  const components = app.get(ComponentRegistry);
  const accessLog = app.get(AccessLog);
  const limiter = app.get(RateLimiter);

  const answer = (request: FastifyRequest, reply: FastifyReply, { scope, subject }: (typeof ROUTES)[string]): boolean => {
    const path = request.params as TokenPath;
    const client = clients.recall(request.headers.authorization);
    if (!client || !mayUse(client, scope)) return false;
    if (path.authorizer_appid !== undefined && !mayActFor(client, path.authorizer_appid)) return false;
    if (!components.find(path.component_appid)) return false;
    const wanted = subject(path);
    const copy = tokens.peek(wanted, tokenKey(wanted));
    if (!copy || !limiter.take(client)) return false;

    recordReveal(accessLog, wanted, client, request);
    const remainingMs = copy.diesAt - monotonicMs();
    const keep = cacheSeconds(remainingMs);
    const body = `{"access_token":${JSON.stringify(copy.token)},"expires_in":${Math.floor(remainingMs / 1_000)},"cache_seconds":${keep}${copy.stale ? ',"stale":true' : ''}}`;
    reply.hijack();
    reply.raw.writeHead(200, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      'cache-control': `private, max-age=${keep}`,
      'x-request-id': request.id,
    });
    reply.raw.end(body);
    return true;
  };

  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRoute', (route) => {
      const known = route.method === 'GET' ? ROUTES[route.url] : undefined;
      if (!known) return;
      route.onRequest = (request, reply, done) => {
        if (!answer(request, reply, known)) done();
      };
    });
}
