import { Module } from '@nestjs/common';
import { AuditQuotaModule } from '../audit-quota/audit-quota.module.js';
import { DutiesModule } from '../duties/duties.module.js';
import { NewerModule } from '../newer/newer.module.js';
import { PreflightModule } from '../preflight/preflight.module.js';
import { ReleaseModule } from '../releases/api/release.module.js';
import { ExtSettingsModule } from '../requests/ext-settings.module.js';
import { TemplateModule } from '../templates/template.module.js';
import { VersionsModule } from '../versions/versions.module.js';
import { RollBackController } from './back.controller.js';
import { BackRunner } from './back.runner.js';
import { RollBacks } from './back.service.js';
import { BackPlanner } from './back-planner.service.js';
import { BackTargets } from './back-target.repository.js';
import { RolloutForecast } from './quota-forecast.service.js';
import { ComponentRolloutsController, RolloutController } from './rollout.controller.js';
import { RolloutRunner } from './rollout.runner.js';
import { RolloutService } from './rollout.service.js';
import { RolloutAgreements } from './rollout-agreement.js';
import { RolloutClaims } from './rollout-claims.repository.js';
import { RolloutDeeds } from './rollout-deeds.service.js';
import { RolloutGateModule } from './rollout-gate.module.js';
import { RolloutInsightController } from './rollout-insight.controller.js';
import { RolloutInsight } from './rollout-insight.service.js';
import { RolloutPace } from './rollout-pace.service.js';
import { RolloutPlanner } from './rollout-planner.service.js';
import { RolloutStarts } from './rollout-starts.service.js';
import { RolloutTargetRepository } from './rollout-target.repository.js';
import { RolloutWatch } from './rollout-watch.js';
import { SelectionsController } from './selections.controller.js';
import { Selections } from './selections.service.js';

@Module({
  imports: [
    DutiesModule,
    AuditQuotaModule,
    RolloutGateModule,
    ExtSettingsModule,
    TemplateModule,
    NewerModule,
    PreflightModule,
    ReleaseModule,
    VersionsModule,
  ],
  controllers: [
    ComponentRolloutsController,
    RollBackController,
    SelectionsController,
    RolloutInsightController,
    RolloutController,
  ],
  providers: [
    RolloutTargetRepository,
    RolloutClaims,
    RolloutPlanner,
    RolloutAgreements,
    RolloutInsight,
    RolloutForecast,
    RolloutStarts,
    RolloutService,
    Selections,
    BackTargets,
    BackPlanner,
    RollBacks,
    BackRunner,
    RolloutDeeds,
    RolloutPace,
    RolloutRunner,
    RolloutWatch,
  ],
})
export class RolloutModule {}
