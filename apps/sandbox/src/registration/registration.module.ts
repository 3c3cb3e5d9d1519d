import { Module } from '@nestjs/common';
import { AuthorizersModule } from '../authorizers/authorizers.module.js';
import { MerchantsModule } from '../merchants/merchants.module.js';
import { PushesModule } from '../pushes/pushes.module.js';
import { RegistrationApi } from './registration.api.js';

@Module({ imports: [AuthorizersModule, MerchantsModule, PushesModule], providers: [RegistrationApi] })
export class RegistrationModule {}
