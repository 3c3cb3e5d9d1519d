import { createHmac, timingSafeEqual } from 'node:crypto';

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

/** Plain http only to the same machine: the return carries who authorized what. */
export function isAllowedReturn(url: string, hosts: readonly string[] | undefined): boolean {
  const { protocol, hostname, host, username, password } = new URL(url);
  if (username || password) return false;
  if (hosts && !hosts.includes(host) && !hosts.includes(hostname)) return false;
  return protocol === 'https:' || hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
}
