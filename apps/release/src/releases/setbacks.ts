import { Inject, Injectable } from '@nestjs/common';
import { DomainError, LOGGER, type Logger } from '#service';
import { ERRCODE, WechatApiError } from '#wechat';
import { ReleaseConfig } from '../config/release.config.js';
import { OlderVersion } from '../newer/older-version.error.js';
import { PreflightRefusal } from '../preflight/preflight-refusal.js';
import { errcodeOf, type StoredFailure, storedFailure, verdictOf } from '../wechat/wechat-failure.domain.js';
import { isTerminal, type ReleaseState } from './release.domain.js';
import type { Release, ReleasePatch } from './release.js';
import { ReleaseRepository } from './release.repository.js';
import { ReleaseGate } from './release-gate.js';
import { type Again, afterFailure, afterRefusalHere, concernsRollout, type Standing } from './retry.domain.js';
import { HELD, type Waiting } from './waiting.domain.js';

/** States whose next step sends something: a rollout that is paused holds them back. Reviews that run are still read. */
const SENDING: readonly ReleaseState[] = ['created', 'ready', 'approved', 'graying'];

/** What is being done in a state that is left by itself. A commit that WeChat refuses for good leaves `failed`. */
const STEP_IN: Partial<Readonly<Record<ReleaseState, string>>> = {
  created: 'commit',
  failed: 'commit',
  scanning: 'scan',
  ready: 'submit',
  auditing: 'review',
  approved: 'publish',
  graying: 'gray',
};

/** Does what `retry.domain` decides about a step that could not be done: tries again, waits, holds with the rollout, or stops. */
@Injectable()
export class Setbacks {
  constructor(
    private readonly releases: ReleaseRepository,
    private readonly gate: ReleaseGate,
    private readonly config: ReleaseConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Whether its rollout is paused or waits: nothing is sent until that is over. */
  async held(row: Release): Promise<boolean> {
    if (row.rolloutId === null || row.intent !== null || !SENDING.includes(row.state)) return false;
    if (await this.gate.open(row.rolloutId, row.state)) return false;
    await this.hold(row);
    return true;
  }

  /** Ends what cannot go on, such as when the merchant has ended the authorization. */
  async stop(row: Release, cause: string, reason: string, code: 'unauthorized' | 'older' = 'unauthorized'): Promise<void> {
    await this.releases.move(row, {
      to: 'stopped',
      cause,
      detail: { reason },
      patch: { intent: null, intentAt: null, nextCheckAt: null, waiting: { code, reason } },
    });
  }

  /** A step failed. @param error DomainError, WechatApiError or BrokerError; anything else is thrown again */
  failed(row: Release, error: unknown): Promise<void> {
    return error instanceof DomainError ? this.refusedHere(row, error) : this.failedThere(row, error);
  }

  /** Refused before WeChat was asked: another change runs, or a check has found a hindrance. */
  private async refusedHere(row: Release, error: DomainError): Promise<void> {
    this.logger.info({ event: 'release.refused', release_id: row.releaseId, detail: error.detail }, 'A release has to wait');
    const now = await this.releases.get(row.releaseId);
    // Another call has taken it up meanwhile, and looks after it.
    if (now.intent !== null || (now.state !== row.state && !isTerminal(now.state))) return;
    const { retryAfterS, remedy } = error.extras;
    const preflight = error instanceof PreflightRefusal ? error : undefined;
    const after = afterRefusalHere(standingOf(now), {
      older: error instanceof OlderVersion,
      preflight: preflight && { forAll: preflight.componentWide !== undefined, onlyPending: preflight.onlyPending },
      conflict: error.code === 'conflict',
      retryAfterS,
    });
    switch (after.do) {
      case 'stop':
        return this.stop(now, `${now.state}.older`, error.detail, 'older');
      case 'hold':
        if (now.rolloutId !== null && preflight?.componentWide)
          await this.gate.waitForAll(now.rolloutId, preflight.componentWide);
        return this.hold(now, {}, after.againS);
      case 'look':
        await this.releases.patch(now, { nextCheckAt: this.releases.in(after.afterS) });
        return;
      case 'retry': {
        const lastError: StoredFailure = {
          step: preflight ? 'preflight' : row.state,
          at: this.releases.now().toISOString(),
          verdict: after.verdict,
          errmsg: error.detail,
          ...(typeof remedy === 'object' ? { remedy } : {}),
        };
        return this.tryAgain(now, after, preflight?.onlyPending === true, (patch) =>
          this.releases.patch(now, { ...patch, lastError }),
        );
      }
    }
  }

  /** WeChat or the broker failed. @param step its name; absent: the one that follows in its state */
  async failedThere(row: Release, error: unknown, step?: string): Promise<void> {
    const verdict = verdictOf(error);
    const now = await this.releases.get(row.releaseId);
    const name = step ?? STEP_IN[now.state] ?? now.state;
    const lastError = storedFailure(name, error, this.releases.now());
    const standing = standingOf(now);
    const after = afterFailure(standing, verdict, errcodeOf(error), this.releases.now(), this.config.RELEASE_QUOTA_POLL_S);
    if (now.rolloutId !== null && concernsRollout(standing, verdict)) await this.gate.wait(now.rolloutId, lastError);
    const about = { release_id: row.releaseId, state: now.state };
    switch (after.do) {
      case 'stop':
        await this.releases.fail(now, name, error, {});
        return this.stop(now, 'unauthorized', 'The merchant has ended the authorization.');
      case 'hold':
        return this.hold(now, { lastError }, after.againS);
      case 'wait': {
        const { waiting, afterS } = after;
        await this.releases.fail(now, name, error, { waiting, nextCheckAt: this.releases.in(afterS) });
        const { errcode } = waiting;
        this.logger.info({ event: 'release.waits', ...about, errcode }, 'A release waits for a quota of its mini program');
        return;
      }
      case 'look':
        await this.releases.patch(now, { attempts: after.attempts, nextCheckAt: this.releases.in(after.afterS) });
        break;
      case 'retry':
        await this.tryAgain(now, after, errcodeOf(error) === ERRCODE.AUDIT_PENDING && now.state === 'ready', (patch) =>
          this.releases.fail(now, name, error, patch),
        );
    }
    this.logger.info({ event: 'release.retry', ...about, verdict, attempts: after.attempts }, 'A step of a release failed');
  }

  /**
   * Every other mini program would be refused as well, such as for a broken template: the rollout pauses, and this one waits with it.
   * @returns false when the release is to bear it alone
   */
  async stopsRollout(row: Release, step: string, error: unknown): Promise<boolean> {
    if (row.rolloutId === null || !(error instanceof WechatApiError) || !error.stopsBatch) return false;
    const lastError = storedFailure(step, error, this.releases.now());
    await this.gate.pause(row.rolloutId, lastError);
    if (await this.gate.open(row.rolloutId, row.state)) return false;
    await this.hold(row, { lastError });
    return true;
  }

  /** Until its rollout goes on. @param againS when to look again if it goes on already: whoever resumed it may not have seen this one held. */
  private async hold(row: Release, patch: ReleasePatch = {}, againS = 0): Promise<void> {
    await this.releases.patch(row, { ...patch, nextCheckAt: null, waiting: HELD });
    if (row.rolloutId !== null && (await this.gate.open(row.rolloutId, row.state)))
      await this.releases.patch(row, { nextCheckAt: this.releases.in(againS), waiting: null });
  }

  /** @param inReview another version of the mini program is: its end is waited for */
  private async tryAgain(
    row: Release,
    { attempts, afterS }: Again,
    inReview: boolean,
    patch: (patch: ReleasePatch) => Promise<unknown>,
  ): Promise<void> {
    if (afterS === null || !inReview) {
      const over = afterS === null || row.waiting?.for === 'review';
      const nextCheckAt = afterS === null ? null : this.releases.in(afterS);
      await patch({ attempts, nextCheckAt, ...(over ? { waiting: null } : {}) });
      return;
    }
    const other = await this.inReview(row);
    const waiting: Waiting = {
      for: 'review',
      since: row.waiting?.for === 'review' ? row.waiting.since : this.releases.now().toISOString(),
      release_id: other?.releaseId ?? null,
      user_version: other?.userVersion ?? null,
    };
    await patch({ attempts, nextCheckAt: this.releases.in(afterS), waiting });
    // It ended in this very moment: whoever ended it has not seen that this one waits.
    if (other && (await this.releases.find(other.releaseId))?.state !== 'auditing')
      await this.releases.patch(row, { nextCheckAt: this.releases.now() });
  }

  /** The release of the same mini program that reviewers have, if it is one of ours. */
  private async inReview({ componentAppid, authorizerAppid, releaseId }: Release): Promise<Release | undefined> {
    const reviewed = await this.releases.ofApp(componentAppid, authorizerAppid, ['auditing']);
    return reviewed.findLast((other) => other.releaseId !== releaseId);
  }
}

function standingOf({ state, intent, rolloutId, attempts, waiting }: Release): Standing {
  return {
    state,
    unsettled: intent !== null,
    inRollout: rolloutId !== null,
    attempts,
    waiting: waiting?.for === 'account' ? waiting : undefined,
  };
}
