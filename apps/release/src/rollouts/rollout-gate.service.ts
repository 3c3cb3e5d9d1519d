import { Injectable } from '@nestjs/common';
import { ERRCODE } from '#wechat';
import { ReleaseConfig } from '../config/release.config.js';
import type { Check } from '../preflight/preflight.domain.js';
import type { ReleaseState } from '../releases/release.domain.js';
import { ReleaseGate } from '../releases/release-gate.js';
import type { StoredFailure } from '../wechat/wechat-failure.domain.js';
import { explained, oneMoreRefusal } from './rollout.domain.js';
import { RolloutRepository } from './rollout.repository.js';

/** A rollout's answers to its releases, and what it makes of their failures. */
@Injectable()
export class RolloutGate extends ReleaseGate {
  constructor(
    private readonly rollouts: RolloutRepository,
    private readonly config: ReleaseConfig,
  ) {
    super();
  }

  async open(rolloutId: number, state: ReleaseState): Promise<boolean> {
    const rollout = await this.rollouts.standing(rolloutId);
    if (rollout === undefined || rollout.state === 'running' || rollout.state === 'completed') return true;
    // Publishing what is approved needs no quota.
    const code = rollout.reason?.code;
    return rollout.state === 'waiting' && code === 'quota' && (state === 'approved' || state === 'graying');
  }

  async approvedBy(rolloutId: number): Promise<string | undefined> {
    return (await this.rollouts.standing(rolloutId))?.approvedBy ?? undefined;
  }

  async waitForAll(rolloutId: number, { check, detail, remedy }: Check): Promise<void> {
    const reason = explained({ code: check, detail, remedy, since: this.rollouts.now().toISOString() });
    await this.rollouts.change(rolloutId, ['running'], {
      state: 'waiting',
      reason,
      refusals: null,
      nextCheckAt: this.rollouts.in(Math.min(60, this.config.RELEASE_QUOTA_POLL_S)),
    });
  }

  async pause(rolloutId: number, { errcode, errmsg, rid, remedy, at }: StoredFailure): Promise<void> {
    const reason = { code: 'template', errcode, detail: errmsg, rid, remedy, since: at };
    await this.rollouts.change(rolloutId, ['running'], { state: 'paused', reason });
  }

  async wait(rolloutId: number, failure: StoredFailure): Promise<void> {
    const { errcode, errmsg, rid, remedy } = failure;
    const { refusals } = await this.rollouts.get(rolloutId);
    const code = errcode === ERRCODE.AUDIT_QUOTA_EXHAUSTED ? 'quota' : 'platform';
    const reason = explained({ code, errcode, detail: errmsg, rid, remedy, since: failure.at });
    await this.rollouts.change(rolloutId, ['running'], {
      state: 'waiting',
      reason,
      refusals: oneMoreRefusal(refusals ?? undefined, this.rollouts.now()),
      nextCheckAt: this.rollouts.in(Math.min(60, this.config.RELEASE_QUOTA_POLL_S)),
    });
  }
}
