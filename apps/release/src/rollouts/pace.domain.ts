import type { Rollout } from './rollout.js';

/** What decides how fast a rollout is. */
export type Limit = 'paused' | 'quota' | 'waiting' | 'approval' | 'reviewers' | 'pace';

export interface Pace {
  readonly ended: number;
  /** Seconds that they were counted over. */
  readonly withinS: number;
  /** Seconds; `null`: that cannot be said. */
  readonly leftS: number | null;
  readonly limitedBy: Limit | null;
  /** ISO 8601 */
  readonly limitedUntil: string | null;
}

interface UnderWay {
  readonly pending: number;
  readonly preparing: number;
  readonly in_review: number;
  readonly approved: number;
  readonly gray: number;
}

/**
 * How long a rollout will take if it goes on as in the last hour, and what decides that.
 * @param ended mini programs that ended, and within how many seconds
 */
export function paceOf(
  { state, reason }: Pick<Rollout, 'state' | 'reason'>,
  { pending, preparing, in_review, approved, gray }: UnderWay,
  waits: ReadonlyMap<string, number>,
  ended: { readonly n: number; readonly withinS: number },
): Pace {
  const left = pending + preparing + in_review + approved + gray;
  const counted = { ended: ended.n, withinS: ended.withinS };
  if (state === 'aborted' || (left === 0 && state !== 'paused'))
    return { ...counted, leftS: left === 0 ? 0 : null, limitedBy: null, limitedUntil: null };
  const limitedBy = limitOf(state, reason?.code, { pending, preparing, in_review, approved }, waits);
  const limitedUntil = state === 'waiting' ? (reason?.explained_until ?? null) : null;
  // What stands still takes as long as it stands still.
  const stands = limitedBy === 'paused' || limitedBy === 'quota' || limitedBy === 'waiting' || limitedBy === 'approval';
  const leftS = stands || ended.n === 0 ? null : Math.ceil((left * ended.withinS) / ended.n);
  return { ...counted, leftS, limitedBy, limitedUntil };
}

function limitOf(
  state: string,
  code: string | undefined,
  { pending, preparing, in_review, approved }: Omit<UnderWay, 'gray'>,
  waits: ReadonlyMap<string, number>,
): Limit {
  if (state === 'paused') return 'paused';
  if (state === 'waiting') return code === 'quota' ? 'quota' : 'waiting';
  if (pending === 0 && preparing === 0 && in_review === 0 && approved > 0 && (waits.get('approval') ?? 0) > 0) return 'approval';
  return pending + preparing > in_review ? 'pace' : 'reviewers';
}
