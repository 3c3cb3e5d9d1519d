import { DomainError } from '#service';
import { type ReleaseStep, stepAllowed, stepsFrom } from '../release.domain.js';
import type { Release } from '../release.js';

/** @throws DomainError `conflict` when the release's state does not allow this step, or another one is under way */
export function requireStep(row: Release, step: ReleaseStep): void {
  if (!stepAllowed(step, row.state) || row.intent !== null) throw notNow(row, step);
}

/** Says why not, and what is possible. */
export function notNow({ state, intent }: Release, step: ReleaseStep): DomainError {
  const next = stepsFrom(state);
  const members = { state, next_steps: intent ? [] : next, pending_step: intent };
  if (intent !== null)
    return new DomainError(
      'conflict',
      `The step "${intent}" of this release is under way; its outcome is being read from WeChat.`,
      { members, retryAfterS: 5 },
    );
  const legal = next.length > 0 ? `possible now: ${next.join(', ')}` : 'nothing more can be done with it';
  return new DomainError('conflict', `A release that is ${state} cannot be asked to ${step}; ${legal}.`, { members });
}
