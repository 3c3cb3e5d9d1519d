import { Injectable } from '@nestjs/common';
import { ERRCODE } from '#wechat';
import { ReleaseConfig } from '../../config/release.config.js';
import { errcodeOf } from '../../wechat/wechat-failure.domain.js';
import { WechatGateway } from '../../wechat/wechat-gateway.service.js';
import { scanPollS } from '../pauses.domain.js';
import type { Release } from '../release.js';
import { ReleaseRepository } from '../release.repository.js';
import type { RepeatableStep } from './step.js';

/** The pauses between two looks grow no further after so many. */
const MOST_COUNTED = 10;

/** Asks what the privacy scan of the commit has found (WeChat: `get_code_privacy_info`), until it has ended. */
@Injectable()
export class Scan implements RepeatableStep {
  readonly from = ['scanning'] as const;
  readonly to = 'ready';

  constructor(
    private readonly releases: ReleaseRepository,
    private readonly gateway: WechatGateway,
    private readonly config: ReleaseConfig,
  ) {}

  /** @returns whether the submission is due at once. @throws WechatApiError, BrokerError */
  async run(row: Release): Promise<boolean> {
    try {
      const scanResult = await this.gateway.forAuthorizer(row.componentAppid, row.authorizerAppid, (api, { token, context }) =>
        api.code.getCodePrivacyInfo(token, context),
      );
      const byItself = row.policy.submit === 'auto';
      // With findings the submission is refused by the check before it, which says what to do.
      const nextCheckAt = byItself ? this.releases.now() : null;
      const patch = { scanResult, attempts: 0, lastError: null, waiting: null, nextCheckAt };
      return (await this.releases.move(row, { to: this.to, cause: 'scan', detail: { ...scanResult }, patch })) && byItself;
    } catch (error) {
      if (errcodeOf(error) !== ERRCODE.PRIVACY_SCAN_RUNNING) throw error;
      const waitS = scanPollS(row.attempts, this.config.RELEASE_SCAN_POLL_MS / 1_000);
      // Counted for the pauses alone: a scan that takes long is no failure.
      const attempts = Math.min(row.attempts + 1, MOST_COUNTED);
      await this.releases.patch(row, { attempts, nextCheckAt: this.releases.in(waitS) });
      return false;
    }
  }
}
