import type { RolloutState } from '#persistence';
import { DomainError } from '#service';
import type { NotReadyPolicy } from '../readiness/readiness.domain.js';
import type { ReleaseState } from '../releases/release.domain.js';
import type { ReleasePolicy } from '../releases/release-policy.domain.js';
import { afterRing, type RingRule, tooManyOfRing } from './rings.domain.js';

/** How a rollout is carried out. */
export interface RolloutOptions {
  /** So many mini programs go first. 0: none. */
  readonly canary_size: number;
  /** Share of the canary that must succeed before the rest follows, 0 to 1. */
  readonly canary_success_share: number;
  /** Mini programs between commit and submission at the same time. */
  readonly concurrency: number;
  /** Mini programs begun per minute, at most. */
  readonly per_minute: number;
  /** Submissions of this month that are left for others. */
  readonly quota_reserve: number;
  /** It pauses itself when so many targets have failed. */
  readonly max_failures: number;
  /** The same as a share of those that were begun, once ten have ended. */
  readonly max_failure_share: number;
  /** It pauses itself when so large a share of those it put online has come by a violation since; absent: it does not look. */
  readonly max_violation_share?: number;
  /** What becomes of mini programs that cannot go online yet; absent in rollouts of before: `go-on`. */
  readonly not_ready?: NotReadyPolicy;
  /** Nothing is begun before; ISO 8601. */
  readonly start_at?: string;
  /** Groups that go one after the other; instead of a canary. */
  readonly rings?: readonly RingRule[];
}

/** Why a rollout waits: its time has not come. */
export const SCHEDULED = 'scheduled';

/** How far ahead a rollout may be scheduled. */
const AHEAD_MS = 90 * 86_400_000;
/** From then on a scheduled rollout that has not begun needs a person. */
const LATE_MS = 5 * 60_000;

/** Why a rollout waits: what would be sent is not what others were asked about. */
export const CHANGED = 'changed-since-approval';

export const DEFAULT_OPTIONS: RolloutOptions = {
  canary_size: 0,
  canary_success_share: 1,
  concurrency: 20,
  per_minute: 120,
  quota_reserve: 10,
  max_failures: 20,
  max_failure_share: 0.2,
  not_ready: 'go-on',
};

/** Targets by state; `active`: running and not submitted yet, but for those that wait by themselves. */
export interface RolloutCounts {
  readonly pending: number;
  /** Of these: not begun before they may go online. */
  readonly held: number;
  readonly running: number;
  readonly active: number;
  /** Running, and waits for a quota or penalty of its own: it holds nobody else up. */
  readonly waiting: number;
  /** Of these: longer than the reason explains. */
  readonly overdue: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Failed without having been begun: what stands in their way was known, such as a variable without a value. */
  readonly untried: number;
  readonly skipped: number;
}

/** Mini programs of a rollout with a violation of its version, and those it has put online. */
export interface Violated {
  readonly miniPrograms: number;
  readonly online: number;
  /** What was known when it was last resumed. */
  readonly forgiven: number;
}

/** One alone says little of the version, unless not even one is wanted. */
export function violatesTooOften({ miniPrograms, online, forgiven }: Violated, share: number): boolean {
  const news = Math.max(0, miniPrograms - forgiven);
  if (share === 0) return news > 0;
  return news > 1 && news / Math.max(online, news) > share;
}

export interface RolloutSituation {
  readonly stage: 'canary' | 'full';
  readonly all: RolloutCounts;
  /** Of the canary; where there are rings, of the one that goes now. */
  readonly canary: RolloutCounts;
  /** The ring that goes now. */
  readonly ring?: RingRule | undefined;
  /** Since the last one of it has ended, seconds. */
  readonly sinceRingS?: number | undefined;
  /** What had ended when it was last resumed: an operator has seen it. */
  readonly forgiven?: { readonly failed: number; readonly succeeded: number } | undefined;
  /** Since the last batch, seconds; `undefined`: nothing was begun yet. */
  readonly sinceLaunchS: number | undefined;
}

export type RolloutDecision =
  | { readonly do: 'launch'; readonly from: 'canary' | 'all'; readonly count: number }
  | { readonly do: 'wait' }
  | { readonly do: 'widen' }
  | { readonly do: 'replace-canary'; readonly count: number }
  | { readonly do: 'complete' }
  | { readonly do: 'pause'; readonly reason: { readonly code: string; readonly detail: string } };

/** What comes next, from the numbers alone. */
export function decide(situation: RolloutSituation, options: RolloutOptions): RolloutDecision {
  const { stage, all, canary, ring } = situation;
  if (all.pending > 0 && failsTooOften(situation, options))
    return tooMany(all.failed - all.untried, all.succeeded + all.failed - all.untried + all.running);
  if (ring) {
    const stop = tooManyOfRing(ring, canary, all, situation.forgiven?.failed ?? 0);
    if (stop && all.pending > 0) return stop;
  }
  if (stage === 'canary' && ring) {
    if (canary.pending === canary.held && canary.running === canary.waiting) return afterRing(ring, canary, situation.sinceRingS);
    return launch('canary', canary.pending - canary.held, all.active, situation, options);
  }
  if (stage === 'canary') {
    // One that waits for a quota of its own keeps nobody waiting: the others speak for it, or another one takes its place.
    if (canary.pending === canary.held && canary.running === canary.waiting) {
      // Nor does one that was never begun, for a reason the preview named, or that was skipped.
      const silent = canary.waiting + canary.held + canary.untried + canary.skipped;
      if (silent === 0 || canary.succeeded + canary.failed > canary.untried) return afterCanary(canary, options);
      const others = all.pending - all.held - (canary.pending - canary.held);
      if (others > 0) return { do: 'replace-canary', count: Math.min(silent, Math.max(options.canary_size, 1), others) };
      if (canary.waiting + all.held > 0) return { do: 'wait' };
      return canary.failed > 0 ? afterCanary(canary, options) : { do: 'complete' };
    }
    return launch('canary', canary.pending - canary.held, all.active, situation, options);
  }
  if (all.pending === 0) return all.running === 0 ? { do: 'complete' } : { do: 'wait' };
  return launch('all', all.pending - all.held, all.active, situation, options);
}

function failsTooOften({ all, forgiven }: RolloutSituation, options: RolloutOptions): boolean {
  const failed = Math.max(0, all.failed - all.untried - (forgiven?.failed ?? 0));
  const ended = failed + Math.max(0, all.succeeded - (forgiven?.succeeded ?? 0));
  // Failures come at once, reviews take hours: what is under way has been tried as well.
  const tried = ended + all.running;
  return failed > 0 && (failed >= options.max_failures || (ended >= 10 && failed / tried > options.max_failure_share));
}

function afterCanary(canary: RolloutCounts, options: RolloutOptions): RolloutDecision {
  const ended = canary.succeeded + canary.failed - canary.untried;
  // A canary of which nobody could be begun has shown nothing.
  if (ended === 0 || canary.succeeded / ended < options.canary_success_share)
    return {
      do: 'pause',
      reason: {
        code: 'canary-failed',
        detail: `${canary.succeeded} of ${ended} canary mini programs succeeded (${canary.skipped} skipped).`,
      },
    };
  return { do: 'widen' };
}

function launch(
  from: 'canary' | 'all',
  pending: number,
  active: number,
  { sinceLaunchS }: RolloutSituation,
  options: RolloutOptions,
): RolloutDecision {
  const byRate =
    sinceLaunchS === undefined ? options.per_minute : Math.floor((options.per_minute * Math.min(sinceLaunchS, 60)) / 60);
  const count = Math.min(pending, options.concurrency - active, Math.max(byRate, 0));
  return count > 0 ? { do: 'launch', from, count } : { do: 'wait' };
}

function tooMany(failed: number, tried: number): RolloutDecision {
  return {
    do: 'pause',
    reason: { code: 'too-many-failures', detail: `${failed} of ${tried} mini programs that were begun failed.` },
  };
}

interface WaitReason {
  readonly code: string;
  readonly since: string;
  readonly [more: string]: unknown;
}

const BEIJING_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;

/**
 * Says how long the reason explains that a rollout waits: what waits longer needs a person.
 * @param known whether WeChat has said it; otherwise it may be nothing at all
 */
export function explained<T extends WaitReason>(reason: T, known = true): T & { readonly explained_until: string } {
  return { ...reason, explained_until: explainedUntil(reason, known).toISOString() };
}

function explainedUntil({ code, since }: WaitReason, known: boolean): Date {
  const at = new Date(since);
  if (!known) return new Date(at.getTime() + 3_600_000);
  // And a day for WeChat's counting.
  if (code === 'quota') return new Date(nextMonth(at).getTime() + DAY_MS);
  // Addresses, secrets, penalties, templates: nothing of that comes by itself.
  return at;
}

/** When WeChat counts a month's submissions anew: on its first day in Beijing. */
export function nextMonth(at: Date): Date {
  const beijing = new Date(at.getTime() + BEIJING_MS);
  return new Date(Date.UTC(beijing.getUTCFullYear(), beijing.getUTCMonth() + 1, 1) - BEIJING_MS);
}

/** Whether it goes on by itself only if somebody does something. */
export function needsAttention(
  rollout: { readonly state: string; readonly reason: { readonly explained_until?: string } | null },
  counts: Pick<RolloutCounts, 'overdue'>,
  now: Date,
): boolean {
  const { state, reason } = rollout;
  if (state === 'paused') return true;
  if (state === 'waiting' && reason?.explained_until !== undefined && new Date(reason.explained_until) <= now) return true;
  return (state === 'running' || state === 'waiting') && counts.overdue > 0;
}

/** Another rollout that has not ended, and what it has in common with one that is to begin. */
export interface Overlap {
  readonly rolloutId: number;
  readonly name: string;
  readonly state: RolloutState;
  readonly version: string;
  readonly appids: readonly string[];
}

const SHOWN_OVERLAPS = 20;
export const OVERLAP_REMEDY = {
  en: 'Wait for the other rollout, abort it, leave these mini programs out, or take them over with take_over: true.',
  zh: '请等待另一发布批次结束、终止该批次、从本批次中去除这些小程序，或使用 take_over: true 接管。',
};

/** Two that write to one mini program undo each other's work. @throws DomainError `conflict` */
export function refuseOverlaps(overlaps: readonly Overlap[]): void {
  if (overlaps.length === 0) return;
  const named = overlaps.map(
    ({ rolloutId, name, state, version, appids }) =>
      `${appids.length} of rollout ${rolloutId} (${name}, ${version}, ${state}), such as ${appids[0]}`,
  );
  throw new DomainError('conflict', `Other rollouts have not finished with mini programs of this one: ${named.join('; ')}.`, {
    members: {
      overlaps: overlaps.map(({ rolloutId, name, state, version, appids }) => ({
        rollout_id: rolloutId,
        name,
        state,
        user_version: version,
        mini_programs: appids.length,
        authorizer_appids: appids.slice(0, SHOWN_OVERLAPS),
      })),
    },
    remedy: OVERLAP_REMEDY,
  });
}

/** How often in a row WeChat made a rollout wait, and when last. */
export interface Refusals {
  readonly count: number;
  readonly at: string;
}

const LONGEST_PAUSE_S = 6 * 3_600;

/** One more. Those that are far apart have nothing to do with each other. */
export function oneMoreRefusal(before: Refusals | undefined, now: Date): Refusals {
  const apartS = before ? (now.getTime() - Date.parse(before.at)) / 1_000 : Number.POSITIVE_INFINITY;
  return { count: before && apartS < 2 * LONGEST_PAUSE_S ? before.count + 1 : 1, at: now.toISOString() };
}

/** How long a rollout waits then, whatever the quota says: WeChat's number may be wrong for weeks (mini-program-release.md §10 4). */
export function refusalPauseS(refusals: Refusals | undefined, shortestS: number): number {
  return Math.min(shortestS * 2 ** Math.min((refusals?.count ?? 1) - 1, 20), LONGEST_PAUSE_S);
}

/** In which states a target has reached what the policy wants of it. */
export function goalStates(policy: ReleasePolicy): readonly ReleaseState[] {
  if (policy.publish === 'auto') return ['released'];
  if (policy.submit === 'auto') return ['approved', 'graying', 'released'];
  return ['ready', 'auditing', 'approved', 'graying', 'released'];
}

/** A retry carries a release on in these: reviewers have it, have approved it, or it is online. In all others a new one is made. */
export const CARRIED_ON: readonly ReleaseState[] = ['auditing', 'approved', 'graying', 'released'];

/** In which states a target will not reach it any more. */
export const FAILED_STATES: readonly ReleaseState[] = ['rejected', 'withdrawn', 'failed', 'superseded', 'reverted'];

/** One field of a CSV line; a spreadsheet must not take a name for a formula. */
export function csvField(value: unknown): string {
  let text = value === null || value === undefined ? '' : String(value);
  if (/^[=+\-@\t\r]/.test(text)) text = `'${text}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * How a rollout begins: at once, or waiting for its time.
 * @throws DomainError `invalid-request` when that is over, or too far ahead
 */
export function beginning(options: RolloutOptions, now: Date) {
  const { start_at } = options;
  if (start_at === undefined) return { state: 'running' as const, reason: null, nextCheckAt: now };
  const at = new Date(start_at);
  if (at <= now)
    throw new DomainError(
      'invalid-request',
      `options.start_at is over: it is ${now.toISOString()}. Leave it out to begin at once.`,
    );
  if (at.getTime() - now.getTime() > AHEAD_MS)
    throw new DomainError(
      'invalid-request',
      'options.start_at is more than 90 days ahead: nobody knows what would be sent then.',
    );
  const detail = `It begins at ${at.toISOString()}.`;
  const explained_until = new Date(at.getTime() + LATE_MS).toISOString();
  return {
    state: 'waiting' as const,
    reason: { code: SCHEDULED, detail, since: now.toISOString(), explained_until },
    nextCheckAt: at,
  };
}
