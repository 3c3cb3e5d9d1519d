import { Process, Processor } from '@nestjs/bull';
import type { Job } from 'bull';
import { QUEUES } from '#queues';
import { SyncService } from './sync.service.js';

@Processor(QUEUES.brokerSync)
export class SyncProcessor {
  constructor(private readonly syncs: SyncService) {}

  @Process('sync')
  async run(job: Job<{ syncId: number }>): Promise<void> {
    try {
      await this.syncs.run(job.data.syncId, (percent) => job.progress(percent));
    } catch (error) {
      const last = job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
      await this.syncs.failed(job.data.syncId, (error as Error).message, last);
      throw error;
    }
  }
}
