import { Process, Processor } from '@nestjs/bull';
import { Inject } from '@nestjs/common';
import type { Job } from 'bull';
import { QUEUES, type QueueJobs } from '#queues';
import { LOGGER, type Logger, Periodic } from '#service';
import { Queues } from '../queues/queues.service.js';
import { DeliveryRepository } from './delivery.repository.js';
import { DeliveryWorker } from './delivery-worker.service.js';
import { FanOut } from './fan-out.service.js';

type Jobs = QueueJobs[typeof QUEUES.deliveries];

/** So many subscribers may be slow at once, in each process, before another one has to wait. */
const SUBSCRIPTIONS_AT_ONCE = 256;
const LOOK_EVERY_MS = 1_000;

@Processor(QUEUES.deliveries)
export class DeliveriesProcessor {
  /** Subscriptions that this process works on without the queue. */
  private readonly here = new Set<string>();

  constructor(
    private readonly worker: DeliveryWorker,
    deliveries: DeliveryRepository,
    fanOut: FanOut,
    queues: Queues,
    @Inject(LOGGER) logger: Logger,
    periodic: Periodic,
  ) {
    const look = async () => {
      const due = await deliveries.dueSubscriptions();
      if (queues.ready) await fanOut.wake(due);
      // Without the queues each replica sends what is due; a delivery's own row lets one of them do it.
      else for (const subscriptionId of due) this.runHere(subscriptionId, logger);
    };
    periodic.every('deliveries.look', LOOK_EVERY_MS, look);
  }

  private runHere(subscriptionId: string, logger: Logger): void {
    if (this.here.has(subscriptionId) || this.here.size >= SUBSCRIPTIONS_AT_ONCE) return;
    this.here.add(subscriptionId);
    void this.worker
      .run(subscriptionId)
      .catch((error: unknown) => logger.warn({ event: 'delivery-worker.failed', err: error }, 'Will look again'))
      .finally(() => this.here.delete(subscriptionId));
  }

  @Process({ name: 'lane' satisfies keyof Jobs, concurrency: SUBSCRIPTIONS_AT_ONCE })
  run(job: Job<Jobs['lane']>): Promise<void> {
    return this.worker.run(job.data.subscriptionId);
  }
}
