import { Module } from '@nestjs/common';
import { AuthorizersModule } from '../authorizers/authorizers.module.js';
import { MerchantsModule } from '../merchants/merchants.module.js';
import { PushesModule } from '../pushes/pushes.module.js';
import { ConversionApi } from './conversion.api.js';
import { RegistrationApi } from './registration.api.js';
import { RegistrationController } from './registration.controller.js';
import { ReuseApi } from './reuse.api.js';
import { RegistrationTasks } from './tasks.service.js';

@Module({
  imports: [AuthorizersModule, MerchantsModule, PushesModule],
  providers: [RegistrationTasks, RegistrationApi, ConversionApi, ReuseApi],
  controllers: [RegistrationController],
})
export class RegistrationModule {}
