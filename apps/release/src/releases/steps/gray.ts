import { Injectable } from '@nestjs/common';
import { DomainError, EffectGate } from '#service';
import { WechatGateway } from '../../wechat/wechat-gateway.service.js';
import { RELEASE_STEPS } from '../release.domain.js';
import type { Release, ReleasePatch } from '../release.js';
import { ReleaseRepository } from '../release.repository.js';
import { ReleaseApprovals } from '../release-approvals.service.js';
import { GRAY_PLAN, grayPlanOf } from './gray-plan.js';
import type { AfterRefusal, Cause, Plans, Step } from './step.js';
import { PICTURE_DIFFERS, StepChecks } from './step-checks.js';

/** Publishes to a part of the users, or to a larger part than before (WeChat: `grayrelease`). Found: the percentage that was reached. */
@Injectable()
export class Gray implements Step<'gray', number> {
  readonly intent = 'gray';
  readonly from = RELEASE_STEPS.gray;
  readonly to = 'graying';
  readonly refusals: ReadonlyMap<number | undefined, AfterRefusal> = new Map(PICTURE_DIFFERS);
  readonly undone = { waiting: null };

  constructor(
    private readonly releases: ReleaseRepository,
    private readonly gateway: WechatGateway,
    private readonly checks: StepChecks,
    private readonly approvals: ReleaseApprovals,
    private readonly gate: EffectGate,
  ) {}

  /** What was asked for: `outcomeOf` compares with it. */
  note(_row: Release, { body }: Plans['gray']): ReleasePatch {
    return { waiting: { for: 'gray', percentage: body.gray_percentage } };
  }

  /** @throws DomainError `conflict` when the percentage does not rise; OlderVersion */
  async send(row: Release, { body, allowOlder }: Plans['gray']): Promise<number> {
    if (body.gray_percentage <= (row.grayPercentage ?? -1))
      throw new DomainError('conflict', `The percentage must be higher than ${row.grayPercentage}.`);
    await this.checks.ownTicket(row);
    await this.checks.nothingNewerOnline(row, allowOlder);
    const { componentAppid, authorizerAppid } = row;
    const agreed = async () => this.approvals.require(await this.releases.get(row.releaseId), allowOlder);
    await this.gate.require({ effect: 'gray', componentAppid, authorizerAppid, agreed }, () =>
      this.gateway.forAuthorizer(componentAppid, authorizerAppid, (api, { token, context }) =>
        api.code.grayRelease(token, body, context),
      ),
    );
    return body.gray_percentage;
  }

  async outcomeOf(row: Release): Promise<number | undefined> {
    const wanted = row.waiting?.for === 'gray' ? row.waiting.percentage : 0;
    const plan = await grayPlanOf(this.gateway, row);
    if (plan?.status !== GRAY_PLAN.runs || (plan.gray_percentage ?? 0) < wanted) return undefined;
    return plan.gray_percentage ?? wanted;
  }

  conclude(row: Release, percentage: number, { cause, clientId }: Cause): Promise<boolean> {
    const now = this.releases.now();
    const done = { intent: null, intentAt: null, lastError: null, waiting: null, attempts: 0, unclearCount: 0 };
    const patch = { ...done, grayPercentage: percentage, grayAt: now, nextCheckAt: now };
    if (row.state === this.to) return this.releases.patch(row, patch);
    return this.releases.move(row, { to: this.to, cause, clientId, patch, detail: { percentage } });
  }
}
