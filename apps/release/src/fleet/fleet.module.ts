import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { FleetController } from './fleet.controller.js';
import { FleetService } from './fleet.service.js';

@Module({ imports: [AuditModule], controllers: [FleetController], providers: [FleetService], exports: [FleetService] })
export class FleetModule {}
