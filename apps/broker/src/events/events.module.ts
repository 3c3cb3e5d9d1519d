import { BullModule } from '@nestjs/bull';
import { Module } from '@nestjs/common';
import { QUEUES } from '#queues';
import { AuthorizationsModule } from '../authorizations/authorizations.module.js';
import { AuthorizersModule } from '../authorizers/authorizers.module.js';
import { CertificationsModule } from '../certifications/certifications.module.js';
import { FilingsModule } from '../filings/filings.module.js';
import { RegistrationsModule } from '../registrations/registrations.module.js';
import { BrokerDirectEvents } from './direct-events.js';
import { EventsProcessor } from './events.processor.js';
import { EventsService } from './events.service.js';

@Module({
  imports: [
    BullModule.registerQueue({ name: QUEUES.brokerEvents }),
    AuthorizationsModule,
    AuthorizersModule,
    FilingsModule,
    RegistrationsModule,
    CertificationsModule,
  ],
  providers: [EventsService, BrokerDirectEvents, EventsProcessor],
})
export class EventsModule {}
