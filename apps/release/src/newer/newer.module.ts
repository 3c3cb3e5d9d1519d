import { Module } from '@nestjs/common';
import { TemplateModule } from '../templates/template.module.js';
import { NewerVersions } from './newer.service.js';

@Module({ imports: [TemplateModule], providers: [NewerVersions], exports: [NewerVersions] })
export class NewerModule {}
