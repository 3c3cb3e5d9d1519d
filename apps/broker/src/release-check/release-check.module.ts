import { BullModule } from '@nestjs/bull';
import { Module } from '@nestjs/common';
import { QUEUES } from '#queues';
import { AuthorizationsModule } from '../authorizations/authorizations.module.js';
import { DirectReplies } from './direct-replies.js';
import { ReleaseCheckProcessor } from './release-check.processor.js';
import { ReleaseCheckService } from './release-check.service.js';

/** Consumer of `broker.commands`. */
@Module({
  imports: [AuthorizationsModule, BullModule.registerQueue({ name: QUEUES.brokerCommands })],
  providers: [ReleaseCheckService, DirectReplies, ReleaseCheckProcessor],
})
export class ReleaseCheckModule {}
