import type { ServiceDefinition } from '#service';
import { HandoverModule } from './handover/handover.module.js';
import { IngestionConfig } from './ingestion.config.js';
import { PushModule } from './push/push.module.js';
import { registerPushRoutes } from './push/push.routes.js';
import { TicketHealthModule } from './ticket-health/ticket-health.module.js';

/** The only app that WeChat's servers reach. */
export const ingestion: ServiceDefinition<IngestionConfig> = {
  app: 'ingestion',
  title: 'wxplane ingestion',
  description: 'Takes what WeChat pushes, keeps it, and hands it on: inbox, subscriptions, deliveries.',
  config: IngestionConfig,
  imports: () => [PushModule, HandoverModule, TicketHealthModule],
  prepare: registerPushRoutes,
};
