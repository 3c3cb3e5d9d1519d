import { Module } from '@nestjs/common';
import { Streams } from './forward/streams.js';
import { ConsoleKeys } from './security/console-keys.js';
import { Assertions } from './sessions/assertions.js';
import { SessionController } from './sessions/session.controller.js';
import { SessionRepository } from './sessions/session.repository.js';
import { SessionService } from './sessions/session.service.js';
import { Who } from './sessions/who.js';
import { OidcService } from './sign-in/oidc.service.js';
import { SignInController } from './sign-in/sign-in.controller.js';
import { SignInLimits } from './sign-in/sign-in-limits.js';
import { UsedLinks } from './sign-in/used-links.repository.js';

@Module({
  controllers: [SessionController, SignInController],
  providers: [ConsoleKeys, SessionRepository, SessionService, Assertions, Who, OidcService, UsedLinks, SignInLimits, Streams],
})
export class ConsoleModule {}
