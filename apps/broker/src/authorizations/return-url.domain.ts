import { createHmac, timingSafeEqual } from 'node:crypto';
import { ANY_HOST, isLocal } from '#service';

/** What the client learns when the merchant's browser comes back to it. */
export interface Return {
  readonly component_appid: string;
  readonly authorizer_appid: string;
  readonly link_id: string;
  readonly result: 'authorized';
  readonly state?: string;
  /** Unix seconds, to refuse an old return. */
  readonly timestamp: string;
}

/** HMAC-SHA256 in hex over the parameters sorted by name, `name=value` joined by `&`, both percent-encoded. */
export function signReturn(secret: string, parameters: Readonly<Record<string, string>>): string {
  const text = Object.entries(parameters)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
  return createHmac('sha256', secret).update(text).digest('hex');
}

/** The client's URL with the signed parameters; its own query stays. */
export function returnUrl(base: string, secret: string, values: Return): string {
  const url = new URL(base);
  const parameters = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Record<
    string,
    string
  >;
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  url.searchParams.set('signature', signReturn(secret, parameters));
  return url.href;
}

/** For clients and tests: whether the parameters of a return are ours. */
export function verifyReturn(secret: string, query: Readonly<Record<string, string>>, own: readonly string[] = []): boolean {
  const { signature = '', ...rest } = query;
  const signed = Object.fromEntries(Object.entries(rest).filter(([name]) => !own.includes(name)));
  const expected = Buffer.from(signReturn(secret, signed));
  const given = Buffer.from(signature);
  return expected.length === given.length && timingSafeEqual(expected, given);
}

/**
 * Whether a browser may be sent back there: by https, or by http to the merchant's own machine, which is for trying things out: where the
 * client names that host, or the broker itself is reached by http.
 * @param hosts that the client may return to, `*` for all by https; `undefined`: all
 * @param base where merchants reach the broker
 */
export function isAllowedReturn(url: string, hosts: readonly string[] | undefined, base: string): boolean {
  const parsed = new URL(url);
  const { protocol, hostname, host, username, password } = parsed;
  if (username || password) return false;
  const named = hosts?.includes(host) || hosts?.includes(hostname) || false;
  if (!named && hosts && !hosts.includes(ANY_HOST)) return false;
  return protocol === 'https:' || (isLocal(parsed) && (named || base.startsWith('http://')));
}
