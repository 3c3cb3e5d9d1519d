import { Global, Module } from '@nestjs/common';
import { ReleaseGate } from '../releases/release-gate.js';
import { RolloutRepository } from './rollout.repository.js';
import { RolloutGate } from './rollout-gate.service.js';
import { RolloutHistory } from './rollout-history.repository.js';
import { RolloutTexts } from './rollout-texts.js';

/** What releases ask their rollouts through. Everywhere at hand, for releases do not know who answers. */
@Global()
@Module({
  providers: [RolloutRepository, RolloutHistory, RolloutTexts, RolloutGate, { provide: ReleaseGate, useExisting: RolloutGate }],
  exports: [RolloutRepository, RolloutHistory, RolloutTexts, RolloutGate, ReleaseGate],
})
export class RolloutGateModule {}
