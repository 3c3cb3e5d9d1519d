import { Process, Processor } from '@nestjs/bull';
import type { Job } from 'bull';
import { type EventJob, QUEUES } from '#queues';
import { EventsService } from './events.service.js';

/** Several at once: an authorization must not wait behind another one's slow call. */
const CONCURRENCY = 10;

@Processor(QUEUES.brokerEvents)
export class EventsProcessor {
  constructor(private readonly events: EventsService) {}

  @Process({ name: 'event', concurrency: CONCURRENCY })
  handle(job: Job<EventJob>): Promise<void> {
    return this.events.handle(job.data.eventId);
  }
}
