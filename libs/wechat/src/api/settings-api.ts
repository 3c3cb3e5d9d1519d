import { ERRCODE } from '../errors/codes.js';
import { WechatApiError } from '../errors/wechat-api.error.js';
import { type Done, TokenCaller } from './caller.js';
import type { UploadFile } from './code-types.js';
import { multipart } from './multipart.js';
import type {
  AccountBasicInfo,
  AppCategory,
  CategoryNode,
  DomainAnswer,
  DomainBody,
  EffectiveDomains,
  NicknameBody,
  PlatformDomainAnswer,
  PlatformDomainBody,
  PluginEntry,
  PrivacyInterface,
  PrivacySetting,
  PrivacySettingBody,
  QrRuleBody,
  QrRuleList,
  WebviewDomainBody,
} from './settings-types.js';
import type { CallContext } from './transport.js';

interface CategoryId {
  readonly first: number;
  readonly second: number;
}
interface Certificates {
  /** WeChat's spelling. `value` is a media id. */
  readonly certicates?: readonly { readonly key: string; readonly value: string }[];
}
interface ConfirmFile {
  readonly file_name: string;
  readonly file_content: string;
}

/** What is set before a release (mini-program-release.md §6): with the authorizer access token, where the name does not say `Platform`. */
export class SettingsApi extends TokenCaller {
  /** Component token. */
  modifyPlatformServerDomain(
    componentAccessToken: string,
    body: PlatformDomainBody & { readonly wxa_server_domain?: string },
    context?: CallContext,
  ): Promise<PlatformDomainAnswer> {
    return this.post('/cgi-bin/component/modify_wxa_server_domain', componentAccessToken, body, context);
  }

  /** Component token. */
  modifyPlatformJumpDomain(
    componentAccessToken: string,
    body: PlatformDomainBody & { readonly wxa_jump_h5_domain?: string },
    context?: CallContext,
  ): Promise<PlatformDomainAnswer> {
    return this.post('/cgi-bin/component/modify_wxa_jump_domain', componentAccessToken, body, context);
  }

  /** Component token. */
  getPlatformDomainConfirmFile(componentAccessToken: string, context?: CallContext): Promise<ConfirmFile> {
    return this.post('/cgi-bin/component/get_domain_confirmfile', componentAccessToken, {}, context, {
      requires: ['file_name', 'file_content'],
    });
  }

  /** Rejected entries come back in `invalid_…` lists although the call succeeds. */
  modifyDomain(token: string, body: DomainBody, context?: CallContext): Promise<DomainAnswer> {
    return this.post('/wxa/modify_domain', token, body, context);
  }

  modifyDomainDirectly(token: string, body: DomainBody, context?: CallContext): Promise<DomainAnswer> {
    return this.post('/wxa/modify_domain_directly', token, body, context);
  }

  setWebviewDomain(token: string, body: WebviewDomainBody, context?: CallContext): Promise<Done> {
    return this.post('/wxa/setwebviewdomain', token, body, context);
  }

  setWebviewDomainDirectly(token: string, body: WebviewDomainBody, context?: CallContext): Promise<Done> {
    return this.post('/wxa/setwebviewdomain_directly', token, body, context);
  }

  getWebviewDomainConfirmFile(token: string, context?: CallContext): Promise<ConfirmFile> {
    return this.post('/wxa/get_webviewdomain_confirmfile', token, {}, context, { requires: ['file_name', 'file_content'] });
  }

  /** What will hold after the release. */
  getEffectiveDomain(token: string, context?: CallContext): Promise<EffectiveDomains> {
    return this.post('/wxa/get_effective_domain', token, {}, context);
  }

  getEffectiveWebviewDomain(token: string, context?: CallContext): Promise<EffectiveDomains> {
    return this.post('/wxa/get_effective_webviewdomain', token, {}, context);
  }

  getPrefetchDomain(
    token: string,
    context?: CallContext,
  ): Promise<{ prefetch_dns_domain?: readonly { readonly url: string }[]; size_limit?: number }> {
    return this.get('/wxa/get_prefetchdnsdomain', token, context);
  }

  setPrefetchDomain(
    token: string,
    body: { readonly prefetch_dns_domain: readonly { readonly url: string }[] },
    context?: CallContext,
  ): Promise<Done> {
    return this.post('/wxa/set_prefetchdnsdomain', token, body, context);
  }

  /** Keep `userstr` with the WeChat id: only `userstr` can be listed. */
  bindTester(token: string, wechatid: string, context?: CallContext): Promise<{ userstr?: string }> {
    return this.post('/wxa/bind_tester', token, { wechatid }, context);
  }

  unbindTester(token: string, tester: { wechatid: string } | { userstr: string }, context?: CallContext): Promise<Done> {
    return this.post('/wxa/unbind_tester', token, tester, context);
  }

  async getTesters(token: string, context?: CallContext): Promise<readonly { readonly userstr: string }[]> {
    const body = { action: 'get_experiencer' };
    const answer = await this.post<{ members?: readonly { userstr: string }[] }>('/wxa/memberauth', token, body, context);
    return answer.members ?? [];
  }

  /** Permission set 30, as all of the categories and of the identity. */
  getAppCategories(
    token: string,
    context?: CallContext,
  ): Promise<{ categories: readonly AppCategory[]; limit?: number; quota?: number; category_limit?: number }> {
    return this.get('/cgi-bin/wxopen/getcategory', token, context, { requires: ['categories'] });
  }

  getAllCategories(
    token: string,
    context?: CallContext,
  ): Promise<{ categories_list: { readonly categories: readonly CategoryNode[] } }> {
    return this.get('/cgi-bin/wxopen/getallcategories', token, context, { requires: ['categories_list'] });
  }

  /** @param body `apply_reason`: asks for more categories than the account may have (53310). */
  addCategory(
    token: string,
    body: { readonly categories: readonly (CategoryId & Certificates)[]; readonly apply_reason?: string },
    context?: CallContext,
  ): Promise<Done> {
    return this.post('/cgi-bin/wxopen/addcategory', token, body, context);
  }

  modifyCategory(token: string, body: CategoryId & Certificates, context?: CallContext): Promise<Done> {
    return this.post('/cgi-bin/wxopen/modifycategory', token, body, context);
  }

  deleteCategory(token: string, body: CategoryId, context?: CallContext): Promise<Done> {
    return this.post('/cgi-bin/wxopen/deletecategory', token, body, context);
  }

  /** The present page says POST, older ones GET: where WeChat wants the older one (43001), it gets it. */
  async getAccountBasicInfo(token: string, context?: CallContext): Promise<AccountBasicInfo> {
    const path = '/cgi-bin/account/getaccountbasicinfo';
    const requires = ['appid'];
    try {
      return await this.post<AccountBasicInfo>(path, token, {}, context, { requires });
    } catch (error) {
      if (!(error instanceof WechatApiError && error.errcode === ERRCODE.GET_EXPECTED)) throw error;
      return this.get(path, token, context, { requires });
    }
  }

  /** With an `audit_id` the name is reviewed first; without, it holds at once. Two changes a calendar year. */
  setNickname(token: string, body: NicknameBody, context?: CallContext): Promise<{ audit_id?: number; wording?: string }> {
    return this.post('/wxa/setnickname', token, body, context);
  }

  /** `audit_stat`: 1 in audit, 2 failed, 3 passed. */
  queryNickname(
    token: string,
    auditId: number,
    context?: CallContext,
  ): Promise<{ nickname?: string; audit_stat: number; fail_reason?: string; create_time?: number; audit_time?: number }> {
    return this.post('/wxa/api_wxa_querynickname', token, { audit_id: auditId }, context, { requires: ['audit_stat'] });
  }

  checkNickname(token: string, nickName: string, context?: CallContext): Promise<{ hit_condition?: boolean; wording?: string }> {
    return this.post('/cgi-bin/wxverify/checkwxverifynickname', token, { nick_name: nickName }, context);
  }

  /** The part of the picture to use, as fractions of its sides. */
  modifyHeadImage(
    token: string,
    body: {
      readonly head_img_media_id: string;
      readonly x1: number;
      readonly y1: number;
      readonly x2: number;
      readonly y2: number;
    },
    context?: CallContext,
  ): Promise<Done> {
    return this.post('/cgi-bin/account/modifyheadimage', token, body, context);
  }

  modifySignature(token: string, signature: string, context?: CallContext): Promise<Done> {
    return this.post('/cgi-bin/account/modifysignature', token, { signature }, context);
  }

  /** 1 not searchable, 0 searchable. */
  getSearchStatus(token: string, context?: CallContext): Promise<{ status: 0 | 1 }> {
    return this.get('/wxa/getwxasearchstatus', token, context, { requires: ['status'] });
  }

  changeSearchStatus(token: string, status: 0 | 1, context?: CallContext): Promise<Done> {
    return this.post('/wxa/changewxasearchstatus', token, { status }, context);
  }

  /** @param privacyVer 1 online, 2 development. Needs the authorizer token, whatever the path says. */
  getPrivacySetting(token: string, privacyVer: 1 | 2 = 2, context?: CallContext): Promise<PrivacySetting> {
    return this.post('/cgi-bin/component/getprivacysetting', token, { privacy_ver: privacyVer }, context);
  }

  /** Takes effect only with the next approved and released version. */
  setPrivacySetting(token: string, body: PrivacySettingBody, context?: CallContext): Promise<Done> {
    return this.post('/cgi-bin/component/setprivacysetting', token, body, context);
  }

  uploadPrivacyExtFile(token: string, file: UploadFile, context?: CallContext): Promise<{ ext_file_media_id: string }> {
    const call = this.call('POST', '/cgi-bin/component/uploadprivacyextfile', token, { requires: ['ext_file_media_id'] });
    return this.transport.json({ ...call, form: multipart('file', file) }, { timeoutMs: 60_000, ...context });
  }

  applyPrivacyInterface(
    token: string,
    body: {
      readonly api_name: string;
      readonly content: string;
      readonly url_list?: readonly string[];
      readonly pic_list?: readonly string[];
      readonly video_list?: readonly string[];
    },
    context?: CallContext,
  ): Promise<{ audit_id: number }> {
    return this.post('/wxa/security/apply_privacy_interface', token, body, context, { requires: ['audit_id'] });
  }

  getPrivacyInterfaces(token: string, context?: CallContext): Promise<{ interface_list: readonly PrivacyInterface[] }> {
    return this.get('/wxa/security/get_privacy_interface', token, context, { requires: ['interface_list'] });
  }

  applyPlugin(token: string, body: { plugin_appid: string; reason?: string }, context?: CallContext): Promise<Done> {
    return this.post('/wxa/plugin', token, { action: 'apply', ...body }, context);
  }

  listPlugins(token: string, context?: CallContext): Promise<{ plugin_list?: readonly PluginEntry[] }> {
    return this.post('/wxa/plugin', token, { action: 'list' }, context);
  }

  unbindPlugin(token: string, pluginAppid: string, context?: CallContext): Promise<Done> {
    return this.post('/wxa/plugin', token, { action: 'unbind', plugin_appid: pluginAppid }, context);
  }

  updatePlugin(token: string, body: { plugin_appid: string; user_version: string }, context?: CallContext): Promise<Done> {
    return this.post('/wxa/plugin', token, { action: 'update', ...body }, context);
  }

  /** Adds a rule for ordinary QR codes, or with `is_edit` 1 changes one that is not published. Permission set 18; five calls a second. */
  addQrRule(token: string, body: QrRuleBody, context?: CallContext): Promise<Done> {
    return this.post('/cgi-bin/wxopen/qrcodejumpadd', token, body, context);
  }

  /** By page, in the order they were added. @param page from 1 @param size at most 200 */
  getQrRules(token: string, page: number, size: number, context?: CallContext): Promise<QrRuleList> {
    const body = { get_type: 2, page_num: page, page_size: size };
    return this.post('/cgi-bin/wxopen/qrcodejumpget', token, body, context);
  }

  /** Those with these prefixes. */
  findQrRules(token: string, prefixes: readonly string[], context?: CallContext): Promise<QrRuleList> {
    return this.post('/cgi-bin/wxopen/qrcodejumpget', token, { get_type: 1, prefix_list: prefixes }, context);
  }

  /** The file that has to be found below each prefix. */
  getQrRuleFile(token: string, context?: CallContext): Promise<ConfirmFile> {
    return this.post('/cgi-bin/wxopen/qrcodejumpdownload', token, {}, context, { requires: ['file_name', 'file_content'] });
  }

  /** 100 a month. */
  publishQrRule(token: string, prefix: string, context?: CallContext): Promise<Done> {
    return this.post('/cgi-bin/wxopen/qrcodejumppublish', token, { prefix }, context);
  }

  deleteQrRule(token: string, prefix: string, context?: CallContext): Promise<Done> {
    return this.post('/cgi-bin/wxopen/qrcodejumpdelete', token, { prefix }, context);
  }

  /** ICP filing: `info.status` 6 is filed. Permission set 18 or 156. */
  getIcpEntranceInfo(
    token: string,
    context?: CallContext,
  ): Promise<{ info: { readonly status: number; readonly is_canceling?: boolean; readonly available?: number } }> {
    return this.get('/wxa/icp/get_icp_entrance_info', token, context, { requires: ['info'] });
  }
}
