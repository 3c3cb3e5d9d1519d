import { Injectable } from '@nestjs/common';
import { ApiRegistry } from '../protocol/api-registry.js';
import { ApiError, refuse } from '../protocol/errors.domain.js';
import { firstFile } from '../protocol/multipart.domain.js';
import { type AuthorizerCall, isObject, type Json, OK, text } from '../protocol/route.js';
import { letters } from '../world/random.js';
import { keepBounded, World } from '../world/world.service.js';
import { APPLY, CertificationService, PROCEDURE, TASK } from './certification.service.js';
import { FilingApi } from './filing.api.js';

const CODE = { token: 'authorizer', sets: [18] } as const;
const IMAGE = /\.(png|jpe?g|gif)$/i;
const LARGEST = 2 * 1024 * 1024;
const KEPT = 5_000;
const ORGANIZATIONS: ReadonlySet<number> = new Set([1, 12]);

/** Certification, and certification and filing in one (filing reference §3, §4). */
@Injectable()
export class CertificationApi {
  private readonly materials = new Map<string, string>();

  constructor(
    registry: ApiRegistry,
    private readonly world: World,
    private readonly certifications: CertificationService,
    private readonly filing: FilingApi,
  ) {
    const post = (path: string, handle: (call: AuthorizerCall) => Json) =>
      ({ ...CODE, method: 'POST', path: `/wxa/sec/${path}`, handle }) as const;
    registry.add(
      post('wxaauth', (call) => this.begin(call)),
      post('reauth', (call) => this.again(call)),
      post('queryauth', (call) => this.query(call)),
      { ...post('uploadauthmaterial', (call) => this.upload(call)), body: 'file' },
      // POST in one SDK, GET in another (§3.2).
      { ...CODE, method: 'ANY', path: '/wxa/sec/authidentitytree', body: 'none', handle: () => this.identities() },
      post('submit_auth_and_icp', (call) => this.submitBoth(call)),
      post('query_auth_and_icp', (call) => this.queryBoth(call)),
    );
    world.keepMaps('certification-materials', { materials: this.materials });
    world.onReset(() => this.materials.clear());
  }

  private begin(call: AuthorizerCall): Json {
    const data = this.checked(call);
    const running = this.certifications.latest(call.merchant);
    refuse(running && running.task >= TASK.ordered && running.apply !== APPLY.passed && running.apply !== APPLY.failed, 53102);
    return this.opened(call, data);
  }

  private again(call: AuthorizerCall): Json {
    const data = this.checked(call);
    const former = this.certifications.all.get(text(data['taskid']));
    if (!former || former.merchant !== call.merchant) throw new ApiError(53100);
    refuse(former.apply !== APPLY.returned || former.replaced, 53103);
    former.replaced = true;
    return this.opened(call, data);
  }

  private opened({ merchant, origin }: AuthorizerCall, data: Json): Json {
    const { taskid } = this.certifications.open(merchant, Number(data['pay_type']));
    return { errcode: 0, errmsg: '', taskid, auth_url: `${origin}/wxawap/wxaauth?taskid=${taskid}` };
  }

  /** What every application has (§3.1). */
  private checked({ merchant, body }: AuthorizerCall): Json {
    const data = isObject(body['auth_data']) ? body['auth_data'] : {};
    const contact = isObject(data['contact_info']) ? data['contact_info'] : {};
    const organization = ORGANIZATIONS.has(Number(data['customer_type']));
    refuse(!organization && Number(data['customer_type']) !== 15, 40097, 'customer_type');
    refuse(!text(contact['name']) || !text(contact['email']), 40097, 'contact_info');
    refuse(this.world.settings.invoice_info_required && !isObject(data['invoice_info']), 40097, 'invoice_info');
    refuse(!text(data['account_name']) || ![1, 2].includes(Number(data['account_name_type'])), 40097, 'account_name');
    refuse(![1, 2].includes(Number(data['pay_type'])), 40097, 'pay_type');
    refuse(Number(data['pay_type']) === 1 && !text(data['service_appid']), 40097, 'service_appid');
    refuse(!text(data['third_party_phone']), 40097, 'third_party_phone');
    refuse(organization && this.materials.get(text(data['qualification'])) !== merchant.appid, 40007, 'qualification');
    return data;
  }

  private query({ merchant, body }: AuthorizerCall): Json {
    const one = this.certifications.all.get(text(body['taskid']));
    if (!one || one.merchant !== merchant) throw new ApiError(53100);
    return {
      ...OK,
      appid: merchant.appid,
      task_status: one.task,
      apply_status: one.apply,
      // A number by the page, text in an SDK.
      orderid: Number(one.orderid),
      ...(one.apply === APPLY.returned && { refill_reason: one.reason }),
      ...(one.apply === APPLY.failed && { fail_reason: one.reason }),
      ...(one.apply === APPLY.inReview && { dispatch_info: this.dispatch() }),
    };
  }

  private upload({ merchant, contentType, raw }: AuthorizerCall): Json {
    const file = firstFile(contentType, raw);
    if (!file || file.bytes.length === 0) throw new ApiError(41005);
    refuse(!IMAGE.test(file.filename), 40005);
    refuse(file.bytes.length > LARGEST, 40006);
    const mediaid = letters(64);
    keepBounded(this.materials, mediaid, merchant.appid, KEPT);
    return { ...OK, type: 'image', mediaid };
  }

  /** Two names for the list, one in each SDK. */
  private identities(): Json {
    const nodes = [
      {
        name: '教育',
        node_id: 1,
        node_list: [{ name: '教师', node_id: 11, node_list: [], leaf_info: { requirement: '教师资格证' } }],
      },
    ];
    return { ...OK, identity_tree_list: nodes, node_list: nodes };
  }

  private submitBoth(call: AuthorizerCall): Json {
    const { merchant, origin } = call;
    const data = this.checked(call);
    const hints = this.filing.hints(call);
    const procedure = this.certifications.openProcedure(merchant, Number(data['pay_type']), call.body, hints);
    // The procedure exists also when its answer is an error.
    if (hints.length > 0) throw new ApiError(86202, undefined, { hints, procedure_id: procedure.id });
    return {
      ...OK,
      procedure_id: procedure.id,
      ...(procedure.payType === 2 && { pay_url: `${origin}/wxawap/pay?procedure=${procedure.id}` }),
    };
  }

  private queryBoth({ merchant, body }: AuthorizerCall): Json {
    const one = this.certifications.procedures.get(text(body['procedure_id']));
    if (!one || one.merchant !== merchant) throw new ApiError(40097);
    return {
      ...OK,
      procedure_status: one.status,
      ...(one.reason && { refill_reason: one.reason, fail_reason: one.reason }),
      icp_audit: { hints: one.hints, audit_data: one.audit, ...(one.status === PROCEDURE.authority && { sms_verify_status: 1 }) },
    };
  }

  private dispatch(): Json {
    return { provider: '某征信有限公司', contact: '021-00000000', dispatch_time: this.world.nowS };
  }
}
