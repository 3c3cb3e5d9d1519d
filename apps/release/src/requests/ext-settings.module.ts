import { Module } from '@nestjs/common';
import { ExtSettingsController } from './ext-settings.controller.js';
import { ExtSettingsService } from './ext-settings.service.js';

@Module({ controllers: [ExtSettingsController], providers: [ExtSettingsService], exports: [ExtSettingsService] })
export class ExtSettingsModule {}
