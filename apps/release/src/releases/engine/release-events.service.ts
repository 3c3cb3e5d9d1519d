import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { InboxConsumer, type InboxEvent } from '#inbox';
import { AuthorizerEntity } from '#persistence';
import type { WechatEvent } from '#wechat';
import { AuditReader } from '../../audit/audit-reader.js';
import { DutyEvents } from '../../duties/duty-events.service.js';
import { WriteLease } from '../../mini-programs/write-lease.js';
import { verdictOf } from '../../wechat/wechat-failure.domain.js';
import { isTerminal, RELEASE_STATES } from '../release.domain.js';
import { ReleaseRepository } from '../release.repository.js';
import { type AuditHint, Reviews } from '../reviews.js';
import { Setbacks } from '../setbacks.js';
import { StepRunner } from '../steps/step-runner.js';

const STILL_GOING = RELEASE_STATES.filter((state) => !isTerminal(state) && state !== 'released');

/** Audit events only trigger a re-read; the end of an authorization is confirmed with WeChat before releases are stopped. */
@Injectable()
export class ReleaseEvents {
  constructor(
    private readonly dataSource: DataSource,
    private readonly inbox: InboxConsumer,
    private readonly releases: ReleaseRepository,
    private readonly reader: AuditReader,
    private readonly reviews: Reviews,
    private readonly setbacks: Setbacks,
    private readonly steps: StepRunner,
    private readonly lease: WriteLease,
    private readonly duties: DutyEvents,
  ) {}

  /** A second delivery does nothing. @throws what WeChat or the broker failed with, so that the job is tried again. */
  async consume(eventId: string): Promise<void> {
    await this.inbox.consumeOnce('release', eventId, async (inboxEvent) => ({ state: 'done', note: await this.act(inboxEvent) }));
  }

  private async act(inboxEvent: InboxEvent): Promise<string> {
    const { componentAppid, authorizerAppid, event } = inboxEvent;
    switch (event.kind) {
      case 'weapp_audit_success':
      case 'weapp_audit_fail':
      case 'weapp_audit_delay': {
        const appid = authorizerAppid ?? (await this.appidOf(componentAppid, event.ToUserName));
        return appid ? this.audit(componentAppid, appid, hintOf(event)) : 'no mini program with that original id';
      }
      case 'unauthorized':
        return this.unauthorized(componentAppid, event.AuthorizerAppid);
      default:
        return (await this.duties.act(inboxEvent)) ?? 'nothing to do';
    }
  }

  private async audit(componentAppid: string, authorizerAppid: string, hint: AuditHint): Promise<string> {
    // The event may be here before the answer of the very submission it is about: that one is let finish first.
    let pending = await this.releases.pendingOrOpen(componentAppid, authorizerAppid);
    if (pending.some((row) => row.intent !== null)) {
      await this.lease.hold(componentAppid, authorizerAppid, () => this.settle(componentAppid, authorizerAppid));
      pending = await this.releases.ofApp(componentAppid, authorizerAppid, ['auditing']);
    }
    for (const row of pending) if (row.intent === null) await this.reviews.refresh(row, hint.kind, hint);
    return `re-read ${pending.length} pending`;
  }

  private async settle(componentAppid: string, authorizerAppid: string): Promise<void> {
    for (const row of await this.releases.openIntents(componentAppid, authorizerAppid)) await this.steps.resolve(row);
  }

  private async unauthorized(componentAppid: string, authorizerAppid: string): Promise<string> {
    const going = await this.releases.ofApp(componentAppid, authorizerAppid, STILL_GOING);
    if (going.length === 0) return 'nothing was running';
    try {
      await this.reader.versions(componentAppid, authorizerAppid);
      return 'late: the authorization lives';
    } catch (error) {
      if (verdictOf(error) !== 'unauthorized') throw error;
    }
    for (const row of going) await this.setbacks.stop(row, 'unauthorized', 'The merchant has ended the authorization.');
    return `stopped ${going.map((row) => `${row.releaseId} (${row.state})`).join(', ')}`;
  }

  private async appidOf(componentAppid: string, userName: string): Promise<string | undefined> {
    const row = await this.dataSource.getRepository(AuthorizerEntity).findOneBy({ componentAppid, userName });
    return row?.authorizerAppid;
  }
}

function hintOf(event: Extract<WechatEvent, { kind: AuditHint['kind'] }>): AuditHint {
  const seconds =
    event.kind === 'weapp_audit_success' ? event.SuccTime : event.kind === 'weapp_audit_fail' ? event.FailTime : event.DelayTime;
  return {
    kind: event.kind,
    // Not a time that lies ahead: it would stand in the release for ever.
    ...(seconds ? { at: new Date(Math.min(seconds * 1_000, Date.now())) } : {}),
    ...('Reason' in event && event.Reason ? { reason: event.Reason } : {}),
    ...('ScreenShot' in event && event.ScreenShot ? { screenshot: event.ScreenShot } : {}),
  };
}
