import { InboxAccessModule } from '#inbox';
import { APP_DOMAINS } from '#persistence';
import { type ServiceDefinition, streamedBody } from '#service';
import { LIMITS } from '#wechat';
import { ApprovalsModule } from './approvals/approvals.module.js';
import { answersKept } from './approvals/brings.decorator.js';
import { ReleaseConfig } from './config/release.config.js';
import { DutiesModule } from './duties/duties.module.js';
import { FleetModule } from './fleet/fleet.module.js';
import { MiniProgramModule } from './mini-programs/mini-program.module.js';
import { OnboardingsModule } from './onboardings/onboardings.module.js';
import { RelationsModule } from './relations/relations.module.js';
import { ReleaseModule } from './releases/api/release.module.js';
import { ExtSettingsModule } from './requests/ext-settings.module.js';
import { RolloutModule } from './rollouts/rollout.module.js';
import { SettingsModule } from './settings/settings.module.js';
import { TemplateModule } from './templates/template.module.js';
import { VersionsModule } from './versions/versions.module.js';
import { WechatModule } from './wechat/wechat.module.js';

export const releaseDefinition: ServiceDefinition<ReleaseConfig> = {
  app: 'release',
  title: 'wxplane release',
  description:
    'Takes mini-program templates through commit, audit and release, for one merchant or for thousands. ' +
    'Errors are application/problem+json; where WeChat caused one it carries `wechat` and a `remedy`.',
  config: ReleaseConfig,
  componentFields: () => [],
  secrets: APP_DOMAINS.release,
  imports: () => [
    InboxAccessModule,
    WechatModule,
    ApprovalsModule,
    MiniProgramModule,
    TemplateModule,
    DutiesModule,
    ExtSettingsModule,
    ReleaseModule,
    RolloutModule,
    SettingsModule,
    RelationsModule,
    VersionsModule,
    FleetModule,
    OnboardingsModule,
  ],
  prepare: (app) => {
    // Files for reviewers are streamed on, not kept in memory.
    const types = ['image/png', 'image/jpeg', 'image/gif', 'video/mp4'];
    const http = app.getHttpAdapter().getInstance();
    http.addHook('onSend', answersKept);
    http.addContentTypeParser(types, { bodyLimit: LIMITS.videoBytes }, streamedBody(LIMITS.videoBytes));
  },
};
