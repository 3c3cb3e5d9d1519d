import { BullModule } from '@nestjs/bull';
import { Module } from '@nestjs/common';
import { QUEUES } from '#queues';
import { AuditQuotaModule } from '../audit-quota/audit-quota.module.js';
import { ExtSettingsModule } from '../ext-settings/ext-settings.module.js';
import { NewerModule } from '../newer/newer.module.js';
import { PreflightModule } from '../preflight/preflight.module.js';
import { ScreenshotModule } from '../screenshots/screenshot.module.js';
import { AuditReader } from './audit-reader.js';
import { ReleaseDirectEvents } from './direct-events.js';
import { NextStep } from './next-step.js';
import { ComponentReleasesController, ReleaseController } from './release.controller.js';
import { ReleaseEngine } from './release.engine.js';
import { ReleasePoller } from './release.poller.js';
import { ReleaseProcessor } from './release.processor.js';
import { ReleaseRepository } from './release.repository.js';
import { ReleaseService } from './release.service.js';
import { ReleaseApprovals } from './release-approvals.service.js';
import { ReleaseBatch } from './release-batch.repository.js';
import { ReleaseEventsProcessor } from './release-events.processor.js';
import { ReleaseEvents } from './release-events.service.js';
import { ReleaseJournal } from './release-journal.js';
import { Rollbacks } from './rollback.service.js';
import { Setbacks } from './setbacks.js';
import { Commit } from './steps/commit.js';
import { Gray } from './steps/gray.js';
import { Publish } from './steps/publish.js';
import { RevertGray } from './steps/revert-gray.js';
import { Scan } from './steps/scan.js';
import { SpeedUp } from './steps/speed-up.js';
import type { Step } from './steps/step.js';
import { StepChecks } from './steps/step-checks.js';
import { STEPS, StepRunner } from './steps/step-runner.js';
import { Submit } from './steps/submit.js';
import { Withdraw } from './steps/withdraw.js';

/** The steps that must not be repeated. */
export const UNREPEATABLE_STEPS = [Submit, Withdraw, Publish, Gray, RevertGray];

@Module({
  imports: [
    AuditQuotaModule,
    ExtSettingsModule,
    ScreenshotModule,
    PreflightModule,
    NewerModule,
    BullModule.registerQueue({ name: QUEUES.releaseSteps }, { name: QUEUES.releaseEvents }),
  ],
  controllers: [ComponentReleasesController, ReleaseController],
  providers: [
    ReleaseRepository,
    ReleaseBatch,
    ReleaseJournal,
    ReleaseApprovals,
    AuditReader,
    ...UNREPEATABLE_STEPS,
    { provide: STEPS, useFactory: (...steps: Step[]) => steps, inject: UNREPEATABLE_STEPS },
    StepChecks,
    StepRunner,
    Commit,
    Scan,
    SpeedUp,
    Setbacks,
    NextStep,
    ReleaseEngine,
    ReleaseService,
    ReleaseEvents,
    ReleaseDirectEvents,
    ReleaseProcessor,
    ReleaseEventsProcessor,
    ReleasePoller,
    Rollbacks,
  ],
  exports: [Rollbacks, ReleaseRepository, ReleaseBatch, AuditReader, ReleaseService],
})
export class ReleaseModule {}
