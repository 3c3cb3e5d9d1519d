import { Module } from '@nestjs/common';
import { CodeModule } from '../code/code.module.js';
import { AppSettingsStore } from './app-settings.store.js';
import { DomainsApi } from './domains.api.js';
import { IdentityApi } from './identity.api.js';
import { PrivacyApi } from './privacy.api.js';
import { TestersApi } from './testers.api.js';

@Module({ imports: [CodeModule], providers: [AppSettingsStore, DomainsApi, TestersApi, IdentityApi, PrivacyApi] })
export class AppSettingsModule {}
