import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { HistoryVersion, VersionInfo } from '#wechat';
import { AuditReader } from '../audit/audit-reader.js';
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

  /** Back to an earlier version. @returns what is online now */
  async rollback(component: string, appid: string, appVersion: number | undefined): Promise<VersionInfo> {
    const now = await this.rollbacks.rollBack(component, appid, appVersion);
    this.histories.delete(`${component}/${appid}`);
    return now;
  }
}
