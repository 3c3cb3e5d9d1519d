/** What a call of WeChat's API brings about that users of a mini program, or all merchants of a component, can notice. */
export interface ProtectedEffect {
  readonly id: ProtectedEffectId;
  readonly words: { readonly en: string; readonly zh: string };
  /** Routes of the release app that do the same by its rules; `undefined`: there is none, and the broker's proxy is the only way. */
  readonly instead: string | undefined;
}

export type ProtectedEffectId =
  | 'code'
  | 'audit'
  | 'release'
  | 'rollback'
  | 'gray'
  | 'templates'
  | 'domains'
  | 'visit-status'
  | 'plugins'
  | 'names'
  | 'categories'
  | 'privacy'
  | 'testers'
  | 'qr-rules'
  | 'registration'
  | 'component-settings';

/**
 * `protected`: needs more than a path list. `broker-only`: makes tokens, resets quotas that all share, or answers refresh tokens; no
 * client may call it. `unknown`: not in the catalogue, such as a path that WeChat added later.
 */
export type EffectReading =
  | { readonly kind: 'protected'; readonly effect: ProtectedEffect }
  | { readonly kind: 'broker-only' | 'harmless' | 'unknown' };

type Row = readonly [id: ProtectedEffectId, en: string, zh: string, instead: string | undefined, paths: readonly string[]];

const AUTHORIZER = '/v1/components/{component_appid}/authorizers/{authorizer_appid}';
const COMPONENT = '/v1/components/{component_appid}';

/** Pages: mini-program-release.md, fleet-duties.md, registration.md, filing-and-certification.md. In lower case. */
const PROTECTED: readonly Row[] = [
  ['code', 'Code is uploaded', '上传代码', `POST ${COMPONENT}/releases`, ['/wxa/commit']],
  [
    'audit',
    'Code is submitted to audit, sped up or withdrawn',
    '提交审核、加急审核、撤回审核',
    'POST /v1/releases/{release_id}/submit, …/speed-up, …/withdraw',
    ['/wxa/submit_audit', '/wxa/undocodeaudit', '/wxa/speedupaudit'],
  ],
  ['release', 'A version goes online', '发布代码', 'POST /v1/releases/{release_id}/publish', ['/wxa/release']],
  ['rollback', 'An earlier version goes online', '版本回退', `POST ${AUTHORIZER}/rollback`, ['/wxa/revertcoderelease']],
  [
    'gray',
    'A version goes online for some users, or no longer',
    '分阶段发布、取消分阶段发布',
    'POST /v1/releases/{release_id}/gray, …/revert-gray',
    ['/wxa/grayrelease', '/wxa/revertgrayrelease'],
  ],
  [
    'templates',
    'Templates of code are added or deleted',
    '添加或删除代码模板',
    `POST ${COMPONENT}/templates, DELETE ${COMPONENT}/templates/{template_id}`,
    ['/wxa/addtotemplate', '/wxa/deletetemplate'],
  ],
  [
    'domains',
    'Domains of a mini program change',
    '修改小程序域名',
    `POST ${AUTHORIZER}/domains, …/webview-domains, PUT …/prefetch-domains`,
    [
      '/wxa/modify_domain',
      '/wxa/modify_domain_directly',
      '/wxa/setwebviewdomain',
      '/wxa/setwebviewdomain_directly',
      '/wxa/set_prefetchdnsdomain',
    ],
  ],
  [
    'visit-status',
    'Whether a mini program can be opened or found changes',
    '修改小程序的服务状态、搜索状态或最低基础库版本',
    `POST ${AUTHORIZER}/visit-status, PUT …/search-status, …/base-library`,
    // The second spelling is that of older pages.
    ['/wxa/change_visitstatus', '/wxa/changevisitstatus', '/wxa/changewxasearchstatus', '/cgi-bin/wxopen/setweappsupportversion'],
  ],
  [
    'plugins',
    'Plugins or half-screen mini programs are added, changed or removed',
    '添加、更新或删除插件或半屏小程序',
    `POST ${AUTHORIZER}/plugins, …/half-screen`,
    ['/wxa/plugin', '/wxaapi/wxaembedded'],
  ],
  [
    'names',
    'Name, avatar or signature changes',
    '修改名称、头像或简介',
    `PUT ${AUTHORIZER}/nickname, …/avatar, …/signature`,
    ['/wxa/setnickname', '/cgi-bin/account/modifyheadimage', '/cgi-bin/account/modifysignature'],
  ],
  [
    'categories',
    'Categories are added, changed or deleted',
    '添加、修改或删除类目',
    `POST ${AUTHORIZER}/categories`,
    ['/cgi-bin/wxopen/addcategory', '/cgi-bin/wxopen/modifycategory', '/cgi-bin/wxopen/deletecategory'],
  ],
  [
    'privacy',
    'The privacy statement, private interfaces or the order path change',
    '修改用户隐私保护指引、隐私接口或订单页路径',
    `PUT ${AUTHORIZER}/privacy-settings, POST …/privacy-interfaces`,
    [
      '/cgi-bin/component/setprivacysetting',
      '/cgi-bin/component/uploadprivacyextfile',
      '/wxa/security/apply_privacy_interface',
      '/wxa/security/applysetorderpathinfo',
    ],
  ],
  [
    'testers',
    'Who may open trial versions changes',
    '绑定或解绑体验者',
    `POST ${AUTHORIZER}/testers, …/testers/unbind`,
    ['/wxa/bind_tester', '/wxa/unbind_tester'],
  ],
  [
    'qr-rules',
    'Which page a scanned link opens changes',
    '修改扫普通链接二维码打开小程序的规则',
    `PUT ${AUTHORIZER}/qr-rules, POST …/qr-rules/publish, …/qr-rules/delete`,
    ['/cgi-bin/wxopen/qrcodejumpadd', '/cgi-bin/wxopen/qrcodejumppublish', '/cgi-bin/wxopen/qrcodejumpdelete'],
  ],
  [
    'registration',
    'An account is registered, certified, filed, appealed for or bound',
    '注册、认证、备案、申诉或绑定账号',
    undefined,
    [
      '/cgi-bin/account/fastregister',
      '/cgi-bin/account/componentrebindadmin',
      '/cgi-bin/component/fastregisterweapp',
      // All of it registers, also what is added later.
      '/wxa/component',
      '/wxa/setbetaweappnickname',
      '/wxa/verifybetaweapp',
      '/wxa/mpverifybetaweapp',
      '/cgi-bin/open',
      '/wxa/updateshowwxaitem',
      '/wxa/icp',
      '/wxa/sec/wxaauth',
      '/wxa/sec/reauth',
      '/wxa/sec/uploadauthmaterial',
      '/wxa/sec/submit_auth_and_icp',
    ],
  ],
  [
    'component-settings',
    'Settings of the component, or of an account’s relation to it, change',
    '修改第三方平台的设置，或授权账号的选项',
    `POST ${COMPONENT}/server-domains, …/jump-domains`,
    // The rest of what is below is the component's own, also what is added later.
    ['/cgi-bin/component'],
  ],
];

const BROKER_ONLY: readonly string[] = [
  '/cgi-bin/token',
  '/cgi-bin/stable_token',
  '/cgi-bin/component/api_component_token',
  '/cgi-bin/component/api_authorizer_token',
  '/cgi-bin/component/api_query_auth',
  '/cgi-bin/component/api_start_push_ticket',
  '/cgi-bin/component/api_get_authorizer_list',
  '/cgi-bin/component/api_get_authorizer_info',
  '/cgi-bin/component/clear_quota',
  '/cgi-bin/clear_quota',
  '/cgi-bin/openapi/quota/clear',
];

/** What a client may call without an own list of paths: reads, and what concerns single users, messages, material, orders. */
const HARMLESS: readonly string[] = [
  // Messages, customer service
  '/cgi-bin/message',
  '/cgi-bin/template',
  '/cgi-bin/customservice',
  '/customservice',
  '/wxaapi/newtmpl',
  '/cgi-bin/get_current_autoreply_info',
  // Material, menus, users
  '/cgi-bin/media',
  '/cgi-bin/material',
  '/cgi-bin/draft',
  '/cgi-bin/freepublish',
  '/cgi-bin/comment',
  '/cgi-bin/menu',
  '/cgi-bin/get_current_selfmenu_info',
  '/cgi-bin/user',
  '/cgi-bin/tags',
  '/cgi-bin/groups',
  '/sns/component',
  '/sns/oauth2/component',
  '/sns/userinfo',
  '/wxa/business',
  '/wxa/checksession',
  '/wxa/getpaidunionid',
  '/wxa/getuserriskrank',
  // Codes and links
  '/cgi-bin/qrcode',
  '/cgi-bin/shorturl',
  '/cgi-bin/shorten',
  '/cgi-bin/wxaapp/createwxaqrcode',
  '/wxa/generate_urllink',
  '/wxa/query_urllink',
  '/wxa/generatescheme',
  '/wxa/queryscheme',
  '/wxa/generatenfcscheme',
  '/wxa/genwxashortlink',
  '/wxa/getwxacode',
  '/wxa/getwxacodeunlimit',
  '/cgi-bin/ticket/getticket',
  '/wxaapi/wxaembedded/get_list',
  '/wxaapi/wxaembedded/get_own_list',
  // Image processing (OCR and the like), permission set 117
  '/cv',
  // Content security
  '/wxa/img_sec_check',
  '/wxa/media_check_async',
  '/wxa/msg_sec_check',
  // Shops, orders, cards, figures
  '/wxa/sec/order',
  '/card',
  '/product',
  '/shop',
  '/datacube',
  // Reads of code, audit, settings
  '/wxa/get_auditstatus',
  '/wxa/get_latest_auditstatus',
  '/wxa/get_category',
  '/wxa/get_page',
  '/wxa/get_qrcode',
  '/wxa/get_release_status',
  '/wxa/getgrayreleaseplan',
  '/wxa/getversioninfo',
  '/wxa/getvisitstatus',
  '/wxa/getwxasearchstatus',
  '/wxa/gettemplatedraftlist',
  '/wxa/gettemplatelist',
  '/wxa/queryquota',
  // Pictures for a review, which a submission has to name.
  '/wxa/uploadmedia',
  '/wxa/get_effective_domain',
  '/wxa/get_effective_webviewdomain',
  '/wxa/get_prefetchdnsdomain',
  '/wxa/get_webviewdomain_confirmfile',
  '/wxa/api_wxa_querynickname',
  '/wxa/memberauth',
  '/wxa/security/get_code_privacy_info',
  '/wxa/security/get_privacy_interface',
  '/wxa/security/getorderpathinfo',
  '/wxa/getappealrecords',
  '/wxa/getillegalrecords',
  '/wxa/getmpadminauth',
  '/wxa/getshowwxaitem',
  '/wxa/getwxamplinkforshow',
  '/wxa/icp/get_icp_entrance_info',
  '/wxa/icp/get_icp_media',
  '/wxa/icp/get_online_icp_order',
  '/wxa/icp/query_icp_certificate_types',
  '/wxa/icp/query_icp_district_code',
  '/wxa/icp/query_icp_nrlx_types',
  '/wxa/icp/query_icp_service_content_types',
  '/wxa/icp/query_icp_subject_types',
  '/wxa/icp/query_icp_verifytask',
  '/wxa/sec/authidentitytree',
  '/wxa/sec/query_auth_and_icp',
  '/wxa/sec/queryauth',
  '/cgi-bin/account/getaccountbasicinfo',
  '/cgi-bin/component/get_authorizer_option',
  '/cgi-bin/component/get_domain_confirmfile',
  '/cgi-bin/component/getprivacysetting',
  '/cgi-bin/open/get',
  '/cgi-bin/open/have',
  '/cgi-bin/open/sameentity',
  '/cgi-bin/wxopen/getallcategories',
  '/cgi-bin/wxopen/getcategoriesbytype',
  '/cgi-bin/wxopen/getcategory',
  '/cgi-bin/wxopen/getweappsupportversion',
  '/cgi-bin/wxopen/qrcodejumpdownload',
  '/cgi-bin/wxopen/qrcodejumpget',
  '/cgi-bin/wxverify/checkwxverifynickname',
  // Diagnosis
  '/cgi-bin/callback/check',
  '/cgi-bin/get_api_domain_ip',
  '/cgi-bin/getcallbackip',
  '/cgi-bin/openapi/quota/get',
  '/cgi-bin/openapi/rid/get',
];

export const PROTECTED_EFFECTS: readonly ProtectedEffect[] = PROTECTED.map(([id, en, zh, instead]) => ({
  id,
  words: { en, zh },
  instead,
}));

/** By effect, the paths that have it: each stands for what is below it as well, unless a longer one says otherwise. */
export const PROTECTED_PATHS: readonly (readonly [path: string, effect: ProtectedEffect])[] = PROTECTED.flatMap(
  ([, , , , paths], index) => paths.map((path) => [path, PROTECTED_EFFECTS[index]!] as const),
);

const READINGS: ReadonlyMap<string, EffectReading> = new Map<string, EffectReading>([
  ...HARMLESS.map((path) => [path, { kind: 'harmless' }] as const),
  ...PROTECTED_PATHS.map(([path, effect]) => [path, { kind: 'protected', effect }] as const),
  ...BROKER_ONLY.map((path) => [path, { kind: 'broker-only' }] as const),
]);

/**
 * What a call of this path brings about. The longest entry that is the path or stands above it decides. WeChat documents neither case nor
 * what it makes of further parts, so that case is of no account and `/wxa/submit_audit/v2` is what `/wxa/submit_audit` is.
 * @param path with its leading slash, without a query
 */
export function effectOf(path: string): EffectReading {
  for (let part = path.toLowerCase(); part !== ''; part = part.slice(0, part.lastIndexOf('/'))) {
    const reading = READINGS.get(part);
    if (reading) return reading;
  }
  return { kind: 'unknown' };
}
