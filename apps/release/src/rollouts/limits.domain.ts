import type { RolloutOptions } from './rollout.domain.js';

/** What of a rollout may be changed while it runs. */
export type Changeable = Partial<
  Pick<RolloutOptions, 'concurrency' | 'per_minute' | 'quota_reserve' | 'max_failures' | 'max_failure_share'>
>;

/** Of these less is wider; of all others more. */
const LESS_IS_WIDER: ReadonlySet<string> = new Set(['quota_reserve']);

/** Whether it would be faster than before, or fail more before it stops. */
export function isWider(before: RolloutOptions, after: Changeable): boolean {
  return (Object.keys(after) as (keyof Changeable)[]).some((name) => {
    const [was, is] = [before[name], after[name] ?? before[name]];
    return LESS_IS_WIDER.has(name) ? is < was : is > was;
  });
}
