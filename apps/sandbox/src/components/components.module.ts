import { Module } from '@nestjs/common';
import { PushesModule } from '../pushes/pushes.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { ComponentApi } from './component.api.js';
import { ComponentsController } from './components.controller.js';
import { ComponentsService } from './components.service.js';

@Module({
  imports: [PushesModule, TokensModule],
  providers: [ComponentsService, ComponentApi],
  controllers: [ComponentsController],
  exports: [ComponentsService],
})
export class ComponentsModule {}
