import { effectOf, type ProtectedEffect } from '#wechat';

/** Where the token goes, and what may be called. */
export interface ProxyTarget {
  /** WeChat's path, with a leading slash. */
  readonly path: string;
  readonly tokenParameter: 'access_token' | 'component_access_token';
  /** Last part of the path: what the call log calls it. Counters and budgets go by the path, as several APIs are called `send`. */
  readonly api: string;
}

/** What clients without an own list could call in releases up to 0.1.0. */
const FORMER_DEFAULT_PATHS: readonly string[] = [
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

/** Why a protected effect, or a path that is not known to be harmless, is not for this client. */
export type GateReason =
  /** The component wants a second person for such things, whom the proxy cannot ask. */
  | 'two-person'
  /** Neither the path nor a prefix of it stands in the client's `proxy_paths`. */
  | 'not-named'
  /** The client has no `releases:write`. */
  | 'no-releases-write';

/** What the gate says of a call that is more than harmless. */
export interface GateVerdict {
  /** `undefined`: a path that the catalogue does not know. */
  readonly effect: ProtectedEffect | undefined;
  readonly reason: GateReason | undefined;
  /** `warned`: let pass only because the setting says `warn`. */
  readonly decision: 'allowed' | 'warned' | 'refused';
}

export interface ProxyCaller {
  /** Path prefixes of the client; `undefined`: none, so that it may call what is harmless. */
  readonly proxyPaths: readonly string[] | undefined;
  readonly mayRelease: boolean;
}

export interface GatePolicy {
  /** The component's `two_person`. */
  readonly twoPerson: boolean;
  readonly onProtected: 'refuse' | 'warn';
}

/**
 * Whether a client may bring this about by the proxy.
 * @returns `undefined` for what is harmless, and for what no client may call: others decide that.
 */
export function judge(path: string, { proxyPaths, mayRelease }: ProxyCaller, policy: GatePolicy): GateVerdict | undefined {
  if (!isPath(path)) return undefined;
  const reading = effectOf(path);
  const named = proxyPaths !== undefined && covers(proxyPaths, path);
  const formerly = covers(proxyPaths ?? FORMER_DEFAULT_PATHS, path);
  if (reading.kind === 'unknown') {
    // WeChat may publish by another path tomorrow: a wide prefix is not enough where that would go past the second person.
    if (policy.twoPerson && !proxyPaths?.includes(path)) return { effect: undefined, reason: 'not-named', decision: 'refused' };
    if (proxyPaths !== undefined) return undefined;
    return { effect: undefined, reason: 'not-named', decision: policy.onProtected === 'warn' && formerly ? 'warned' : 'refused' };
  }
  if (reading.kind !== 'protected') return undefined;
  const { effect } = reading;
  if (policy.twoPerson) return { effect, reason: 'two-person', decision: 'refused' };
  if (named && mayRelease) return { effect, reason: undefined, decision: 'allowed' };
  const reason = named ? 'no-releases-write' : 'not-named';
  return { effect, reason, decision: policy.onProtected === 'warn' && formerly ? 'warned' : 'refused' };
}

const covers = (prefixes: readonly string[], path: string): boolean =>
  prefixes.some((prefix) => path === prefix || (prefix.endsWith('/') && path.startsWith(prefix)));

/** No part of it begins or ends with a dot: some servers drop it, and the path would be another one. */
const PATH = /^(?:\/(?!\.)[A-Za-z0-9_.-]+(?<!\.))+$/;
const isPath = (path: string): boolean => path.length <= 191 && PATH.test(path);

/**
 * @param path what stands after `/wechat` in our URL
 * @param proxyPaths path prefixes of the client; `undefined`: `judge` has decided
 * @returns why it may not be called, or how it is
 */
export function proxyTarget(path: string, proxyPaths: readonly string[] | undefined): ProxyTarget | { readonly refused: string } {
  if (!isPath(path)) return { refused: 'the path is not one of WeChat’s API' };
  // Makers of tokens: if anybody but the token mechanism called them, tokens in others' hands would die. The list and the profiles of
  // authorizers are in our own API, without refresh tokens.
  if (effectOf(path).kind === 'broker-only') return { refused: 'tokens, codes and quota resets are the broker’s own business' };
  if (proxyPaths !== undefined && !covers(proxyPaths, path)) return { refused: 'this client may not call that path' };
  return {
    path,
    tokenParameter: /^\/sns\/(component|oauth2\/component)\//.test(path.toLowerCase())
      ? 'component_access_token'
      : 'access_token',
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
