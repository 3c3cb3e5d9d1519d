import { Module } from '@nestjs/common';
import { DeliveriesModule } from '../deliveries/deliveries.module.js';
import { InboxModule } from '../inbox/inbox.module.js';
import { NoticesModule } from '../notices/notices.module.js';
import { QueuesModule } from '../queues/queues.module.js';
import { DispatchRepository } from './dispatch.repository.js';
import { Dispatcher } from './dispatcher.service.js';
import { EventInterest } from './event-interest.service.js';
import { LostJobs } from './lost-jobs.service.js';

@Module({
  imports: [InboxModule, QueuesModule, DeliveriesModule, NoticesModule],
  providers: [DispatchRepository, Dispatcher, LostJobs, EventInterest],
  exports: [Dispatcher, DispatchRepository, EventInterest],
})
export class DispatchModule {}
