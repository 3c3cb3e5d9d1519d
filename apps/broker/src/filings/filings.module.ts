import { Module } from '@nestjs/common';
import { AccountCallsModule } from '../account-calls/account-calls.module.js';
import { FilingRepository } from './filing.repository.js';
import { FilingApplications } from './filing-applications.repository.js';
import { FilingConstantsStore } from './filing-constants.js';
import { FilingEvents } from './filing-events.js';
import { FilingForms } from './filing-forms.js';
import { FilingJournal } from './filing-journal.js';
import { FilingMedia } from './filing-media.js';
import { FilingReader } from './filing-reader.js';
import { FilingVerifications } from './filing-verifications.js';
import { FilingController, FilingsController } from './filings.controller.js';
import { FilingsService } from './filings.service.js';

@Module({
  imports: [AccountCallsModule],
  controllers: [FilingsController, FilingController],
  providers: [
    FilingsService,
    FilingRepository,
    FilingApplications,
    FilingVerifications,
    FilingConstantsStore,
    FilingMedia,
    FilingForms,
    FilingJournal,
    FilingReader,
    FilingEvents,
  ],
  exports: [FilingEvents, FilingForms, FilingVerifications],
})
export class FilingsModule {}
