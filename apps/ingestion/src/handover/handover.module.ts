import { Module } from '@nestjs/common';
import { DeliveriesModule } from '../deliveries/deliveries.module.js';
import { InboxModule } from '../inbox/inbox.module.js';
import { HandoverRepository } from './handover.repository.js';
import { HandoverService } from './handover.service.js';
import { LostJobs } from './lost-jobs.service.js';
import { QueuesModule } from './queues.module.js';
import { Settled } from './settled.service.js';

@Module({
  imports: [InboxModule, QueuesModule, DeliveriesModule],
  providers: [HandoverRepository, HandoverService, LostJobs, Settled],
  exports: [HandoverService, HandoverRepository, Settled],
})
export class HandoverModule {}
