import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { HistoryVersion, VersionInfo } from '#wechat';
import { AuditReader } from '../audit/audit-reader.js';
import { ReleaseRepository } from '../releases/release.repository.js';
import { ReleaseApprovals } from '../releases/release-approvals.service.js';
import { WechatGateway } from '../wechat/wechat-gateway.service.js';
import { Rollbacks } from './rollback.service.js';

/** Listing counts into the same small daily allowance as rolling back, so it is kept for a while. */
const HISTORY_KEPT_MS = 10 * 60_000;

/** What a mini program runs, and what it can return to. */
@Injectable()
export class VersionsService {
  private readonly histories = new LRUCache<string, readonly HistoryVersion[]>({ max: 5_000, ttl: HISTORY_KEPT_MS });

  constructor(
    private readonly gateway: WechatGateway,
    private readonly reader: AuditReader,
    private readonly rollbacks: Rollbacks,
    private readonly releases: ReleaseRepository,
    private readonly approvals: ReleaseApprovals,
  ) {}

  versions(component: string, appid: string): Promise<VersionInfo> {
    this.gateway.requireComponent(component);
    return this.reader.versions(component, appid);
  }

  async history(component: string, appid: string): Promise<readonly HistoryVersion[]> {
    this.gateway.requireComponent(component);
    const key = `${component}/${appid}`;
    const known = this.histories.get(key);
    if (known) return known;
    const list = await this.gateway.forAuthorizer(component, appid, (api, { token, context }) =>
      api.code.getHistoryVersions(token, context),
    );
    this.histories.set(key, list);
    return list;
  }

  /** What was listed is not so any more. */
  forget(component: string, appid: string): void {
    this.histories.delete(`${component}/${appid}`);
  }

  /** Whether others agreed to the version that a rollback leads to, when it was published: going back to it needs nobody else. */
  async wasAgreedTo(component: string, appid: string, appVersion: number | undefined): Promise<boolean> {
    this.forget(component, appid);
    const [list, { release_info: online }] = await Promise.all([this.history(component, appid), this.versions(component, appid)]);
    const earlier = list.filter(({ user_version }) => user_version !== online?.release_version);
    // Without a number WeChat goes to the one before: the first of the list, most often the one with the highest number.
    const highest = [...earlier].sort((one, other) => other.app_version - one.app_version)[0];
    const before = [...new Set([earlier[0], highest])];
    const to = appVersion === undefined ? before : [list.find((version) => version.app_version === appVersion)];
    const published = await this.releases.ofApp(component, appid, ['released', 'superseded', 'reverted']);
    const agreed = async (version: HistoryVersion | undefined) => {
      for (const row of published)
        if (row.releaseTime && row.userVersion === version?.user_version && row.userDesc === version.user_desc)
          if (await this.approvals.wasAgreedTo(row)) return true;
      return false;
    };
    return (await Promise.all(to.map(agreed))).every(Boolean);
  }

  /** Back to an earlier version. @returns what is online now */
  async rollback(component: string, appid: string, appVersion: number | undefined): Promise<VersionInfo> {
    const now = await this.rollbacks.rollBack(component, appid, appVersion);
    this.forget(component, appid);
    return now;
  }
}
