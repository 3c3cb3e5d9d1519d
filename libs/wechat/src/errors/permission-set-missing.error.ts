import { PERMISSION_SETS } from '../data/permission-sets.js';
import { ERRCODE } from './codes.js';
import type { Remedy } from './reaction.js';
import { WechatApiError } from './wechat-api.error.js';

/** What WeChat would answer with 61007, known before it was asked: nothing was sent. */
export class PermissionSetMissingError extends WechatApiError {
  override readonly remedy: Remedy;

  /** @param sets any one of them opens the API */
  constructor(
    api: string,
    readonly authorizerAppid: string,
    readonly sets: readonly number[],
  ) {
    const named = (language: 'en' | 'zh') => sets.map((id) => withName(id, language));
    super({
      kind: 'errcode',
      api,
      errcode: ERRCODE.API_NOT_GRANTED,
      errmsg: `${authorizerAppid} has not granted permission set ${named('en').join(' or ')}; WeChat was not asked`,
      maybeExecuted: false,
    });
    const exclusive = sets.some((id) => PERMISSION_SETS.get(id)?.exclusive === true);
    this.remedy = {
      en: `Have the platform hold permission set ${named('en').join(' or ')} (open.weixin.qq.com), then let the merchant authorize again by a link with biz_appid ${authorizerAppid} and grant it (POST …/authorization-links).${exclusive ? ' One platform at a time can hold it: another provider may have it now.' : ''}`,
      zh: `请确认平台已在微信开放平台勾选权限集 ${named('zh').join(' 或 ')}，再用 biz_appid 为 ${authorizerAppid} 的授权链接（POST …/authorization-links）请商家重新授权并勾选。${exclusive ? '该权限集同一时间只能授权给一个平台，可能在其他服务商处。' : ''}`,
    };
  }
}

function withName(id: number, language: 'en' | 'zh'): string {
  const known = PERMISSION_SETS.get(id);
  if (!known) return String(id);
  return language === 'en' ? `${id} (${known.name.en})` : `${id}（${known.name.zh}）`;
}
