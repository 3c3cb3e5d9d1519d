import { Process, Processor } from '@nestjs/bull';
import type { Job } from 'bull';
import { QUEUES, type QueueJobs } from '#queues';
import { ReleaseCheckService } from './release-check.service.js';

type Commands = QueueJobs[typeof QUEUES.brokerCommands];

@Processor(QUEUES.brokerCommands)
export class ReleaseCheckProcessor {
  constructor(private readonly service: ReleaseCheckService) {}

  @Process({ name: 'release-check-reply' satisfies keyof Commands, concurrency: 4 })
  reply(job: Job<Commands['release-check-reply']>): Promise<void> {
    return this.service.reply(job.data.eventId);
  }

  @Process({ name: 'start-push-ticket' satisfies keyof Commands, concurrency: 1 })
  startPushTicket(job: Job<Commands['start-push-ticket']>): Promise<void> {
    return this.service.startPushTicket(job.data.componentAppid);
  }
}
