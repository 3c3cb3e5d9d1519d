import { Global, Module } from '@nestjs/common';
import { InboxConsumer } from './consume-once.js';
import { OwnEvents } from './own-events.js';

/** For apps that act on events, or have something to tell by one. Ingestion writes what WeChat pushes. */
@Global()
@Module({ providers: [InboxConsumer, OwnEvents], exports: [InboxConsumer, OwnEvents] })
export class InboxAccessModule {}
