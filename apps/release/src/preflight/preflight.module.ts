import { Module } from '@nestjs/common';
import { AuditQuotaModule } from '../audit-quota/audit-quota.module.js';
import { PlatformDomainsModule } from '../platform-domains/platform-domains.module.js';
import { TemplateModule } from '../templates/template.module.js';
import { PreflightService } from './preflight.service.js';

@Module({
  imports: [AuditQuotaModule, PlatformDomainsModule, TemplateModule],
  providers: [PreflightService],
  exports: [PreflightService],
})
export class PreflightModule {}
