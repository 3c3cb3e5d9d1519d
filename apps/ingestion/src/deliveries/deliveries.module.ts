import { BullModule } from '@nestjs/bull';
import { Module } from '@nestjs/common';
import { OwnEvents } from '#inbox';
import { QUEUES } from '#queues';
import { NoticesModule } from '../notices/notices.module.js';
import { QueuesModule } from '../queues/queues.module.js';
import { SubscriberClient } from '../subscribers/subscriber-client.service.js';
import { SubscriptionStore } from '../subscribers/subscription.store.js';
import { CatchUp } from './catch-up.service.js';
import { DeliveriesController } from './deliveries.controller.js';
import { DeliveriesProcessor } from './deliveries.processor.js';
import { DeliveriesService } from './deliveries.service.js';
import { DeliveryRepository } from './delivery.repository.js';
import { DeliveryWorker } from './delivery-worker.service.js';
import { FanOut } from './fan-out.service.js';
import { MessageService } from './message.service.js';
import { SubscriptionHealth } from './subscription-health.service.js';

@Module({
  imports: [NoticesModule, QueuesModule, BullModule.registerQueue({ name: QUEUES.deliveries })],
  controllers: [DeliveriesController],
  providers: [
    CatchUp,
    DeliveriesService,
    DeliveryRepository,
    FanOut,
    DeliveryWorker,
    DeliveriesProcessor,
    MessageService,
    OwnEvents,
    SubscriberClient,
    SubscriptionHealth,
    SubscriptionStore,
  ],
  exports: [DeliveryRepository, FanOut, MessageService, SubscriberClient, SubscriptionHealth, SubscriptionStore],
})
export class DeliveriesModule {}
