import { Injectable } from '@nestjs/common';
import { DomainError, EffectGate } from '#service';
import { AuditReader } from '../../audit/audit-reader.js';
import { verdictOf } from '../../wechat/wechat-failure.domain.js';
import { WechatGateway } from '../../wechat/wechat-gateway.service.js';
import { RELEASE_STEPS } from '../release.domain.js';
import type { Release } from '../release.js';
import { ReleaseRepository } from '../release.repository.js';
import type { AfterRefusal, Cause, Step } from './step.js';
import { PICTURE_DIFFERS, StepChecks } from './step-checks.js';

/** Takes a submission back from the reviewers (WeChat: `undocodeaudit`); a mini program has few of them a day. */
@Injectable()
export class Withdraw implements Step<'withdraw', 'withdrawn'> {
  readonly intent = 'withdraw';
  readonly from = RELEASE_STEPS.withdraw;
  readonly to = 'withdrawn';
  readonly refusals: ReadonlyMap<number | undefined, AfterRefusal> = new Map(PICTURE_DIFFERS);

  constructor(
    private readonly releases: ReleaseRepository,
    private readonly reader: AuditReader,
    private readonly gateway: WechatGateway,
    private readonly gate: EffectGate,
    private readonly checks: StepChecks,
  ) {}

  /** @throws DomainError `conflict` when WeChat took it, and still shows the ticket in audit */
  async send(row: Release): Promise<'withdrawn' | undefined> {
    await this.checks.ownTicket(row);
    await this.gate.require(
      { effect: 'audit', componentAppid: row.componentAppid, authorizerAppid: row.authorizerAppid, alone: true },
      () =>
        this.gateway.forAuthorizer(row.componentAppid, row.authorizerAppid, (api, { token, context }) =>
          api.code.undoCodeAudit(token, context),
        ),
    );
    let state: string | undefined;
    try {
      state = (await this.reader.reading(row))?.state;
    } catch (error) {
      verdictOf(error);
      return undefined;
    }
    // Seen: "ok", and the ticket stays in audit until it is withdrawn a second time.
    if (state === 'auditing')
      throw new DomainError('conflict', 'WeChat took this, and still shows the ticket in audit: withdraw it once more.', {
        retryAfterS: 60,
      });
    return 'withdrawn';
  }

  async outcomeOf(row: Release): Promise<'withdrawn' | undefined> {
    const ticket = await this.reader.reading(row);
    return ticket?.state === 'withdrawn' ? 'withdrawn' : undefined;
  }

  conclude(row: Release, _found: 'withdrawn', { cause, clientId }: Cause): Promise<boolean> {
    const done = { intent: null, intentAt: null, lastError: null, isDelayed: 0, attempts: 0, unclearCount: 0 };
    return this.releases.move(row, { to: this.to, cause, clientId, patch: { ...done, nextCheckAt: null } });
  }
}
