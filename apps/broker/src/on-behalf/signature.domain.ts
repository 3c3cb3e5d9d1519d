import { createHash } from 'node:crypto';

/** SHA-1 of ticket, nonce, time and page, in WeChat's order; the page without its fragment (authorization.md §5.11). */
export function signPage(ticket: string, nonce: string, timestamp: number, url: string): string {
  const page = url.split('#')[0];
  return createHash('sha1').update(`jsapi_ticket=${ticket}&noncestr=${nonce}&timestamp=${timestamp}&url=${page}`).digest('hex');
}
