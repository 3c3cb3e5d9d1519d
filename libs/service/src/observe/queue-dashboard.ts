import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Queue } from 'bull';
import { fastify } from 'fastify';

/** Where the management port shows the queues. */
export const QUEUES_PATH = '/queues';

/** The page has styles in its markup, and pictures in its styles. */
const OWN_ONLY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; base-uri 'self'; frame-ancestors 'none'";

/**
 * Bull Board for these queues, as a handler of plain requests; who may see it is the caller's business. Jobs can be looked at, tried again
 * and removed. Loaded only when it is wanted: it takes memory.
 */
export async function queueDashboard(
  queues: readonly Queue[],
): Promise<(request: IncomingMessage, response: ServerResponse) => void> {
  const [{ createBullBoard }, { BullAdapter }, { FastifyAdapter }] = await Promise.all([
    import('@bull-board/api'),
    import('@bull-board/api/bullAdapter'),
    import('@bull-board/fastify'),
  ]);
  const adapter = new FastifyAdapter();
  adapter.setBasePath(QUEUES_PATH);
  createBullBoard({
    queues: queues.map((queue) => new BullAdapter(queue)),
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: 'wxplane queues', hideRedisDetails: true } },
  });
  const app = fastify();
  // Its page asks another company's server for fonts, which tells that one who looks, and waits for it on a closed network.
  app.addHook('onSend', async (_, reply, payload) => {
    if (!String(reply.getHeader('content-type')).startsWith('text/html')) return payload;
    void reply.header('content-security-policy', OWN_ONLY);
    return String(payload).replace(/<link [^>]*href="https?:\/\/[^>]*>/g, '');
  });
  await app.register(adapter.registerPlugin(), { prefix: QUEUES_PATH });
  await app.ready();
  return (request, response) => app.routing(request, response);
}
