import { createHash } from 'node:crypto';

export const REGISTRATION_STATES = ['preparing', 'waiting', 'submitting', 'created', 'done', 'failed', 'expired'] as const;
export type RegistrationState = (typeof REGISTRATION_STATES)[number];

/**
 * Where a registration may go.
 *
 * | State | |
 * |---|---|
 * | `preparing` | WeChat is to begin it: the call is under way, unclear, or waits for something |
 * | `waiting` | a person has to act, until `expiresAt` |
 * | `submitting` | that person has agreed, and the call that uses it is under way or unclear |
 * | `created` | WeChat has made the mini program; its tokens, or even its appid, are not here yet |
 * | `done` | it is an authorizer with tokens; a conversion is complete |
 * | `failed` | WeChat or a person refused |
 * | `expired` | nobody acted in time |
 *
 * From `failed` and `expired` an event that comes late may still lead on: an app that was made all the same is no loss.
 */
export const REGISTRATION_MOVES: Readonly<Record<RegistrationState, readonly RegistrationState[]>> = {
  preparing: ['waiting', 'created', 'done', 'failed', 'expired'],
  waiting: ['preparing', 'submitting', 'created', 'done', 'failed', 'expired'],
  submitting: ['waiting', 'created', 'done', 'failed', 'expired'],
  created: ['done'],
  done: [],
  failed: ['preparing', 'waiting', 'created', 'done'],
  expired: ['preparing', 'waiting', 'created', 'done'],
};

export const mayMove = (from: RegistrationState, to: RegistrationState): boolean => REGISTRATION_MOVES[from].includes(to);

/** WeChat takes one at a time for the same data: so do we. */
export const OPEN_STATES: readonly RegistrationState[] = ['preparing', 'waiting', 'submitting'];
export const isOpen = (state: RegistrationState): boolean => OPEN_STATES.includes(state);

/** From these it may be begun anew; from `waiting`, because a page that failed may want another address (registration.md §4). */
export const RENEWABLE: readonly RegistrationState[] = ['waiting', 'failed', 'expired'];

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** How long a person has (registration.md §1). */
export const LINK_LIFE_MS = 24 * HOUR_MS;
/** Of our own page before WeChat's, for an official account: nothing of WeChat ends meanwhile. */
export const OWN_LINK_LIFE_MS = 7 * 24 * HOUR_MS;
/** What WeChat began shortly before the end it may still finish, and tell late. */
export const GRACE_MS = 15 * MINUTE_MS;
/** When everything is checked, WeChat makes the app also after the end. */
export const MAKING_GRACE_MS = 24 * HOUR_MS;
/** A call without an answer after so long is not under way any more: longer than any time-out, and than WeChat's five seconds (§6). */
export const UNCLEAR_MS = 60_000;
/** Calls that begin it, of one round. */
export const MOST_ATTEMPTS = 4;
/** For so long it waits by itself for a quota, or for WeChat's other task. */
export const MOST_WAIT_MS = 72 * HOUR_MS;
/** So long after its end an event still counts for it. */
export const LATE_MS = 7 * 24 * HOUR_MS;

/** When WeChat is asked again: soon while it is new, seldom later; a person needs minutes, or comes the next morning. */
export function nextLookMs(ageMs: number): number {
  return Math.min(10 * MINUTE_MS, Math.max(20_000, ageMs / 10));
}

/** When an app that was made, and whose tokens are not here, is looked at again; the merchant may be needed. */
export function nextSettlingMs(ageMs: number): number {
  return Math.min(HOUR_MS, Math.max(10_000, ageMs / 5));
}

/** One at a time: SHA-256 in hex. @param subject what WeChat tells apart */
export function subjectHash(componentAppid: string, way: string, subject: string): string {
  return createHash('sha256')
    .update(JSON.stringify([componentAppid, way, subject]))
    .digest('hex');
}
