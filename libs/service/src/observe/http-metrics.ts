import type { FastifyInstance } from 'fastify';
import { Histogram, type Registry } from 'prom-client';

/** Of every app: WeChat is waited for in some requests, hence the long end. */
const BUCKETS_S = [0.005, 0.025, 0.1, 0.25, 1, 2.5, 10, 30];

/**
 * Duration of every request, by method, route template and class of status. A path that is no route counts as `unknown`, so that
 * strangers cannot make labels. What an app answers before the framework (its `beforeFramework`) is not measured here.
 */
export function measureRequests(fastify: Pick<FastifyInstance, 'addHook'>, metrics: Registry): void {
  const seconds = new Histogram({
    name: 'wxplane_http_request_seconds',
    help: 'Duration of requests, by method, route template and class of status',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS_S,
    registers: [metrics],
  });
  // Looking a child up once is what keeps this cheap.
  const children = new Map<string, Histogram.Internal<'method' | 'route' | 'status'>>();
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
    const status = `${Math.floor(reply.statusCode / 100)}xx`;
    const key = `${request.method} ${route} ${status}`;
    let child = children.get(key);
    if (!child) {
      child = seconds.labels({ method: request.is404 ? 'unknown' : request.method, route, status });
      children.set(key, child);
    }
    child.observe(reply.elapsedTime / 1_000);
    done();
  });
}
