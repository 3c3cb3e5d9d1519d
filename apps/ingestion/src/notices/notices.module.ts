import { Module } from '@nestjs/common';
import { ChannelStore } from './channel.store.js';
import { NoticeRepository } from './notice.repository.js';
import { NoticeFanOut } from './notice-fan-out.service.js';

@Module({
  providers: [ChannelStore, NoticeRepository, NoticeFanOut],
  exports: [ChannelStore, NoticeRepository, NoticeFanOut],
})
export class NoticesModule {}
