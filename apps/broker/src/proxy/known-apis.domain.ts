/** What the calls of all other paths are called together. */
const OTHER = 'other';

/**
 * The paths of WeChat's API that clients are expected to use, each of which has series of its own in Prometheus. A client chooses the
 * path, and series must not grow without bound.
 */
export const KNOWN: ReadonlySet<string> = new Set([
  // Messages
  '/cgi-bin/message/custom/send',
  '/cgi-bin/message/custom/typing',
  '/cgi-bin/message/mass/preview',
  '/cgi-bin/message/mass/send',
  '/cgi-bin/message/mass/sendall',
  '/cgi-bin/message/subscribe/bizsend',
  '/cgi-bin/message/subscribe/send',
  '/cgi-bin/message/template/send',
  '/cgi-bin/message/wxopen/updatablemsg/send',
  '/customservice/kfaccount/add',
  '/cgi-bin/customservice/getkflist',
  // Material, menus, users
  '/cgi-bin/draft/add',
  '/cgi-bin/freepublish/submit',
  '/cgi-bin/material/add_material',
  '/cgi-bin/material/batchget_material',
  '/cgi-bin/material/get_material',
  '/cgi-bin/media/get',
  '/cgi-bin/media/upload',
  '/cgi-bin/media/uploadimg',
  '/cgi-bin/menu/create',
  '/cgi-bin/menu/get',
  '/cgi-bin/tags/get',
  '/cgi-bin/template/get_all_private_template',
  '/cgi-bin/user/get',
  '/cgi-bin/user/info',
  '/cgi-bin/user/info/batchget',
  '/sns/component/jscode2session',
  '/wxa/business/getuserphonenumber',
  '/wxa/checksession',
  '/wxaapi/newtmpl/gettemplate',
  // Codes and links
  '/cgi-bin/qrcode/create',
  '/cgi-bin/wxaapp/createwxaqrcode',
  '/wxa/generate_urllink',
  '/wxa/generatescheme',
  '/wxa/genwxashortlink',
  '/wxa/getwxacode',
  '/wxa/getwxacodeunlimit',
  // Content security
  '/wxa/img_sec_check',
  '/wxa/media_check_async',
  '/wxa/msg_sec_check',
  // Code, audit, release
  '/wxa/commit',
  '/wxa/get_auditstatus',
  '/wxa/get_category',
  '/wxa/get_latest_auditstatus',
  '/wxa/get_page',
  '/wxa/get_qrcode',
  '/wxa/getversioninfo',
  '/wxa/gettemplatelist',
  '/wxa/gettemplatedraftlist',
  '/wxa/queryquota',
  '/wxa/release',
  '/wxa/speedupaudit',
  '/wxa/submit_audit',
  '/wxa/undocodeaudit',
  // Settings and shops
  '/wxa/modify_domain',
  '/wxa/setwebviewdomain',
  '/wxa/sec/order/upload_shipping_info',
  '/cgi-bin/account/getaccountbasicinfo',
  '/wxa/component/fastregisterenterpriseweapp',
  '/cgi-bin/openapi/quota/get',
  '/cgi-bin/openapi/rid/get',
  '/cgi-bin/wxopen/getcategory',
  // Figures
  '/datacube/getusersummary',
  '/datacube/getweanalysisappiddailyvisittrend',
]);

/** What a call through the proxy is called in metrics. */
export const metricNameOf = (path: string): string => (KNOWN.has(path) ? path : OTHER);
