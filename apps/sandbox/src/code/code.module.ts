import { Module } from '@nestjs/common';
import { CodeApi } from './code.api.js';
import { MediaService } from './media.service.js';

@Module({ providers: [CodeApi, MediaService], exports: [MediaService] })
export class CodeModule {}
