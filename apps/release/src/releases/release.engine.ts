import { Inject, Injectable } from '@nestjs/common';
import { DomainError, LOGGER, type Logger } from '#service';
import { ERRCODE, WechatApiError } from '#wechat';
import { ReleaseConfig } from '../config/release.config.js';
import { WriteLease } from '../mini-programs/write-lease.js';
import { NewerVersions } from '../newer/newer.service.js';
import { OlderVersion } from '../newer/older-version.error.js';
import { PreflightRefusal } from '../preflight/preflight-refusal.js';
import { ScreenshotService } from '../screenshots/screenshot.service.js';
import { errcodeOf, storedFailure, verdictOf } from '../wechat/wechat-failure.domain.js';
import { WechatGateway } from '../wechat/wechat-gateway.service.js';
import { AuditReader } from './audit-reader.js';
import { isOwnTrial, isTerminal, SUPERSEDED_BY_COMMIT, scanPollS } from './release.domain.js';
import type { Release, ReleasePatch } from './release.js';
import { ReleaseRepository } from './release.repository.js';
import { ReleaseApprovals } from './release-approvals.service.js';
import { ReleaseGate } from './release-gate.js';
import { grayPauseS, nextGrayStep, nextOpening, type ReleasePolicy } from './release-policy.domain.js';
import { ReleaseSteps } from './release-steps.js';
import { type Again, afterFailure, afterRefusalHere, concernsRollout, IDLE_CHECK_S, type Standing } from './retry.domain.js';
import { HELD, type Waiting } from './waiting.domain.js';

/** Longer than a step may take; then another replica may carry the release on. */
const CLAIM_S = 45;
const STEPS_AT_ONCE = 4;

/** Carries releases on by themselves. Each call does the next step of one release, and says when to look again. */
@Injectable()
export class ReleaseEngine {
  constructor(
    private readonly releases: ReleaseRepository,
    private readonly reader: AuditReader,
    private readonly steps: ReleaseSteps,
    private readonly gateway: WechatGateway,
    private readonly lease: WriteLease,
    private readonly gate: ReleaseGate,
    private readonly approvals: ReleaseApprovals,
    private readonly newer: NewerVersions,
    private readonly screenshots: ScreenshotService,
    private readonly config: ReleaseConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Does nothing when the release is not due, or another replica has it. */
  async advance(releaseId: number): Promise<void> {
    // A step may leave the next one due at once.
    for (let steps = 0; steps < STEPS_AT_ONCE && (await this.releases.claim(releaseId, CLAIM_S)); steps += 1) {
      const row = await this.releases.find(releaseId);
      if (!row) return;
      let again = false;
      try {
        if (!(await this.held(row))) again = await this.next(row);
      } catch (error) {
        if (error instanceof DomainError) await this.refusedHere(row, error);
        else await this.later(row, error);
      }
      if (!again) return;
    }
  }

  /** Sends the code. A refusal ends the release and is thrown; what is unclear or passes is tried again by itself. */
  async commit(row: Release): Promise<void> {
    const { releaseId } = row;
    await this.lease.hold(row.componentAppid, row.authorizerAppid, async () => {
      const begun = await this.releases.get(releaseId);
      if (begun.state !== 'created') return;
      await this.settleOthers(begun);
      // Of a rollout: long ago something newer may not have been on its way yet. A single release was looked at when it was made.
      if (begun.rolloutId !== null && !begun.policy.allow_older) await this.newer.requireNone(begun);
      try {
        const { templateId, extJson, userVersion, userDesc } = begun;
        const body = { template_id: templateId, ext_json: extJson, user_version: userVersion, user_desc: userDesc };
        await this.gateway.forAuthorizer(begun.componentAppid, begun.authorizerAppid, (api, { token, context }) =>
          api.code.commit(token, body, { ...context, timeoutMs: Math.max(this.config.WECHAT_TIMEOUT_MS, 20_000) }),
        );
      } catch (error) {
        await this.commitFailed(begun, error);
        return;
      }
      await this.releases.together(async (db) => {
        const moved = await this.releases.moveIn(db, begun, {
          to: 'scanning',
          cause: 'commit',
          patch: {
            committedAt: this.releases.now(),
            trialAt: await this.uploadedAt(begun),
            scanResult: null,
            lastError: null,
            waiting: null,
            attempts: 0,
            nextCheckAt: this.releases.in(this.config.RELEASE_SCAN_POLL_MS / 1_000),
          },
        });
        if (moved) await this.releases.supersede(db, begun, SUPERSEDED_BY_COMMIT, 'commit');
      });
    });
  }

  /** WeChat's own time of what was just uploaded; without it, version and words have to do. */
  private async uploadedAt(row: Release): Promise<Date | null> {
    try {
      const { exp_info: trial } = await this.reader.versions(row.componentAppid, row.authorizerAppid);
      return trial && isOwnTrial({ ...row, trialAt: null }, trial) ? new Date(trial.exp_time * 1_000) : null;
    } catch (error) {
      verdictOf(error);
      return null;
    }
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

  /** @returns whether the step after it is due at once. */
  private async next(row: Release): Promise<boolean> {
    if (row.intent !== null) {
      await this.lease.hold(row.componentAppid, row.authorizerAppid, async () => {
        await this.steps.resolve(await this.releases.get(row.releaseId));
      });
      return true;
    }
    if (row.state === 'scanning') return this.scan(row);
    await this.carryOn(row);
    return false;
  }

  private async carryOn(row: Release): Promise<void> {
    const policy = row.policy;
    switch (row.state) {
      case 'created':
        return this.commit(row);
      case 'ready':
        if (policy.submit === 'auto') return this.steps.submit(row, undefined, null);
        return this.idle(row, null);
      case 'auditing':
        return this.reader.refresh(row, 'poll');
      case 'approved':
      case 'graying':
        return policy.publish === 'auto' ? this.publishByItself(row, policy) : this.approved(row);
      case 'rejected':
        await this.screenshots.fetch(row);
        return this.idle(row, null);
      default:
        return this.idle(row, null);
    }
  }

  private async scan(row: Release): Promise<boolean> {
    try {
      const result = await this.gateway.forAuthorizer(row.componentAppid, row.authorizerAppid, (api, { token, context }) =>
        api.code.getCodePrivacyInfo(token, context),
      );
      const { submit } = row.policy;
      const moved = await this.releases.move(row, {
        to: 'ready',
        cause: 'scan',
        detail: { ...result },
        patch: {
          scanResult: result,
          attempts: 0,
          lastError: null,
          waiting: null,
          // With findings the submission is refused by the check before it, which says what to do.
          nextCheckAt: submit === 'auto' ? this.releases.now() : null,
        },
      });
      return moved && submit === 'auto';
    } catch (error) {
      if (errcodeOf(error) !== ERRCODE.PRIVACY_SCAN_RUNNING) throw error;
      const waitS = scanPollS(row.attempts, this.config.RELEASE_SCAN_POLL_MS / 1_000);
      // Counted for the pauses alone, and no further than they grow: a scan that takes long is no failure.
      await this.releases.patch(row, { attempts: Math.min(row.attempts + 1, 10), nextCheckAt: this.releases.in(waitS) });
      return false;
    }
  }

  /** Second person, window, gray steps, everybody: in this order. */
  private async publishByItself(row: Release, policy: ReleasePolicy): Promise<void> {
    const now = this.releases.now();
    if (policy.two_person && !(await this.approvals.agreed(row))) return this.awaitApproval(row);
    if (policy.publish_window) {
      const opens = nextOpening(policy.publish_window, now);
      if (opens > now) return this.wait(row, { for: 'window', until: opens.toISOString() }, opens);
    }
    const until = new Date((row.grayAt?.getTime() ?? 0) + grayPauseS(policy.gray, row.grayPercentage) * 1_000);
    if (row.grayPercentage !== null && until > now)
      return this.wait(row, { for: 'gray-pause', until: until.toISOString() }, until);
    const step = nextGrayStep(policy.gray, row.grayPercentage);
    if (!step) return this.steps.publish(row, null);
    try {
      await this.steps.gray(row, { gray_percentage: step.percentage }, null);
    } catch (error) {
      // Never online before: there is no version for the others to stay on.
      if (errcodeOf(error) !== ERRCODE.NEVER_RELEASED) throw error;
      await this.steps.publish(await this.releases.get(row.releaseId), null);
    }
  }

  private async awaitApproval(row: Release): Promise<void> {
    await this.wait(row, { for: 'approval' }, null);
    // Given in this very moment: whoever gave it has not seen that it was waited for.
    if (await this.approvals.agreed(row)) await this.releases.patch(row, { waiting: null, nextCheckAt: this.releases.now() });
  }

  private async wait(row: Release, waiting: Waiting, until: Date | null): Promise<void> {
    await this.releases.patch(row, { waiting, nextCheckAt: until });
  }

  /** Waits for a person, but notices when the release was published in another console. */
  private async approved(row: Release): Promise<void> {
    const onlineAt = await this.reader.isOnline(row);
    if (onlineAt && row.state === 'approved') await this.reader.released(row, 'poll.online', onlineAt);
    else await this.idle(row, IDLE_CHECK_S);
  }

  private async idle(row: Release, seconds: number | null): Promise<void> {
    await this.releases.patch(row, { nextCheckAt: seconds === null ? null : this.releases.in(seconds) });
  }

  /** A step of another release of this mini program may still be open: its outcome comes first. */
  private async settleOthers(row: Release): Promise<void> {
    for (const other of await this.releases.openIntents(row.componentAppid, row.authorizerAppid)) {
      if (other.releaseId === row.releaseId || (await this.steps.resolve(other))) continue;
      throw new DomainError(
        'conflict',
        `The step "${other.intent}" of release ${other.releaseId} is not settled yet; try again shortly.`,
        {
          retryAfterS: this.config.RELEASE_UNCLEAR_S,
        },
      );
    }
  }

  private async commitFailed(row: Release, error: unknown): Promise<void> {
    const verdict = verdictOf(error);
    if (verdict === 'unauthorized') {
      await this.releases.fail(row, 'commit', error, {});
      await this.stop(row, 'commit.unauthorized', 'The merchant has ended the authorization.');
      throw error;
    }
    if (verdict === 'refused') {
      if (await this.stopsRollout(row, error)) return;
      await this.releases.fail(row, 'commit', error, {});
      await this.releases.move(row, { to: 'failed', cause: 'commit', patch: { nextCheckAt: null } });
      throw error;
    }
    await this.later(row, error, 'commit');
  }

  /** Every other mini program would be refused as well, such as for a broken template: the rollout pauses, and this one waits with it. */
  private async stopsRollout(row: Release, error: unknown): Promise<boolean> {
    if (row.rolloutId === null || !(error instanceof WechatApiError) || !error.stopsBatch) return false;
    const failure = storedFailure('commit', error, this.releases.now());
    await this.gate.pause(row.rolloutId, failure);
    if (await this.gate.open(row.rolloutId, row.state)) return false;
    await this.hold(row, { lastError: failure });
    return true;
  }

  /** Its rollout is paused or waits: nothing is sent until that is over. Reviews that run are still read. */
  private async held(row: Release): Promise<boolean> {
    const state = row.state;
    if (row.rolloutId === null || row.intent !== null || !['created', 'ready', 'approved', 'graying'].includes(state))
      return false;
    if (await this.gate.open(row.rolloutId, state)) return false;
    await this.hold(row);
    return true;
  }

  /** Until its rollout goes on. @param againS when to look again if it goes on already: whoever resumed it may not have seen this one held. */
  private async hold(row: Release, patch: ReleasePatch = {}, againS = 0): Promise<void> {
    await this.releases.patch(row, { ...patch, nextCheckAt: null, waiting: HELD });
    if (row.rolloutId !== null && (await this.gate.open(row.rolloutId, row.state)))
      await this.releases.patch(row, { nextCheckAt: this.releases.in(againS), waiting: null });
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
        const step = preflight ? 'preflight' : row.state;
        const at = this.releases.now().toISOString();
        const failure = {
          step,
          at,
          verdict: after.verdict,
          errmsg: error.detail,
          ...(typeof remedy === 'object' ? { remedy } : {}),
        };
        await this.releases.patch(now, { ...this.again(after), lastError: failure });
      }
    }
  }

  private async later(row: Release, error: unknown, step?: string): Promise<void> {
    const verdict = verdictOf(error);
    const now = await this.releases.get(row.releaseId);
    const name = step ?? now.state;
    const failure = storedFailure(name, error, this.releases.now());
    const standing = standingOf(now);
    const after = afterFailure(standing, verdict, errcodeOf(error), this.releases.now(), this.config.RELEASE_QUOTA_POLL_S);
    if (now.rolloutId !== null && concernsRollout(standing, verdict)) await this.gate.wait(now.rolloutId, failure);
    switch (after.do) {
      case 'stop':
        await this.releases.fail(now, name, error, {});
        await this.stop(now, 'unauthorized', 'The merchant has ended the authorization.');
        return;
      case 'hold':
        await this.hold(now, { lastError: failure }, after.againS);
        return;
      case 'wait': {
        const nextCheckAt = this.releases.in(after.afterS);
        await this.releases.fail(now, name, error, { waiting: after.waiting, nextCheckAt });
        this.logger.info(
          { event: 'release.waits', release_id: row.releaseId, state: now.state, errcode: after.waiting.errcode },
          'A release waits for a quota of its mini program',
        );
        return;
      }
      case 'look':
        await this.releases.patch(now, { attempts: after.attempts, nextCheckAt: this.releases.in(after.afterS) });
        break;
      case 'retry':
        await this.releases.fail(now, name, error, this.again(after));
    }
    const { attempts } = after;
    this.logger.info(
      { event: 'release.retry', release_id: row.releaseId, state: now.state, verdict, attempts },
      'A step of a release failed',
    );
  }

  private again({ attempts, afterS }: Again): ReleasePatch {
    return afterS === null ? { attempts, nextCheckAt: null, waiting: null } : { attempts, nextCheckAt: this.releases.in(afterS) };
  }
}

function standingOf(row: Release): Standing {
  const { intent, rolloutId, attempts, waiting } = row;
  return {
    state: row.state,
    unsettled: intent !== null,
    inRollout: rolloutId !== null,
    attempts,
    waiting: waiting?.for === 'account' ? waiting : undefined,
  };
}
