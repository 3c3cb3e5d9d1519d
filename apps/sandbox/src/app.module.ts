import { Module } from '@nestjs/common';
import { AppSettingsModule } from './app-settings/app-settings.module.js';
import { AuditModule } from './audit/audit.module.js';
import { AuthorizersModule } from './authorizers/authorizers.module.js';
import { CodeModule } from './code/code.module.js';
import { ComponentsModule } from './components/components.module.js';
import { ConsentModule } from './consent/consent.module.js';
import { CoreModule } from './core/core.module.js';
import { FilingModule } from './filing/filing.module.js';
import { FleetModule } from './fleet/fleet.module.js';
import { MerchantsModule } from './merchants/merchants.module.js';
import { PushesModule } from './pushes/pushes.module.js';
import { QrCodesModule } from './qr-codes/qr-codes.module.js';
import { RegistrationModule } from './registration/registration.module.js';
import { ReleaseModule } from './release/release.module.js';
import { ReleaseCheckModule } from './release-check/release-check.module.js';
import { SetupService } from './setup.service.js';
import { StateModule } from './state/state.module.js';
import { TemplatesModule } from './templates/templates.module.js';
import { TokensModule } from './tokens/tokens.module.js';
import { UsersModule } from './users/users.module.js';

@Module({
  imports: [
    CoreModule,
    PushesModule,
    TokensModule,
    ComponentsModule,
    AuthorizersModule,
    MerchantsModule,
    ConsentModule,
    UsersModule,
    TemplatesModule,
    CodeModule,
    QrCodesModule,
    AuditModule,
    ReleaseModule,
    AppSettingsModule,
    RegistrationModule,
    FilingModule,
    FleetModule,
    ReleaseCheckModule,
    StateModule,
  ],
  providers: [SetupService],
})
export class AppModule {}
