import { Process, Processor } from '@nestjs/bull';
import { Inject } from '@nestjs/common';
import type { Job } from 'bull';
import { QUEUES, type QueueJobs } from '#queues';
import { LOGGER, type Logger, Periodic } from '#service';
import { Queues } from '../queues/queues.service.js';
import { DeliveryRepository } from './delivery.repository.js';
import { FanOut } from './fan-out.service.js';
import { LaneService } from './lane.service.js';

type Lanes = QueueJobs[typeof QUEUES.deliveries];

/** So many subscribers may be slow at once, in each process, before another one has to wait. */
const LANES = 256;
const LOOK_EVERY_MS = 1_000;

@Processor(QUEUES.deliveries)
export class LanesProcessor {
  /** Lanes that run in this process without the queue. */
  private readonly here = new Set<string>();

  constructor(
    @Inject(LaneService) private readonly lanes: LaneService,
    @Inject(DeliveryRepository) deliveries: DeliveryRepository,
    @Inject(FanOut) fanOut: FanOut,
    @Inject(Queues) queues: Queues,
    @Inject(LOGGER) logger: Logger,
    @Inject(Periodic) periodic: Periodic,
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
    if (this.here.has(subscriptionId) || this.here.size >= LANES) return;
    this.here.add(subscriptionId);
    void this.lanes
      .run(subscriptionId)
      .catch((error: unknown) => logger.warn({ event: 'lane.failed', err: error }, 'Will look again'))
      .finally(() => this.here.delete(subscriptionId));
  }

  @Process({ name: 'lane' satisfies keyof Lanes, concurrency: LANES })
  run(job: Job<Lanes['lane']>): Promise<void> {
    return this.lanes.run(job.data.subscriptionId);
  }
}
