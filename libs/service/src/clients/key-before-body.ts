import type { FastifyInstance } from 'fastify';
import type { ProblemFilter } from '../http/problem.filter.js';
import type { Gatekeeper } from './client.guard.js';

/** Routes for clients. Others are for everybody, and take no body, or one of WeChat's with a bound of its own. */
const OF_CLIENTS = '/v1/';

/**
 * A request with a body shows a right key before the body is read: a megabyte of a stranger is not parsed, and one that never ends holds
 * nothing. What the client may do is settled by the guard, which knows the route.
 */
export function wantKeyBeforeBody(fastify: FastifyInstance, gatekeeper: Gatekeeper, problems: ProblemFilter): void {
  fastify.addHook('onRequest', async (request, reply) => {
    const { 'content-length': length = '0', 'transfer-encoding': coding } = request.headers;
    if (!request.url.startsWith(OF_CLIENTS) || (length === '0' && coding === undefined)) return;
    try {
      await gatekeeper.identify(request);
    } catch (error) {
      problems.answer(error, request, reply);
      return reply;
    }
    return;
  });
}
