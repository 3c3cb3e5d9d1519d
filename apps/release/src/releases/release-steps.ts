import { Injectable } from '@nestjs/common';
import type { ReleaseEntity } from '#persistence';
import { DomainError } from '#service';
import type { GrayReleaseBody, GrayReleasePlan, SubmitAuditBody } from '#wechat';
import { WriteLease } from '../mini-programs/write-lease.js';
import { PreflightService } from '../preflight/preflight.service.js';
import { PreflightRefusal } from '../preflight/preflight-refusal.js';
import { ReleaseConfig } from '../release.config.js';
import { errcodeOf, verdictOf } from '../wechat/wechat-failure.domain.js';
import { WechatGateway } from '../wechat/wechat-gateway.service.js';
import { AuditReader } from './audit-reader.js';
import { type Intent, isOwnTicket, type ReleaseStep, stateOf, stepAllowed, stepsFrom } from './release.domain.js';
import { type ReleasePatch, ReleaseRepository } from './release.repository.js';
import { parseJson, parsePolicy, parseSubmitRequest } from './release-policy.domain.js';

/** A step in progress is looked after by the poller when its process has been gone this long. */
const INTENT_LEASE_S = 45;

interface Plan {
  readonly intent: Intent;
  readonly clientId: string | null;
  readonly patch?: ReleasePatch;
  /** Sends the step. */
  readonly send: (row: ReleaseEntity) => Promise<void>;
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
    private readonly config: ReleaseConfig,
  ) {}

  /** @throws DomainError `conflict`, WechatApiError, BrokerError; after any of them nothing has been submitted. */
  submit(
    row: ReleaseEntity,
    body: SubmitAuditBody | undefined,
    clientId: string | null,
    skipChecks: readonly string[] = parsePolicy(row.policy).skip_checks ?? [],
  ): Promise<void> {
    return this.run(row, 'submit', {
      intent: 'submit',
      clientId,
      ...(body ? { patch: { submitRequest: JSON.stringify(body) } } : {}),
      send: async (row) => {
        const { exp_info: trial } = await this.reader.versions(row.componentAppid, row.authorizerAppid);
        if (trial && (trial.exp_version !== row.userVersion || trial.exp_desc !== row.userDesc)) await this.trialReplaced(row);
        const request = parseSubmitRequest(row.submitRequest);
        await this.requireNothingInTheWay(row, request, skipChecks);
        const { auditid } = await this.gateway.forAuthorizer(row.componentAppid, row.authorizerAppid, (api, { token, context }) =>
          api.code.submitAudit(token, request, context),
        );
        await this.submitted(row, auditid, 'submit', clientId, skipChecks);
      },
    });
  }

  withdraw(row: ReleaseEntity, clientId: string | null): Promise<void> {
    return this.run(row, 'withdraw', {
      intent: 'withdraw',
      clientId,
      send: async (row) => {
        await this.requireOwnTicket(row);
        await this.gateway.forAuthorizer(row.componentAppid, row.authorizerAppid, (api, { token, context }) =>
          api.code.undoCodeAudit(token, context),
        );
        await this.withdrawn(row, 'withdraw', clientId);
      },
    });
  }

  publish(row: ReleaseEntity, clientId: string | null): Promise<void> {
    return this.run(row, 'publish', {
      intent: 'publish',
      clientId,
      send: async (row) => {
        await this.requireOwnTicket(row);
        await this.gateway.forAuthorizer(row.componentAppid, row.authorizerAppid, (api, { token, context }) =>
          api.code.release(token, context),
        );
        await this.reader.released(row, 'publish', this.releases.now(), clientId);
      },
    });
  }

  /** Publishes to a part of the users, or to a larger part than before. */
  gray(row: ReleaseEntity, body: GrayReleaseBody, clientId: string | null): Promise<void> {
    return this.run(row, 'gray', {
      intent: 'gray',
      clientId,
      patch: { waiting: JSON.stringify({ for: 'gray', percentage: body.gray_percentage }) },
      send: async (row) => {
        if (body.gray_percentage <= (row.grayPercentage ?? -1))
          throw new DomainError('conflict', `The percentage must be higher than ${row.grayPercentage}.`);
        await this.requireOwnTicket(row);
        await this.gateway.forAuthorizer(row.componentAppid, row.authorizerAppid, (api, { token, context }) =>
          api.code.grayRelease(token, body, context),
        );
        await this.grayed(row, body.gray_percentage, 'gray', clientId);
      },
    });
  }

  /** Takes a gray release back: its users return to the version before. Nothing more happens to it by itself. */
  revertGray(row: ReleaseEntity, reason: string, clientId: string | null): Promise<void> {
    return this.run(row, 'revert-gray', {
      intent: 'revert-gray',
      clientId,
      patch: { waiting: JSON.stringify({ for: 'operator', reason }) },
      send: async (row) => {
        await this.gateway.forAuthorizer(row.componentAppid, row.authorizerAppid, (api, { token, context }) =>
          api.code.revertGrayRelease(token, context),
        );
        await this.grayReverted(row, 'revert-gray', clientId);
      },
    });
  }

  /** May be repeated: WeChat says 89404 to the second, which is as good as a success. */
  async speedUp(row: ReleaseEntity): Promise<void> {
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
  async resolve(row: ReleaseEntity): Promise<boolean> {
    const { intent } = row;
    if (intent === null) return true;
    const happened = await this.happened(row, intent as Intent);
    if (happened) return true;
    const { intentAt } = row;
    const final = !intentAt || this.releases.now().getTime() >= intentAt.getTime() + this.config.RELEASE_UNCLEAR_S * 1_000;
    if (!final) return false;
    // WeChat knows nothing of it: it did not happen, and may be sent again.
    await this.releases.patch(row, { intent: null, intentAt: null, nextCheckAt: this.releases.now() });
    return true;
  }

  private async happened(row: ReleaseEntity, intent: Intent): Promise<boolean> {
    switch (intent) {
      case 'submit': {
        const latest = await this.reader.latest(row);
        const knownAuditids = await this.releases.knownAuditids(row);
        const trace = {
          userVersion: row.userVersion,
          userDesc: row.userDesc,
          intentAt: row.intentAt ?? new Date(0),
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
        const wanted = parseJson<{ percentage?: number }>(row.waiting)?.percentage ?? 0;
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

  private async grayPlan(row: ReleaseEntity): Promise<GrayReleasePlan | undefined> {
    const answer = await this.gateway.forAuthorizer(row.componentAppid, row.authorizerAppid, (api, { token, context }) =>
      api.code.getGrayReleasePlan(token, context),
    );
    return answer.gray_release_plan;
  }

  private async grayed(row: ReleaseEntity, percentage: number, cause: string, clientId: string | null): Promise<void> {
    const now = this.releases.now();
    const done = { intent: null, intentAt: null, lastError: null, waiting: null, attempts: 0 };
    const patch = { ...done, grayPercentage: percentage, grayAt: now, nextCheckAt: now };
    if (stateOf(row) === 'graying') await this.releases.patch(row, patch);
    else await this.releases.move(row, { to: 'graying', cause, clientId, patch, detail: { percentage } });
  }

  private async grayReverted(row: ReleaseEntity, cause: string, clientId: string | null): Promise<void> {
    const policy = JSON.stringify({ ...parsePolicy(row.policy), publish: 'manual' });
    const patch = { policy, intent: null, intentAt: null, grayPercentage: null, grayAt: null, nextCheckAt: null };
    await this.releases.move(row, { to: 'approved', cause, clientId, patch, detail: { reason: row.waiting } });
  }

  private async run(row: ReleaseEntity, step: ReleaseStep, plan: Plan): Promise<void> {
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
      // The mini program stayed busy: nothing was sent.
      if (error instanceof DomainError)
        await this.releases.patch(begun, { intent: null, intentAt: null, nextCheckAt: this.restAt() });
      throw error;
    }
  }

  private async sendOnce(releaseId: number, step: ReleaseStep, plan: Plan): Promise<void> {
    const row = await this.releases.get(releaseId);
    // Superseded or settled while this waited for its turn.
    if (row.intent !== plan.intent || !stepAllowed(step, stateOf(row))) throw this.refusal(row, step);
    try {
      await plan.send(row);
    } catch (error) {
      if (error instanceof DomainError) throw error;
      await this.afterFailure(row, plan.intent, error);
    }
  }

  /** Rethrows what is certain; returns when the outcome is unclear, or turns out well after all. */
  private async afterFailure(row: ReleaseEntity, intent: Intent, error: unknown): Promise<void> {
    const verdict = verdictOf(error);
    const errcode = errcodeOf(error);
    if (verdict === 'unclear') {
      // From now on WeChat may still be carrying it out.
      await this.releases.fail(row, intent, error, {
        intentAt: this.releases.now(),
        nextCheckAt: this.releases.in(Math.min(5, this.config.RELEASE_UNCLEAR_S)),
      });
      const failed = await this.releases.get(row.releaseId);
      // Often the answer alone was lost: look at once. If that fails too, the poller looks again.
      await this.resolve(failed).catch((again: unknown) => void verdictOf(again));
      return;
    }
    // A pending ticket may be the one of a submission whose answer was lost; "already released" may be our own publishing.
    if ((intent === 'submit' && errcode === 85009) || (intent === 'publish' && errcode === 85052)) {
      if (await this.happened(row, intent)) return;
    }
    await this.releases.fail(row, intent, error, { intent: null, intentAt: null, nextCheckAt: this.restAt() });
    const now = await this.releases.get(row.releaseId);
    if (intent === 'submit') await this.submissionRefused(now, errcode);
    // WeChat's picture differs from ours: read it before answering.
    else if (errcode === 87012 || errcode === 85019 || errcode === 85020) await this.reread(now, intent);
    throw error;
  }

  private async submissionRefused(row: ReleaseEntity, errcode: number | undefined): Promise<void> {
    const state = stateOf(row);
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

  private async reread(row: ReleaseEntity, intent: Intent): Promise<void> {
    const before = stateOf(row);
    await this.reader.refresh(row, `${intent}.reread`).catch((error: unknown) => void verdictOf(error));
    const now = await this.releases.get(row.releaseId);
    if (stateOf(now) !== before)
      throw new DomainError('conflict', `WeChat has decided meanwhile: the release is ${stateOf(now)} now.`, {
        members: { state: stateOf(now), next_steps: stepsFrom(stateOf(now)) },
      });
    if (before === 'auditing') await this.releases.patch(now, { nextCheckAt: this.releases.in(60) });
  }

  private async submitted(
    row: ReleaseEntity,
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
        nextCheckAt: this.releases.in(Math.min(60, this.config.RELEASE_AUDIT_POLL_S)),
      },
    });
  }

  private async withdrawn(row: ReleaseEntity, cause: string, clientId: string | null): Promise<void> {
    const patch = { intent: null, intentAt: null, lastError: null, isDelayed: 0, attempts: 0, nextCheckAt: null };
    await this.releases.move(row, { to: 'withdrawn', cause, clientId, patch });
  }

  /** `undocodeaudit` and `release` name no ticket: they act on whichever is there. It must be ours. */
  private async requireOwnTicket(row: ReleaseEntity): Promise<void> {
    const latest = await this.reader.latest(row);
    if (latest?.auditid === undefined || !row.auditid || String(latest.auditid) === row.auditid) return;
    throw new DomainError(
      'conflict',
      `WeChat's latest ticket of ${row.authorizerAppid} is ${latest.auditid} (version ${latest.user_version ?? 'unknown'}), not the one of this release.`,
    );
  }

  private async requireNothingInTheWay(row: ReleaseEntity, request: SubmitAuditBody, skip: readonly string[]): Promise<void> {
    const checks = await this.preflight.beforeSubmission(row, request, skip);
    if (checks.length === 0) return;
    const detail = checks.map((check) => check.detail).join(' ');
    const remedy = checks.find((check) => check.remedy)?.remedy;
    throw new PreflightRefusal(detail, checks, remedy);
  }

  private async trialReplaced(row: ReleaseEntity): Promise<never> {
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

  /** When to look at a release again that stays in its state: never "never", for whoever called decides that. */
  private restAt(): Date {
    return this.releases.in(60);
  }

  private requireStep(row: ReleaseEntity, step: ReleaseStep): void {
    if (!stepAllowed(step, stateOf(row)) || row.intent !== null) throw this.refusal(row, step);
  }

  private refusal(row: ReleaseEntity, step: ReleaseStep): DomainError {
    const state = stateOf(row);
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
