import { Injectable } from '@nestjs/common';
import { DomainError, EffectGate } from '#service';
import { ERRCODE } from '#wechat';
import { errcodeOf } from '../../wechat/wechat-failure.domain.js';
import { WechatGateway } from '../../wechat/wechat-gateway.service.js';
import { RELEASE_STEPS } from '../release.domain.js';
import type { Release } from '../release.js';
import { Reviews } from '../reviews.js';
import { requireStep } from './require-step.js';
import type { RepeatableStep } from './step.js';

/** Asks reviewers to hurry (WeChat: `speedupaudit`). The second time WeChat says "already", which is as good as a success. */
@Injectable()
export class SpeedUp implements RepeatableStep {
  readonly from = RELEASE_STEPS['speed-up'];

  constructor(
    private readonly reviews: Reviews,
    private readonly gateway: WechatGateway,
    private readonly gate: EffectGate,
  ) {}

  /** @throws DomainError `conflict`, WechatApiError, BrokerError */
  async run(row: Release): Promise<void> {
    requireStep(row, 'speed-up');
    const auditid = Number(row.auditid);
    if (!Number.isSafeInteger(auditid) || auditid <= 0)
      throw new DomainError('conflict', 'The ticket of this release has no id yet; try again when WeChat has reported it.');
    try {
      await this.gate.require(
        { effect: 'audit', componentAppid: row.componentAppid, authorizerAppid: row.authorizerAppid, alone: true },
        () =>
          this.gateway.forAuthorizer(row.componentAppid, row.authorizerAppid, (api, { token, context }) =>
            api.code.speedUpAudit(token, auditid, context),
          ),
      );
    } catch (error) {
      if (errcodeOf(error) === ERRCODE.AUDIT_NOT_IN_QUEUE) await this.reviews.refresh(row, 'speed-up');
      if (errcodeOf(error) !== ERRCODE.ALREADY_SPED_UP) throw error;
    }
  }
}
