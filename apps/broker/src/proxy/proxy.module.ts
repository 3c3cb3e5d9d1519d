import { Module } from '@nestjs/common';
import { BudgetService } from '../diagnosis/budget.service.js';
import { CallsController } from '../diagnosis/calls.controller.js';
import { CallsService } from '../diagnosis/calls.service.js';
import { checkpointer } from '../diagnosis/checkpointer.provider.js';
import { CheckpointsService } from '../diagnosis/checkpoints.service.js';
import { Retention } from '../diagnosis/retention.js';
import { ProxyService } from './proxy.service.js';
import { ProxyGate } from './proxy-gate.js';

@Module({
  controllers: [CallsController],
  providers: [ProxyService, ProxyGate, BudgetService, CallsService, Retention, checkpointer, CheckpointsService],
  exports: [ProxyService, ProxyGate],
})
export class ProxyModule {}
