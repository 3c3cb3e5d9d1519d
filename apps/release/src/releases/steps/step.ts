import type { GrayReleaseBody } from '#wechat';
import type { Intent, ReleaseState } from '../release.domain.js';
import type { Release, ReleasePatch } from '../release.js';

/** What is asked of each step that must not be repeated. */
export interface Plans {
  submit: {
    /** Absent: what was noted before, at the release's making or at an earlier try. */
    readonly told?: Pick<Release, 'submitRequest' | 'secretValues'> | undefined;
    /** Checks before the submission that are not to hold it back; absent: those of the policy. */
    readonly skipChecks?: readonly string[] | undefined;
  };
  withdraw: Readonly<Record<string, never>>;
  publish: { readonly allowOlder?: boolean | undefined };
  gray: { readonly body: GrayReleaseBody; readonly allowOlder?: boolean | undefined };
  'revert-gray': { readonly reason: string };
}

/** What moved a release: a call of ours, or what WeChat showed afterwards. */
export interface Cause {
  readonly cause: string;
  readonly clientId: string | null;
}

/**
 * What a refusal of WeChat means for this very step. Without an entry it did not happen, and that is all.
 *
 * | | |
 * |---|---|
 * | `look` | it may have happened before, its answer lost: WeChat is looked at; when nothing is to be seen it was refused |
 * | `look-on` | the same, but WeChat may show it only later (`hidden`) |
 * | `reread` | WeChat's picture of the release differs from ours: the review is read before the caller is answered |
 * | a move | it did not happen, and the release is in another state than was thought; `afterS`: when to look at it again |
 */
export type AfterRefusal =
  | 'look'
  | 'look-on'
  | 'reread'
  | { readonly from: readonly ReleaseState[]; readonly to: ReleaseState; readonly cause: string; readonly afterS: number };

/** WeChat may show what happened only much later. */
export interface Hidden {
  /** So long it is looked for before anything else is tried, seconds. */
  readonly forS: number;
  /** Whether this release waits for that, going by how its last try was refused. */
  awaits(row: Release): boolean;
  /** WeChat shows nothing at all: what it says is there may be ours. */
  nothingInSight(row: Release): Promise<boolean>;
}

/**
 * A call to WeChat that takes effect each time it is sent. A step knows what to send, how to see what became of it, and what
 * follows; `StepRunner` keeps the order, which is the same for all: remember, send, conclude; or, when the outcome is not clear, look.
 * @typeParam Found what WeChat did, as the answer of the call or a later look tells
 */
export interface Step<I extends Intent = Intent, Found = unknown> {
  readonly intent: I;
  /** From which states it may be sent. */
  readonly from: readonly ReleaseState[];
  /** Where it leads. */
  readonly to: ReleaseState;
  /** By error code. */
  readonly refusals: ReadonlyMap<number | undefined, AfterRefusal>;
  readonly hidden?: Hidden;
  /** What is changed when it is known that it did not happen, beside the end of the intent. */
  readonly undone?: ReleasePatch;
  /** Written down together with the intent, before anything is sent. */
  note?(row: Release, plan: Plans[I]): ReleasePatch;
  /**
   * Looks at what must be so, and sends.
   * @returns `undefined`: WeChat took it, and what came of it has to be read later
   * @throws DomainError when it is not to be waited for; WechatApiError, BrokerError
   */
  send(row: Release, plan: Plans[I]): Promise<Found | undefined>;
  /** What WeChat shows of it; `undefined`: nothing. @throws WechatApiError, BrokerError */
  outcomeOf(row: Release): Promise<Found | undefined>;
  /** Moves the release on. @returns false when somebody else has moved it first */
  conclude(row: Release, found: Found, by: Cause): Promise<boolean>;
  /** Sends it once more. Only of a step that does no harm when it is sent twice: it is sent until WeChat has taken or refused it. */
  insist?(row: Release): Promise<Found>;
}

/** A call that may be repeated: nothing is noted before it, and whoever finds it not done sends it. */
export interface RepeatableStep {
  readonly from: readonly ReleaseState[];
  /** Absent: the release stays where it is. */
  readonly to?: ReleaseState;
}
