import { Module } from '@nestjs/common';
import { DeliveriesModule } from '../deliveries/deliveries.module.js';
import { DispatchModule } from '../dispatch/dispatch.module.js';
import { NoticesModule } from '../notices/notices.module.js';
import { SubscriptionsModule } from '../subscriptions/subscriptions.module.js';
import { EventRepository } from './event.repository.js';
import { EventsController } from './events.controller.js';
import { EventsService } from './events.service.js';
import { RetentionRepository } from './retention.repository.js';
import { RetentionService } from './retention.service.js';

@Module({
  imports: [DeliveriesModule, DispatchModule, NoticesModule, SubscriptionsModule],
  controllers: [EventsController],
  providers: [EventRepository, EventsService, RetentionRepository, RetentionService],
})
export class EventsModule {}
