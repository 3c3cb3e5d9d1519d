import type { Job, Queue } from 'bull';
import { QUEUE_PREFIX } from './prefix.js';

/** A job that failed all its tries. What it is about is in MySQL; that it is here says that nobody acted on it. */
export interface DeadLetter {
  readonly queue: string;
  readonly job_id: string;
  readonly name: string;
  /** Ids only: a job never carries content. */
  readonly data: unknown;
  readonly attempts: number;
  readonly reason: string;
  readonly failed_at: string;
}

/** @param limit the newest so many. */
export async function listDeadLetters(queue: Queue, limit = 1_000): Promise<DeadLetter[]> {
  const jobs = await queue.getFailed(0, limit - 1);
  return jobs.filter(isThere).map((job) => ({
    queue: queue.name,
    job_id: String(job.id),
    name: job.name,
    data: job.data,
    attempts: job.attemptsMade,
    reason: job.failedReason ?? '',
    failed_at: new Date(job.finishedOn ?? job.timestamp).toISOString(),
  }));
}

export interface Redriven {
  readonly redriven: string[];
  /** Ids that were no dead letters (any more). */
  readonly missed: string[];
}

/**
 * Puts dead letters back to where they wait, with all their tries. Consumers act once for each event, so doing it twice does no harm.
 * @param jobIds `undefined`: all of the queue.
 */
export async function redriveDeadLetters(queue: Queue, jobIds?: readonly string[]): Promise<Redriven> {
  const redriven: string[] = [];
  const missed: string[] = [];
  // By id: while this runs others may fail anew, and those are not meant.
  const ids = jobIds ?? (await queue.getFailed()).filter(isThere).map((job) => String(job.id));
  for (const id of ids) {
    const job = await queue.getJob(id);
    if (job && (await job.isFailed()) && (await retry(queue, job))) redriven.push(id);
    else missed.push(id);
  }
  return { redriven, missed };
}

/** @returns false if somebody else was faster. */
async function retry(queue: Queue, job: Job): Promise<boolean> {
  try {
    // Bull's `retry` leaves the count of tries as it is: the first failure would be the last again.
    await queue.client.hset(`${QUEUE_PREFIX}:${queue.name}:${job.id}`, 'attemptsMade', 0);
    await job.retry();
    return true;
  } catch {
    return false;
  }
}

const isThere = (job: Job | null): job is Job => job !== null;
