import { BullModule } from '@nestjs/bull';
import { Module } from '@nestjs/common';
import { QUEUES } from '#queues';
import { AuditModule } from '../../audit/audit.module.js';
import { AuditQuotaModule } from '../../audit-quota/audit-quota.module.js';
import { DutiesModule } from '../../duties/duties.module.js';
import { NewerModule } from '../../newer/newer.module.js';
import { PreflightModule } from '../../preflight/preflight.module.js';
import { ExtSettingsModule } from '../../requests/ext-settings.module.js';
import { ScreenshotModule } from '../../screenshots/screenshot.module.js';
import { TemplateModule } from '../../templates/template.module.js';
import { ReleaseDirectEvents } from '../engine/direct-events.js';
import { NextStep } from '../engine/next-step.js';
import { ReleaseEngine } from '../engine/release.engine.js';
import { ReleasePoller } from '../engine/release.poller.js';
import { ReleaseProcessor } from '../engine/release.processor.js';
import { ReleaseEventsProcessor } from '../engine/release-events.processor.js';
import { ReleaseEvents } from '../engine/release-events.service.js';
import { Publications } from '../publications.js';
import { ReleaseRepository } from '../release.repository.js';
import { ReleaseApprovals } from '../release-approvals.service.js';
import { ReleaseBatch } from '../release-batch.repository.js';
import { ReleaseJournal } from '../release-journal.js';
import { ReleaseTexts } from '../release-texts.js';
import { Reviews } from '../reviews.js';
import { Setbacks } from '../setbacks.js';
import { Commit } from '../steps/commit.js';
import { Gray } from '../steps/gray.js';
import { Publish } from '../steps/publish.js';
import { RevertGray } from '../steps/revert-gray.js';
import { Scan } from '../steps/scan.js';
import { SpeedUp } from '../steps/speed-up.js';
import type { Step } from '../steps/step.js';
import { StepChecks } from '../steps/step-checks.js';
import { STEPS, StepRunner } from '../steps/step-runner.js';
import { Submit } from '../steps/submit.js';
import { Withdraw } from '../steps/withdraw.js';
import { ComponentReleasesController, ReleaseController } from './release.controller.js';
import { ReleaseService } from './release.service.js';
import { ReleaseMaker } from './release-maker.service.js';

/** The steps that must not be repeated. */
export const UNREPEATABLE_STEPS = [Submit, Withdraw, Publish, Gray, RevertGray];

@Module({
  imports: [
    AuditModule,
    AuditQuotaModule,
    DutiesModule,
    ExtSettingsModule,
    TemplateModule,
    ScreenshotModule,
    PreflightModule,
    NewerModule,
    BullModule.registerQueue({ name: QUEUES.releaseSteps }, { name: QUEUES.releaseEvents }),
  ],
  controllers: [ComponentReleasesController, ReleaseController],
  providers: [
    ReleaseRepository,
    ReleaseTexts,
    ReleaseBatch,
    ReleaseJournal,
    ReleaseApprovals,
    Publications,
    Reviews,
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
    ReleaseMaker,
    ReleaseService,
    ReleaseEvents,
    ReleaseDirectEvents,
    ReleaseProcessor,
    ReleaseEventsProcessor,
    ReleasePoller,
  ],
  exports: [ReleaseRepository, ReleaseBatch, ReleaseApprovals, ReleaseMaker],
})
export class ReleaseModule {}
