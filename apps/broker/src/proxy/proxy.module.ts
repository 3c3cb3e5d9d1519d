import { Module } from '@nestjs/common';
import { BudgetService } from '../diagnosis/budget.service.js';
import { CallsController } from '../diagnosis/calls.controller.js';
import { CallsService } from '../diagnosis/calls.service.js';
import { checkpointer } from '../diagnosis/checkpointer.provider.js';
import { CheckpointsService } from '../diagnosis/checkpoints.service.js';
import { Retention } from '../diagnosis/retention.js';
import { EffectGate } from './effect-gate.js';
import { ProxyService } from './proxy.service.js';

@Module({
  controllers: [CallsController],
  providers: [ProxyService, EffectGate, BudgetService, CallsService, Retention, checkpointer, CheckpointsService],
  exports: [ProxyService, EffectGate],
})
export class ProxyModule {}
