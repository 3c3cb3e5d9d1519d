import { Injectable } from '@nestjs/common';
import { BrokerError } from '#broker-client';
import type { OrderPathEntity } from '#persistence';
import { type Client, Cursors, requireAuthorizer } from '#service';
import { ERRCODE, WechatApiError } from '#wechat';
import { WechatGateway } from '../wechat/wechat-gateway.service.js';
import type { OrderPathAtWechat, OrderPathPage, OrderPathSearch, OrderPathsAtWechat, SetOrderPaths } from './order-path.dto.js';
import { OrderPathRepository } from './order-path.repository.js';

const PAGES = new Cursors('order-paths', undefined, /^wx\w{3,62}$/);
const STATUS = { 2: 'in-audit', 3: 'rejected', 4: 'approved' } as const;

/** Where the order centre leads to, of up to a hundred mini programs at once (fleet-duties.md §2). */
@Injectable()
export class OrderPathService {
  constructor(
    private readonly gateway: WechatGateway,
    private readonly rows: OrderPathRepository,
  ) {}

  /** What becomes of each is told by events; the same again harms nobody, for WeChat says that it was applied for twice. */
  async set(componentAppid: string, request: SetOrderPaths, client: Client): Promise<void> {
    this.gateway.requireComponent(componentAppid);
    const { authorizers } = request;
    for (const appid of authorizers) requireAuthorizer(client, appid);
    await this.rows.ask(componentAppid, authorizers, request.path, client.clientId);
    try {
      const plain = JSON.parse(JSON.stringify(request)) as SetOrderPaths;
      await this.gateway.byBroker((broker) => broker.applyOrderPath(componentAppid, plain));
    } catch (error) {
      const maybe = (error instanceof WechatApiError || error instanceof BrokerError) && error.maybeExecuted;
      await this.rows.ended(componentAppid, authorizers, maybe ? 'unclear' : 'refused');
      throw error;
    }
  }

  async list(componentAppid: string, query: OrderPathSearch, client: Client): Promise<OrderPathPage> {
    this.gateway.requireComponent(componentAppid);
    const search = { after: PAGES.after(query), state: query.state, limit: query.limit };
    const rows = await this.rows.list(componentAppid, search, client.authorizers);
    return PAGES.page(rows, query, (row) => row.authorizerAppid, toView);
  }

  async atWechat(componentAppid: string, authorizerAppid: string): Promise<OrderPathsAtWechat> {
    this.gateway.requireComponent(componentAppid);
    const read = async (infoType: 0 | 1): Promise<OrderPathAtWechat | null> => {
      try {
        const { msg } = await this.gateway.forAuthorizer(componentAppid, authorizerAppid, (api, { token, context }) =>
          api.duties.getOrderPath(token, infoType, context),
        );
        return { path: msg.path, status: STATUS[msg.status as keyof typeof STATUS] ?? 'unknown' };
      } catch (error) {
        if (error instanceof WechatApiError && error.errcode === ERRCODE.ORDER_PATH_NOT_SET) return null;
        throw error;
      }
    };
    return { online: await read(0), under_audit: await read(1) };
  }
}

function toView(row: OrderPathEntity) {
  return {
    authorizer_appid: row.authorizerAppid,
    path: row.path,
    state: row.state,
    reason: row.reason,
    asked_at: row.askedAt.toISOString(),
    told_at: row.toldAt?.toISOString() ?? null,
  };
}
