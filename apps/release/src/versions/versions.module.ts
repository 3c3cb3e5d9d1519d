import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { ReleaseModule } from '../releases/api/release.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { Rollbacks } from './rollback.service.js';
import { VersionsController } from './versions.controller.js';
import { VersionsService } from './versions.service.js';

@Module({
  imports: [AuditModule, ReleaseModule, SettingsModule],
  controllers: [VersionsController],
  providers: [Rollbacks, VersionsService],
  exports: [Rollbacks, VersionsService],
})
export class VersionsModule {}
