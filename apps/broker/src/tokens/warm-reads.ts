import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Counter, Registry } from 'prom-client';
import {
  AccessLog,
  ClientStore,
  ComponentRegistry,
  type EarlyHandler,
  mayActFor,
  mayUse,
  mayUseComponent,
  monotonicMs,
  narrowed,
  RateLimiter,
  whence,
} from '#service';
import { recordWarmReveal } from './reveal-log.js';
import { authorizerToken, cacheSeconds, componentToken, tokenKey } from './token.domain.js';
import { TokenService } from './token.service.js';

/** The two routes of TokensController that are read thousands of times a second. */
const TOKEN_PATH = /^\/v1\/components\/(wx[\w-]{1,62})(?:\/authorizers\/(wx[\w-]{1,62}))?\/token$/;

/**
 * Answers a token read whose caller and token are both in memory before the framework sees it. Everything else (a cold token, an
 * unknown or refused caller, any doubt) goes on to the controller, which decides and explains; here nothing is ever refused.
 */
export function warmReads(app: NestFastifyApplication): EarlyHandler {
  const tokens = app.get(TokenService);
  const clients = app.get(ClientStore);
  const components = app.get(ComponentRegistry);
  const accessLog = app.get(AccessLog);
  const limiter = app.get(RateLimiter);
  let answered = 0;
  new Counter({
    name: 'wxplane_token_warm_reads_total',
    help: 'Token reads answered from memory, before the framework; not among the HTTP metrics',
    registers: [app.get(Registry)],
    collect() {
      this.reset();
      this.inc(answered);
    },
  });

  return (request, response) => {
    if (request.method !== 'GET') return false;
    const path = TOKEN_PATH.exec(request.url ?? '');
    if (path === null) return false;
    const caller = clients.recall(request.headers.authorization);
    if (caller === undefined) return false;
    const [, componentAppid = '', authorizerAppid] = path;
    const permission = authorizerAppid === undefined ? 'tokens.reveal-component' : 'tokens.reveal';
    const client = narrowed(caller, permission, componentAppid);
    if (!mayUse(client, permission) || !mayUseComponent(client, componentAppid)) return false;
    if (authorizerAppid !== undefined && !mayActFor(client, authorizerAppid)) return false;
    if (components.find(componentAppid) === undefined) return false;
    const subject =
      authorizerAppid === undefined ? componentToken(componentAppid) : authorizerToken(componentAppid, authorizerAppid);
    const key = tokenKey(subject);
    const copy = tokens.peek(subject, key);
    if (copy === undefined || !limiter.take(client)) return false;

    const requestId = randomUUID();
    // What a sink must have before the answer is left to the controller, which waits.
    if (!recordWarmReveal(accessLog, copy.key, client, addressOf(request), () => firstOf(request, requestId))) return false;
    const remainingMs = copy.diesAt - monotonicMs();
    const keep = cacheSeconds(remainingMs);
    const body = `{"access_token":${JSON.stringify(copy.token)},"expires_in":${Math.floor(remainingMs / 1_000)},"cache_seconds":${keep}${copy.stale ? ',"stale":true' : ''}}`;
    response.writeHead(200, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      'cache-control': `private, max-age=${keep}`,
      'x-request-id': requestId,
    });
    response.end(body);
    answered += 1;
    return true;
  };
}

const firstOf = (request: IncomingMessage, id: string) => whence({ id, ip: addressOf(request), socket: request.socket });

/** The listener has settled whom the header names. */
const addressOf = ({ headers, socket }: IncomingMessage): string =>
  (headers['x-forwarded-for'] as string | undefined) ?? socket.remoteAddress ?? '';
