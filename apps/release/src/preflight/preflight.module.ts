import { Module } from '@nestjs/common';
import { AuditQuotaModule } from '../audit-quota/audit-quota.module.js';
import { PreflightService } from './preflight.service.js';

@Module({ imports: [AuditQuotaModule], providers: [PreflightService], exports: [PreflightService] })
export class PreflightModule {}
