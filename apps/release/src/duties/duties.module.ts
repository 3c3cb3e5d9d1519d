import { Module } from '@nestjs/common';
import { AppealController } from './appeal.controller.js';
import { AppealRepository } from './appeal.repository.js';
import { AppealService } from './appeal.service.js';
import { DutyEvents } from './duty-events.service.js';
import { OrderPathController } from './order-path.controller.js';
import { OrderPathRepository } from './order-path.repository.js';
import { OrderPathService } from './order-path.service.js';
import { ViolationController } from './violation.controller.js';
import { ViolationRepository } from './violation.repository.js';
import { ViolationService } from './violation.service.js';

/** What mini programs that are online owe WeChat. */
@Module({
  controllers: [AppealController, OrderPathController, ViolationController],
  providers: [
    AppealRepository,
    AppealService,
    DutyEvents,
    OrderPathRepository,
    OrderPathService,
    ViolationRepository,
    ViolationService,
  ],
  exports: [DutyEvents, ViolationRepository],
})
export class DutiesModule {}
