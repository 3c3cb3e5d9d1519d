import { ERRCODE, type WechatApiError } from '#wechat';
import { MOST_ATTEMPTS, MOST_WAIT_MS } from './registration.domain.js';
import type { RegistrationWay } from './ways.domain.js';

/**
 * What a failed call that begins something means. `unclear`: it may have worked · `again`: the same call at that time, by itself ·
 * `has-task`: WeChat works on what an earlier call began · `fail`: somebody has to change something first.
 */
export type AfterRefusal =
  | { readonly next: 'unclear' }
  | { readonly next: 'again'; readonly atMs: number }
  | { readonly next: 'has-task' }
  | { readonly next: 'fail' };

export interface RefusedCall {
  readonly way: RegistrationWay;
  /** Calls so far, this one included. */
  readonly attempts: number;
  /** One before it had no answer. */
  readonly wasUnclear: boolean;
  /** Since this round began. */
  readonly ageMs: number;
  readonly nowMs: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const BEIJING_MS = 8 * HOUR_MS;

/** WeChat counts by the day of Beijing; a little later, for its clock. */
export const nextBeijingDay = (nowMs: number): number =>
  (Math.floor((nowMs + BEIJING_MS) / DAY_MS) + 1) * DAY_MS - BEIJING_MS + 5 * MINUTE_MS;

/** Of a day: the same call works tomorrow. */
const OF_A_DAY: ReadonlySet<number> = new Set([ERRCODE.QUOTA_EXHAUSTED, ERRCODE.PERSONAL_REGISTRATIONS_EXHAUSTED]);

/** registration.md §7: waits by itself for what passes by itself, within three days; everything else needs somebody. */
export function afterRefusal(error: WechatApiError, call: RefusedCall): AfterRefusal {
  const { attempts, nowMs, way } = call;
  if (error.kind !== 'errcode' || error.maybeExecuted)
    return error.maybeExecuted ? { next: 'unclear' } : within(call, nowMs + MINUTE_MS * attempts);
  const code = error.errcode ?? 0;
  if (way === 'trial-to-enterprise' && call.wasUnclear && code === ERRCODE.REGISTRATION_AWAITS_LEGAL_PERSON)
    return { next: 'has-task' };
  if (OF_A_DAY.has(code)) return within(call, nextBeijingDay(nowMs));
  switch (error.reaction) {
    case 'retry':
      // "Once, then look at the data" (89247).
      return attempts >= 2 ? { next: 'fail' } : within(call, nowMs + MINUTE_MS);
    case 'retry-next-minute':
      return within(call, nowMs + MINUTE_MS + 5_000);
    case 'wait':
      // Another month is too long to be silent about (61055).
      return error.refusal?.quotaExhausted ? { next: 'fail' } : within(call, nowMs + HOUR_MS);
    default:
      return { next: 'fail' };
  }
}

function within({ ageMs, nowMs }: RefusedCall, atMs: number): AfterRefusal {
  return ageMs + (atMs - nowMs) > MOST_WAIT_MS ? { next: 'fail' } : { next: 'again', atMs };
}

/** Whether an unclear call is sent once more. */
export const mayTryAgain = (attempts: number): boolean => attempts < MOST_ATTEMPTS;
