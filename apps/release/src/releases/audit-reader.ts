import { Injectable } from '@nestjs/common';
import { type LatestAuditAnswer, NO_AUDIT_ERRCODE, screenshotIds, type VersionInfo } from '#wechat';
import { ReleaseConfig } from '../config/release.config.js';
import { MiniProgramRepository } from '../mini-programs/mini-program.repository.js';
import { ScreenshotService } from '../screenshots/screenshot.service.js';
import { errcodeOf } from '../wechat/wechat-failure.domain.js';
import { WechatGateway } from '../wechat/wechat-gateway.service.js';
import { auditPollS, isOwnTicket, readTicket, SUPERSEDED_BY_RELEASE, sameWords, type TicketReading } from './release.domain.js';
import type { Release } from './release.js';
import { ReleaseRepository } from './release.repository.js';

/** What an event said. Never believed by itself: it only adds what the API does not tell. */
export interface AuditHint {
  readonly kind: 'weapp_audit_success' | 'weapp_audit_fail' | 'weapp_audit_delay';
  readonly at?: Date;
  readonly reason?: string;
  readonly screenshot?: string;
}

type Ticket = Pick<LatestAuditAnswer, 'auditid' | 'status' | 'reason' | 'screenshot'>;
const NO_SUCH_TICKET = 85012;

/** Reads the truth from WeChat and brings a release in step with it. Every method throws WechatApiError or BrokerError. */
@Injectable()
export class AuditReader {
  constructor(
    private readonly releases: ReleaseRepository,
    private readonly gateway: WechatGateway,
    private readonly miniPrograms: MiniProgramRepository,
    private readonly screenshots: ScreenshotService,
    private readonly config: ReleaseConfig,
  ) {}

  /** The latest ticket of the mini program; `undefined`: there is none, or it has been released. */
  async latest(row: Release): Promise<LatestAuditAnswer | undefined> {
    try {
      return await this.gateway.forAuthorizer(row.componentAppid, row.authorizerAppid, (api, { token, context }) =>
        api.code.getLatestAuditStatus(token, context),
      );
    } catch (error) {
      const errcode = errcodeOf(error);
      if (errcode === NO_AUDIT_ERRCODE || errcode === NO_SUCH_TICKET) return undefined;
      throw error;
    }
  }

  /** Trial and online version, remembered for the inventory as well. */
  async versions(componentAppid: string, authorizerAppid: string): Promise<VersionInfo> {
    const info = await this.gateway.forAuthorizer(componentAppid, authorizerAppid, (api, { token, context }) =>
      api.code.getVersionInfo(token, context),
    );
    await this.miniPrograms.saveVersions(componentAppid, authorizerAppid, info, this.releases.now());
    return info;
  }

  /** Whether this release is what WeChat has online. */
  async isOnline(row: Release): Promise<Date | undefined> {
    const { release_info: online } = await this.versions(row.componentAppid, row.authorizerAppid);
    if (!online || !sameWords(online.release_version, row.userVersion) || !sameWords(online.release_desc, row.userDesc))
      return undefined;
    const at = new Date(online.release_time * 1_000);
    // It was online already when this was submitted: another release of the same version.
    if (row.onlineBefore && at <= row.onlineBefore) return undefined;
    // The same version may have been online before: then its release is older than this commit.
    const committedAt = row.committedAt ?? row.createTime;
    return committedAt && at.getTime() < committedAt.getTime() - 600_000 ? undefined : at;
  }

  /** What WeChat says of this release's ticket; `undefined`: nothing that can be understood. */
  async reading(row: Release): Promise<TicketReading | undefined> {
    const ticket = await this.ticketOf(row);
    return ticket && readTicket(ticket.status);
  }

  /** Brings a release that waits for a result in step with WeChat. */
  async refresh(row: Release, cause: string, hint?: AuditHint): Promise<void> {
    const ticket = await this.ticketOf(row);
    if (!ticket) {
      await this.withoutTicket(row, cause);
      return;
    }
    const reading = readTicket(ticket.status);
    if (!reading) {
      await this.lookAgain(row, { isDelayed: 0 });
      return;
    }
    const auditid = ticket.auditid === undefined ? row.auditid : String(ticket.auditid);
    const from = row.state;
    if (reading.state === 'auditing' || reading.state === from) {
      if (from === 'auditing')
        await this.lookAgain(row, {
          auditid,
          isDelayed: reading.delayed ? 1 : 0,
          delayReason: reading.delayed ? (ticket.reason ?? hint?.reason ?? row.delayReason) : row.delayReason,
        });
      return;
    }
    if (from !== 'auditing') return;
    await this.conclude(row, reading.state, { ...ticket }, auditid, cause, hint);
  }

  private async conclude(
    row: Release,
    to: 'approved' | 'rejected' | 'withdrawn',
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

  /** Our ticket's own words; the latest ticket may be another one. */
  private async ticketOf(row: Release): Promise<Ticket | undefined> {
    const latest = await this.latest(row);
    if (row.auditid === null || row.auditid === '') {
      // A row of an older system without the ticket's id, or a submission whose answer had none.
      const trace = {
        userVersion: row.userVersion,
        userDesc: row.userDesc,
        notBefore: row.submittedAt ?? row.createTime ?? new Date(0),
        knownAuditids: await this.releases.knownAuditids(row),
      };
      return latest && isOwnTicket(trace, latest) ? latest : undefined;
    }
    if (latest?.auditid !== undefined && String(latest.auditid) === row.auditid) return latest;
    const auditid = Number(row.auditid);
    if (!Number.isSafeInteger(auditid)) return undefined;
    try {
      const answer = await this.gateway.forAuthorizer(row.componentAppid, row.authorizerAppid, (api, { token, context }) =>
        api.code.getAuditStatus(token, auditid, context),
      );
      return { ...answer, auditid };
    } catch (error) {
      const errcode = errcodeOf(error);
      if (errcode === NO_SUCH_TICKET || errcode === NO_AUDIT_ERRCODE) return undefined;
      throw error;
    }
  }

  /** No ticket to report: published elsewhere, or WeChat's answer lags (seen days after a submission). */
  private async withoutTicket(row: Release, cause: string): Promise<void> {
    if (row.state !== 'auditing') return;
    const onlineAt = await this.isOnline(row);
    if (onlineAt) await this.released(row, `${cause}.online`, onlineAt);
    else await this.lookAgain(row, {});
  }

  /** It is online: this release wins, what was online or waiting before is superseded. */
  async released(row: Release, cause: string, at: Date, clientId: string | null = null): Promise<boolean> {
    const online = { onlineVersion: row.userVersion, onlineDesc: row.userDesc, onlineAt: at };
    return this.releases.together(async (db) => {
      const moved = await this.releases.moveIn(db, row, {
        to: 'released',
        cause,
        clientId,
        patch: {
          releaseTime: at,
          intent: null,
          intentAt: null,
          lastError: null,
          waiting: null,
          attempts: 0,
          unclearCount: 0,
          nextCheckAt: null,
        },
      });
      if (!moved) return false;
      await this.releases.supersede(db, row, SUPERSEDED_BY_RELEASE, cause);
      await this.miniPrograms.released(row.componentAppid, row.authorizerAppid, row, online, db);
      return true;
    });
  }

  /** Finishes publications that a process of a former version left half done. @returns how many */
  async finishPublications(limit: number): Promise<number> {
    const found = await this.releases.halfPublished(limit);
    for (const { componentAppid, authorizerAppid } of found)
      await this.releases.together(async (db) => {
        const winner = (await this.releases.holdReleased(db, componentAppid, authorizerAppid)).at(-1);
        if (!winner) return;
        await this.releases.supersede(db, winner, SUPERSEDED_BY_RELEASE, 'sweep');
        await this.miniPrograms.released(componentAppid, authorizerAppid, winner, {}, db);
      });
    return found.length;
  }

  private async lookAgain(row: Release, patch: Parameters<ReleaseRepository['patch']>[1]): Promise<void> {
    const since = row.submittedAt ?? row.createTime ?? this.releases.now();
    const pendingS = Math.max(0, (this.releases.now().getTime() - since.getTime()) / 1_000);
    const waitS = auditPollS(pendingS, (patch.isDelayed ?? row.isDelayed) === 1, this.config.RELEASE_AUDIT_POLL_S);
    await this.releases.patch(row, { ...patch, attempts: 0, nextCheckAt: this.releases.in(waitS) });
  }
}
