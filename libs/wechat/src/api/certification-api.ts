import { TokenCaller } from './caller.js';
import type { UploadFile } from './code-types.js';
import type { FilingAuditLine, FilingForm, FilingHint } from './filing-types.js';
import { multipart } from './multipart.js';
import type { CallContext } from './transport.js';

export interface CertificationInvoice {
  /** 1 none, 2 electronic, 4 VAT digital; 3 is void since 2024-04-03. */
  readonly invoice_type: 1 | 2 | 4;
  readonly electronic?: { readonly id: string; readonly desc?: string };
  readonly vat?: Readonly<Record<string, string>>;
  /** The name of the entity. */
  readonly invoice_title?: string;
}

/** `auth_data` (filing-and-certification.md §3.1). */
export interface CertificationData {
  /** 1 enterprise, 12 sole trader, 15 person, and others. */
  readonly customer_type: number;
  /** `mobile` only when it is submitted again. */
  readonly contact_info: { readonly name: string; readonly email: string; readonly mobile?: string };
  /** Not needed by the page, and an error without it by what was measured: always sent. */
  readonly invoice_info: CertificationInvoice;
  /** Media id of one picture; organizations. */
  readonly qualification?: string;
  readonly qualification_other?: readonly string[];
  readonly account_name: string;
  /** 1 own words, 2 a trade mark. */
  readonly account_name_type: 1 | 2;
  readonly account_supplemental?: readonly string[];
  /** 1 the platform's prepaid pack, 2 the merchant. */
  readonly pay_type: 1 | 2;
  /** The platform's appid in the service market, with `pay_type` 1. */
  readonly service_appid?: string;
  /** Persons: the `name` of a leaf of the identity tree. */
  readonly auth_identification?: string;
  readonly auth_ident_material?: readonly string[];
  readonly third_party_phone: string;
}

export interface CertificationTask {
  readonly taskid: string;
  /** For the administrator, for 24 hours. */
  readonly auth_url?: string;
}

export interface CertificationDispatch {
  readonly provider?: string;
  readonly contact?: string;
  /** Unix seconds. */
  readonly dispatch_time?: number;
}

export interface CertificationAnswer {
  readonly task_status: number;
  readonly apply_status?: number;
  readonly auth_url?: string;
  /** A number by the page, text in one SDK. */
  readonly orderid?: number | string;
  readonly appid?: string;
  readonly refill_reason?: string;
  readonly fail_reason?: string;
  readonly dispatch_info?: CertificationDispatch;
}

export interface IdentityNode {
  readonly name: string;
  readonly node_id?: number;
  readonly node_list?: readonly IdentityNode[];
  readonly leaf_info?: { readonly requirement?: string };
}

export interface ProcedureAnswer {
  readonly procedure_status: number;
  readonly orderid?: number | string;
  readonly refill_reason?: string;
  readonly fail_reason?: string;
  readonly icp_audit?: {
    readonly hints?: readonly FilingHint[];
    readonly audit_data?: readonly FilingAuditLine[];
    readonly sms_verify_status?: number;
  };
}

export interface BothForm extends FilingForm {
  readonly auth_data: CertificationData;
}

/** Certification (小程序认证, §3), and certification and filing in one (§4). Permission set 18. */
export class CertificationApi extends TokenCaller {
  /** Each call makes another task. */
  begin(token: string, body: { auth_data: CertificationData }, context?: CallContext): Promise<CertificationTask> {
    return this.post('/wxa/sec/wxaauth', token, body, context, { requires: ['taskid'] });
  }

  /** After it was returned for correction. The answer has another task. */
  submitAgain(
    token: string,
    body: { auth_data: CertificationData & { readonly taskid: string } },
    context?: CallContext,
  ): Promise<CertificationTask> {
    return this.post('/wxa/sec/reauth', token, body, context, { requires: ['taskid'] });
  }

  query(token: string, body: { taskid: string }, context?: CallContext): Promise<CertificationAnswer> {
    return this.post('/wxa/sec/queryauth', token, body, context, { requires: ['task_status'] });
  }

  /** A picture of at most 2 MB. WeChat goes by the extension of its name. */
  uploadMaterial(token: string, file: UploadFile, context?: CallContext): Promise<{ type: string; mediaid: string }> {
    const call = this.call('POST', '/wxa/sec/uploadauthmaterial', token, { requires: ['mediaid'] });
    return this.transport.json({ ...call, form: multipart('media', file) }, { timeoutMs: 60_000, ...context });
  }

  /** Two names for the list, one in each SDK. */
  async queryIdentityTree(token: string, context?: CallContext): Promise<readonly IdentityNode[]> {
    const answer = await this.post<{ identity_tree_list?: readonly IdentityNode[]; node_list?: readonly IdentityNode[] }>(
      '/wxa/sec/authidentitytree',
      token,
      {},
      context,
    );
    return answer.identity_tree_list ?? answer.node_list ?? [];
  }

  /** A refusal can have a `procedure_id` in its details: then the procedure exists. */
  submitBoth(token: string, body: BothForm, context?: CallContext): Promise<{ procedure_id: string; pay_url?: string }> {
    return this.post('/wxa/sec/submit_auth_and_icp', token, body, context, { requires: ['procedure_id'], ids: ['procedure_id'] });
  }

  queryBoth(token: string, body: { procedure_id: string }, context?: CallContext): Promise<ProcedureAnswer> {
    return this.post('/wxa/sec/query_auth_and_icp', token, body, context, { requires: ['procedure_status'] });
  }
}
