import { Module } from '@nestjs/common';
import { DeliveriesModule } from '../deliveries/deliveries.module.js';
import { DispatchModule } from '../dispatch/dispatch.module.js';
import { PassiveReply } from './passive-reply.service.js';

@Module({ imports: [DeliveriesModule, DispatchModule], providers: [PassiveReply], exports: [PassiveReply] })
export class PassiveReplyModule {}
