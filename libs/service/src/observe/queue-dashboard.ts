import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Queue } from 'bull';
import { fastify } from 'fastify';

/** Where the management port shows the queues. */
export const QUEUES_PATH = '/queues';

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
  await app.register(adapter.registerPlugin(), { prefix: QUEUES_PATH });
  await app.ready();
  return (request, response) => app.routing(request, response);
}
