/** Where the token goes, and what may be called. */
export interface ProxyTarget {
  /** WeChat's path, with a leading slash. */
  readonly path: string;
  readonly tokenParameter: 'access_token' | 'component_access_token';
  /** Last part of the path: what the call log calls it. Counters and budgets go by the path, as several APIs are called `send`. */
  readonly api: string;
}

/** What clients may call without an own list. */
export const DEFAULT_PATHS: readonly string[] = [
  '/wxa/',
  '/wxaapi/',
  '/cgi-bin/',
  '/datacube/',
  '/customservice/',
  '/card/',
  '/product/',
  '/shop/',
  '/sns/component/',
];

/**
 * Makers of tokens: if anybody but the token mechanism called them, tokens in others' hands would die. Resets of quotas, which all
 * share. And what answers refresh tokens: the list and the profiles are in our own API, without them. In lower case.
 */
const NEVER = [
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

const PATH = /^(\/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+$/;

/**
 * @param path what stands after `/wechat` in our URL
 * @param allowed path prefixes of the client; `undefined`: the default list
 * @returns why it may not be called, or how it is
 */
export function proxyTarget(path: string, allowed: readonly string[] | undefined): ProxyTarget | { readonly refused: string } {
  if (!PATH.test(path) || path.length > 191) return { refused: 'the path is not one of WeChat’s API' };
  // Whether WeChat tells upper from lower case is not documented.
  const lower = path.toLowerCase();
  if (NEVER.some((never) => lower === never || lower.startsWith(`${never}/`)))
    return { refused: 'tokens, codes and quota resets are the broker’s own business' };
  if (!(allowed ?? DEFAULT_PATHS).some((prefix) => path === prefix || (prefix.endsWith('/') && path.startsWith(prefix))))
    return { refused: 'this client may not call that path' };
  return {
    path,
    tokenParameter: /^\/sns\/(component|oauth2\/component)\//.test(lower) ? 'component_access_token' : 'access_token',
    api: path.slice(path.lastIndexOf('/') + 1),
  };
}

/**
 * Whether a query names this account in `appid`, and no other one in any spelling: with the component's token WeChat acts for whichever
 * account is named there.
 */
export function concernsOnly(query: string, appid: string): boolean {
  try {
    const named = query
      .split('&')
      .map((part) => decodeURIComponent(part.replaceAll('+', ' ')))
      .filter((part) => /^\s*appid\b/i.test(part));
    return named.length > 0 && named.every((part) => part === `appid=${appid}`);
  } catch {
    // Others may decode what we cannot.
    return false;
  }
}

/** The caller's query with our token in it; a token of the caller's own is dropped. */
export function proxyQuery(query: string, parameter: ProxyTarget['tokenParameter'], token: string): string {
  const kept = query.split('&').filter((part) => part !== '' && !/^(component_)?access_token(=|$)/i.test(safeDecode(part)));
  return [`${parameter}=${encodeURIComponent(token)}`, ...kept].join('&');
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
