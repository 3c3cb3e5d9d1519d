import { Module } from '@nestjs/common';
import { AuditQuota } from './audit-quota.service.js';

@Module({ providers: [AuditQuota], exports: [AuditQuota] })
export class AuditQuotaModule {}
