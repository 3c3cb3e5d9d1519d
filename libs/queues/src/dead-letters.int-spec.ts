import Bull from 'bull';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestRedis, type TestRedis } from '../testing/redis.js';
import { listDeadLetters, QUEUE_PREFIX, redriveDeadLetters } from './index.js';

describe('dead letters', () => {
  let server: TestRedis;
  let redis: Redis;
  let queue: Bull.Queue;
  let failing = true;
  const runs = new Map<string, number>();

  beforeAll(async () => {
    server = await createTestRedis();
    redis = new Redis(server.url);
    queue = new Bull('test.dead-letters', server.url, { prefix: QUEUE_PREFIX });
    void queue.process('event', (job, done) => {
      runs.set(String(job.id), (runs.get(String(job.id)) ?? 0) + 1);
      done(failing ? new Error('the merchant is unknown') : null);
    });
    for (const id of ['a', 'b', 'c']) await queue.add('event', { eventId: id }, { jobId: id, attempts: 3 });
  });
  afterAll(async () => {
    await queue?.close();
    redis?.disconnect();
    await server?.stop();
  });

  it('are listed with what they are about and why they failed', async () => {
    await expect.poll(() => queue.getFailedCount()).toBe(3);
    const letters = await listDeadLetters(queue);
    expect(letters.map(({ job_id }) => job_id).sort()).toEqual(['a', 'b', 'c']);
    expect(letters[0]).toMatchObject({
      queue: 'test.dead-letters',
      name: 'event',
      attempts: 3,
      reason: 'the merchant is unknown',
    });
    expect(await listDeadLetters(queue, 1)).toHaveLength(1);
  });

  it('are re-driven with all their tries', async () => {
    expect(await redriveDeadLetters(queue, ['a', 'nobody'])).toEqual({ redriven: ['a'], missed: ['nobody'] });
    await expect.poll(() => runs.get('a')).toBe(6);
    await expect.poll(async () => (await listDeadLetters(queue)).length).toBe(3);
  });

  it('are gone when the reason was repaired', async () => {
    failing = false;
    const { redriven, missed } = await redriveDeadLetters(queue);
    expect([redriven.toSorted(), missed]).toEqual([['a', 'b', 'c'], []]);
    await expect.poll(() => queue.getCompletedCount()).toBe(3);
    expect(await listDeadLetters(queue)).toEqual([]);
    expect(await redriveDeadLetters(queue, ['a'])).toEqual({ redriven: [], missed: ['a'] });
  });
});
