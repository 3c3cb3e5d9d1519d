import { Injectable } from '@nestjs/common';
import { WriteLease } from '../../mini-programs/write-lease.js';
import type { Release } from '../release.js';
import { ReleaseRepository } from '../release.repository.js';
import { Setbacks } from '../setbacks.js';
import { StepRunner } from '../steps/step-runner.js';
import { NextStep } from './next-step.js';

/** Longer than a step may take; then another replica may carry the release on. */
const CLAIM_S = 45;
const STEPS_AT_ONCE = 4;

/** Carries releases on by themselves. Each call does the next step of one release, and says when to look again. */
@Injectable()
export class ReleaseEngine {
  constructor(
    private readonly releases: ReleaseRepository,
    private readonly lease: WriteLease,
    private readonly runner: StepRunner,
    private readonly next: NextStep,
    private readonly setbacks: Setbacks,
  ) {}

  /** Does nothing when the release is not due, or another replica has it. */
  async advance(releaseId: number): Promise<void> {
    // A step may leave the next one due at once.
    for (let steps = 0; steps < STEPS_AT_ONCE && (await this.releases.claim(releaseId, CLAIM_S)); steps += 1) {
      const row = await this.releases.find(releaseId);
      if (!row) return;
      let again = false;
      try {
        if (row.intent !== null) again = await this.resolve(row);
        else if (!(await this.setbacks.held(row))) again = await this.next.take(row);
      } catch (error) {
        await this.setbacks.failed(row, error);
      }
      if (!again) return;
    }
  }

  /** What became of a step whose outcome is not known comes first, also while the rollout is paused. */
  private async resolve({ releaseId, componentAppid, authorizerAppid }: Release): Promise<true> {
    await this.lease.hold(componentAppid, authorizerAppid, async () => {
      await this.runner.resolve(await this.releases.get(releaseId));
    });
    return true;
  }
}
