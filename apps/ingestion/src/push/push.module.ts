import { Module } from '@nestjs/common';
import { InboxModule } from '../inbox/inbox.module.js';
import { PushMetrics } from './push.metrics.js';
import { PushService } from './push.service.js';

@Module({ imports: [InboxModule], providers: [PushService, PushMetrics] })
export class PushModule {}
