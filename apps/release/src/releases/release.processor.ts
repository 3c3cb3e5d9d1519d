import { Process, Processor } from '@nestjs/bull';
import type { Job } from 'bull';
import { QUEUES, type QueueJobs } from '#queues';
import { ReleaseEngine } from './release.engine.js';

/** Jobs only say "look at this release now": what is due stands in the database. */
@Processor(QUEUES.releaseSteps)
export class ReleaseProcessor {
  constructor(private readonly engine: ReleaseEngine) {}

  @Process({ name: 'advance', concurrency: 8 })
  async advance(job: Job<QueueJobs['release.steps']['advance']>): Promise<void> {
    await this.engine.advance(job.data.releaseId);
  }
}
