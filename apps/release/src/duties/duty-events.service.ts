import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { InboxEvent } from '#inbox';
import { AuthorizerEntity, type OrderPathState } from '#persistence';
import type { WechatEvent } from '#wechat';
import { MiniProgramRepository } from '../mini-programs/mini-program.repository.js';
import { OrderPathRepository, type ToldOrderPath } from './order-path.repository.js';
import { ViolationRepository } from './violation.repository.js';

/** `ret_code` of a batch: taken, applied for twice, busy, an appid that WeChat does not take (fleet-duties.md §2). */
const TAKEN: Readonly<Record<number, OrderPathState>> = { 0: 'in-audit', 1: 'in-audit', [-1]: 'busy', [-2]: 'bad-appid' };
const DECIDED: Readonly<Record<number, OrderPathState>> = { 2: 'in-audit', 3: 'rejected', 4: 'approved' };

/** What WeChat tells of mini programs that are online. */
@Injectable()
export class DutyEvents {
  constructor(
    private readonly dataSource: DataSource,
    private readonly miniPrograms: MiniProgramRepository,
    private readonly orderPaths: OrderPathRepository,
    private readonly violations: ViolationRepository,
  ) {}

  /** @returns what was done, in words; `undefined`: it is about something else */
  async act({ componentAppid, authorizerAppid, event, receivedAt }: InboxEvent): Promise<string | undefined> {
    const at = new Date(Math.min(event.createTime * 1_000 || receivedAt.getTime(), receivedAt.getTime()));
    switch (event.kind) {
      case 'order_path_apply_result_notify':
        return counted(await this.orderPaths.taken(componentAppid, takenOf(event.list ?? []), at), 'order path');
      case 'order_path_batch_result': {
        const told = event.List.map(({ Appid, RetCode }) => ({ appid: Appid, ret_code: Number(RetCode) }));
        return counted(await this.orderPaths.taken(componentAppid, takenOf(told), receivedAt), 'order path');
      }
      case 'order_path_audit_result_notify':
        return counted(await this.orderPaths.decided(componentAppid, decidedOf(event.list ?? []), at), 'order path');
      case 'trade_manage_remind_access_api':
      case 'trade_manage_remind_shipping': {
        const appid = await this.appidOf(componentAppid, authorizerAppid, event);
        if (!appid) return 'no mini program with that original id';
        // Whoever is reminded of shipments has trade management.
        const reminded = { tradeManaged: 1, tradeReminder: event.kind, tradeRemindedAt: at };
        await this.miniPrograms.upsert(componentAppid, appid, reminded);
        return 'noted';
      }
      case 'wxa_illegal_record': {
        const appid = await this.appidOf(componentAppid, authorizerAppid, event);
        if (!appid || !event.illegal_record_id) return 'no mini program with that original id';
        const news = await this.violations.add(
          componentAppid,
          appid,
          [{ ...event, illegal_record_id: event.illegal_record_id }],
          'event',
        );
        return counted(news, 'violation');
      }
      default:
        return undefined;
    }
  }

  private async appidOf(componentAppid: string, authorizerAppid: string | null, event: WechatEvent): Promise<string | undefined> {
    if (authorizerAppid !== null) return authorizerAppid;
    const userName = 'ToUserName' in event ? event.ToUserName : undefined;
    if (!userName) return undefined;
    const row = await this.dataSource.getRepository(AuthorizerEntity).findOneBy({ componentAppid, userName });
    return row?.authorizerAppid;
  }
}

const counted = (news: number, what: string): string => (news === 0 ? 'nothing new' : `${news} × ${what}`);

function takenOf(
  list: readonly { readonly appid?: string | undefined; readonly ret_code?: number | undefined }[],
): ToldOrderPath[] {
  return list.flatMap(({ appid, ret_code }) => {
    const state = TAKEN[ret_code ?? Number.NaN];
    return appid && state ? [{ authorizerAppid: appid, state }] : [];
  });
}

function decidedOf(
  list: readonly { readonly appid?: string; readonly status?: number; readonly audit_id?: string; readonly reason?: string }[],
): ToldOrderPath[] {
  return list.flatMap(({ appid, status, audit_id: auditId, reason }) => {
    const state = DECIDED[status ?? Number.NaN];
    return appid && state ? [{ authorizerAppid: appid, state, auditId, reason }] : [];
  });
}
