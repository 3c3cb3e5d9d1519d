import { Module } from '@nestjs/common';
import { HandoverModule } from '../handover/handover.module.js';
import { TicketHealth } from './ticket-health.service.js';

@Module({ imports: [HandoverModule], providers: [TicketHealth] })
export class TicketHealthModule {}
