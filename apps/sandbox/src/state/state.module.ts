import { Module } from '@nestjs/common';
import { MerchantsModule } from '../merchants/merchants.module.js';
import { PushesModule } from '../pushes/pushes.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { StateController } from './state.controller.js';
import { StatePage } from './state.page.js';
import { StateService } from './state.service.js';

@Module({
  imports: [MerchantsModule, PushesModule, TokensModule],
  providers: [StateService, StatePage],
  controllers: [StateController],
})
export class StateModule {}
