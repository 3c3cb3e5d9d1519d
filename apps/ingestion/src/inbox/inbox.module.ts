import { Module } from '@nestjs/common';
import { InboxRepository } from './inbox.repository.js';
import { InboxWriter } from './inbox-writer.service.js';
import { SpoolService } from './spool.service.js';
import { SpoolMover } from './spool-mover.service.js';

@Module({ providers: [InboxRepository, InboxWriter, SpoolService, SpoolMover], exports: [InboxWriter, SpoolService, SpoolMover] })
export class InboxModule {}
