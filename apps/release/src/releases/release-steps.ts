import { Injectable } from '@nestjs/common';
import { DomainError } from '#service';
import type { GrayReleaseBody, GrayReleasePlan, SubmitAuditBody } from '#wechat';
import { ReleaseConfig } from '../config/release.config.js';
import { WriteLease } from '../mini-programs/write-lease.js';
import { NewerVersions } from '../newer/newer.service.js';
import { PreflightService } from '../preflight/preflight.service.js';
import { PreflightRefusal } from '../preflight/preflight-refusal.js';
import { errcodeOf, type StoredFailure, verdictOf } from '../wechat/wechat-failure.domain.js';
import { WechatGateway } from '../wechat/wechat-gateway.service.js';
import { AuditReader } from './audit-reader.js';
import {
  auditPollS,
  type Intent,
  isOwnTicket,
  isOwnTrial,
  type ReleaseState,
  type ReleaseStep,
  resendS,
  retryS,
  stepAllowed,
  stepsFrom,
  submittableSince,
} from './release.domain.js';
import type { Release, ReleasePatch } from './release.js';
import { ReleaseRepository } from './release.repository.js';
import type { ReleasePolicy } from './release-policy.domain.js';

/** A step in progress is looked after by the poller when its process has been gone this long. */
const INTENT_LEASE_S = 45;
/** States whose step follows by itself. */
const GOING: readonly ReleaseState[] = ['ready', 'approved', 'graying'];
const TICKET_PENDING = 85009;
/** A ticket that WeChat says is pending may stay unseen for days; so long it is looked for before anything else is tried. */
const HIDDEN_TICKET_S = 86_400;

interface Plan {
  readonly intent: Intent;
  readonly clientId: string | null;
  readonly patch?: ReleasePatch;
  /** Sends the step. */
  readonly send: (row: Release) => Promise<void>;
}

/**
 * The steps that take effect each time they are sent: intent first, then the call, then the result.
 * When the outcome is not clear the intent stays, and WeChat is asked before anything is sent again.
 */
@Injectable()
export class ReleaseSteps {
  constructor(
    private readonly releases: ReleaseRepository,
    private readonly reader: AuditReader,
    private readonly gateway: WechatGateway,
    private readonly lease: WriteLease,
    private readonly preflight: PreflightService,
    private readonly newer: NewerVersions,
    private readonly config: ReleaseConfig,
  ) {}

  /** @throws DomainError `conflict`, WechatApiError, BrokerError; after any of them nothing has been submitted. */
  submit(
    row: Release,
    body: SubmitAuditBody | undefined,
    clientId: string | null,
    skipChecks: readonly string[] = row.policy.skip_checks ?? [],
  ): Promise<void> {
    return this.run(row, 'submit', {
      intent: 'submit',
      clientId,
      ...(body ? { patch: { submitRequest: body } } : {}),
      send: async (row) => {
        // Sent before, and given up as lost: its ticket may have come to light since.
        if (row.unclearCount > 0 && (await this.happened(row, 'submit'))) return;
        const { exp_info: trial, release_info: online } = await this.reader.versions(row.componentAppid, row.authorizerAppid);
        if (trial && !isOwnTrial(row, trial)) await this.trialReplaced(row);
        const request = row.submitRequest;
        await this.requireNothingInTheWay(row, request, skipChecks);
        // Before the submission: what is online now is another release, whatever its version says.
        if (online) await this.releases.patch(row, { onlineBefore: new Date(online.release_time * 1_000) });
        const { auditid } = await this.gateway.forAuthorizer(row.componentAppid, row.authorizerAppid, (api, { token, context }) =>
          api.code.submitAudit(token, request, context),
        );
        await this.submitted(row, auditid, 'submit', clientId, skipChecks);
      },
    });
  }

  withdraw(row: Release, clientId: string | null): Promise<void> {
    return this.run(row, 'withdraw', {
      intent: 'withdraw',
      clientId,
      send: async (row) => {
        await this.requireOwnTicket(row);
        await this.gateway.forAuthorizer(row.componentAppid, row.authorizerAppid, (api, { token, context }) =>
          api.code.undoCodeAudit(token, context),
        );
        const state = await this.reader.reading(row).then(
          (ticket) => ticket?.state,
          (error: unknown) => {
            verdictOf(error);
            return 'not-read' as const;
          },
        );
        // WeChat took it. Whether it has happened is read later.
        if (state === 'not-read') {
          await this.releases.patch(row, { nextCheckAt: this.lookAgainAt() });
          return;
        }
        // Seen: "ok", and the ticket stays in audit until it is withdrawn a second time.
        if (state === 'auditing')
          throw new DomainError('conflict', 'WeChat took this, and still shows the ticket in audit: withdraw it once more.', {
            retryAfterS: 60,
          });
        await this.withdrawn(row, 'withdraw', clientId);
      },
    });
  }

  /** @throws OlderVersion when something newer is online, and nobody said that it may be replaced */
  publish(row: Release, clientId: string | null, allowOlder = false): Promise<void> {
    return this.run(row, 'publish', {
      intent: 'publish',
      clientId,
      send: async (row) => {
        await this.requireOwnTicket(row);
        await this.requireNothingNewerOnline(row, allowOlder);
        await this.gateway.forAuthorizer(row.componentAppid, row.authorizerAppid, (api, { token, context }) =>
          api.code.release(token, context),
        );
        await this.reader.released(row, 'publish', this.releases.now(), clientId);
      },
    });
  }

  /** Publishes to a part of the users, or to a larger part than before. */
  gray(row: Release, body: GrayReleaseBody, clientId: string | null, allowOlder = false): Promise<void> {
    return this.run(row, 'gray', {
      intent: 'gray',
      clientId,
      patch: { waiting: { for: 'gray', percentage: body.gray_percentage } },
      send: async (row) => {
        if (body.gray_percentage <= (row.grayPercentage ?? -1))
          throw new DomainError('conflict', `The percentage must be higher than ${row.grayPercentage}.`);
        await this.requireOwnTicket(row);
        await this.requireNothingNewerOnline(row, allowOlder);
        await this.gateway.forAuthorizer(row.componentAppid, row.authorizerAppid, (api, { token, context }) =>
          api.code.grayRelease(token, body, context),
        );
        await this.grayed(row, body.gray_percentage, 'gray', clientId);
      },
    });
  }

  /** Takes a gray release back: its users return to the version before. Nothing more happens to it by itself. */
  revertGray(row: Release, reason: string, clientId: string | null): Promise<void> {
    return this.run(row, 'revert-gray', {
      intent: 'revert-gray',
      clientId,
      // From the first moment on nothing widens or publishes it by itself, whatever becomes of the call.
      patch: { policy: manualPublishing(row), waiting: { for: 'operator', reason } },
      send: async (row) => {
        await this.sendRevertGray(row);
        await this.grayReverted(row, 'revert-gray', clientId);
      },
    });
  }

  /** May be repeated: WeChat says 89404 to the second, which is as good as a success. */
  async speedUp(row: Release): Promise<void> {
    this.requireStep(row, 'speed-up');
    const auditid = Number(row.auditid);
    if (!Number.isSafeInteger(auditid) || auditid <= 0)
      throw new DomainError('conflict', 'The ticket of this release has no id yet; try again when WeChat has reported it.');
    try {
      await this.gateway.forAuthorizer(row.componentAppid, row.authorizerAppid, (api, { token, context }) =>
        api.code.speedUpAudit(token, auditid, context),
      );
    } catch (error) {
      if (errcodeOf(error) === 89402) await this.reader.refresh(row, 'speed-up');
      if (errcodeOf(error) !== 89404) throw error;
    }
  }

  /**
   * Finds out what became of a step whose outcome is not known, and concludes it. Call it with the mini program's lease.
   * @returns false when nothing can be concluded yet.
   */
  async resolve(row: Release): Promise<boolean> {
    const { intent } = row;
    if (intent === null) return true;
    if (await this.happened(row, intent as Intent)) return true;
    if (intent === 'revert-gray') return this.revertGrayAgain(row);
    const ageS = row.intentAt ? (this.releases.now().getTime() - row.intentAt.getTime()) / 1_000 : Number.POSITIVE_INFINITY;
    const hidden = waitsForHiddenTicket(row);
    // As long as WeChat shows no ticket at all. If it shows another one, that is what is pending.
    if (hidden && ageS < HIDDEN_TICKET_S && !(await this.reader.latest(row))) {
      await this.releases.patch(row, {
        nextCheckAt: this.releases.in(auditPollS(ageS, false, this.config.RELEASE_AUDIT_POLL_S)),
      });
      return false;
    }
    if (ageS < this.config.RELEASE_UNCLEAR_S) {
      await this.releases.patch(row, { nextCheckAt: this.lookAgainAt() });
      return false;
    }
    await this.nothingHappened(row, hidden && ageS >= HIDDEN_TICKET_S);
    return true;
  }

  /** WeChat knows nothing of it: it did not happen, and may be sent again; by itself after growing pauses, and not for ever. */
  private async nothingHappened(row: Release, tooLong: boolean): Promise<void> {
    const unclearCount = row.unclearCount + 1;
    const byItself = GOING.includes(row.state);
    const settled = { ...withoutIntent(row.intent), unclearCount };
    const againS = byItself ? resendS(unclearCount, Math.min(5, this.config.RELEASE_UNCLEAR_S)) : 0;
    if (tooLong || againS === undefined) {
      const failure: StoredFailure = {
        step: row.intent ?? row.state,
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

  /** Users are on a version that is not well: it is taken back as often as needed. A second time does no harm. */
  private async revertGrayAgain(row: Release): Promise<boolean> {
    try {
      await this.sendRevertGray(row);
    } catch (error) {
      const verdict = verdictOf(error);
      const over = verdict === 'refused' || verdict === 'unauthorized';
      const attempts = row.attempts + 1;
      const patch = over
        ? { intent: null, intentAt: null, nextCheckAt: this.restAt() }
        : { attempts, nextCheckAt: this.releases.in(retryS(attempts)) };
      await this.releases.fail(row, 'revert-gray', error, patch);
      return over;
    }
    await this.grayReverted(row, 'revert-gray', null);
    return true;
  }

  private async sendRevertGray(row: Release): Promise<void> {
    await this.gateway.forAuthorizer(row.componentAppid, row.authorizerAppid, (api, { token, context }) =>
      api.code.revertGrayRelease(token, context),
    );
  }

  private async happened(row: Release, intent: Intent): Promise<boolean> {
    switch (intent) {
      case 'submit': {
        const latest = await this.reader.latest(row);
        const knownAuditids = await this.releases.knownAuditids(row);
        const trace = {
          userVersion: row.userVersion,
          userDesc: row.userDesc,
          notBefore: submittableSince(row),
          knownAuditids,
        };
        if (!latest || !isOwnTicket(trace, latest)) return false;
        await this.submitted(row, latest.auditid, 'submit.found', null);
        return true;
      }
      case 'withdraw': {
        const ticket = await this.reader.reading(row);
        if (ticket?.state !== 'withdrawn') return false;
        await this.withdrawn(row, 'withdraw.found', null);
        return true;
      }
      case 'publish': {
        const onlineAt = await this.reader.isOnline(row);
        return onlineAt !== undefined && (await this.reader.released(row, 'publish.found', onlineAt));
      }
      case 'gray': {
        const wanted = row.waiting?.for === 'gray' ? row.waiting.percentage : 0;
        const plan = await this.grayPlan(row);
        if (plan?.status !== 1 || (plan.gray_percentage ?? 0) < wanted) return false;
        await this.grayed(row, plan.gray_percentage ?? wanted, 'gray.found', null);
        return true;
      }
      case 'revert-gray': {
        const plan = await this.grayPlan(row);
        // 4: deleted. A plan that has come to its end (3) has put everybody on the new version.
        if (plan && plan.status !== 4) return false;
        await this.grayReverted(row, 'revert-gray.found', null);
        return true;
      }
    }
  }

  private async grayPlan(row: Release): Promise<GrayReleasePlan | undefined> {
    const answer = await this.gateway.forAuthorizer(row.componentAppid, row.authorizerAppid, (api, { token, context }) =>
      api.code.getGrayReleasePlan(token, context),
    );
    return answer.gray_release_plan;
  }

  private async grayed(row: Release, percentage: number, cause: string, clientId: string | null): Promise<void> {
    const now = this.releases.now();
    const done = { intent: null, intentAt: null, lastError: null, waiting: null, attempts: 0, unclearCount: 0 };
    const patch = { ...done, grayPercentage: percentage, grayAt: now, nextCheckAt: now };
    if (row.state === 'graying') await this.releases.patch(row, patch);
    else await this.releases.move(row, { to: 'graying', cause, clientId, patch, detail: { percentage } });
  }

  private async grayReverted(row: Release, cause: string, clientId: string | null): Promise<void> {
    const gone = { intent: null, intentAt: null, lastError: null, grayPercentage: null, grayAt: null };
    const patch = { ...gone, policy: manualPublishing(row), attempts: 0, nextCheckAt: null };
    await this.releases.move(row, { to: 'approved', cause, clientId, patch, detail: { reason: row.waiting } });
  }

  private async run(row: Release, step: ReleaseStep, plan: Plan): Promise<void> {
    const { releaseId } = row;
    this.requireStep(row, step);
    if (!(await this.releases.begin(row, plan.intent, plan.patch ?? {}, plan.clientId, INTENT_LEASE_S))) {
      const now = await this.releases.get(releaseId);
      this.requireStep(now, step);
      throw new DomainError('conflict', 'Another call changed this release a moment ago; read it again.');
    }
    const begun = { ...row, intent: plan.intent };
    try {
      await this.lease.hold(row.componentAppid, row.authorizerAppid, () => this.sendOnce(releaseId, step, plan));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      // The mini program stayed busy: nothing was sent. A version that is not well is taken back all the same, a little later.
      if (plan.intent === 'revert-gray' && (await this.releases.patch(begun, { nextCheckAt: this.lookAgainAt() }))) return;
      await this.releases.patch(begun, { ...withoutIntent(plan.intent), nextCheckAt: this.restAt() });
      throw error;
    }
  }

  private async sendOnce(releaseId: number, step: ReleaseStep, plan: Plan): Promise<void> {
    const row = await this.releases.get(releaseId);
    // Superseded or settled while this waited for its turn.
    if (row.intent !== plan.intent || !stepAllowed(step, row.state)) throw this.refusal(row, step);
    try {
      await plan.send(row);
    } catch (error) {
      if (error instanceof DomainError) throw error;
      await this.afterFailure(row, plan.intent, error);
    }
  }

  /** Rethrows what is certain; returns when the outcome is unclear, or turns out well after all. */
  private async afterFailure(row: Release, intent: Intent, error: unknown): Promise<void> {
    const verdict = verdictOf(error);
    const errcode = errcodeOf(error);
    if (verdict === 'unclear') {
      // From now on WeChat may still be carrying it out. Often the answer alone was lost: look at once.
      await this.keepIntent(row, intent, error, this.releases.now());
      const failed = await this.releases.get(row.releaseId);
      // If that fails too, the poller looks again.
      await this.resolve(failed).catch((again: unknown) => void verdictOf(again));
      return;
    }
    // A version that is not well is taken back as soon as WeChat lets it be.
    if (intent === 'revert-gray' && verdict !== 'refused' && verdict !== 'unauthorized')
      return this.keepIntent(row, intent, error, row.intentAt);
    // A pending ticket may be the one of a submission whose answer was lost; "already released" may be our own publishing.
    if ((intent === 'submit' && errcode === TICKET_PENDING) || (intent === 'publish' && errcode === 85052)) {
      if (await this.happened(row, intent)) return;
      // Pending, and yet not to be seen: perhaps ours, which WeChat shows later.
      if (errcode === TICKET_PENDING && !(await this.reader.latest(row)))
        return this.keepIntent(row, intent, error, row.intentAt);
    }
    await this.releases.fail(row, intent, error, { ...withoutIntent(intent), nextCheckAt: this.restAt() });
    const now = await this.releases.get(row.releaseId);
    if (intent === 'submit') await this.submissionRefused(now, errcode);
    // WeChat's picture differs from ours: read it before answering.
    else if (errcode === 87012 || errcode === 85019 || errcode === 85020) await this.reread(now, intent);
    throw error;
  }

  private async keepIntent(row: Release, intent: Intent, error: unknown, intentAt: Date | null): Promise<void> {
    await this.releases.fail(row, intent, error, { intentAt, nextCheckAt: this.lookAgainAt() });
  }

  private async submissionRefused(row: Release, errcode: number | undefined): Promise<void> {
    const state = row.state;
    if (errcode === 61039 && state === 'ready')
      await this.releases.move(row, {
        to: 'scanning',
        cause: 'submit.scan-running',
        patch: { nextCheckAt: this.releases.in(60) },
      });
    // A ticket has used up the trial version: it has to be committed once more before it can be submitted again.
    if ((errcode === 85086 || errcode === 86001) && (state === 'rejected' || state === 'withdrawn'))
      await this.releases.move(row, { to: 'created', cause: 'submit.needs-commit', patch: { nextCheckAt: this.releases.now() } });
  }

  private async reread(row: Release, intent: Intent): Promise<void> {
    const before = row.state;
    await this.reader.refresh(row, `${intent}.reread`).catch((error: unknown) => void verdictOf(error));
    const now = await this.releases.get(row.releaseId);
    if (now.state !== before)
      throw new DomainError('conflict', `WeChat has decided meanwhile: the release is ${now.state} now.`, {
        members: { state: now.state, next_steps: stepsFrom(now.state) },
      });
    if (before === 'auditing') await this.releases.patch(now, { nextCheckAt: this.releases.in(60) });
  }

  private async submitted(
    row: Release,
    auditid: number | undefined,
    cause: string,
    clientId: string | null,
    skipped: readonly string[] = [],
  ): Promise<void> {
    const now = this.releases.now();
    await this.releases.move(row, {
      to: 'auditing',
      cause,
      clientId,
      detail: { auditid: auditid ?? null, ...(skipped.length > 0 ? { skipped_checks: skipped } : {}) },
      patch: {
        auditid: auditid === undefined ? null : String(auditid),
        createTime: now,
        submittedAt: now,
        intent: null,
        intentAt: null,
        reason: null,
        screenshot: null,
        delayReason: null,
        auditresultTime: null,
        lastError: null,
        waiting: null,
        attempts: 0,
        unclearCount: 0,
        nextCheckAt: this.releases.in(Math.min(60, this.config.RELEASE_AUDIT_POLL_S)),
      },
    });
  }

  private async withdrawn(row: Release, cause: string, clientId: string | null): Promise<void> {
    const done = { intent: null, intentAt: null, lastError: null, isDelayed: 0, attempts: 0, unclearCount: 0 };
    const patch = { ...done, nextCheckAt: null };
    await this.releases.move(row, { to: 'withdrawn', cause, clientId, patch });
  }

  /** `undocodeaudit` and `release` name no ticket: they act on whichever is there. It must be ours. */
  private async requireOwnTicket(row: Release): Promise<void> {
    const latest = await this.reader.latest(row);
    if (latest?.auditid === undefined || !row.auditid || String(latest.auditid) === row.auditid) return;
    throw new DomainError(
      'conflict',
      `WeChat's latest ticket of ${row.authorizerAppid} is ${latest.auditid} (version ${latest.user_version ?? 'unknown'}), not the one of this release.`,
    );
  }

  /** Read anew: it may have been put online since this was submitted. What some of the users have already is not newer than itself. */
  private async requireNothingNewerOnline(row: Release, allowOlder: boolean): Promise<void> {
    if (allowOlder || row.policy.allow_older || row.grayPercentage !== null) return;
    await this.reader.versions(row.componentAppid, row.authorizerAppid);
    await this.newer.requireNoneOnline(row);
  }

  private async requireNothingInTheWay(row: Release, request: SubmitAuditBody, skip: readonly string[]): Promise<void> {
    const checks = await this.preflight.beforeSubmission(row, request, skip);
    if (checks.length === 0) return;
    const detail = checks.map((check) => check.detail).join(' ');
    const remedy = checks.find((check) => check.remedy)?.remedy;
    throw new PreflightRefusal(detail, checks, remedy);
  }

  private async trialReplaced(row: Release): Promise<never> {
    await this.releases.move(row, {
      to: 'superseded',
      cause: 'submit.trial-replaced',
      patch: { intent: null, nextCheckAt: null },
    });
    throw new DomainError(
      'conflict',
      'The trial version was replaced by another commit, outside of this release. Make a new release.',
    );
  }

  /** When to look again what became of a step. */
  private lookAgainAt(): Date {
    return this.releases.in(Math.min(5, this.config.RELEASE_UNCLEAR_S));
  }

  /** When to look at a release again that stays in its state: never "never", for whoever called decides that. */
  private restAt(): Date {
    return this.releases.in(60);
  }

  private requireStep(row: Release, step: ReleaseStep): void {
    if (!stepAllowed(step, row.state) || row.intent !== null) throw this.refusal(row, step);
  }

  private refusal(row: Release, step: ReleaseStep): DomainError {
    const state = row.state;
    const members = { state, next_steps: row.intent ? [] : stepsFrom(state), pending_step: row.intent };
    if (row.intent !== null)
      return new DomainError(
        'conflict',
        `The step "${row.intent}" of this release is under way; its outcome is being read from WeChat.`,
        {
          members,
          retryAfterS: 5,
        },
      );
    const next = stepsFrom(state);
    const legal = next.length > 0 ? `possible now: ${next.join(', ')}` : 'nothing more can be done with it';
    return new DomainError('conflict', `A release that is ${state} cannot be asked to ${step}; ${legal}.`, { members });
  }
}

/** Its policy from the moment on in which it is taken back: only a person publishes it again. */
function manualPublishing(row: Release): ReleasePolicy {
  return { ...row.policy, publish: 'manual' };
}

/** No step is under way any more; what a gray step noted of itself goes with it. */
function withoutIntent(intent: string | null): ReleasePatch {
  return { intent: null, intentAt: null, ...(intent === 'gray' ? { waiting: null } : {}) };
}

/** WeChat refused a submission because a ticket is pending, and shows none. */
function waitsForHiddenTicket(row: Release): boolean {
  return row.intent === 'submit' && row.lastError?.errcode === TICKET_PENDING;
}
