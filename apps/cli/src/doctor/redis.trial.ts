import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { INVALIDATION_CHANNEL, QUEUE_PREFIX } from '#queues';
import { TRIAL_CHANNEL, TRIAL_KEY, TRIAL_SCRIPT, within, wordOf } from '#service';
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
    return fail(AREA, `does not take ${what}: ${message.slice(0, 200)}`, remedyFor(error as Error));
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

const REMEDIES: Readonly<Record<string, string>> = {
  NOREPLICAS:
    'Its replicas are gone, or min-replicas-to-write asks for more than there are: bring them back, or CONFIG SET min-replicas-to-write 0.',
  OOM: 'It has no room: raise maxmemory, or find what fills it (redis-cli --bigkeys). Not by evicting: jobs and pushes would be lost.',
  READONLY: 'This is a replica: point REDIS_URL to the master, or use REDIS_MODE=sentinel.',
  MISCONF: 'It cannot write its file: make room on its disk, or look at its log.',
  NOAUTH: 'Put user and password into REDIS_URL.',
  WRONGPASS: 'User or password in REDIS_URL are not right.',
  CLUSTERDOWN: 'The cluster has no owner for a slot: redis-cli --cluster check.',
  LOADING: 'It is reading its file; wait.',
};

/** The right or the setting that is missing. */
export function remedyFor(error: Error): string {
  const word = wordOf(error);
  if (word === 'NOPERM')
    return `Its user lacks a right: ${rightFor(error.message)} ("What Redis must allow" in docs/operations.md).`;
  if (/bad lua script|KEYS array|should be passed using/i.test(error.message))
    return 'A proxy checks the keys of scripts, and the queues make keys inside: switch that check off (Alibaba Cloud: script_check_enable 0), or use an address without the proxy.';
  if (/unknown command/i.test(error.message))
    return 'The product does not have that command: ask for an instance that has it, or an address without its proxy.';
  return (
    REMEDIES[word] ??
    'Look at the log of Redis; "What Redis must allow" in docs/operations.md says what each cloud’s product needs.'
  );
}

function rightFor(message: string): string {
  if (/channel/i.test(message)) return `ACL SETUSER … &${QUEUE_PREFIX}:* &${INVALIDATION_CHANNEL}:*`;
  if (/\bkeys?\b/i.test(message)) return `ACL SETUSER … ~${QUEUE_PREFIX}:*`;
  const command = /run the '([a-z|]+)'|'([a-z|]+)' command/i.exec(message);
  return `ACL SETUSER … +${command?.[1] ?? command?.[2] ?? '@all'}`;
}
