import { Module } from '@nestjs/common';
import { RolloutRepository } from './rollout.repository.js';
import { RolloutGate } from './rollout-gate.service.js';

/** The part of rollouts that releases need; the rest needs releases. */
@Module({ providers: [RolloutRepository, RolloutGate], exports: [RolloutRepository, RolloutGate] })
export class RolloutGateModule {}
