export const REJECT_REASON =
  '1:你好，小程序“名称”与页面内容不符:<br>(1):页面 "pages/index/index" 中的商品标题含有 <未填写> 的占位文字，与提交的类目“工具-效率”不一致，请修改后重新提交。<br>2:你好，小程序页面内容中，涉及提供文章、资讯等内容，属社交-社区/论坛，请删除上述内容或补充相应资质文件 😀:<br>(1):请参考 https://developers.weixin.qq.com/miniprogram/product/ 了解审核规范。<br>';

export const DELAY_REASON = '为了更好的服务小程序，您的服务商正在进行提审系统的优化，可能会导致审核时效的增长，请耐心等待';

export const DEFAULT_SETTINGS = {
  component_token_s: 7200,
  authorizer_token_s: 7200,
  ticket_s: 43_200,
  pre_auth_code_s: 1800,
  auth_code_s: 600,
  push_auth_code_s: 3600,
  same_code: true,
  rotate_on_reauthorize: true,
  cancelled_errcode: 61003,
  redirect_mode: 'normal' as 'normal' | 'drop',
  redirect_delay_ms: 0,
  privacy_scan_s: 2,
  audit_mode: 'manual' as 'manual' | 'auto',
  audit_after_s: 5,
  audit_reject_share: 0,
  audit_delay_share: 0,
  audit_reject_reason: REJECT_REASON,
  resubmit_needs_commit: false,
  write_ms: 10,
  revert_daily_limit: 30,
  fast_register_s: 2,
  /** `auto`: platform, SMS and authority each take `filing_after_s` (virtual), and agree. */
  filing_mode: 'manual' as 'manual' | 'auto',
  filing_after_s: 5,
  /** The entrance of filing; closed while the authority's system is down. */
  filing_open: true,
  /** `icp_applets` of a filing comes as an object, as SDKs have it, instead of a list. */
  filing_as_object: false,
  /** An application for certification without `invoice_info` is refused, as was measured, although the page does not ask for it. */
  invoice_info_required: true,
  /** `verify_type_info` follows so long after a certification (virtual). */
  verify_lag_s: 60,
  /** What publishing an app that is not filed answers; 0: it goes online. WeChat has not published the code. */
  unfiled_release: 85399,
  /** What tells a platform that an app was registered: a push with a code, the plain `authorized`, or none (registration reference §3, §8). */
  registration_push: 'auth_code' as 'auth_code' | 'authorized' | 'none',
  /** What a registration without `new_version: true` answers; WeChat has not published it. */
  registration_old_form: 86030,
  /** Whether the conversion of a trial to an enterprise answers an `authorize_url` (§5.1). */
  conversion_url: true,
  /** Booleans of the reuse of an official account come as text, as in WeChat's own sample (§6). */
  reuse_strings: true,
  push_timestamp: 'real' as 'real' | 'virtual',
  push_timeout_ms: 5000,
  push_format: 'xml' as 'xml' | 'json',
  raw_control_characters: false,
  /** What modify_domain does with domains that break the rules, are not registered, or have no ICP filing (release reference §6.1). */
  unusable_domains: 'refuse' as 'refuse' | 'filter' | 'tell',
  /** Hosts without ICP filing; those below them too. */
  unfiled_domains: [] as string[],
  /** How getaccountbasicinfo is called: older pages say GET, the present one POST (release reference §6.4). */
  basic_info_method: 'any' as 'any' | 'GET' | 'POST',
  /** Names, avatars, introductions and categories of apps that were not registered by API are refused with 41033 (§6.3). */
  api_registered_only: false,
  /** Whether the reset of one path's quota uses one of the ten of a month, which WeChat does not say (fleet reference §4.2). */
  path_clear_counts: false,
  /** Appids for which a batch of order paths answers -1, busy (fleet reference §2). */
  order_path_busy: [] as string[],
  /** How versions and descriptions come back. */
  words: 'as-sent' as 'as-sent' | 'trimmed' | 'escaped',
};

export type Settings = typeof DEFAULT_SETTINGS;
