import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '#service';
import { ReleaseConfig } from '../../config/release.config.js';
import { WriteLease } from '../../mini-programs/write-lease.js';
import { retryS } from '../../wechat/backoff.domain.js';
import { errcodeOf, type StoredFailure, verdictOf } from '../../wechat/wechat-failure.domain.js';
import { auditPollS, resendS } from '../pauses.domain.js';
import { type Intent, type ReleaseState, stepAllowed, stepsFrom } from '../release.domain.js';
import type { Release, ReleasePatch } from '../release.js';
import { ReleaseRepository } from '../release.repository.js';
import { Reviews } from '../reviews.js';
import { notNow, requireStep } from './require-step.js';
import type { Plans, Step } from './step.js';

/** The steps that must not be repeated, one for each intent. */
export const STEPS = Symbol('STEPS');

/** A step in progress is looked after by the poller when its process has been gone this long. */
const INTENT_LEASE_S = 45;
/** A release that stays in its state is looked at again then, whatever the caller decides. */
const REST_S = 60;
/** States whose step follows by itself. */
const GOING: readonly ReleaseState[] = ['ready', 'approved', 'graying'];

/**
 * Does the steps that take effect each time they are sent: the intent is remembered first, then the call is made, then its result is
 * concluded. When the outcome is not clear the intent stays, and WeChat is looked at before anything is sent again.
 */
@Injectable()
export class StepRunner {
  private readonly steps: ReadonlyMap<string, Step>;

  constructor(
    private readonly releases: ReleaseRepository,
    private readonly reviews: Reviews,
    private readonly lease: WriteLease,
    private readonly config: ReleaseConfig,
    @Inject(STEPS) steps: readonly Step[],
  ) {
    this.steps = new Map(steps.map((step) => [step.intent, step]));
  }

  /** @throws DomainError `conflict`, WechatApiError, BrokerError; after any of them nothing has happened. */
  async run<I extends Intent>(intent: I, row: Release, plan: Plans[I], clientId: string | null): Promise<void> {
    const step = this.stepOf(intent);
    requireStep(row, intent);
    if (!(await this.releases.begin(row, intent, step.note?.(row, plan) ?? {}, clientId, INTENT_LEASE_S))) {
      requireStep(await this.releases.get(row.releaseId), intent);
      throw new DomainError('conflict', 'Another call changed this release a moment ago; read it again.');
    }
    const begun = { ...row, intent };
    try {
      await this.lease.hold(row.componentAppid, row.authorizerAppid, () => this.sendOnce(row.releaseId, step, plan, clientId));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      // The mini program stayed busy, or a check found something: nothing was sent. What insists is sent a little later all the same.
      if (step.insist && (await this.releases.patch(begun, { nextCheckAt: this.lookAgainAt() }))) return;
      await this.releases.patch(begun, { ...withoutIntent(step), nextCheckAt: this.releases.in(REST_S) });
      throw error;
    }
  }

  /**
   * Finds out what became of a step whose outcome is not known, and concludes it. Call it with the mini program's lease.
   * @returns false when nothing can be concluded yet.
   */
  async resolve(row: Release): Promise<boolean> {
    if (row.intent === null) return true;
    const step = this.stepOf(row.intent);
    if (await this.found(row, step)) return true;
    if (step.insist) return this.insist(row, step);
    const ageS = row.intentAt ? (this.releases.now().getTime() - row.intentAt.getTime()) / 1_000 : Number.POSITIVE_INFINITY;
    const hidden = step.hidden?.awaits(row) ? step.hidden : undefined;
    if (hidden && ageS < hidden.forS && (await hidden.nothingInSight(row))) {
      const againS = auditPollS(ageS, false, this.config.RELEASE_AUDIT_POLL_S);
      await this.releases.patch(row, { nextCheckAt: this.releases.in(againS) });
      return false;
    }
    if (ageS < this.config.RELEASE_UNCLEAR_S) {
      await this.releases.patch(row, { nextCheckAt: this.lookAgainAt() });
      return false;
    }
    await this.nothingHappened(row, step, hidden !== undefined && ageS >= hidden.forS);
    return true;
  }

  private async sendOnce<I extends Intent>(
    releaseId: number,
    step: Step<I>,
    plan: Plans[I],
    clientId: string | null,
  ): Promise<void> {
    const row = await this.releases.get(releaseId);
    // Superseded or settled while this waited for its turn.
    if (row.intent !== step.intent || !stepAllowed(step.intent, row.state)) throw notNow(row, step.intent);
    try {
      // Sent before, and given up as lost: it may have come to light since.
      if (step.hidden && row.unclearCount > 0 && (await this.found(row, step))) return;
      const found = await step.send(row, plan);
      if (found === undefined) await this.releases.patch(row, { nextCheckAt: this.lookAgainAt() });
      else await step.conclude(row, found, { cause: step.intent, clientId });
    } catch (error) {
      if (error instanceof DomainError) throw error;
      await this.afterFailure(row, step, error);
    }
  }

  /** Rethrows what is certain; returns when the outcome is unclear, or turns out well after all. */
  private async afterFailure(row: Release, step: Step, error: unknown): Promise<void> {
    const verdict = verdictOf(error);
    if (verdict === 'unclear') {
      // From now on WeChat may still be carrying it out. Often the answer alone was lost: look at once.
      await this.keepIntent(row, error, this.releases.now());
      // If that fails too, the poller looks again.
      await this.resolve(await this.releases.get(row.releaseId)).catch((again: unknown) => void verdictOf(again));
      return;
    }
    if (step.insist && verdict !== 'refused' && verdict !== 'unauthorized') return this.keepIntent(row, error, row.intentAt);
    const meaning = step.refusals.get(errcodeOf(error));
    if (meaning === 'look' || meaning === 'look-on') {
      if (await this.found(row, step)) return;
      if (meaning === 'look-on' && (await step.hidden?.nothingInSight(row))) return this.keepIntent(row, error, row.intentAt);
    }
    await this.releases.fail(row, step.intent, error, { ...withoutIntent(step), nextCheckAt: this.releases.in(REST_S) });
    const now = await this.releases.get(row.releaseId);
    if (meaning === 'reread') await this.reread(now, step.intent);
    if (typeof meaning === 'object' && meaning.from.includes(now.state)) {
      const { to, cause, afterS } = meaning;
      await this.releases.move(now, { to, cause, patch: { nextCheckAt: this.releases.in(afterS) } });
    }
    throw error;
  }

  private async found(row: Release, step: Step): Promise<boolean> {
    const found = await step.outcomeOf(row);
    return found !== undefined && step.conclude(row, found, { cause: `${step.intent}.found`, clientId: null });
  }

  /** Nothing of it is to be seen, and it does no harm twice: it is sent once more. */
  private async insist(row: Release, step: Step): Promise<boolean> {
    let found: unknown;
    try {
      found = await step.insist?.(row);
    } catch (error) {
      const verdict = verdictOf(error);
      const over = verdict === 'refused' || verdict === 'unauthorized';
      const attempts = row.attempts + 1;
      const patch = over
        ? { intent: null, intentAt: null, nextCheckAt: this.releases.in(REST_S) }
        : { attempts, nextCheckAt: this.releases.in(retryS(attempts)) };
      await this.releases.fail(row, step.intent, error, patch);
      return over;
    }
    await step.conclude(row, found, { cause: step.intent, clientId: null });
    return true;
  }

  /** WeChat knows nothing of it: it did not happen, and may be sent again; by itself after growing pauses, and not for ever. */
  private async nothingHappened(row: Release, step: Step, tooLong: boolean): Promise<void> {
    const unclearCount = row.unclearCount + 1;
    const byItself = GOING.includes(row.state);
    const settled = { ...withoutIntent(step), unclearCount };
    const againS = byItself ? resendS(unclearCount, Math.min(5, this.config.RELEASE_UNCLEAR_S)) : 0;
    if (tooLong || againS === undefined) {
      const failure: StoredFailure = {
        step: step.intent,
        at: this.releases.now().toISOString(),
        verdict: 'unclear',
        errmsg: 'It was sent several times, and nothing came of it.',
      };
      const lastError = row.lastError ?? failure;
      await this.releases.patch(row, { ...settled, lastError, waiting: null, nextCheckAt: null });
      return;
    }
    await this.releases.patch(row, { ...settled, nextCheckAt: this.releases.in(againS) });
  }

  /** Its outcome is looked for. */
  private async keepIntent(row: Release, error: unknown, intentAt: Date | null): Promise<void> {
    await this.releases.fail(row, row.intent ?? row.state, error, { intentAt, nextCheckAt: this.lookAgainAt() });
  }

  /** WeChat's picture differs from ours: it is read before the caller is answered. */
  private async reread(row: Release, intent: Intent): Promise<void> {
    await this.reviews.refresh(row, `${intent}.reread`).catch((error: unknown) => void verdictOf(error));
    const now = await this.releases.get(row.releaseId);
    if (now.state !== row.state)
      throw new DomainError('conflict', `WeChat has decided meanwhile: the release is ${now.state} now.`, {
        members: { state: now.state, next_steps: stepsFrom(now.state) },
      });
    if (now.state === 'auditing') await this.releases.patch(now, { nextCheckAt: this.releases.in(REST_S) });
  }

  private stepOf<I extends Intent>(intent: I): Step<I> {
    const step = this.steps.get(intent);
    if (!step) throw new Error(`no step for the intent ${intent}`);
    return step as Step<I>;
  }

  /** When to look again what became of a step. */
  private lookAgainAt(): Date {
    return this.releases.in(Math.min(5, this.config.RELEASE_UNCLEAR_S));
  }
}

/** No step is under way any more; what it noted of itself goes with it. */
function withoutIntent(step: Step): ReleasePatch {
  return { intent: null, intentAt: null, ...step.undone };
}
