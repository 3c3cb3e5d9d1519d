import { CODE_PERMISSION_SET } from './permission-sets.js';

type Row = readonly [sets: readonly number[], paths: readonly string[]];

const CODE = [CODE_PERMISSION_SET] as const;
/** A mini program's, or an official account's. */
const BASIC = [30, 3] as const;

/** Which permission sets open which call with an authorizer's token: any one of them (errors-and-permission-sets.md §3.3). */
const NEEDED: readonly Row[] = [
  [
    CODE,
    [
      '/wxa/commit',
      '/wxa/get_page',
      '/wxa/get_category',
      '/wxa/uploadmedia',
      '/wxa/submit_audit',
      '/wxa/get_auditstatus',
      '/wxa/get_latest_auditstatus',
      '/wxa/undocodeaudit',
      '/wxa/speedupaudit',
      '/wxa/queryquota',
      '/wxa/release',
      '/wxa/revertcoderelease',
      '/wxa/grayrelease',
      '/wxa/getgrayreleaseplan',
      '/wxa/revertgrayrelease',
      '/wxa/change_visitstatus',
      '/wxa/getvisitstatus',
      '/cgi-bin/wxopen/getweappsupportversion',
      '/cgi-bin/wxopen/setweappsupportversion',
      '/wxa/getversioninfo',
      '/wxa/modify_domain',
      '/wxa/modify_domain_directly',
      '/wxa/setwebviewdomain',
      '/wxa/setwebviewdomain_directly',
      '/wxa/get_webviewdomain_confirmfile',
      '/wxa/get_effective_domain',
      '/wxa/get_effective_webviewdomain',
      '/wxa/get_prefetchdnsdomain',
      '/wxa/set_prefetchdnsdomain',
      '/wxa/bind_tester',
      '/wxa/unbind_tester',
      '/wxa/memberauth',
      '/cgi-bin/component/getprivacysetting',
      '/cgi-bin/component/setprivacysetting',
      '/cgi-bin/component/uploadprivacyextfile',
      '/wxa/security/get_code_privacy_info',
      '/wxa/security/apply_privacy_interface',
      '/wxa/security/get_privacy_interface',
      '/wxa/security/getorderpathinfo',
      '/cgi-bin/wxopen/qrcodejumpadd',
      '/cgi-bin/wxopen/qrcodejumpget',
      '/cgi-bin/wxopen/qrcodejumpdownload',
      '/cgi-bin/wxopen/qrcodejumppublish',
      '/cgi-bin/wxopen/qrcodejumpdelete',
      '/wxa/sec/wxaauth',
      '/wxa/sec/reauth',
      '/wxa/sec/queryauth',
      '/wxa/sec/authidentitytree',
      '/wxa/sec/uploadauthmaterial',
      '/wxa/sec/submit_auth_and_icp',
      '/wxa/sec/query_auth_and_icp',
    ],
  ],
  [[CODE_PERMISSION_SET, 86], ['/wxa/get_qrcode']],
  [
    BASIC,
    [
      '/wxa/setnickname',
      '/wxa/api_wxa_querynickname',
      '/cgi-bin/account/modifyheadimage',
      '/cgi-bin/account/modifysignature',
      '/cgi-bin/account/getaccountbasicinfo',
      '/cgi-bin/wxopen/getallcategories',
      '/cgi-bin/wxopen/getcategory',
      '/cgi-bin/wxopen/getcategoriesbytype',
      '/cgi-bin/wxopen/addcategory',
      '/cgi-bin/wxopen/modifycategory',
      '/cgi-bin/wxopen/deletecategory',
    ],
  ],
  [[31], ['/cgi-bin/wxverify/checkwxverifynickname']],
  [[40], ['/wxa/plugin']],
  [[CODE_PERMISSION_SET, 156], ['/wxa/icp']],
  // The page asks for 18 besides; a platform that lacks it is told so by WeChat.
  [[76], ['/wxa/getillegalrecords', '/wxa/getappealrecords']],
  [[198], ['/wxa/component/createappeal']],
  [[81], ['/wxa/setbetaweappnickname', '/wxa/verifybetaweapp']],
  [[27], ['/cgi-bin/account/fastregister']],
  [
    [24, 25],
    ['/cgi-bin/open/create', '/cgi-bin/open/bind', '/cgi-bin/open/unbind', '/cgi-bin/open/get'],
  ],
  [[30, 24, 25], ['/cgi-bin/open/have']],
  [
    [CODE_PERMISSION_SET, 142],
    ['/wxa/sec/order/is_trade_managed', '/wxa/sec/order/is_trade_management_confirmation_completed'],
  ],
  [[182], ['/wxa/sec/order/update_order_detail_path', '/wxa/sec/order/get_order_detail_path']],
  [[142], ['/wxa/sec/order']],
  [[4], ['/sns/oauth2/component/access_token', '/sns/oauth2/component/refresh_token']],
];

const BY_PATH: ReadonlyMap<string, readonly number[]> = new Map(
  NEEDED.flatMap(([sets, paths]) => paths.map((path) => [path, sets] as const)),
);

/**
 * Permission sets of which any one opens a path to a platform; empty: none that a page names. What is listed stands for what is below it,
 * unless a longer path says otherwise.
 */
export function setsNeededBy(path: string): readonly number[] {
  for (let part = path; part !== ''; part = part.slice(0, part.lastIndexOf('/'))) {
    const sets = BY_PATH.get(part);
    if (sets) return sets;
  }
  return [];
}
