import { randomBytes } from 'node:crypto';

/** Longer than the way through WeChat takes, whenever on a day it is begun anew. */
const MAX_AGE_S = 24 * 60 * 60;

/** `__Host-`: neither a page without TLS nor another host of the domain can set it. A laptop has no TLS. */
const nameOf = (secure: boolean): string => (secure ? '__Host-wxplane-visit' : 'wxplane-visit');

/** @returns 32 hex digits that only this browser knows */
export const newBrowserId = (): string => randomBytes(16).toString('hex');

/** What the launch page gave the browser; `undefined`: it has none, or something else. */
export function browserIdOf(cookies: string | undefined, secure: boolean): string | undefined {
  const name = nameOf(secure);
  for (const pair of (cookies ?? '').split(';')) {
    const [key, value = ''] = pair.trim().split('=');
    if (key === name && /^[0-9a-f]{32}$/.test(value)) return value;
  }
  return undefined;
}

/** `Lax`: the browser sends it when WeChat sends the browser back. */
export const browserCookie = (browserId: string, secure: boolean): string =>
  `${nameOf(secure)}=${browserId}; Path=/; Max-Age=${MAX_AGE_S}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
