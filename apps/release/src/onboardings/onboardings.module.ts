import { Module } from '@nestjs/common';
import { ReleaseModule } from '../releases/api/release.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { OnboardingImports } from './import.service.js';
import { OnboardingRepository } from './onboarding.repository.js';
import { OnboardingRunner } from './onboarding.runner.js';
import { OnboardingService } from './onboarding.service.js';
import { OnboardingHints } from './onboarding-hints.js';
import { OnboardingInsightController } from './onboarding-insight.controller.js';
import { OnboardingJournal } from './onboarding-journal.js';
import { OnboardingPapers } from './onboarding-papers.repository.js';
import { OnboardingWatch } from './onboarding-watch.js';
import { OnboardingsController } from './onboardings.controller.js';
import { AccountStep } from './steps/account.js';
import { CategoryStep } from './steps/category.js';
import { CertificationStep } from './steps/certification.js';
import { OnboardingChanges } from './steps/changes.js';
import { FaceCheckStep } from './steps/face-check.js';
import { FilingStep } from './steps/filing.js';
import { FilingPapers } from './steps/filing-papers.js';
import { IdentityStep } from './steps/identity.js';
import { PrivacyStep } from './steps/privacy.js';
import { ReleaseStep } from './steps/release.js';
import { type OnboardingStep, STEPS_OF_ONBOARDING } from './steps/step.js';

const STEP_PROVIDERS = [
  AccountStep,
  IdentityStep,
  CategoryStep,
  PrivacyStep,
  CertificationStep,
  FaceCheckStep,
  FilingStep,
  ReleaseStep,
];

@Module({
  imports: [ReleaseModule, SettingsModule],
  controllers: [OnboardingInsightController, OnboardingsController],
  providers: [
    OnboardingRepository,
    OnboardingPapers,
    OnboardingJournal,
    OnboardingChanges,
    FilingPapers,
    ...STEP_PROVIDERS,
    { provide: STEPS_OF_ONBOARDING, useFactory: (...steps: OnboardingStep[]) => steps, inject: STEP_PROVIDERS },
    OnboardingRunner,
    OnboardingService,
    OnboardingImports,
    OnboardingHints,
    OnboardingWatch,
  ],
})
export class OnboardingsModule {}
