import { Module } from '@nestjs/common';
import { PushesModule } from '../pushes/pushes.module.js';
import { AppealsApi } from './appeals.api.js';
import { DutiesApi } from './duties.api.js';
import { FleetController } from './fleet.controller.js';
import { FleetStore } from './fleet.store.js';
import { OrderPathApi } from './order-path.api.js';

@Module({ imports: [PushesModule], controllers: [FleetController], providers: [AppealsApi, DutiesApi, FleetStore, OrderPathApi] })
export class FleetModule {}
