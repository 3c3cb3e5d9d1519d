import type { Redis } from 'ioredis';
import { QUEUE_PREFIX, QUEUES } from '#queues';
import type { Mover } from './progress.js';

export interface QueueFigures {
  readonly queue: string;
  /** Somebody has paused it: its jobs wait until it is resumed. */
  readonly paused: boolean;
  readonly jobs: Readonly<Record<'waiting' | 'active' | 'delayed' | 'failed', number>>;
  /** The job that waits longest, and for how long. */
  readonly oldestId: string | undefined;
  readonly oldestS: number;
  /** For how long the oldest dead letter has been one. */
  readonly deadS: number;
}

/** A job behind which nothing moves; beyond this somebody must look. */
const QUEUE_LIMIT_S = 60;

/** @param redis any connection for commands */
export async function readQueue(redis: Redis, queue: string): Promise<QueueFigures> {
  const key = (part: string) => `${QUEUE_PREFIX}:${queue}:${part}`;
  // One slot of a Cluster: the prefix is a hash tag.
  const answers = await redis
    .pipeline()
    .llen(key('wait'))
    .llen(key('paused'))
    .llen(key('active'))
    .zcard(key('delayed'))
    .zcard(key('failed'))
    .lindex(key('wait'), -1)
    .lindex(key('paused'), -1)
    .zrange(key('failed'), 0, 0, 'WITHSCORES')
    .exists(key('meta-paused'))
    .exec();
  const [waiting, paused, active, delayed, failed, oldestWaiting, oldestPaused, dead, isPaused] = (answers ?? []).map(
    ([error, value]) => {
      if (error) throw error;
      return value;
    },
  );
  // Whoever pauses a queue has Bull rename its list; its jobs wait all the same.
  const oldestId = oldestWaiting ?? oldestPaused;
  const [timestamp, delay] = oldestId ? await redis.hmget(key(String(oldestId)), 'timestamp', 'delay') : [];
  const number = (value: unknown) => Number(value ?? 0);
  const since = (ms: number) => Math.max(0, (Date.now() - ms) / 1_000);
  const deadSince = (dead as string[])[1];
  return {
    queue,
    paused: Number(isPaused) === 1,
    jobs: { waiting: number(waiting) + number(paused), active: number(active), delayed: number(delayed), failed: number(failed) },
    oldestId: oldestId ? String(oldestId) : undefined,
    oldestS: timestamp ? since(Number(timestamp) + number(delay)) : 0,
    deadS: deadSince ? since(Number(deadSince)) : 0,
  };
}

/**
 * Queues and dead letters as what must move. A queue moves while another job is the next one than before: an old job behind many others
 * is no standstill, one that nobody takes is.
 * @param figures of all queues; none while Redis is away, which is said by itself
 */
export function queueMovers(figures: () => Promise<readonly QueueFigures[]>, now = () => performance.now()): Mover[] {
  return Object.values(QUEUES).flatMap((name) => {
    const own = async () => (await figures()).find(({ queue }) => queue === name);
    let next: { readonly id: string; readonly since: number } | undefined;
    return [
      {
        what: `queue ${name}`,
        limitS: QUEUE_LIMIT_S,
        remedy: 'Nobody takes its next job: does the app that works on it run? Is the queue paused (wxplane status)?',
        async stillS() {
          const id = (await own())?.oldestId;
          if (id === undefined) next = undefined;
          else if (next?.id !== id) next = { id, since: now() };
          return next ? (now() - next.since) / 1_000 : 0;
        },
      },
      {
        what: `dead letters of ${name}`,
        limitS: 0,
        remedy: 'Jobs failed every try: wxplane queues dead-letters.',
        stillS: async () => (await own())?.deadS ?? 0,
      },
    ];
  });
}
