import { Module } from '@nestjs/common';
import { PushesModule } from '../pushes/pushes.module.js';
import { CertificationApi } from './certification.api.js';
import { CertificationService } from './certification.service.js';
import { FilingApi } from './filing.api.js';
import { FilingController } from './filing.controller.js';
import { FilingService } from './filing.service.js';

@Module({
  imports: [PushesModule],
  providers: [FilingService, FilingApi, CertificationService, CertificationApi],
  controllers: [FilingController],
})
export class FilingModule {}
