import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { InboxEvent } from '#inbox';
import { AuthorizerEntity, type OrderPathState } from '#persistence';
import type { EventOf, WechatEvent } from '#wechat';
import { MiniProgramRepository } from '../mini-programs/mini-program.repository.js';
import { AppealRepository } from './appeal.repository.js';
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
    private readonly appeals: AppealRepository,
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
      case 'wxa_punish_event': {
        const appid = await this.appidOf(componentAppid, authorizerAppid, event);
        if (!appid || !event.punish_id) return 'no mini program with that original id';
        return counted(await this.violations.add(componentAppid, appid, [punishmentOf(event)], 'event'), 'punishment');
      }
      case 'wxa_appeal_record': {
        const appid = await this.appidOf(componentAppid, authorizerAppid, event);
        if (!appid || !event.appeal_record_id) return 'no mini program with that original id';
        const told = { ...event, appeal_record_id: event.appeal_record_id };
        await this.appeals.told({ componentAppid, authorizerAppid: appid }, told, null);
        return 'appeal noted';
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

/** The section on `detail` numbers a banned page 5, enum and sample 10 (fleet-duties.md §1.5). */
const PAGE_BANNED = 10;
const typeOf = (text: string | undefined): number => (text === '5' ? PAGE_BANNED : Number(text ?? 0));

function punishmentOf(event: EventOf<'wxa_punish_event'>) {
  const { punish_id = '', punish_time, illegal_reason, illegal_content, rule_name, rule_url, adjust_guide_url, detail } = event;
  return {
    // Numbers of records and of punishments may be the same.
    illegal_record_id: `punishment:${punish_id}`,
    ...(punish_time === undefined ? {} : { create_time: punish_time }),
    ...(illegal_reason === undefined ? {} : { illegal_reason }),
    ...(illegal_content === undefined ? {} : { illegal_content: [illegal_content].flat().join('\n') }),
    ...(rule_name === undefined ? {} : { rule_name }),
    ...(rule_url === undefined ? {} : { rule_url }),
    punishment: { type: typeOf(event.event_type), guide_url: adjust_guide_url ?? null, detail: detailOf(detail) },
  };
}

/** A text with JSON in it; what is none is kept as it is. */
function detailOf(detail: string | undefined): unknown {
  if (!detail) return null;
  try {
    return JSON.parse(detail) as unknown;
  } catch {
    return detail.slice(0, 2_000);
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
