import { Injectable } from '@nestjs/common';
import { EffectGate } from '#service';
import { WechatGateway } from '../../wechat/wechat-gateway.service.js';
import { RELEASE_STEPS } from '../release.domain.js';
import type { Release, ReleasePatch } from '../release.js';
import { ReleaseRepository } from '../release.repository.js';
import { GRAY_PLAN, grayPlanOf } from './gray-plan.js';
import type { AfterRefusal, Cause, Plans, Step } from './step.js';

/**
 * Takes a gray release back: its users return to the version before (WeChat: `revertgrayrelease`). Users are on a version that is not
 * well, so it is sent as often as needed. Nothing more happens to the release by itself.
 */
@Injectable()
export class RevertGray implements Step<'revert-gray', 'reverted'> {
  readonly intent = 'revert-gray';
  readonly from = RELEASE_STEPS['revert-gray'];
  readonly to = 'approved';
  readonly refusals: ReadonlyMap<number | undefined, AfterRefusal> = new Map();

  constructor(
    private readonly releases: ReleaseRepository,
    private readonly gateway: WechatGateway,
    private readonly gate: EffectGate,
  ) {}

  /** From the first moment on nothing widens or publishes it by itself, whatever becomes of the call. */
  note(row: Release, { reason }: Plans['revert-gray']): ReleasePatch {
    return { policy: byHandOnly(row), waiting: { for: 'operator', reason } };
  }

  send(row: Release): Promise<'reverted'> {
    return this.insist(row);
  }

  async insist(row: Release): Promise<'reverted'> {
    await this.gate.require(
      { effect: 'gray', componentAppid: row.componentAppid, authorizerAppid: row.authorizerAppid, alone: true },
      () =>
        this.gateway.forAuthorizer(row.componentAppid, row.authorizerAppid, (api, { token, context }) =>
          api.code.revertGrayRelease(token, context),
        ),
    );
    return 'reverted';
  }

  async outcomeOf(row: Release): Promise<'reverted' | undefined> {
    const plan = await grayPlanOf(this.gateway, row);
    return plan && plan.status !== GRAY_PLAN.deleted ? undefined : 'reverted';
  }

  conclude(row: Release, _found: 'reverted', { cause, clientId }: Cause): Promise<boolean> {
    const gone = { intent: null, intentAt: null, lastError: null, grayPercentage: null, grayAt: null };
    const patch = { ...gone, policy: byHandOnly(row), attempts: 0, nextCheckAt: null };
    // As text, as it always was in the history.
    const reason = row.waiting && JSON.stringify(row.waiting);
    return this.releases.move(row, { to: this.to, cause, clientId, patch, detail: { reason } });
  }
}

/** Its policy from the moment on in which it is taken back: only a person publishes it again. */
function byHandOnly(row: Release): Release['policy'] {
  return { ...row.policy, publish: 'manual' };
}
