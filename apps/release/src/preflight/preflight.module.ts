import { Module } from '@nestjs/common';
import { AuditQuotaModule } from '../audit-quota/audit-quota.module.js';
import { PlatformDomainsModule } from '../platform-domains/platform-domains.module.js';
import { ReadinessModule } from '../readiness/readiness.module.js';
import { TemplateModule } from '../templates/template.module.js';
import { PreflightService } from './preflight.service.js';

@Module({
  imports: [AuditQuotaModule, PlatformDomainsModule, ReadinessModule, TemplateModule],
  providers: [PreflightService],
  exports: [PreflightService, ReadinessModule],
})
export class PreflightModule {}
