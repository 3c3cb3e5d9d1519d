import type { StoredApproval } from '../approvals/approval.repository.js';
import type { Check } from '../preflight/preflight.domain.js';
import type { StoredFailure } from '../wechat/wechat-failure.domain.js';
import type { ReleaseState } from './release.domain.js';

/** What a rollout's agreement is about. */
export interface RolloutAgreement {
  readonly approval: StoredApproval | undefined;
  /** Of everything that it brings. */
  readonly digest: string;
  /** By appid, the digest of what each target is sent, as it was when this was agreed to; `undefined`: it was not frozen. */
  readonly frozen: ReadonlyMap<string, string> | undefined;
  /** So many have to agree. */
  readonly needed: number;
  /** A client that agreed as the last release wrote it. */
  readonly approvedBy: string | undefined;
}

/**
 * What a release asks its rollout, and tells it. Rollouts implement it: they know releases, releases do not know them.
 * Only for releases that belong to a rollout.
 */
export abstract class ReleaseGate {
  /** Whether a release of this rollout may take the step that follows this state. */
  abstract open(rolloutId: number, state: ReleaseState): Promise<boolean>;

  /** What is agreed to of all its releases at once. */
  abstract agreement(rolloutId: number): Promise<RolloutAgreement>;

  /** A check before a submission found what hinders every mini program of the component: the rollout waits. */
  abstract waitForAll(rolloutId: number, check: Check): Promise<void>;

  /** A quota or the environment: no target would fare better, so the whole rollout waits and no attempt is spent. */
  abstract wait(rolloutId: number, failure: StoredFailure): Promise<void>;

  /** No target would fare better, and waiting does not help: the rollout pauses, and an operator decides. */
  abstract pause(rolloutId: number, failure: StoredFailure): Promise<void>;
}
