import { BullModule } from '@nestjs/bull';
import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { QUEUES } from '#queues';
import { AuthorizersModule } from '../authorizers/authorizers.module.js';
import { ProxyModule } from '../proxy/proxy.module.js';
import { Nightly } from './nightly.js';
import { SyncController } from './sync.controller.js';
import { SyncProcessor } from './sync.processor.js';
import { SyncService } from './sync.service.js';

@Module({
  imports: [BullModule.registerQueue({ name: QUEUES.brokerSync }), ScheduleModule.forRoot(), AuthorizersModule, ProxyModule],
  controllers: [SyncController],
  providers: [SyncService, SyncProcessor, Nightly],
})
export class SyncModule {}
