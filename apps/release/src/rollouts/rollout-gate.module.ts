import { Global, Module } from '@nestjs/common';
import { ReleaseGate } from '../releases/release-gate.js';
import { RolloutRepository } from './rollout.repository.js';
import { RolloutGate } from './rollout-gate.service.js';

/** What releases ask their rollouts through. Everywhere at hand, for releases do not know who answers. */
@Global()
@Module({
  providers: [RolloutRepository, RolloutGate, { provide: ReleaseGate, useExisting: RolloutGate }],
  exports: [RolloutRepository, RolloutGate, ReleaseGate],
})
export class RolloutGateModule {}
