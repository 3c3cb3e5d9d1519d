import { Module } from '@nestjs/common';
import { CodeModule } from '../code/code.module.js';
import { PushesModule } from '../pushes/pushes.module.js';
import { AuditApi } from './audit.api.js';
import { AuditService } from './audit.service.js';
import { AuditsController } from './audits.controller.js';

@Module({ imports: [PushesModule, CodeModule], providers: [AuditService, AuditApi], controllers: [AuditsController] })
export class AuditModule {}
