import { Injectable } from '@nestjs/common';
import { EffectGate } from '#service';
import { ERRCODE } from '#wechat';
import { AuditReader } from '../../audit/audit-reader.js';
import { WechatGateway } from '../../wechat/wechat-gateway.service.js';
import { Publications } from '../publications.js';
import { RELEASE_STEPS } from '../release.domain.js';
import type { Release } from '../release.js';
import { ReleaseRepository } from '../release.repository.js';
import { ReleaseApprovals } from '../release-approvals.service.js';
import type { AfterRefusal, Cause, Plans, Step } from './step.js';
import { PICTURE_DIFFERS, StepChecks } from './step-checks.js';

/** Puts what is approved online for everybody (WeChat: `release`). Found: since when it is online. */
@Injectable()
export class Publish implements Step<'publish', Date> {
  readonly intent = 'publish';
  readonly from = RELEASE_STEPS.publish;
  readonly to = 'released';
  // "Already released" may be our own publishing.
  readonly refusals: ReadonlyMap<number | undefined, AfterRefusal> = new Map([
    ...PICTURE_DIFFERS,
    [ERRCODE.ALREADY_RELEASED, 'look'],
  ]);

  constructor(
    private readonly releases: ReleaseRepository,
    private readonly reader: AuditReader,
    private readonly publications: Publications,
    private readonly gateway: WechatGateway,
    private readonly checks: StepChecks,
    private readonly approvals: ReleaseApprovals,
    private readonly gate: EffectGate,
  ) {}

  /** @throws OlderVersion when something newer is online, and nobody said that it may be replaced */
  async send(row: Release, { allowOlder }: Plans['publish']): Promise<Date> {
    await this.checks.ownTicket(row);
    await this.checks.nothingNewerOnline(row, allowOlder);
    const { componentAppid, authorizerAppid } = row;
    // Looked at now, whatever was so when this was asked for.
    const agreed = async () => this.approvals.require(await this.releases.get(row.releaseId), allowOlder);
    await this.gate.require({ effect: 'release', componentAppid, authorizerAppid, agreed }, () =>
      this.gateway.forAuthorizer(componentAppid, authorizerAppid, (api, { token, context }) => api.code.release(token, context)),
    );
    return this.releases.now();
  }

  outcomeOf(row: Release): Promise<Date | undefined> {
    return this.reader.isOnline(row);
  }

  conclude(row: Release, at: Date, { cause, clientId }: Cause): Promise<boolean> {
    return this.publications.released(row, cause, at, clientId);
  }
}
