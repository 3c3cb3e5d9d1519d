import { sha256 } from '#service';
import { CARRIED_ON } from './rollout.domain.js';
import type { ReasonView, RolloutTargetView } from './rollout-views.dto.js';

/** Mini programs of a rollout that one thing keeps from their goal. */
export interface CauseGroup {
  /** Stands for the group, also in a retry: `rejected.3f2a91c0`, `commit-failed.85013`, `older`. */
  readonly cause: string;
  /** `failed`, `skipped`, or `running` of those that wait by themselves. */
  readonly state: string;
  /** Of the first one. */
  readonly reason: ReasonView;
  readonly count: number;
  /** Such of them that a retry carries on without a new release. */
  readonly carriedOn: number;
  /** The first ones, in the rollout's order. */
  readonly appids: readonly string[];
}

/** Whose words say which of them it is: a rejection may have many reasons. */
const BY_WORDS: ReadonlySet<string> = new Set(['rejected', 'invalid', 'preflight-failed']);
const NAMED = 20;

/** Words that differ between two mini programs with the same trouble: appids, numbers, addresses, times. */
function sameWords(text: string): string {
  return text
    .replaceAll(/https?:\/\/\S+/g, '<url>')
    .replaceAll(/\bwx[0-9a-f]{16}\b/g, '<appid>')
    .replaceAll(/\d+/g, '#')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** What keeps it from its goal, in one word; `undefined`: nothing does. */
export function causeOf({ state, reason }: Pick<RolloutTargetView, 'state' | 'reason'>): string | undefined {
  if (state !== 'failed' && state !== 'skipped' && !(state === 'running' && reason)) return undefined;
  const code = reason?.code ?? 'unknown';
  const errcode = reason?.errcode === undefined ? '' : `.${reason.errcode}`;
  const words = BY_WORDS.has(code) && reason?.detail ? `.${sha256(sameWords(reason.detail)).slice(0, 8)}` : '';
  return `${code}${errcode}${words}`;
}

export const isCarriedOn = ({ release_state }: Pick<RolloutTargetView, 'release_state'>): boolean =>
  CARRIED_ON.some((state) => state === release_state);

/** Counts mini programs by what keeps them from their goal; its size is that of the causes, not of the rollout. */
export class Causes {
  private readonly groups = new Map<string, CauseGroup & { count: number; carriedOn: number; appids: string[] }>();

  add(view: RolloutTargetView): void {
    const cause = causeOf(view);
    if (cause === undefined) return;
    const key = `${view.state} ${cause}`;
    const group = this.groups.get(key) ?? {
      ...{ cause, state: view.state, reason: view.reason ?? {} },
      ...{ count: 0, carriedOn: 0, appids: [] },
    };
    this.groups.set(key, group);
    group.count += 1;
    group.carriedOn += isCarriedOn(view) ? 1 : 0;
    if (group.appids.length < NAMED) group.appids.push(view.authorizer_appid);
  }

  /** The largest first. */
  get all(): readonly CauseGroup[] {
    return [...this.groups.values()].sort((a, b) => b.count - a.count || a.cause.localeCompare(b.cause));
  }
}
