import { Module } from '@nestjs/common';
import { AuthorizersModule } from '../authorizers/authorizers.module.js';
import { MerchantsModule } from '../merchants/merchants.module.js';
import { PushesModule } from '../pushes/pushes.module.js';
import { UsersModule } from '../users/users.module.js';
import { ReleaseCheckController } from './release-check.controller.js';
import { ReleaseCheckService } from './release-check.service.js';

@Module({
  imports: [AuthorizersModule, MerchantsModule, PushesModule, UsersModule],
  providers: [ReleaseCheckService],
  controllers: [ReleaseCheckController],
})
export class ReleaseCheckModule {}
