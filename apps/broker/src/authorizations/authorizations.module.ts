import { Module } from '@nestjs/common';
import { AuthorizersModule } from '../authorizers/authorizers.module.js';
import { CodeRepository } from './code.repository.js';
import { ExclusiveSets } from './exclusive-sets.service.js';
import { GrantService } from './grant.service.js';
import { LaunchController } from './launch.controller.js';
import { LaunchService } from './launch.service.js';
import { LinksController } from './links.controller.js';
import { LinksService } from './links.service.js';
import { OldCodes } from './old-codes.js';
import { VisitRepository } from './visit.repository.js';

/** Links, the launch page, the callback, and the exchange of codes. */
@Module({
  imports: [AuthorizersModule],
  controllers: [LinksController, LaunchController],
  providers: [ExclusiveSets, LinksService, LaunchService, GrantService, CodeRepository, VisitRepository, OldCodes],
  exports: [GrantService, LaunchService, VisitRepository],
})
export class AuthorizationsModule {}
