import { Module } from '@nestjs/common';
import { AccountCallsModule } from '../account-calls/account-calls.module.js';
import { FilingsModule } from '../filings/filings.module.js';
import { CertificateRepository } from './certificate.repository.js';
import { CertificationRepository } from './certification.repository.js';
import { CertificationEvents } from './certification-events.js';
import { CertificationJournal } from './certification-journal.js';
import { CertificationReader } from './certification-reader.js';
import { CertificationController, CertificationsController } from './certifications.controller.js';
import { CertificationsService } from './certifications.service.js';

@Module({
  imports: [AccountCallsModule, FilingsModule],
  controllers: [CertificationsController, CertificationController],
  providers: [
    CertificationsService,
    CertificationRepository,
    CertificateRepository,
    CertificationReader,
    CertificationJournal,
    CertificationEvents,
  ],
  exports: [CertificationEvents],
})
export class CertificationsModule {}
