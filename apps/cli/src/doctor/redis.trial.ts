import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { remedyFor, TRIAL_CHANNEL, TRIAL_KEY, TRIAL_SCRIPT, within } from '#base';
import { INVALIDATION_CHANNEL } from '#queues';
import { redisRightsPage } from '../shell/pages.js';
import { type Finding, fail, ok } from './finding.js';

const AREA = 'redis';
/** Of one step. */
const WITHIN_MS = 5_000;

/**
 * One round trip through everything that the queues and the channel between replicas need: as they use it, and not only whether it is there.
 * What it writes it takes away again.
 */
export async function tryRedis(redis: Redis): Promise<Finding[]> {
  const id = randomUUID();
  const second = redis.duplicate();
  second.on('error', () => {});
  const invalidations = `${INVALIDATION_CHANNEL}:${redis.options?.db ?? 0}`;
  try {
    return [
      await step('a script with keys of its own', () => script(redis, id)),
      await step('a message to a channel of the queues', () => message(redis, second, TRIAL_CHANNEL, id)),
      await step('a message to the channel between replicas', () => message(redis, redis.duplicate(), invalidations, id)),
      await step('a blocking read', () => blockingRead(redis, redis.duplicate(), id)),
      await step('a stream for pushes', () => stream(redis, id)),
    ];
  } finally {
    second.disconnect();
  }
}

async function step(what: string, run: () => Promise<unknown>): Promise<Finding> {
  try {
    await within(WITHIN_MS, run(), 'no answer');
    return ok(AREA, `takes ${what}`);
  } catch (error) {
    const { message } = error as Error;
    return fail(AREA, `does not take ${what}: ${message.slice(0, 200)}`, remedyFor(error as Error, redisRightsPage()));
  }
}

async function script(redis: Redis, id: string): Promise<void> {
  const told = await redis.eval(TRIAL_SCRIPT, 1, TRIAL_KEY, id, id, TRIAL_CHANNEL);
  await redis.del(`${TRIAL_KEY}:${id}`);
  if (told !== id) throw new Error('what was written is not what is read');
}

async function message(redis: Redis, subscriber: Redis, channel: string, id: string): Promise<void> {
  subscriber.on('error', () => {});
  try {
    const heard = new Promise<void>((resolve) => subscriber.on('message', (_, text: string) => text.includes(id) && resolve()));
    await within(WITHIN_MS, subscriber.subscribe(channel), 'the subscription has no answer');
    // As JSON of no known type: replicas that hear it leave it alone.
    await redis.publish(channel, JSON.stringify({ type: 'heartbeat', from: id }));
    await within(WITHIN_MS, heard, 'the message was sent and did not arrive');
  } finally {
    subscriber.disconnect();
  }
}

async function blockingRead(redis: Redis, reader: Redis, id: string): Promise<void> {
  reader.on('error', () => {});
  const [from, to] = [`${TRIAL_KEY}:${id}:wait`, `${TRIAL_KEY}:${id}:active`];
  try {
    const read = reader.brpoplpush(from, to, 3);
    // Its failure is looked at below, whatever the write says.
    read.catch(() => {});
    await redis.lpush(from, id);
    if ((await read) !== id) throw new Error('what was put in did not come out');
  } finally {
    reader.disconnect();
    await redis.del(from, to).catch(() => {});
  }
}

async function stream(redis: Redis, id: string): Promise<void> {
  const key = `${TRIAL_KEY}:${id}:stream`;
  const entry = await redis.xadd(key, '*', 'entry', id);
  const found = await redis.xrange(key, '-', '+', 'COUNT', 1);
  await redis.xdel(key, String(entry));
  await redis.del(key);
  if (found[0]?.[1][1] !== id) throw new Error('what was written is not what is read');
}
