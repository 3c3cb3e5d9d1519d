import type { PlannedTarget, PlanProblem } from './planned-target.js';
import type { ProblemGroup } from './rollout-views.dto.js';

const NAMED = 20;

/** Counts what stands in the way by what it is about; its size is that of the specification, not of the fleet. */
export class ProblemGroups {
  private readonly groups = new Map<string, ProblemGroup & { count: number }>();

  add({ path, message, remedy, authorizerAppid }: PlanProblem): void {
    const group = this.groups.get(path) ?? { path, message, remedy: remedy ?? null, count: 0, authorizer_appids: [] };
    this.groups.set(path, group);
    const appids = group.authorizer_appids;
    // One mini program may have two problems of one kind.
    if (appids.at(-1) === authorizerAppid) return;
    group.count += 1;
    if (appids.length < NAMED) appids.push(authorizerAppid);
  }

  /** The most frequent first. */
  get all(): ProblemGroup[] {
    return [...this.groups.values()].sort((a, b) => b.count - a.count || a.path.localeCompare(b.path));
  }
}

/**
 * Those that have no problem of these kinds. Who is a canary is counted among them.
 * @param leftOut is told of each that has one
 */
export async function* without(
  planned: AsyncIterable<PlannedTarget>,
  paths: readonly string[] | undefined,
  canarySize: number,
  leftOut: () => void = () => {},
): AsyncGenerator<PlannedTarget> {
  let kept = 0;
  for await (const target of planned) {
    if (paths && [...target.problems, ...target.obstacles].some(({ path }) => paths.includes(path))) {
      leftOut();
      continue;
    }
    yield { ...target, isCanary: kept < canarySize };
    kept += 1;
  }
}
