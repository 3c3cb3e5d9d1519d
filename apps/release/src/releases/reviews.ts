import { Injectable } from '@nestjs/common';
import { screenshotIds } from '#wechat';
import { AuditReader, type Ticket } from '../audit/audit-reader.js';
import { readTicket, type TicketReading } from '../audit/ticket.domain.js';
import { ReleaseConfig } from '../config/release.config.js';
import { ScreenshotService } from '../screenshots/screenshot.service.js';
import { auditPollS } from './pauses.domain.js';
import { Publications } from './publications.js';
import type { Release, ReleasePatch } from './release.js';
import { ReleaseRepository } from './release.repository.js';

/** What an event said. Never believed by itself: it only adds what the API does not tell. */
export interface AuditHint {
  readonly kind: 'weapp_audit_success' | 'weapp_audit_fail' | 'weapp_audit_delay';
  readonly at?: Date;
  readonly reason?: string;
  readonly screenshot?: string;
}

/** Brings releases that wait for reviewers in step with what WeChat shows. */
@Injectable()
export class Reviews {
  constructor(
    private readonly releases: ReleaseRepository,
    private readonly reader: AuditReader,
    private readonly publications: Publications,
    private readonly screenshots: ScreenshotService,
    private readonly config: ReleaseConfig,
  ) {}

  /** @throws WechatApiError, BrokerError */
  async refresh(row: Release, cause: string, hint?: AuditHint): Promise<void> {
    const ticket = await this.reader.ticketOf(row);
    if (!ticket) return this.withoutTicket(row, cause);
    const reading = readTicket(ticket.status);
    if (!reading) return this.lookAgain(row, { isDelayed: 0 });
    const auditid = ticket.auditid === undefined ? row.auditid : String(ticket.auditid);
    const { state } = reading;
    if (state === 'auditing' || state === row.state) {
      if (row.state === 'auditing')
        await this.lookAgain(row, {
          auditid,
          isDelayed: reading.delayed ? 1 : 0,
          delayReason: reading.delayed ? (ticket.reason ?? hint?.reason ?? row.delayReason) : row.delayReason,
        });
      return;
    }
    if (row.state === 'auditing') await this.conclude(row, state, { ...ticket }, auditid, cause, hint);
  }

  private async conclude(
    row: Release,
    to: Exclude<TicketReading['state'], 'auditing'>,
    ticket: Ticket,
    auditid: string | null,
    cause: string,
    hint: AuditHint | undefined,
  ): Promise<void> {
    const told = (kind: AuditHint['kind']) => (hint?.kind === kind ? hint : undefined);
    const event = to === 'approved' ? told('weapp_audit_success') : to === 'rejected' ? told('weapp_audit_fail') : undefined;
    const at = event?.at ?? this.releases.now();
    const rejection =
      to === 'rejected'
        ? {
            reason: ticket.reason || event?.reason || '',
            screenshot: screenshotIds(ticket.screenshot || event?.screenshot).join('|') || null,
          }
        : { reason: null, screenshot: null };
    if (rejection.screenshot) await this.screenshots.expect(row, rejection.screenshot.split('|'));
    await this.releases.move(row, {
      to,
      cause,
      detail: { auditid, ...rejection },
      patch: {
        auditid,
        ...rejection,
        ...(to === 'withdrawn' ? {} : { auditresultTime: at }),
        isDelayed: 0,
        lastError: null,
        attempts: 0,
        unclearCount: 0,
        // What follows by itself (publishing, fetching screenshots) is due now.
        nextCheckAt: to === 'withdrawn' ? null : this.releases.now(),
      },
    });
  }

  /** No ticket to report: published elsewhere, or WeChat's answer lags (seen days after a submission). */
  private async withoutTicket(row: Release, cause: string): Promise<void> {
    if (row.state !== 'auditing') return;
    const onlineAt = await this.reader.isOnline(row);
    if (onlineAt) await this.publications.released(row, `${cause}.online`, onlineAt);
    else await this.lookAgain(row, {});
  }

  private async lookAgain(row: Release, patch: ReleasePatch): Promise<void> {
    const since = row.submittedAt ?? row.createTime ?? this.releases.now();
    const pendingS = Math.max(0, (this.releases.now().getTime() - since.getTime()) / 1_000);
    const waitS = auditPollS(pendingS, (patch.isDelayed ?? row.isDelayed) === 1, this.config.RELEASE_AUDIT_POLL_S);
    await this.releases.patch(row, { ...patch, attempts: 0, nextCheckAt: this.releases.in(waitS) });
  }
}
