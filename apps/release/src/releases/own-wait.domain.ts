import { ERRCODE } from '#wechat';

/** What a release waits for that concerns its mini program alone, or its kind (`waiting`; `for` stands first). */
export interface OwnWait {
  readonly for: 'account';
  readonly errcode: number;
  readonly since: string;
  /** So long its reason explains the waiting; then a person has to look. */
  readonly explained_until: string;
}

/** WeChat does not publish the hour at which a day's quota begins anew. */
const AFTER_MIDNIGHT_MS = 3 * 3_600_000;
const BEIJING_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;

/** @param before the same waiting, when it goes on */
export function ownWait(errcode: number, before: OwnWait | undefined, now: Date): OwnWait {
  if (before?.errcode === errcode) return before;
  const midnight = Math.ceil((now.getTime() + BEIJING_MS + 1) / DAY_MS) * DAY_MS - BEIJING_MS;
  // A penalty does not end by itself: somebody has to look at once.
  const until = errcode === ERRCODE.QUOTA_EXHAUSTED ? new Date(midnight + AFTER_MIDNIGHT_MS) : now;
  return { for: 'account', errcode, since: now.toISOString(), explained_until: until.toISOString() };
}

const LONGEST_S = 3_600;

/** Seconds until it is tried again: a tenth of what was waited, not rarer than each hour. Somebody may have reset the quota. */
export function ownPauseS(wait: OwnWait, now: Date, shortestS: number): number {
  const waitedS = (now.getTime() - Date.parse(wait.since)) / 1_000;
  return Math.min(Math.max(shortestS, waitedS / 10), LONGEST_S);
}
