import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { ComponentRegistry } from '#service';
import { ERRCODE } from '#wechat';
import { digestOf, idOfRollout, rootOf } from '../approvals/approval.domain.js';
import { Approvals } from '../approvals/approvals.service.js';
import { ReleaseConfig } from '../config/release.config.js';
import type { Check } from '../preflight/preflight.domain.js';
import type { ReleaseState } from '../releases/release.domain.js';
import { ReleaseGate, type RolloutAgreement } from '../releases/release-gate.js';
import type { StoredFailure } from '../wechat/wechat-failure.domain.js';
import { explained, oneMoreRefusal } from './rollout.domain.js';
import { RolloutRepository } from './rollout.repository.js';
import { whatOfRollout } from './rollout-agreement.js';

const KNOWN_AT_ONCE = 20;

/** A rollout's answers to its releases, and what it makes of their failures. */
@Injectable()
export class RolloutGate extends ReleaseGate {
  private readonly known = new LRUCache<string, ReadonlyMap<string, string>>({ max: KNOWN_AT_ONCE });

  constructor(
    private readonly rollouts: RolloutRepository,
    private readonly approvals: Approvals,
    private readonly components: ComponentRegistry,
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

  async agreement(rolloutId: number): Promise<RolloutAgreement> {
    const rollout = await this.rollouts.get(rolloutId);
    const approvedBy = rollout.approvedBy ?? undefined;
    if (rollout.isFrozen !== 1) return { approval: undefined, digest: '', frozen: undefined, needed: 1, approvedBy };
    const approval = await this.approvals.find(idOfRollout(rolloutId));
    const frozen = await this.frozenAs(rolloutId, approval?.what['root']);
    const needed = this.components.twoPersonPolicy(rollout.componentAppid).approversFor(frozen.size);
    return { approval, digest: digestOf(whatOfRollout(rollout, frozen)), frozen, needed, approvedBy };
  }

  /** Thousands of releases ask for it; as long as its root is the one that is sealed, it is what it was. */
  private async frozenAs(rolloutId: number, root: unknown): Promise<ReadonlyMap<string, string>> {
    const key = `${rolloutId} ${String(root)}`;
    const known = this.known.get(key);
    if (known) return known;
    const frozen = await this.rollouts.frozen(rolloutId);
    if (rootOf(frozen) === root) this.known.set(key, frozen);
    return frozen;
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
