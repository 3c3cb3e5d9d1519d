import { Module } from '@nestjs/common';
import { InboxRepository } from './inbox.repository.js';
import { InboxHealth } from './inbox-health.service.js';
import { InboxWriter } from './inbox-writer.service.js';
import { SpoolService } from './spool.service.js';
import { SpoolMover } from './spool-mover.service.js';

@Module({
  providers: [InboxRepository, InboxWriter, SpoolService, SpoolMover, InboxHealth],
  exports: [InboxWriter, SpoolService, SpoolMover],
})
export class InboxModule {}
