import { Module } from '@nestjs/common';
import { DutyEvents } from './duty-events.service.js';
import { OrderPathController } from './order-path.controller.js';
import { OrderPathRepository } from './order-path.repository.js';
import { OrderPathService } from './order-path.service.js';
import { ViolationController } from './violation.controller.js';
import { ViolationRepository } from './violation.repository.js';
import { ViolationService } from './violation.service.js';

/** What mini programs that are online owe WeChat. */
@Module({
  controllers: [OrderPathController, ViolationController],
  providers: [DutyEvents, OrderPathRepository, OrderPathService, ViolationRepository, ViolationService],
  exports: [DutyEvents],
})
export class DutiesModule {}
