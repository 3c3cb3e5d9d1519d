import { BullModule } from '@nestjs/bull';
import { Module } from '@nestjs/common';
import { QUEUES } from '#queues';
import { InboxModule } from '../inbox/inbox.module.js';
import { HandoverRepository } from './handover.repository.js';
import { HandoverService } from './handover.service.js';
import { Queues } from './queues.service.js';

@Module({
  imports: [
    InboxModule,
    BullModule.registerQueue(
      { name: QUEUES.brokerEvents },
      { name: QUEUES.releaseEvents },
      { name: QUEUES.brokerCommands },
      { name: QUEUES.deliveries },
    ),
  ],
  providers: [HandoverRepository, HandoverService, Queues],
  exports: [HandoverService, Queues],
})
export class HandoverModule {}
