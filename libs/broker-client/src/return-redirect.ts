import { createHmac, timingSafeEqual } from 'node:crypto';

/** What the merchant's browser brings back to the `return_url` of an authorization link. */
export interface AuthorizationReturn {
  readonly component_appid: string;
  readonly authorizer_appid: string;
  readonly link_id: string;
  readonly result: string;
  /** As it was given when the link was made. */
  readonly state?: string | undefined;
  /** When the broker signed it, Unix seconds. */
  readonly timestamp: number;
}

/** What the broker signs; anything else in the query is the return URL's own. */
const SIGNED = ['authorizer_appid', 'component_appid', 'link_id', 'result', 'state', 'timestamp'] as const;

/**
 * Checks that a return was made by the broker, for this link, and not long ago.
 * @param url as it was requested, with its query; a path is enough
 * @param returnSecret of the link, from the answer that made it
 * @param options `maxAgeS`: how old a return may be. Default 600. `now`: milliseconds.
 * @returns `undefined` when it is not genuine or too old
 */
export function verifyReturn(
  url: string | URL,
  returnSecret: string,
  { maxAgeS = 600, now = Date.now() }: { readonly maxAgeS?: number; readonly now?: number } = {},
): AuthorizationReturn | undefined {
  const query = new URL(url, 'http://localhost').searchParams;
  const given = SIGNED.flatMap((name) => {
    const value = query.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  const text = given.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  const expected = Buffer.from(createHmac('sha256', returnSecret).update(text).digest('hex'));
  const signature = Buffer.from(query.get('signature') ?? '');
  if (expected.length !== signature.length || !timingSafeEqual(expected, signature)) return undefined;
  const values = Object.fromEntries(given) as Partial<Record<(typeof SIGNED)[number], string>>;
  const { component_appid = '', authorizer_appid = '', link_id = '', result = '', state } = values;
  const timestamp = Number(values.timestamp);
  if (!(Math.abs(now / 1_000 - timestamp) <= maxAgeS)) return undefined;
  return { component_appid, authorizer_appid, link_id, result, ...(state === undefined ? {} : { state }), timestamp };
}
