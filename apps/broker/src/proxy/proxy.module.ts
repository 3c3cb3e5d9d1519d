import { Module } from '@nestjs/common';
import { BudgetService } from './budget.service.js';
import { CallsController } from './calls.controller.js';
import { CallsService } from './calls.service.js';
import { ProxyService } from './proxy.service.js';

@Module({
  controllers: [CallsController],
  providers: [ProxyService, BudgetService, CallsService],
  exports: [ProxyService, CallsService],
})
export class ProxyModule {}
