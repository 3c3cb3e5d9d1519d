import { Module, type OnModuleInit } from '@nestjs/common';
import { TokenRefresher } from '../tokens/token-refresher.js';
import { AuthorizerRepository } from './authorizer.repository.js';
import { AuthorizerSource } from './authorizer.source.js';
import { AuthorizersController } from './authorizers.controller.js';
import { AuthorizersService } from './authorizers.service.js';
import { CancellationService } from './cancellation.service.js';
import { OldTokens } from './old-tokens.js';
import { OptionsController } from './options.controller.js';
import { OptionsService } from './options.service.js';
import { ProfileService } from './profile.service.js';
import { RefreshTokenRecovery } from './refresh-token.recovery.js';

@Module({
  controllers: [AuthorizersController, OptionsController],
  providers: [
    AuthorizersService,
    AuthorizerRepository,
    AuthorizerSource,
    RefreshTokenRecovery,
    ProfileService,
    CancellationService,
    OptionsService,
    OldTokens,
  ],
  exports: [AuthorizerRepository, ProfileService, CancellationService],
})
export class AuthorizersModule implements OnModuleInit {
  constructor(
    private readonly refresher: TokenRefresher,
    private readonly source: AuthorizerSource,
  ) {}

  onModuleInit(): void {
    this.refresher.register('authorizer', this.source);
  }
}
