import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CLOCK, type Clock } from '#service';
import { ERRCODE, type LatestAuditAnswer, type VersionInfo } from '#wechat';
import { MiniProgramRepository } from '../mini-programs/mini-program.repository.js';
import { errcodeOf } from '../wechat/wechat-failure.domain.js';
import { WechatGateway } from '../wechat/wechat-gateway.service.js';
import { isOwnTicket, readTicket, sameWords, type TicketReading } from './ticket.domain.js';

/** What a release knows of its submission. */
export interface Submission {
  readonly componentAppid: string;
  readonly authorizerAppid: string;
  readonly userVersion: string;
  readonly userDesc: string;
  /** The ticket's id; `null` or empty: not known. */
  readonly auditid: string | null;
  readonly submittedAt: Date | null;
  /** The older column of `submittedAt`. */
  readonly createTime: Date | null;
  readonly committedAt: Date | null;
  /** WeChat's time of what was online when it was submitted. */
  readonly onlineBefore: Date | null;
}

export type Ticket = Pick<LatestAuditAnswer, 'auditid' | 'status' | 'reason' | 'screenshot'>;

/** `release_time` and our `committed_at` are times of two clocks. */
const CLOCK_SKEW_MS = 600_000;
const NO_TICKET: ReadonlySet<number | undefined> = new Set([ERRCODE.NO_AUDIT, ERRCODE.AUDIT_ID_INVALID]);

/** Reads the truth about reviews and versions from WeChat. Every method throws WechatApiError or BrokerError. */
@Injectable()
export class AuditReader {
  constructor(
    private readonly dataSource: DataSource,
    private readonly gateway: WechatGateway,
    private readonly miniPrograms: MiniProgramRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The latest ticket of the mini program; `undefined`: there is none, or it has been released. */
  async latest({ componentAppid, authorizerAppid }: Pick<Submission, 'componentAppid' | 'authorizerAppid'>) {
    return this.unlessGone<LatestAuditAnswer>(() =>
      this.gateway.forAuthorizer(componentAppid, authorizerAppid, (api, { token, context }) =>
        api.code.getLatestAuditStatus(token, context),
      ),
    );
  }

  /**
   * The latest ticket, if it came from this submission whose answer had no id, or was lost.
   * @param notBefore it was not submitted before this
   */
  async ownLatest(of: Submission, notBefore: Date): Promise<LatestAuditAnswer | undefined> {
    const latest = await this.latest(of);
    if (!latest) return undefined;
    const { userVersion, userDesc } = of;
    const trace = { userVersion, userDesc, notBefore, knownAuditids: await this.knownAuditids(of) };
    return isOwnTicket(trace, latest) ? latest : undefined;
  }

  /** Our ticket's own words; the latest ticket may be another one. */
  async ticketOf(of: Submission): Promise<Ticket | undefined> {
    if (of.auditid === null || of.auditid === '') return this.ownLatest(of, of.submittedAt ?? of.createTime ?? new Date(0));
    const latest = await this.latest(of);
    if (latest?.auditid !== undefined && String(latest.auditid) === of.auditid) return latest;
    const auditid = Number(of.auditid);
    if (!Number.isSafeInteger(auditid)) return undefined;
    return this.unlessGone(async () => {
      const answer = await this.gateway.forAuthorizer(of.componentAppid, of.authorizerAppid, (api, { token, context }) =>
        api.code.getAuditStatus(token, auditid, context),
      );
      return { ...answer, auditid };
    });
  }

  /** What WeChat says of this release's ticket; `undefined`: nothing that can be understood. */
  async reading(of: Submission): Promise<TicketReading | undefined> {
    const ticket = await this.ticketOf(of);
    return ticket && readTicket(ticket.status);
  }

  /** Trial and online version, remembered for the inventory as well. */
  async versions(componentAppid: string, authorizerAppid: string): Promise<VersionInfo> {
    const info = await this.gateway.forAuthorizer(componentAppid, authorizerAppid, (api, { token, context }) =>
      api.code.getVersionInfo(token, context),
    );
    await this.miniPrograms.saveVersions(componentAppid, authorizerAppid, info, new Date(this.clock.now()));
    return info;
  }

  /** Since when this release is what WeChat has online; `undefined`: it is not. */
  async isOnline(of: Submission): Promise<Date | undefined> {
    const { release_info: online } = await this.versions(of.componentAppid, of.authorizerAppid);
    if (!online || !sameWords(online.release_version, of.userVersion) || !sameWords(online.release_desc, of.userDesc))
      return undefined;
    const at = new Date(online.release_time * 1_000);
    // It was online already when this was submitted: another release of the same version.
    if (of.onlineBefore && at <= of.onlineBefore) return undefined;
    // The same version may have been online before: then its release is older than this commit.
    const committedAt = of.committedAt ?? of.createTime;
    return committedAt && at.getTime() < committedAt.getTime() - CLOCK_SKEW_MS ? undefined : at;
  }

  /** Tickets of this mini program that belong to other releases, or to an earlier submission of this one. */
  private async knownAuditids({ componentAppid, authorizerAppid }: Submission): Promise<ReadonlySet<string>> {
    const rows = (await this.dataSource.query(
      'SELECT auditid FROM f_wechat_submitaudit WHERE component_appid = ? AND app_id = ? AND auditid IS NOT NULL',
      [componentAppid, authorizerAppid],
    )) as { auditid: string }[];
    return new Set(rows.map(({ auditid }) => auditid));
  }

  private async unlessGone<T>(read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      if (NO_TICKET.has(errcodeOf(error))) return undefined;
      throw error;
    }
  }
}
