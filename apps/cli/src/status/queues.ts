import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { readQueue, type Standstill, TRIAL_CHANNEL, TRIAL_KEY, TRIAL_SCRIPT } from '#base';
import { QUEUES, SET_ASIDE_KEY, SPOOL_KEY } from '#queues';
import { refused } from '../shell/redis.js';
import { queueStandstills } from './standstills.js';

export interface QueueStatus {
  readonly queue: string;
  readonly paused: boolean;
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly dead_letters: number;
}

/** Pushes that ingestion put into Redis while MySQL took none. */
export interface SpoolStatus {
  readonly waiting: number;
  readonly oldest_s: number;
  /** MySQL refuses them, or no key opens them: a person has to look. */
  readonly set_aside: number;
}

export interface QueuesStatus {
  readonly queues: readonly QueueStatus[];
  readonly spool: SpoolStatus;
  readonly standstills: readonly Standstill[];
  /** What Redis refuses although it can be read; `undefined`: nothing. */
  readonly refusal: string | undefined;
}

/** What Redis knows, and whether it takes what the queues need. */
export async function readQueues(redis: Redis): Promise<QueuesStatus> {
  // With plain reads: a Redis without room refuses even reads that stand in a transaction.
  const [spool, ...figures] = await Promise.all([
    readSpool(redis),
    ...Object.values(QUEUES).map((name) => readQueue(redis, name)),
  ]);
  return {
    queues: figures.map(({ queue, paused, jobs: { waiting, active, delayed, failed } }) => {
      return { queue, paused, waiting, active, delayed, dead_letters: failed };
    }),
    spool,
    standstills: queueStandstills(figures),
    refusal: await triedRefusal(redis),
  };
}

async function readSpool(redis: Redis): Promise<SpoolStatus> {
  const [waiting, set_aside, [oldest]] = await Promise.all([
    redis.xlen(SPOOL_KEY),
    redis.xlen(SET_ASIDE_KEY),
    redis.xrange(SPOOL_KEY, '-', '+', 'COUNT', 1),
  ]);
  // An entry's id begins with the time of Redis, in milliseconds.
  const since = oldest && Number(oldest[0].split('-')[0]);
  const [seconds] = await redis.time();
  return { waiting, oldest_s: since === undefined ? 0 : Math.max(0, Math.round(Number(seconds) - since / 1_000)), set_aside };
}

/** What the apps try every two seconds: a Redis that can be read may refuse what the queues need. @returns what it says, and what to do */
async function triedRefusal(redis: Redis): Promise<string | undefined> {
  try {
    const id = randomUUID();
    await redis.eval(TRIAL_SCRIPT, 1, TRIAL_KEY, id, id, TRIAL_CHANNEL);
    return undefined;
  } catch (error) {
    const said = refused(error);
    if (!said) throw error;
    return `${said.message.replace(/\.?$/, '.')} ${said.details.remedy}`;
  }
}
