import { type Done, TokenCaller } from './caller.js';
import type { CallContext } from './transport.js';

export interface OrderPathBatch {
  /** Without leading slash; it must be in the version that is online. */
  readonly path: string;
  /** At most 100. */
  readonly appid_list: readonly string[];
  readonly img_list?: readonly string[];
  readonly video?: string;
  readonly test_account?: string;
  readonly test_pwd?: string;
  readonly test_remark?: string;
}

export interface OrderPathInfo {
  readonly path: string;
  readonly img_list?: readonly string[];
  readonly video?: string;
  readonly test_account?: string;
  readonly test_remark?: string;
  /** 2 in audit, 3 rejected, 4 approved. */
  readonly status?: number;
  readonly apply_time?: number;
}

export interface IllegalRecord {
  /** A text, such as `2_11100`. */
  readonly illegal_record_id: string;
  readonly create_time: number;
  readonly illegal_reason?: string;
  readonly illegal_content?: string;
  readonly rule_url?: string;
  readonly rule_name?: string;
}

/** Names as the page has them; the times and what the audit said are absent while it is open. */
export interface AppealRecord {
  readonly appeal_record_id: number | string;
  readonly appeal_time?: number;
  /** How many appeals this is. */
  readonly appeal_count?: number;
  /** 0 the user, 1 the provider. */
  readonly appeal_from?: number;
  /** 1 open, 2 upheld, 3 rejected, 4 withdrawn. */
  readonly appeal_status?: number;
  readonly audit_time?: number;
  readonly audit_reason?: string;
  readonly punish_description?: string;
  readonly materials?: readonly {
    readonly illegal_material?: { readonly content?: string; readonly content_url?: string };
    readonly appeal_material?: { readonly reason?: string; readonly proof_material_ids?: readonly string[] };
  }[];
}

/** What is said against one content of a record; as many as the record has, in its order. */
export interface AppealMaterial {
  readonly reason: string;
  /** Of `media/upload`, at least one. */
  readonly proof_material_ids: readonly string[];
}

/** What mini programs that are online owe WeChat (fleet-duties.md §1 to §3). */
export class DutiesApi extends TokenCaller {
  /** With the component's token. The answer says only that the batch was taken: the rest comes by two events. */
  applyOrderPath(componentAccessToken: string, batch: OrderPathBatch, context?: CallContext): Promise<Done> {
    return this.post('/wxa/security/applysetorderpathinfo', componentAccessToken, { batch_req: batch }, context);
  }

  /** @param infoType 0 online, 1 under audit; 61041: there is none */
  getOrderPath(token: string, infoType: 0 | 1, context?: CallContext): Promise<{ msg: OrderPathInfo }> {
    return this.post('/wxa/security/getorderpathinfo', token, { info_type: infoType }, context, { requires: ['msg'] });
  }

  /** Whether WeChat holds buyers' money until shipments are reported. @param appid the token's own */
  isTradeManaged(token: string, appid: string, context?: CallContext): Promise<{ is_trade_managed: boolean }> {
    return this.post('/wxa/sec/order/is_trade_managed', token, { appid }, context, { requires: ['is_trade_managed'] });
  }

  /** At most 90 days, Unix seconds; without times the last 90 days. Permission set 76. */
  getIllegalRecords(
    token: string,
    window: { readonly start_time?: number; readonly end_time?: number },
    context?: CallContext,
  ): Promise<{ records?: readonly IllegalRecord[] }> {
    return this.post('/wxa/getillegalrecords', token, window, context);
  }

  /** Permission set 76. */
  getAppealRecords(token: string, recordId: string, context?: CallContext): Promise<{ records?: readonly AppealRecord[] }> {
    return this.post('/wxa/getappealrecords', token, { illegal_record_id: recordId }, context);
  }

  /** Uses up one of the mini program's appeals; the answer has no id. Permission set 198. */
  createAppeal(token: string, recordId: string, materials: readonly AppealMaterial[], context?: CallContext): Promise<Done> {
    return this.post('/wxa/component/createappeal', token, { illegal_record_id: recordId, appeal_materials: materials }, context);
  }
}
