import { Module } from '@nestjs/common';
import { PushesModule } from '../pushes/pushes.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { AuthorizationService } from './authorization.service.js';
import { AuthorizationsController } from './authorizations.controller.js';
import { AuthorizerApi } from './authorizer.api.js';

@Module({
  imports: [PushesModule, TokensModule],
  providers: [AuthorizationService, AuthorizerApi],
  controllers: [AuthorizationsController],
  exports: [AuthorizationService],
})
export class AuthorizersModule {}
