/**
 * Calls that take part in API security (接口签名加密); each stands for what is below it. The page lists none, each API's page says so of
 * itself: these are the ones of an SDK's list that fleet-duties.md §7.3 names. No API of code management is among them, and no upload.
 */
const SECURED: readonly string[] = [
  '/cgi-bin/clear_quota',
  '/cgi-bin/openapi/quota/get',
  '/cgi-bin/openapi/rid/get',
  '/wxa/getuserriskrank',
  '/wxa/business/getuserphonenumber',
  '/wxa/getwxacode',
  '/wxa/getwxacodeunlimit',
  '/cgi-bin/message/custom/send',
  '/cgi-bin/message/subscribe/send',
  '/wxa/msg_sec_check',
  '/wxa/media_check_async',
  '/wxa/plugin',
  '/wxa/devplugin',
  '/datacube',
  '/cgi-bin/express',
];

export function isSecured(path: string): boolean {
  return SECURED.some((one) => path === one || path.startsWith(`${one}/`));
}

const OFFICIAL = 'https://api.weixin.qq.com';

/** What is signed: WeChat's own address of the call, also where a gateway or a sandbox stands before it. */
export function signedUrl(apiBaseUrl: string | undefined, path: string): string {
  const base = apiBaseUrl ?? OFFICIAL;
  const isWechats = new URL(base).hostname.endsWith('.weixin.qq.com');
  return `${isWechats ? base.replace(/\/+$/, '') : OFFICIAL}${path}`;
}
