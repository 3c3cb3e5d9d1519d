import { ERRCODE } from '#wechat';
import { retryS } from '../wechat/backoff.domain.js';
import { mostRepeats, type Verdict } from '../wechat/wechat-failure.domain.js';
import { type OwnWait, ownPauseS, ownWait } from './own-wait.domain.js';
import { waitS } from './pauses.domain.js';
import { type ReleaseState } from './release.domain.js';

/** What waits for a quota or the environment of the platform is tried again after so long, if nobody says before that it may go on. */
export const QUOTA_PAUSE_S = 1_800;
/** How often an approved or waiting release is compared with WeChat, in case somebody acts in another console. */
export const IDLE_CHECK_S = 6 * 3_600;
/** After so many refusals of a reading it is read only rarely: the merchant has to do something first. */
const REFUSED_READINGS = 5;
/** A check found what every mini program would be refused for: so long the rollout has to notice before this release looks itself. */
const COMMON_PAUSE_S = 60;
/** Another change runs, or something is away: it does not say how long that takes. */
const BUSY_PAUSE_S = 30;

/** Where a release stands after its step has failed. */
export interface Standing {
  readonly state: ReleaseState;
  /** A call was sent, and what became of it is not known. */
  readonly unsettled: boolean;
  readonly inRollout: boolean;
  /** Failed tries before this one. */
  readonly attempts: number;
  /** What it has waited for until now, if that was a quota of its own. */
  readonly waiting?: OwnWait | undefined;
}

/** Whether its step is tried again by itself. */
export interface Again {
  readonly attempts: number;
  /** Seconds; `null`: a person decides. */
  readonly afterS: number | null;
}

export type AfterFailure =
  /** The merchant has ended the authorization. */
  | { readonly do: 'stop' }
  /** The rollout waits, and this release with it. */
  | { readonly do: 'hold'; readonly againS: number }
  /** It waits for a quota of its own, which is no failed try. */
  | { readonly do: 'wait'; readonly waiting: OwnWait; readonly afterS: number }
  /** Looked at until its outcome is known; the failure of what was sent stays remembered. */
  | { readonly do: 'look'; readonly attempts: number; readonly afterS: number }
  | ({ readonly do: 'retry' } & Again);

/** Everything of the kind waits, so the rollout has to know, whatever becomes of this release. */
export function concernsRollout({ inRollout }: Standing, verdict: Verdict): boolean {
  return verdict === 'quota' && inRollout;
}

/**
 * WeChat or the broker failed.
 * @param quotaPollS the shortest pause of what waits for a quota, seconds
 */
export function afterFailure(
  standing: Standing,
  verdict: Verdict,
  errcode: number | undefined,
  now: Date,
  quotaPollS: number,
): AfterFailure {
  if (verdict === 'unauthorized') return { do: 'stop' };
  const attempts = standing.attempts + 1;
  // Reviews and steps whose outcome is not known are read in any case: nothing is sent for that.
  const onlyRead = standing.unsettled || standing.state === 'auditing';
  if (concernsRollout(standing, verdict) && !onlyRead) return { do: 'hold', againS: QUOTA_PAUSE_S };
  if (verdict === 'own-quota' && !onlyRead) {
    const waiting = ownWait(errcode ?? 0, standing.waiting, now);
    return { do: 'wait', waiting, afterS: ownPauseS(waiting, now, quotaPollS) };
  }
  if (standing.unsettled) return { do: 'look', attempts, afterS: retryS(attempts) };
  return { do: 'retry', ...again(verdict, standing.state, attempts, errcode) };
}

/** Why nothing was sent: another change runs, or a check has found a hindrance. */
export interface RefusalHere {
  /** Something newer is, or will be, online. */
  readonly older: boolean;
  /** The check before a submission found something. */
  readonly preflight?: { readonly forAll: boolean; readonly onlyPending: boolean } | undefined;
  /** `false`: something is away, which is nobody's decision. */
  readonly conflict: boolean;
  /** When it may work; `undefined`: not by waiting. */
  readonly retryAfterS?: number | undefined;
}

export type AfterRefusalHere =
  | { readonly do: 'stop' }
  | { readonly do: 'hold'; readonly againS: number }
  | { readonly do: 'look'; readonly afterS: number }
  | ({ readonly do: 'retry'; readonly verdict: 'wait' | 'refused' } & Again);

/** Refused before WeChat was asked. */
export function afterRefusalHere(standing: Standing, refusal: RefusalHere): AfterRefusalHere {
  const { older, preflight, conflict, retryAfterS } = refusal;
  if (older && standing.inRollout) return { do: 'stop' };
  if (preflight?.forAll && standing.inRollout) return { do: 'hold', againS: COMMON_PAUSE_S };
  if (retryAfterS !== undefined || !conflict) return { do: 'look', afterS: retryAfterS ?? BUSY_PAUSE_S };
  const verdict = preflight?.onlyPending ? 'wait' : 'refused';
  const errcode = preflight?.onlyPending ? ERRCODE.AUDIT_PENDING : undefined;
  return { do: 'retry', verdict, ...again(verdict, standing.state, standing.attempts + 1, errcode) };
}

/** What is refused for good, or too often, waits for a person; a review is read in any case. */
function again(verdict: Verdict, state: ReleaseState, attempts: number, errcode: number | undefined): Again {
  if (state === 'auditing') {
    const rarely = verdict === 'refused' && attempts >= REFUSED_READINGS;
    return { attempts, afterS: rarely ? IDLE_CHECK_S : retryS(attempts) };
  }
  if (verdict === 'refused' || attempts > mostRepeats(errcode)) return { attempts, afterS: null };
  return {
    attempts,
    afterS: verdict === 'quota' ? QUOTA_PAUSE_S : verdict === 'wait' ? waitS(attempts) : retryS(attempts),
  };
}
