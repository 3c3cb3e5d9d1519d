import type { ComponentOptions, MerchantKind } from '../world/model.js';

/** auth_type (authorization reference §5.2) → kinds of account the page offers. */
export function kindsOf(authType: string | undefined): MerchantKind[] {
  switch (authType) {
    case '1':
      return ['mp'];
    case '2':
      return ['miniprogram'];
    case undefined:
    case '':
    case '3':
    case '6':
      return ['mp', 'miniprogram'];
    default:
      return [];
  }
}

/** Does `host` (host:port) belong to a configured domain? A domain without a port fits every port. */
export function hostFits(host: string, domain: string): boolean {
  const wanted = domain.toLowerCase();
  return wanted.includes(':') ? host.toLowerCase() === wanted : host.toLowerCase().replace(/:\d+$/, '') === wanted;
}

const hostOf = (url: string | undefined): string => {
  try {
    return url ? new URL(url).host : '';
  } catch {
    return '';
  }
};

/**
 * WeChat's words when the page was not opened from, or does not lead back to, the configured domain.
 * Undefined when all is well.
 */
export function domainProblem(
  component: ComponentOptions,
  referrer: string | undefined,
  redirectUri: string | undefined,
): string | undefined {
  const { authorization_domain: domain, referrer_check: strictness } = component;
  const entry = hostOf(referrer);
  const back = hostOf(redirectUri);
  const entryFits = strictness === 'off' || (entry ? hostFits(entry, domain) : strictness === 'lenient');
  if (entryFits && back && hostFits(back, domain)) return undefined;
  return (
    '请确认授权入口页所在域名，与授权后回调页的域名相同，并且，此两者都必须与申请成为第三方平台时填写的授权发起页域名相同。' +
    `授权入口页所在域名：${entry || '空'}；授权后回调页域名：${back || '空'}；授权发起页域名：${domain}`
  );
}
