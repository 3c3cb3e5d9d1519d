import { Injectable } from '@nestjs/common';
import { ApiRegistry } from '../protocol/api-registry.js';
import { ApiError, refuse } from '../protocol/errors.domain.js';
import { fieldsOf, firstFile } from '../protocol/multipart.domain.js';
import { type AuthorizerCall, Binary, isObject, type Json, OK, text } from '../protocol/route.js';
import { type Used, useOneOf } from '../world/allowance.js';
import { beijingDay } from '../world/beijing.js';
import { letters } from '../world/random.js';
import { keepBounded, World } from '../world/world.service.js';
import { APPROVAL_TYPES, CERTIFICATE_TYPES, CONTENT_TYPES, DISTRICTS, SUBJECT_TYPES } from './constants.domain.js';
import { FILING, FilingService } from './filing.service.js';
import { hintsOf } from './form.domain.js';

const FILE = { token: 'authorizer', sets: [18, 156] } as const;
const KEPT = 5_000;
const APPLICATIONS_A_DAY = 20;

interface Paper {
  readonly appid: string;
  readonly certificate: number;
  readonly type: 'image' | 'video';
  readonly contentType: string;
  readonly bytes: Buffer;
}

/** ICP filing on behalf of a mini program (filing reference §1). */
@Injectable()
export class FilingApi {
  private readonly papers = new Map<string, Paper>();
  private readonly applications = new Map<string, Used>();

  constructor(
    registry: ApiRegistry,
    private readonly world: World,
    private readonly filings: FilingService,
  ) {
    const constants = (path: string, items: readonly unknown[]) =>
      ({ ...FILE, method: 'GET', path: `/wxa/icp/${path}`, handle: () => ({ ...OK, items }) }) as const;
    const get = (path: string, handle: (call: AuthorizerCall) => Json | Binary) =>
      ({ ...FILE, method: 'GET', path: `/wxa/icp/${path}`, handle }) as const;
    const post = (path: string, handle: (call: AuthorizerCall) => Json) =>
      ({ ...FILE, method: 'POST', path: `/wxa/icp/${path}`, handle }) as const;
    registry.add(
      constants('query_icp_subject_types', SUBJECT_TYPES),
      constants('query_icp_certificate_types', CERTIFICATE_TYPES),
      constants('query_icp_district_code', DISTRICTS),
      constants('query_icp_nrlx_types', APPROVAL_TYPES),
      constants('query_icp_service_content_types', CONTENT_TYPES),
      get('get_icp_entrance_info', (call) => this.entrance(call)),
      get('get_icp_media', (call) => this.media(call)),
      get('get_online_icp_order', (call) => this.online(call)),
      { ...post('upload_icp_media', (call) => this.upload(call)), body: 'file' },
      post('create_icp_verifytask', (call) => this.openTask(call)),
      post('query_icp_verifytask', (call) => this.task(call)),
      post('apply_icp_filing', (call) => this.apply(call)),
      post('cancel_apply_icp_filing', (call) => this.withdraw(call)),
      post('cancel_icp_filing', (call) => this.cancel(call)),
    );
    const { papers, applications } = this;
    world.keepMaps('filing-forms', { papers, applications });
    world.onReset(() => {
      papers.clear();
      applications.clear();
    });
  }

  /** What is wrong with a form; shared with certification and filing in one. */
  hints(call: AuthorizerCall) {
    return hintsOf(call.body, {
      certificateOf: (id) => {
        const paper = this.papers.get(id);
        return paper?.appid === call.merchant.appid ? paper.certificate : undefined;
      },
      facePassed: (id) => this.filings.hasPassed(call.merchant, id),
    });
  }

  private entrance({ merchant }: AuthorizerCall): Json {
    const { audit, sms, canceling } = this.filings.filingOf(merchant);
    const status = this.filings.statusOf(merchant);
    return {
      ...OK,
      info: {
        status,
        is_canceling: canceling,
        available: this.world.settings.filing_open ? 1 : 0,
        ...(status === FILING.authority && { sms_verify_status: sms }),
        ...(audit.length > 0 && { audit_data: audit }),
      },
    };
  }

  private upload({ merchant, contentType, raw }: AuthorizerCall): Json {
    const file = firstFile(contentType, raw);
    if (!file || file.bytes.length === 0) throw new ApiError(41005);
    const { type, certificate_type, icp_order_field } = fieldsOf(contentType, raw);
    if (type !== 'image' && type !== 'video') throw new ApiError(40004);
    refuse(!icp_order_field, 40097);
    // A wrong certificate_type passes here: it shows when the application is made.
    const media_id = letters(77);
    const paper = {
      appid: merchant.appid,
      certificate: Number(certificate_type ?? 0),
      type,
      contentType: file.contentType,
    } as const;
    keepBounded(this.papers, media_id, { ...paper, bytes: file.bytes }, KEPT);
    return { ...OK, type, media_id, created_at: this.world.nowS };
  }

  private media({ merchant, query }: AuthorizerCall): Binary {
    const paper = this.papers.get(query['media_id'] ?? '');
    if (!paper || paper.appid !== merchant.appid) throw new ApiError(86205);
    return new Binary(
      paper.type === 'video' ? 'video/mp4' : 'image/jpeg',
      paper.bytes,
      paper.type === 'video' ? '1.mp4' : '1.jpg',
    );
  }

  private openTask({ merchant, body, origin }: AuthorizerCall): Json {
    const combined = body['along_with_auth'] === true;
    const task = this.filings.openTask(merchant, combined);
    return { ...OK, task_id: task.id, ...(combined && { verify_url: `${origin}/wxawap/icpverify?task=${task.id}` }) };
  }

  private task({ merchant, body }: AuthorizerCall): Json {
    const task = this.filings.tasks.get(text(body['task_id']));
    if (!task || task.merchant !== merchant) throw new ApiError(40097);
    return {
      ...OK,
      is_finish: task.finished,
      face_status: task.status,
      ...(task.combined && task.finished && { along_with_auth_result: task.status === 3 ? 9 : 8 }),
    };
  }

  private apply(call: AuthorizerCall): Json {
    const { merchant } = call;
    const { icp_status: status } = merchant;
    refuse(!this.world.settings.filing_open, 86301);
    refuse(status === FILING.platform || status === FILING.authority, 86324);
    refuse(status === FILING.filed, 86358);
    refuse(!useOneOf(this.applications, merchant.appid, beijingDay(this.world.now), APPLICATIONS_A_DAY), 45009);
    const hints = this.hints(call);
    if (hints.length > 0) throw new ApiError(86202, undefined, { hints });
    this.filings.apply(merchant, call.body);
    return OK;
  }

  private withdraw({ merchant }: AuthorizerCall): Json {
    const { icp_status: status } = merchant;
    refuse(status >= FILING.none, 86368);
    refuse(status !== FILING.platform && status !== FILING.authority, 86330);
    this.filings.withdraw(merchant);
    return OK;
  }

  private cancel({ merchant, body }: AuthorizerCall): Json {
    refuse(![1, 2, 3].includes(Number(body['cancel_type'])), 40097);
    refuse(![1, 2].includes(Number(body['reason_type'])), 40097);
    refuse(merchant.icp_status !== FILING.filed, 86353);
    this.filings.cancel(merchant);
    return OK;
  }

  /** Without media; the app as a list by the page, as an object in SDKs (§1.6). */
  private online({ merchant, path }: AuthorizerCall): Json {
    if (merchant.icp_status !== FILING.filed) throw new ApiError(86328, undefined, {}, path);
    const { record, form } = this.filings.filingOf(merchant);
    const part = (name: string) => (isObject(form[name]) ? form[name] : {});
    const applet = { ...part('icp_applets'), record_number: `${record}-1X` };
    return {
      ...OK,
      icp_subject: { ...part('icp_subject'), record_number: record },
      icp_applets: this.world.settings.filing_as_object ? applet : [applet],
    };
  }
}
