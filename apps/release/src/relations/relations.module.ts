import { Module } from '@nestjs/common';
import { SettingsModule } from '../settings/settings.module.js';
import { AccountsController } from './accounts.controller.js';
import { HalfScreenController } from './half-screen.controller.js';

@Module({ imports: [SettingsModule], controllers: [AccountsController, HalfScreenController] })
export class RelationsModule {}
