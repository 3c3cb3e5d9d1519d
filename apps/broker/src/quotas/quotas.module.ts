import { Module } from '@nestjs/common';
import { QuotaResets } from './quota-resets.repository.js';
import { QuotasController } from './quotas.controller.js';
import { QuotasService } from './quotas.service.js';

@Module({ controllers: [QuotasController], providers: [QuotasService, QuotaResets] })
export class QuotasModule {}
