import { BullModule } from '@nestjs/bull';
import { Module } from '@nestjs/common';
import { QUEUES } from '#queues';
import { Queues } from './queues.service.js';

@Module({
  imports: [
    BullModule.registerQueue(
      { name: QUEUES.brokerEvents },
      { name: QUEUES.releaseEvents },
      { name: QUEUES.brokerCommands },
      { name: QUEUES.deliveries },
    ),
  ],
  providers: [Queues],
  exports: [Queues],
})
export class QueuesModule {}
