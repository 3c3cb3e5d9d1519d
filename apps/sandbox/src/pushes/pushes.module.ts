import { Module } from '@nestjs/common';
import { PushService } from './push.service.js';
import { PushFaults } from './push-faults.service.js';
import { PushLog } from './push-log.service.js';
import { PushesController } from './pushes.controller.js';
import { TicketService } from './ticket.service.js';

@Module({
  providers: [PushService, PushLog, PushFaults, TicketService],
  controllers: [PushesController],
  exports: [PushService, PushLog, TicketService],
})
export class PushesModule {}
