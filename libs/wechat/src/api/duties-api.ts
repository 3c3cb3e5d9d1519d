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
}
