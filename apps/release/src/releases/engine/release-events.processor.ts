import { Process, Processor } from '@nestjs/bull';
import type { Job } from 'bull';
import { type EventJob, QUEUES } from '#queues';
import { ReleaseEvents } from './release-events.service.js';

/** Events that ingestion handed over. */
@Processor(QUEUES.releaseEvents)
export class ReleaseEventsProcessor {
  constructor(private readonly events: ReleaseEvents) {}

  @Process({ name: 'event', concurrency: 4 })
  async event(job: Job<EventJob>): Promise<void> {
    await this.events.consume(job.data.eventId);
  }
}
