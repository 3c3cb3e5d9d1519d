import { Module } from '@nestjs/common';
import { AuthorizersModule } from '../authorizers/authorizers.module.js';
import { ConsentController } from './consent.controller.js';
import { ConsentService } from './consent.service.js';

@Module({ imports: [AuthorizersModule], providers: [ConsentService], controllers: [ConsentController] })
export class ConsentModule {}
