import { BullModule } from '@nestjs/bull';
import { Module } from '@nestjs/common';
import { QUEUES } from '#queues';
import { AuthorizersModule } from '../authorizers/authorizers.module.js';
import { Nightly } from './nightly.js';
import { ProfilesOfList } from './profiles-of-list.js';
import { SyncController } from './sync.controller.js';
import { SyncProcessor } from './sync.processor.js';
import { SyncService } from './sync.service.js';
import { WaitingSyncs } from './waiting-syncs.js';

@Module({
  imports: [BullModule.registerQueue({ name: QUEUES.brokerSync }), AuthorizersModule],
  controllers: [SyncController],
  providers: [SyncService, ProfilesOfList, SyncProcessor, Nightly, WaitingSyncs],
  exports: [SyncService],
})
export class SyncModule {}
