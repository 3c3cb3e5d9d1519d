import type { FastifyInstance, FastifyRequest } from 'fastify';
import { DomainError } from '#service';

const SAFE = new Set(['GET', 'HEAD']);
/** What pages ask for by script; a person's own navigation goes elsewhere. */
const FOR_SCRIPTS = '/api/';

/**
 * Why a request is not one of our own pages'. Browsers say where a request comes from, and callers are browsers only: what does not say it
 * changes nothing.
 * @param origin ours
 * @returns `undefined`: it is
 */
export function foreignBecause(request: Pick<FastifyRequest, 'method' | 'url' | 'headers'>, origin: string): string | undefined {
  const { origin: said, 'sec-fetch-site': site } = request.headers;
  if (SAFE.has(request.method))
    return request.url.startsWith(FOR_SCRIPTS) && site !== undefined && site !== 'same-origin' && site !== 'none'
      ? `it comes from a page of another site (${String(site).slice(0, 16)})`
      : undefined;
  if (said !== undefined && said !== origin) return 'it comes from a page of another origin';
  if (site !== undefined) return site === 'same-origin' ? undefined : 'it comes from a page of another site';
  return said === undefined ? 'it does not say from which page it comes' : undefined;
}

/** Before the body is read. */
export function refuseOtherOrigins(server: FastifyInstance, origin: string): void {
  server.addHook('onRequest', (request, _reply, done) => {
    const why = foreignBecause(request, origin);
    if (why === undefined) return done();
    done(new DomainError('forbidden', `This request changes nothing: ${why}.`));
  });
}
