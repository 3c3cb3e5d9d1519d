import Bull from 'bull';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { QUEUE_PREFIX, QUEUES } from '#queues';
import { createLogger, Periodic } from '#service';
import { createTestRedis, type TestRedis } from '../../queues/testing/redis.js';
import { PromptRetries } from './prompt-retries.js';

const logger = await createLogger({ app: 'test', level: 'silent' });
let redis: TestRedis;
let queue: Bull.Queue;
beforeAll(async () => {
  redis = await createTestRedis();
  queue = new Bull(QUEUES.brokerEvents, redis.url, { prefix: QUEUE_PREFIX });
  await queue.isReady();
});
afterAll(async () => {
  await queue?.close();
  await redis?.stop();
});

it('jobs that failed while MySQL was away are tried as soon as it is back, and not before', async () => {
  const watchdog = { recoveries: 3 };
  const [one, other] = [1, 2].map(() => new PromptRetries({ watchdog, queue, logger, periodic: new Periodic(logger) }));
  await queue.add('event', { eventId: '1' }, { jobId: 'event-1', delay: 3_600_000 });
  await one!.look();
  expect(await queue.getJobCounts()).toMatchObject({ delayed: 1, waiting: 0 });
  watchdog.recoveries += 1;
  // Two replicas see it at the same moment.
  await Promise.all([one!.look(), other!.look()]);
  expect(await queue.getJobCounts()).toMatchObject({ delayed: 0, waiting: 1 });
  // And it is over with that trouble.
  await queue.add('event', { eventId: '2' }, { jobId: 'event-2', delay: 3_600_000 });
  await one!.look();
  expect(await queue.getJobCounts()).toMatchObject({ delayed: 1, waiting: 1 });
});
