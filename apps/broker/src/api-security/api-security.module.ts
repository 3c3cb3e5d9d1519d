import { Global, Module } from '@nestjs/common';
import { ApiSecurityController } from './api-security.controller.js';
import { ApiSecurityRepository } from './api-security.repository.js';
import { ApiSecurityService } from './api-security.service.js';
import { ApiSecurityKeyring } from './api-security-keyring.js';

/** Whoever calls WeChat asks the keyring. */
@Global()
@Module({
  controllers: [ApiSecurityController],
  providers: [ApiSecurityRepository, ApiSecurityKeyring, ApiSecurityService],
  exports: [ApiSecurityKeyring],
})
export class ApiSecurityModule {}
