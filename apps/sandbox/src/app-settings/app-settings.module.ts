import { Module } from '@nestjs/common';
import { CodeModule } from '../code/code.module.js';
import { PushesModule } from '../pushes/pushes.module.js';
import { AppAuditsController } from './app-audits.controller.js';
import { AppSettingsStore } from './app-settings.store.js';
import { CategoriesApi } from './categories.api.js';
import { DomainsApi } from './domains.api.js';
import { HalfScreenApi } from './half-screen.api.js';
import { IdentityApi } from './identity.api.js';
import { OpenAccountApi } from './open-account.api.js';
import { PluginsApi } from './plugins.api.js';
import { PrivacyApi } from './privacy.api.js';
import { QrRulesApi } from './qr-rules.api.js';
import { TestersApi } from './testers.api.js';

@Module({
  imports: [CodeModule, PushesModule],
  controllers: [AppAuditsController],
  providers: [
    AppSettingsStore,
    CategoriesApi,
    DomainsApi,
    HalfScreenApi,
    IdentityApi,
    OpenAccountApi,
    PluginsApi,
    PrivacyApi,
    QrRulesApi,
    TestersApi,
  ],
})
export class AppSettingsModule {}
