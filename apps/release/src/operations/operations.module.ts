import { Module } from '@nestjs/common';
import { ReleaseModule } from '../releases/release.module.js';
import { VersionsController } from './operations.controller.js';
import { OperationsService } from './operations.service.js';
import { SettingsController } from './settings.controller.js';

@Module({ imports: [ReleaseModule], controllers: [VersionsController, SettingsController], providers: [OperationsService] })
export class OperationsModule {}
