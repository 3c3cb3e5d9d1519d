import { Module } from '@nestjs/common';
import { QueuesModule } from '../queues/queues.module.js';
import { TicketHealth } from './ticket-health.service.js';

@Module({ imports: [QueuesModule], providers: [TicketHealth] })
export class TicketHealthModule {}
