import { Module } from '@nestjs/common';
import { InboxModule } from '../inbox/inbox.module.js';
import { PassiveReplyModule } from '../passive-reply/passive-reply.module.js';
import { PushMetrics } from './push.metrics.js';
import { PushService } from './push.service.js';

@Module({ imports: [InboxModule, PassiveReplyModule], providers: [PushService, PushMetrics] })
export class PushModule {}
