import { type Done, TokenCaller } from './caller.js';
import type {
  AuditQuota,
  AuditStatusAnswer,
  CategoryChoice,
  CodePrivacyInfo,
  CommitBody,
  GrayReleaseBody,
  GrayReleasePlan,
  HistoryVersion,
  LatestAuditAnswer,
  SubmitAuditBody,
  SupportVersion,
  UploadFile,
  VersionInfo,
} from './code-types.js';
import { multipart } from './multipart.js';
import type { BinaryAnswer, CallContext, JsonAnswer } from './transport.js';

/**
 * Code, audit and release of one mini program (mini-program-release.md §2): the authorizer access token chooses it.
 * Nothing here is repeated by itself: `undocodeaudit`, `revertcoderelease` and `revertgrayrelease` change state although they are GETs.
 */
export class CodeApi extends TokenCaller {
  /** Replaces the trial version and restarts the privacy scan. */
  commit(token: string, body: CommitBody, context?: CallContext): Promise<Done> {
    return this.post('/wxa/commit', token, body, context);
  }

  /** Pages of the trial version, without leading slash. */
  getPage(token: string, context?: CallContext): Promise<{ page_list: readonly string[] }> {
    return this.get('/wxa/get_page', token, context, { requires: ['page_list'] });
  }

  /** QR code of the trial version as an image. @param path page with its query string; it is encoded here. */
  getQrcode(token: string, path?: string, context?: CallContext): Promise<BinaryAnswer> {
    return this.getFile('/wxa/get_qrcode', token, context, { query: { path } });
  }

  /** Categories that `item_list` may name. */
  getCategory(token: string, context?: CallContext): Promise<{ category_list: readonly CategoryChoice[] }> {
    return this.get('/wxa/get_category', token, context, { requires: ['category_list'] });
  }

  /** 61039 while the scan of the last commit runs. */
  async getCodePrivacyInfo(token: string, context?: CallContext): Promise<CodePrivacyInfo> {
    const answer = await this.get<Partial<CodePrivacyInfo>>('/wxa/security/get_code_privacy_info', token, context);
    return { without_auth_list: answer.without_auth_list ?? [], without_conf_list: answer.without_conf_list ?? [] };
  }

  /** Picture (2 MB) or MP4 (10 MB) for the reviewer. The id is valid for 3 days. */
  uploadMedia(token: string, file: UploadFile, context?: CallContext): Promise<{ type: string; mediaid: string }> {
    const call = this.call('POST', '/wxa/uploadmedia', token, { requires: ['mediaid'] });
    return this.transport.json({ ...call, form: multipart('media', file) }, { timeoutMs: 60_000, ...context });
  }

  /** Temporary material (临时素材): for avatars, certificates, names and the answer to a rejection. The id is valid for 3 days. */
  uploadTemporaryMedia(token: string, file: UploadFile, context?: CallContext): Promise<{ type: string; media_id: string }> {
    const call = this.call('POST', '/cgi-bin/media/upload', token, { query: { type: 'image' }, requires: ['media_id'] });
    return this.transport.json({ ...call, form: multipart('media', file) }, { timeoutMs: 60_000, ...context });
  }

  /**
   * Not repeatable: after a time-out or -1 read the latest audit first.
   * `auditid` was once seen missing on success: then read it from there, too.
   */
  async submitAudit(token: string, body: SubmitAuditBody, context?: CallContext): Promise<{ auditid?: number }> {
    const answer = await this.post<{ auditid?: unknown }>('/wxa/submit_audit', token, body, context);
    return auditId(answer.auditid);
  }

  getAuditStatus(token: string, auditid: number, context?: CallContext): Promise<AuditStatusAnswer> {
    return this.post('/wxa/get_auditstatus', token, { auditid }, context, { requires: ['status'] });
  }

  /** 85058: no ticket to report, because none was submitted, or because it has been released. */
  async getLatestAuditStatus(token: string, context?: CallContext): Promise<LatestAuditAnswer> {
    const answer = await this.get<JsonAnswer & LatestAuditAnswer & { ScreenShot?: string }>(
      '/wxa/get_latest_auditstatus',
      token,
      context,
      { requires: ['status'] },
    );
    const { auditid, screenshot, ScreenShot, ...rest } = answer;
    const shots = screenshot || ScreenShot;
    return { ...rest, ...auditId(auditid), ...(shots ? { screenshot: shots } : {}) };
  }

  /** Withdraws the pending ticket: 5 a day, 10 a month, per app. */
  undoCodeAudit(token: string, context?: CallContext): Promise<Done> {
    return this.get('/wxa/undocodeaudit', token, context);
  }

  speedUpAudit(token: string, auditid: number, context?: CallContext): Promise<Done> {
    return this.post('/wxa/speedupaudit', token, { auditid }, context);
  }

  /** The platform's monthly quota; asked with the token of any of its apps. */
  queryQuota(token: string, context?: CallContext): Promise<AuditQuota> {
    return this.get('/wxa/queryquota', token, context, { requires: ['rest', 'limit'] });
  }

  /** Publishes the last approved version to everybody. */
  release(token: string, context?: CallContext): Promise<Done> {
    return this.post('/wxa/release', token, {}, context);
  }

  /** Rolls back: to the version named, or to the one before. The version rolled back from is gone for good. */
  revertCodeRelease(token: string, appVersion?: number, context?: CallContext): Promise<Done> {
    return this.get('/wxa/revertcoderelease', token, context, { query: { app_version: appVersion } });
  }

  /** At most 5. Counts into the same daily allowance (about 30) as rolling back: keep the answer. */
  async getHistoryVersions(token: string, context?: CallContext): Promise<readonly HistoryVersion[]> {
    const answer = await this.get<{ version_list?: readonly HistoryVersion[] }>('/wxa/revertcoderelease', token, context, {
      query: { action: 'get_history_version' },
    });
    return answer.version_list ?? [];
  }

  grayRelease(token: string, body: GrayReleaseBody, context?: CallContext): Promise<Done> {
    return this.post('/wxa/grayrelease', token, body, context);
  }

  /** The plan is absent if there never was one. */
  getGrayReleasePlan(token: string, context?: CallContext): Promise<{ gray_release_plan?: GrayReleasePlan }> {
    return this.get('/wxa/getgrayreleaseplan', token, context);
  }

  revertGrayRelease(token: string, context?: CallContext): Promise<Done> {
    return this.get('/wxa/revertgrayrelease', token, context);
  }

  changeVisitStatus(token: string, action: 'open' | 'close', context?: CallContext): Promise<Done> {
    return this.post('/wxa/change_visitstatus', token, { action }, context);
  }

  /** 1 in service, 0 suspended (by the operator or for a violation). */
  getVisitStatus(token: string, context?: CallContext): Promise<{ status: number }> {
    return this.post('/wxa/getvisitstatus', token, {}, context, { requires: ['status'] });
  }

  getSupportVersion(token: string, context?: CallContext): Promise<SupportVersion> {
    return this.post('/cgi-bin/wxopen/getweappsupportversion', token, {}, context, { requires: ['now_version'] });
  }

  setSupportVersion(token: string, version: string, context?: CallContext): Promise<Done> {
    return this.post('/cgi-bin/wxopen/setweappsupportversion', token, { version }, context);
  }

  /** What is in trial and what is online: the authority for both. */
  getVersionInfo(token: string, context?: CallContext): Promise<VersionInfo> {
    return this.post('/wxa/getversioninfo', token, {}, context);
  }

  /** Permanent material, such as the screenshots of a rejection: only with the token of the app it belongs to, and not for long. */
  async getMaterial(token: string, mediaId: string, context?: CallContext): Promise<BinaryAnswer> {
    const call = this.call('POST', '/cgi-bin/material/get_material', token, {});
    return this.transport.binary({ ...call, body: { media_id: mediaId } }, { timeoutMs: 30_000, ...context });
  }
}

/** Numbers, or numbers as texts; empty and absent are the same. */
function auditId(value: unknown): { auditid?: number } {
  const parsed = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof parsed === 'number' && Number.isSafeInteger(parsed) && parsed > 0 ? { auditid: parsed } : {};
}
