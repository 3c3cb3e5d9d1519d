import type { Check } from '../preflight/preflight.domain.js';
import type { StoredFailure } from '../wechat/wechat-failure.domain.js';
import type { ReleaseState } from './release.domain.js';

/**
 * What a release asks its rollout, and tells it. Rollouts implement it: they know releases, releases do not know them.
 * Only for releases that belong to a rollout.
 */
export abstract class ReleaseGate {
  /** Whether a release of this rollout may take the step that follows this state. */
  abstract open(rolloutId: number, state: ReleaseState): Promise<boolean>;

  /** Who agreed to all releases of the rollout; `undefined`: nobody. @returns a client's id */
  abstract approvedBy(rolloutId: number): Promise<string | undefined>;

  /** A check before a submission found what hinders every mini program of the component: the rollout waits. */
  abstract waitForAll(rolloutId: number, check: Check): Promise<void>;

  /** A quota or the environment: no target would fare better, so the whole rollout waits and no attempt is spent. */
  abstract wait(rolloutId: number, failure: StoredFailure): Promise<void>;

  /** No target would fare better, and waiting does not help: the rollout pauses, and an operator decides. */
  abstract pause(rolloutId: number, failure: StoredFailure): Promise<void>;
}
