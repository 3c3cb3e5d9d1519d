import { Module } from '@nestjs/common';
import { DeliveriesModule } from '../deliveries/deliveries.module.js';
import { InboxModule } from '../inbox/inbox.module.js';
import { HandoverRepository } from './dispatch.repository.js';
import { HandoverService } from './dispatcher.service.js';
import { LostJobs } from './lost-jobs.service.js';
import { QueuesModule } from '../queues/queues.module.js';
import { Settled } from './event-interest.service.js';

@Module({
  imports: [InboxModule, QueuesModule, DeliveriesModule],
  providers: [HandoverRepository, HandoverService, LostJobs, Settled],
  exports: [HandoverService, HandoverRepository, Settled],
})
export class HandoverModule {}
