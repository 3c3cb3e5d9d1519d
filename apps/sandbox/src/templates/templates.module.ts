import { Module } from '@nestjs/common';
import { TemplatesApi } from './templates.api.js';
import { TemplatesController } from './templates.controller.js';
import { TemplatesService } from './templates.service.js';

@Module({ providers: [TemplatesService, TemplatesApi], controllers: [TemplatesController], exports: [TemplatesService] })
export class TemplatesModule {}
