import { Injectable } from '@nestjs/common';
import { DomainError, EffectGate } from '#service';
import { AuditReader } from '../../audit/audit-reader.js';
import { isOwnTrial } from '../../audit/ticket.domain.js';
import { ReleaseConfig } from '../../config/release.config.js';
import { WriteLease } from '../../mini-programs/write-lease.js';
import { NewerVersions } from '../../newer/newer.service.js';
import { verdictOf } from '../../wechat/wechat-failure.domain.js';
import { WechatGateway } from '../../wechat/wechat-gateway.service.js';
import { SUPERSEDED_BY_COMMIT } from '../release.domain.js';
import type { Release } from '../release.js';
import { ReleaseRepository } from '../release.repository.js';
import { Setbacks } from '../setbacks.js';
import type { RepeatableStep } from './step.js';
import { StepRunner } from './step-runner.js';
import { withoutSecrets } from './without-secrets.js';

/** WeChat takes its time for a large template. */
const COMMIT_TIMEOUT_MS = 20_000;

/** Sends the code (WeChat: `commit`). The same code may be sent again: it takes the place of the trial version before. */
@Injectable()
export class Commit implements RepeatableStep {
  readonly from = ['created'] as const;
  readonly to = 'scanning';

  constructor(
    private readonly releases: ReleaseRepository,
    private readonly reader: AuditReader,
    private readonly gateway: WechatGateway,
    private readonly gate: EffectGate,
    private readonly lease: WriteLease,
    private readonly newer: NewerVersions,
    private readonly runner: StepRunner,
    private readonly setbacks: Setbacks,
    private readonly config: ReleaseConfig,
  ) {}

  /** A refusal ends the release and is thrown; what is unclear or passes is tried again by itself. */
  async run({ releaseId, componentAppid, authorizerAppid }: Release): Promise<void> {
    await this.lease.hold(componentAppid, authorizerAppid, async () => {
      const row = await this.releases.get(releaseId);
      if (row.state !== 'created') return;
      await this.settleOthers(row);
      // Of a rollout: long ago something newer may not have been on its way yet. A single release was looked at when it was made.
      if (row.rolloutId !== null && !row.policy.allow_older) await this.newer.requireNone(row);
      try {
        await this.send(row);
      } catch (error) {
        return this.failed(row, error);
      }
      return this.conclude(row);
    });
  }

  private async send(row: Release): Promise<void> {
    const { componentAppid, authorizerAppid, templateId, extJson, userVersion, userDesc } = row;
    const body = { template_id: templateId, ext_json: extJson, user_version: userVersion, user_desc: userDesc };
    const timeoutMs = Math.max(this.config.WECHAT_TIMEOUT_MS, COMMIT_TIMEOUT_MS);
    await this.gate.require({ effect: 'code', componentAppid, authorizerAppid, alone: true }, () =>
      withoutSecrets(row.secretValues, () =>
        this.gateway.forAuthorizer(componentAppid, authorizerAppid, (api, { token, context }) =>
          api.code.commit(token, body, { ...context, timeoutMs }),
        ),
      ),
    );
  }

  private async conclude(row: Release): Promise<void> {
    const nextCheckAt = this.releases.in(this.config.RELEASE_SCAN_POLL_MS / 1_000);
    const trialAt = await this.uploadedAt(row);
    const fresh = { scanResult: null, lastError: null, waiting: null, attempts: 0 };
    const patch = { ...fresh, committedAt: this.releases.now(), trialAt, nextCheckAt };
    await this.releases.together(async (db) => {
      if (await this.releases.moveIn(db, row, { to: this.to, cause: 'commit', patch }))
        await this.releases.supersede(db, row, SUPERSEDED_BY_COMMIT, 'commit');
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

  /** A step of another release of this mini program may still be open: its outcome comes first. */
  private async settleOthers(row: Release): Promise<void> {
    for (const other of await this.releases.openIntents(row.componentAppid, row.authorizerAppid)) {
      if (other.releaseId === row.releaseId || (await this.runner.resolve(other))) continue;
      throw new DomainError(
        'conflict',
        `The step "${other.intent}" of release ${other.releaseId} is not settled yet; try again shortly.`,
        { retryAfterS: this.config.RELEASE_UNCLEAR_S },
      );
    }
  }

  private async failed(row: Release, error: unknown): Promise<void> {
    const verdict = verdictOf(error);
    if (verdict === 'unauthorized') {
      await this.releases.fail(row, 'commit', error, {});
      await this.setbacks.stop(row, 'commit.unauthorized', 'The merchant has ended the authorization.');
      throw error;
    }
    if (verdict === 'refused') {
      if (await this.setbacks.stopsRollout(row, 'commit', error)) return;
      await this.releases.fail(row, 'commit', error, {});
      await this.releases.move(row, { to: 'failed', cause: 'commit', patch: { nextCheckAt: null } });
      throw error;
    }
    await this.setbacks.failedThere(row, error, 'commit');
  }
}
