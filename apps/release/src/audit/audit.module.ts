import { Module } from '@nestjs/common';
import { AuditReader } from './audit-reader.js';

@Module({ providers: [AuditReader], exports: [AuditReader] })
export class AuditModule {}
