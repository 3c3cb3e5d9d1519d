import { Module } from '@nestjs/common';
import { DeliveriesModule } from '../deliveries/deliveries.module.js';
import { NoticesModule } from '../notices/notices.module.js';
import { ChannelSender } from './channel-sender.service.js';
import { ChannelWorker } from './channel-worker.service.js';
import { ChannelsController } from './channels.controller.js';
import { ChannelsService } from './channels.service.js';

@Module({
  imports: [DeliveriesModule, NoticesModule],
  controllers: [ChannelsController],
  providers: [ChannelSender, ChannelWorker, ChannelsService],
})
export class ChannelsModule {}
