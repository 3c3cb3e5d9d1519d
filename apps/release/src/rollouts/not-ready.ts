import { DomainError } from '#service';
import type { Obstacle } from '../readiness/readiness.domain.js';
import type { PlannedTarget, PlanProblem } from './planned-target.js';
import type { ProblemGroup } from './rollout-views.dto.js';

/** What a mini program lacks, and is begun all the same. */
export function warningsOf({ authorizerAppid, obstacles }: PlannedTarget, bars: readonly Obstacle[]): PlanProblem[] {
  return obstacles
    .filter((obstacle) => !bars.includes(obstacle))
    .map(({ path, message, remedy }) => ({ authorizerAppid, path, message, remedy }));
}

/** @throws DomainError `conflict` while there is one that cannot go online */
export function refuseNotReady(groups: readonly ProblemGroup[]): void {
  if (groups.length === 0) return;
  const named = groups.map(({ count, path, authorizer_appids }) => `${count} by ${path}, such as ${authorizer_appids[0]}`);
  throw new DomainError(
    'conflict',
    `Mini programs of this rollout cannot go online yet: ${named.join('; ')}. Nothing was started.`,
    {
      members: { not_ready: groups },
      remedy: {
        en: 'Mend what not_ready names, leave them out (leave_out), or choose another options.not_ready.',
        zh: '请先处理 not_ready 所列问题，或用 leave_out 去除这些小程序，或更改 options.not_ready。',
      },
    },
  );
}
