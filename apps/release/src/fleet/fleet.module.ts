import { Module } from '@nestjs/common';
import { ReleaseModule } from '../releases/release.module.js';
import { FleetController } from './fleet.controller.js';
import { FleetService } from './fleet.service.js';

@Module({ imports: [ReleaseModule], controllers: [FleetController], providers: [FleetService], exports: [FleetService] })
export class FleetModule {}
