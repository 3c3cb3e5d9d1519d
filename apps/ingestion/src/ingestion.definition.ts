import { APP_DOMAINS } from '#persistence';
import type { ServiceDefinition } from '#service';
import { ChannelsModule } from './channels/channels.module.js';
import { IngestionConfig } from './config/ingestion.config.js';
import { DeliveriesModule } from './deliveries/deliveries.module.js';
import { DispatchModule } from './dispatch/dispatch.module.js';
import { EventsModule } from './events/events.module.js';
import { pushHandler } from './push/push.http.js';
import { PushModule } from './push/push.module.js';
import { SubscriptionsModule } from './subscriptions/subscriptions.module.js';
import { TicketHealthModule } from './ticket-health/ticket-health.module.js';

/** The only app that WeChat's servers reach. */
export const ingestionDefinition: ServiceDefinition<IngestionConfig> = {
  app: 'ingestion',
  title: 'wxplane ingestion',
  description: 'Takes what WeChat pushes, keeps it, and hands it on: inbox, subscriptions, deliveries, messages to people.',
  config: IngestionConfig,
  componentFields: () => ['push_tokens', 'encoding_aes_keys'],
  secrets: APP_DOMAINS.ingestion,
  // Redis takes the pushes until it is back.
  startsWithoutMysql: true,
  withoutMysql: 'degraded-while-redis',
  imports: () => [
    PushModule,
    DispatchModule,
    TicketHealthModule,
    EventsModule,
    SubscriptionsModule,
    DeliveriesModule,
    ChannelsModule,
  ],
  beforeFramework: pushHandler,
};
