import { Global, Module } from '@nestjs/common';
import { Announcements } from './announcements.service.js';

@Global()
@Module({ providers: [Announcements], exports: [Announcements] })
export class AnnouncementsModule {}
