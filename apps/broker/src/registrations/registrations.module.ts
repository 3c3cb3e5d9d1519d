import { Module } from '@nestjs/common';
import { AuthorizationsModule } from '../authorizations/authorizations.module.js';
import { AuthorizersModule } from '../authorizers/authorizers.module.js';
import { SyncModule } from '../sync/sync.module.js';
import { AppFinder } from './app-finder.js';
import { RegistrationRepository } from './registration.repository.js';
import { RegistrationCalls } from './registration-calls.js';
import { RegistrationEvents } from './registration-events.js';
import { RegistrationJournal } from './registration-journal.js';
import { RegistrationPageController } from './registration-page.controller.js';
import { RegistrationPageService } from './registration-page.service.js';
import { RegistrationPoller } from './registration-poller.js';
import { RegistrationRunner } from './registration-runner.js';
import { RegistrationSettler } from './registration-settler.js';
import { RegistrationSubmitter } from './registration-submitter.js';
import { RegistrationsController } from './registrations.controller.js';
import { RegistrationsService } from './registrations.service.js';

/** New mini programs: from a merchant's data to an authorizer with tokens. */
@Module({
  imports: [AuthorizationsModule, AuthorizersModule, SyncModule],
  controllers: [RegistrationsController, RegistrationPageController],
  providers: [
    RegistrationsService,
    RegistrationPageService,
    RegistrationRepository,
    RegistrationJournal,
    RegistrationCalls,
    RegistrationRunner,
    RegistrationSubmitter,
    RegistrationSettler,
    RegistrationPoller,
    RegistrationEvents,
    AppFinder,
  ],
  exports: [RegistrationEvents, RegistrationSettler],
})
export class RegistrationsModule {}
