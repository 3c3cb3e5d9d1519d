import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { WechatGateway } from '../wechat/wechat-gateway.service.js';
import type { PlatformLists } from './platform-domains.domain.js';

const BELIEVED_MS = 60_000;

/** The server domains that the platform has registered; read when something is missing, and then believed for a minute. */
@Injectable()
export class PlatformDomainLists {
  private readonly known = new LRUCache<string, PlatformLists>({ max: 1_000, ttl: BELIEVED_MS });

  constructor(private readonly gateway: WechatGateway) {}

  async server(componentAppid: string): Promise<PlatformLists> {
    const known = this.known.get(componentAppid);
    if (known) return known;
    const lists = await this.gateway.byBroker((broker) => broker.serverDomains(componentAppid));
    this.known.set(componentAppid, lists);
    return lists;
  }

  /** After a change. */
  forget(componentAppid: string): void {
    this.known.delete(componentAppid);
  }
}
