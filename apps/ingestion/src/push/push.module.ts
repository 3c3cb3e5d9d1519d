import { Module } from '@nestjs/common';
import { DispatchModule } from '../dispatch/dispatch.module.js';
import { InboxModule } from '../inbox/inbox.module.js';
import { PassiveReplyModule } from './passive-reply.module.js';
import { PushMetrics } from './push.metrics.js';
import { PushService } from './push.service.js';

@Module({ imports: [InboxModule, DispatchModule, PassiveReplyModule], providers: [PushService, PushMetrics] })
export class PushModule {}
