import { Module } from '@nestjs/common';
import { BudgetService } from './budget.service.js';
import { CallsController } from './calls.controller.js';
import { CallsService } from './calls.service.js';
import { ProxyService } from './proxy.service.js';
import { Retention } from './retention.js';

@Module({
  controllers: [CallsController],
  providers: [ProxyService, BudgetService, CallsService, Retention],
  exports: [ProxyService],
})
export class ProxyModule {}
