import { Module } from '@nestjs/common';
import { PlatformDomainsModule } from '../platform-domains/platform-domains.module.js';
import { CategoriesController } from './categories.controller.js';
import { DomainsController } from './domains.controller.js';
import { DomainsService } from './domains.service.js';
import { IdentityController } from './identity.controller.js';
import { PlatformDomainsController } from './platform-domains.controller.js';
import { PluginsController } from './plugins.controller.js';
import { SettingsController } from './privacy.controller.js';
import { QrRulesController } from './qr-rules.controller.js';
import { SettingsService } from './settings.service.js';

@Module({
  imports: [PlatformDomainsModule],
  controllers: [
    SettingsController,
    IdentityController,
    CategoriesController,
    DomainsController,
    PluginsController,
    QrRulesController,
    PlatformDomainsController,
  ],
  providers: [SettingsService, DomainsService],
  exports: [SettingsService],
})
export class SettingsModule {}
