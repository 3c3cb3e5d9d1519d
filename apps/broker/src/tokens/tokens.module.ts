import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { TicketRepository } from '../tickets/ticket.repository.js';
import { TicketReader } from '../tickets/ticket-reader.js';
import { ComponentSource } from './component.source.js';
import { Cooldowns } from './cooldowns.js';
import { JsapiSource } from './jsapi.source.js';
import { TicketController } from './ticket.controller.js';
import { TokenRepository } from './token.repository.js';
import { TokenService } from './token.service.js';
import { TokenRefresher } from './token-refresher.js';
import { TokenShare } from './token-share.js';
import { TokensController } from './tokens.controller.js';

/** The token mechanism. The source of authorizer tokens is registered by the authorizers' module. */
@Global()
@Module({
  controllers: [TokensController, TicketController],
  providers: [
    TokenService,
    TokenRefresher,
    TokenRepository,
    TokenShare,
    Cooldowns,
    TicketRepository,
    TicketReader,
    ComponentSource,
    JsapiSource,
  ],
  exports: [TokenService, TokenRefresher, Cooldowns, TicketRepository, TicketReader],
})
export class TokensModule implements OnModuleInit {
  constructor(
    private readonly refresher: TokenRefresher,
    private readonly component: ComponentSource,
    private readonly jsapi: JsapiSource,
  ) {}

  onModuleInit(): void {
    this.refresher.register('component', this.component);
    this.refresher.register('jsapi', this.jsapi);
    this.refresher.register('wx_card', this.jsapi);
  }
}
