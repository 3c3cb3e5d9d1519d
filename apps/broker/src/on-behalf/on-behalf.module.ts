import { Module } from '@nestjs/common';
import { OnBehalfController } from './on-behalf.controller.js';
import { OnBehalfService } from './on-behalf.service.js';

@Module({ controllers: [OnBehalfController], providers: [OnBehalfService] })
export class OnBehalfModule {}
