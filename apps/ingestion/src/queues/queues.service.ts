import { InjectQueue } from '@nestjs/bull';
import { Inject, Injectable } from '@nestjs/common';
import type { Queue } from 'bull';
import type { Redis } from 'ioredis';
import { QUEUE_POLICY, QUEUES, type QueueName } from '#queues';
import { isReady, LossWatch, REDIS, within } from '#service';

export interface NewJob {
  readonly queue: QueueName;
  readonly name: string;
  readonly data: object;
  readonly jobId: string;
  /** The trace that whoever works on it goes on with. */
  readonly traceparent?: string | null;
}

/** Bull's own connection waits for Redis for ever; here nothing waits longer than this. */
const TIMEOUT_MS = 5_000;

/** Adds jobs to other apps' queues, many at once. */
@Injectable()
export class Queues {
  private readonly byName: ReadonlyMap<string, Queue>;

  constructor(
    @InjectQueue(QUEUES.brokerEvents) brokerEvents: Queue,
    @InjectQueue(QUEUES.releaseEvents) releaseEvents: Queue,
    @InjectQueue(QUEUES.brokerCommands) brokerCommands: Queue,
    @InjectQueue(QUEUES.deliveries) deliveries: Queue,
    @Inject(REDIS) private readonly redis: Redis,
    losses: LossWatch,
  ) {
    this.byName = new Map([brokerEvents, releaseEvents, brokerCommands, deliveries].map((queue) => [queue.name, queue]));
    for (const queue of [brokerEvents, releaseEvents, brokerCommands]) losses.watch(queue.client);
  }

  get ready(): boolean {
    return isReady(this.redis);
  }

  /** @throws Error when Redis does not take all of them in time; some may have been added. */
  async add(jobs: readonly NewJob[]): Promise<void> {
    if (jobs.length === 0) return;
    if (!this.ready) throw new Error('Redis does not answer');
    const work = [...Map.groupBy(jobs, (job) => job.queue)].map(([name, group]) => {
      const queue = this.byName.get(name);
      if (!queue) throw new Error(`ingestion has no queue ${name}`);
      const { attempts, backoff, removeOnComplete, removeOnFail } = QUEUE_POLICY[name];
      const policy = { attempts, backoff, removeOnComplete, removeOnFail };
      return queue.addBulk(
        group.map(({ name, data, jobId, traceparent }) => {
          const opts = { ...policy, jobId, ...(traceparent ? { traceparent } : {}) };
          return { name, data, opts };
        }),
      );
    });
    const added = (await within(TIMEOUT_MS, Promise.all(work), 'Redis did not take the jobs in time')).flat();
    // Bull hides it when single jobs of many fail inside Redis: those come back without an id.
    const refused = added.filter((job) => !job.id).length;
    if (refused > 0) throw new Error(`Redis refused ${refused} of ${added.length} jobs`);
  }
}
