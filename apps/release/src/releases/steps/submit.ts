import { Injectable } from '@nestjs/common';
import { DomainError, EffectGate } from '#service';
import { ERRCODE } from '#wechat';
import { AuditReader } from '../../audit/audit-reader.js';
import { isOwnTrial, submittableSince } from '../../audit/ticket.domain.js';
import { ReleaseConfig } from '../../config/release.config.js';
import { PreflightService } from '../../preflight/preflight.service.js';
import { PreflightRefusal } from '../../preflight/preflight-refusal.js';
import { hide } from '../../requests/secret-variables.domain.js';
import { WechatGateway } from '../../wechat/wechat-gateway.service.js';
import { RELEASE_STEPS } from '../release.domain.js';
import type { Release, ReleasePatch } from '../release.js';
import { ReleaseRepository } from '../release.repository.js';
import type { AfterRefusal, Cause, Hidden, Plans, Step } from './step.js';
import { withoutSecrets } from './without-secrets.js';

/** A ticket that WeChat says is pending may stay unseen for days; so long it is looked for before anything else is tried. */
const HIDDEN_TICKET_S = 86_400;

interface Submitted {
  /** WeChat's answer has none at times: the review is found by version and words then. */
  readonly auditid: number | undefined;
  /** Checks that the caller took the responsibility for. */
  readonly skipped: readonly string[];
}

/** A ticket has used up the trial version: it has to be committed once more before it can be submitted again. */
const COMMIT_AGAIN: AfterRefusal = { from: ['rejected', 'withdrawn'], to: 'created', cause: 'submit.needs-commit', afterS: 0 };

/** Gives the code to WeChat's reviewers (WeChat: `submit_audit`); the platform has a number of submissions a month. */
@Injectable()
export class Submit implements Step<'submit', Submitted> {
  readonly intent = 'submit';
  readonly from = RELEASE_STEPS.submit;
  readonly to = 'auditing';
  readonly refusals: ReadonlyMap<number | undefined, AfterRefusal> = new Map<number, AfterRefusal>([
    // The pending ticket may be the one of a submission whose answer was lost.
    [ERRCODE.AUDIT_PENDING, 'look-on'],
    [ERRCODE.PRIVACY_SCAN_RUNNING, { from: ['ready'], to: 'scanning', cause: 'submit.scan-running', afterS: 60 }],
    [ERRCODE.NOTHING_COMMITTED, COMMIT_AGAIN],
    [ERRCODE.NO_CODE_COMMITTED, COMMIT_AGAIN],
  ]);
  readonly hidden: Hidden = {
    forS: HIDDEN_TICKET_S,
    awaits: (row) => row.lastError?.errcode === ERRCODE.AUDIT_PENDING,
    nothingInSight: async (row) => (await this.reader.latest(row)) === undefined,
  };

  constructor(
    private readonly releases: ReleaseRepository,
    private readonly reader: AuditReader,
    private readonly gateway: WechatGateway,
    private readonly gate: EffectGate,
    private readonly preflight: PreflightService,
    private readonly config: ReleaseConfig,
  ) {}

  note(_row: Release, { told }: Plans['submit']): ReleasePatch {
    return told ?? {};
  }

  /** @throws PreflightRefusal, DomainError `conflict` when the trial version is another commit's */
  async send(row: Release, { skipChecks = row.policy.skip_checks ?? [] }: Plans['submit']): Promise<Submitted> {
    const { exp_info: trial, release_info: online } = await this.reader.versions(row.componentAppid, row.authorizerAppid);
    if (trial && !isOwnTrial(row, trial)) await this.trialReplaced(row);
    await this.requireNothingInTheWay(row, skipChecks);
    // Before the submission: what is online now is another release, whatever its version says.
    if (online) await this.releases.patch(row, { onlineBefore: new Date(online.release_time * 1_000) });
    const { componentAppid, authorizerAppid } = row;
    const { auditid } = await this.gate.require({ effect: 'audit', componentAppid, authorizerAppid, alone: true }, () =>
      withoutSecrets(row.secretValues, () =>
        this.gateway.forAuthorizer(componentAppid, authorizerAppid, (api, { token, context }) =>
          api.code.submitAudit(token, row.submitRequest, context),
        ),
      ),
    );
    return { auditid, skipped: skipChecks };
  }

  async outcomeOf(row: Release): Promise<Submitted | undefined> {
    // An earlier try counts: WeChat may show its ticket only now.
    const ticket = await this.reader.ownLatest(row, submittableSince(row));
    return ticket && { auditid: ticket.auditid, skipped: [] };
  }

  conclude(row: Release, { auditid, skipped }: Submitted, { cause, clientId }: Cause): Promise<boolean> {
    const now = this.releases.now();
    return this.releases.move(row, {
      to: this.to,
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

  private async requireNothingInTheWay(row: Release, skip: readonly string[]): Promise<void> {
    const checks = await this.preflight.beforeSubmission(row, row.submitRequest, skip);
    if (checks.length === 0) return;
    const detail = hide(checks.map((check) => check.detail).join(' '), row.secretValues);
    throw new PreflightRefusal(detail, checks, checks.find((check) => check.remedy)?.remedy);
  }

  private async trialReplaced(row: Release): Promise<never> {
    const patch = { intent: null, nextCheckAt: null };
    await this.releases.move(row, { to: 'superseded', cause: 'submit.trial-replaced', patch });
    throw new DomainError(
      'conflict',
      'The trial version was replaced by another commit, outside of this release. Make a new release.',
    );
  }
}
