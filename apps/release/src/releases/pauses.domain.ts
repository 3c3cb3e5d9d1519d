import { retryS } from '../wechat/backoff.domain.js';

/** Seconds until a pending ticket is read again: soon after the submission, then rarer; events come first in any case. */
export function auditPollS(pendingForS: number, delayed: boolean, longestS: number): number {
  const wanted = Math.max(60, pendingForS / 10);
  return Math.min(delayed ? wanted * 2 : wanted, longestS);
}

/** Seconds until the privacy scan is asked again. */
export function scanPollS(attempts: number, shortestS: number): number {
  return Math.min(shortestS * 2 ** Math.min(attempts, 10), Math.max(60, shortestS));
}

/** How often in a row a step is sent by itself of which nothing comes: for about two hours. */
const MOST_UNCLEAR = 15;

/** Seconds until a step is sent again of which nothing came so many times; `undefined`: by itself no more. */
export function resendS(unclearCount: number, shortestS: number): number | undefined {
  return unclearCount < MOST_UNCLEAR ? retryS(unclearCount - 1, shortestS) : undefined;
}

/** Seconds until something is looked at again that has to end at WeChat first: 10 to 30 minutes. */
export function waitS(attempts: number): number {
  return Math.min(600 * Math.max(attempts, 1), 1_800);
}
