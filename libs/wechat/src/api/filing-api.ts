import { type Done, TokenCaller } from './caller.js';
import type { UploadFile } from './code-types.js';
import type {
  FilingApprovalType,
  FilingCertificateType,
  FilingContentType,
  FilingDistrict,
  FilingEntrance,
  FilingForm,
  FilingSubjectType,
  FilingVerifyResult,
  FilingVerifyTask,
  OnlineFiling,
} from './filing-types.js';
import { multipart } from './multipart.js';
import type { BinaryAnswer, CallContext } from './transport.js';

export interface FilingMediaParts {
  readonly type: 'image' | 'video';
  /** Of pictures of certificates. A wrong one passes here, and the application fails by it. */
  readonly certificate_type?: number;
  /** The field of the form that it is for, such as `icp_subject.principal_info.certificate_photo_front`. */
  readonly icp_order_field: string;
}

interface Items<T> {
  readonly items: readonly T[];
}
const ITEMS = { requires: ['items'] };

/** ICP filing (小程序备案) with the authorizer access token (filing-and-certification.md §1). Permission set 18 or 156. */
export class FilingApi extends TokenCaller {
  /** §1.1. */
  getEntranceInfo(token: string, context?: CallContext): Promise<{ info: FilingEntrance }> {
    return this.get('/wxa/icp/get_icp_entrance_info', token, context, { requires: ['info'] });
  }

  querySubjectTypes(token: string, context?: CallContext): Promise<Items<FilingSubjectType>> {
    return this.get('/wxa/icp/query_icp_subject_types', token, context, ITEMS);
  }

  queryCertificateTypes(token: string, context?: CallContext): Promise<Items<FilingCertificateType>> {
    return this.get('/wxa/icp/query_icp_certificate_types', token, context, ITEMS);
  }

  queryDistrictCode(token: string, context?: CallContext): Promise<Items<FilingDistrict>> {
    return this.get('/wxa/icp/query_icp_district_code', token, context, ITEMS);
  }

  queryApprovalTypes(token: string, context?: CallContext): Promise<Items<FilingApprovalType>> {
    return this.get('/wxa/icp/query_icp_nrlx_types', token, context, ITEMS);
  }

  queryServiceContentTypes(token: string, context?: CallContext): Promise<Items<FilingContentType>> {
    return this.get('/wxa/icp/query_icp_service_content_types', token, context, ITEMS);
  }

  /** §1.3. */
  uploadMedia(
    token: string,
    file: UploadFile,
    parts: FilingMediaParts,
    context?: CallContext,
  ): Promise<{ type: string; media_id: string }> {
    const { type, certificate_type, icp_order_field } = parts;
    const texts = {
      type,
      ...(certificate_type === undefined ? {} : { certificate_type: String(certificate_type) }),
      icp_order_field,
    };
    const call = this.call('POST', '/wxa/icp/upload_icp_media', token, { requires: ['media_id'] });
    return this.transport.json({ ...call, form: multipart('media', file, texts) }, { timeoutMs: 60_000, ...context });
  }

  /** §1.3. A picture or a video; JSON when it is none. */
  getMedia(token: string, mediaId: string, context?: CallContext): Promise<BinaryAnswer> {
    return this.getFile('/wxa/icp/get_icp_media', token, context, { query: { media_id: mediaId } });
  }

  /**
   * §1.4. Each call makes another task. It is valid for 3 days; of both in one, a day, and then there is a `verify_url` for the
   * administrator, who otherwise gets a notice in WeChat.
   */
  createVerifyTask(token: string, body: { along_with_auth?: boolean }, context?: CallContext): Promise<FilingVerifyTask> {
    return this.post('/wxa/icp/create_icp_verifytask', token, body, context, { requires: ['task_id'] });
  }

  queryVerifyTask(token: string, body: { task_id: string }, context?: CallContext): Promise<FilingVerifyResult> {
    return this.post('/wxa/icp/query_icp_verifytask', token, body, context);
  }

  /** §1.5. Also after a rejection. What is wrong stands in `details.hints` of the refusal (86202). */
  apply(token: string, body: FilingForm, context?: CallContext): Promise<Done> {
    return this.post('/wxa/icp/apply_icp_filing', token, body, context);
  }

  /** §1.6. */
  withdrawApplication(token: string, context?: CallContext): Promise<Done> {
    return this.post('/wxa/icp/cancel_apply_icp_filing', token, {}, context);
  }

  /** §1.7. `cancel_type` 1 the subject, 2 the filing of the mini program, 3 the mini program itself. */
  cancel(token: string, body: { cancel_type: 1 | 2 | 3; reason_type: 1 | 2 }, context?: CallContext): Promise<Done> {
    return this.post('/wxa/icp/cancel_icp_filing', token, body, context);
  }

  /** §1.8. 86328: nothing is filed. */
  getOnlineOrder(token: string, context?: CallContext): Promise<OnlineFiling> {
    return this.get('/wxa/icp/get_online_icp_order', token, context);
  }
}
