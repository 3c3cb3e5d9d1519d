import { Module } from '@nestjs/common';
import { TemplateController } from './template.controller.js';
import { TemplateRepository } from './template.repository.js';
import { TemplateService } from './template.service.js';

@Module({ controllers: [TemplateController], providers: [TemplateRepository, TemplateService], exports: [TemplateService] })
export class TemplateModule {}
