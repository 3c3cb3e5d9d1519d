import { AUDIT_STATUS, type AuditStatus } from '#wechat';

/**
 * The life of one release (mini-program-release.md §5).
 *
 * | State | |
 * |---|---|
 * | `created` | recorded; its code is not committed yet, or not certainly |
 * | `scanning` | committed; WeChat's privacy scan runs |
 * | `ready` | scanned; may be submitted to audit |
 * | `auditing` | WeChat reviews it (also while WeChat calls it delayed) |
 * | `approved`, `rejected`, `withdrawn` | the review ended |
 * | `graying` | published to a part of the users |
 * | `released` | online for everybody |
 * | `reverted` | was online and was rolled back |
 * | `superseded` | a later commit, submission or release took its place |
 * | `failed` | WeChat refused its code |
 * | `stopped` | the merchant ended the authorization, or an operator gave it up |
 */
export const RELEASE_MOVES = {
  created: ['scanning', 'failed', 'superseded', 'stopped'],
  scanning: ['ready', 'created', 'failed', 'superseded', 'stopped'],
  ready: ['auditing', 'scanning', 'created', 'superseded', 'stopped'],
  auditing: ['approved', 'rejected', 'withdrawn', 'released', 'superseded', 'stopped'],
  approved: ['graying', 'released', 'superseded', 'stopped'],
  rejected: ['auditing', 'created', 'superseded', 'stopped'],
  withdrawn: ['auditing', 'created', 'superseded', 'stopped'],
  graying: ['released', 'approved', 'superseded', 'stopped'],
  released: ['superseded', 'reverted'],
  reverted: [],
  superseded: [],
  failed: [],
  stopped: [],
} as const satisfies Record<string, readonly string[]>;

export type ReleaseState = keyof typeof RELEASE_MOVES;
export const RELEASE_STATES = Object.keys(RELEASE_MOVES) as ReleaseState[];

/** What a caller may ask of a release, and from which states. */
export const RELEASE_STEPS = {
  submit: ['ready', 'rejected', 'withdrawn'],
  withdraw: ['auditing'],
  'speed-up': ['auditing'],
  publish: ['approved', 'graying'],
  gray: ['approved', 'graying'],
  'revert-gray': ['graying'],
  recommit: ['scanning', 'ready', 'rejected', 'withdrawn'],
  abandon: ['created', 'scanning', 'ready', 'rejected', 'withdrawn', 'approved'],
} as const satisfies Record<string, readonly ReleaseState[]>;

export type ReleaseStep = keyof typeof RELEASE_STEPS;

/** Steps that take effect each time they are sent: the intent is recorded first, and WeChat is asked before they are sent again. */
export const UNREPEATABLE = ['submit', 'withdraw', 'publish', 'gray', 'revert-gray'] as const satisfies readonly ReleaseStep[];
export type Intent = (typeof UNREPEATABLE)[number];

export function isReleaseState(value: unknown): value is ReleaseState {
  return typeof value === 'string' && Object.hasOwn(RELEASE_MOVES, value);
}

export function canMove(from: ReleaseState, to: ReleaseState): boolean {
  return (RELEASE_MOVES[from] as readonly ReleaseState[]).includes(to);
}

export function stepAllowed(step: ReleaseStep, state: ReleaseState): boolean {
  return (RELEASE_STEPS[step] as readonly ReleaseState[]).includes(state);
}

/** What may be asked of a release in this state. */
export function stepsFrom(state: ReleaseState): ReleaseStep[] {
  return (Object.keys(RELEASE_STEPS) as ReleaseStep[]).filter((step) => stepAllowed(step, state));
}

/** Nothing follows, unless something else happens to the mini program. */
export function isTerminal(state: ReleaseState): boolean {
  return RELEASE_MOVES[state].length === 0;
}

/** WeChat holds a ticket of this release whose result is not known. */
export const PENDING_STATES = ['auditing'] as const satisfies readonly ReleaseState[];
/** States that a later commit of the same mini program ends: the trial version they stand for is gone. */
export const SUPERSEDED_BY_COMMIT = [
  'created',
  'scanning',
  'ready',
  'rejected',
  'withdrawn',
] as const satisfies readonly ReleaseState[];
/** States that a later approval going online ends. */
export const SUPERSEDED_BY_RELEASE = ['released', 'graying', 'approved'] as const satisfies readonly ReleaseState[];

/** The columns of the source design that follow from the state. */
export interface DesignColumns {
  readonly status: AuditStatus;
  readonly isRelease: 0 | 1;
  readonly isDelayed: 0 | 1;
}

const STATUS: Partial<Record<ReleaseState, AuditStatus>> = {
  created: AUDIT_STATUS.notSubmitted,
  scanning: AUDIT_STATUS.notSubmitted,
  ready: AUDIT_STATUS.notSubmitted,
  failed: AUDIT_STATUS.notSubmitted,
  auditing: AUDIT_STATUS.inAudit,
  approved: AUDIT_STATUS.approved,
  graying: AUDIT_STATUS.approved,
  released: AUDIT_STATUS.approved,
  reverted: AUDIT_STATUS.approved,
  rejected: AUDIT_STATUS.rejected,
  withdrawn: AUDIT_STATUS.withdrawn,
};

/**
 * `status`, `is_release` and the delayed mark for a state.
 * @param before what the row says now: `superseded` and `stopped` keep the last known answer of WeChat.
 */
export function designColumns(
  state: ReleaseState,
  before: { readonly status: number | null; readonly isRelease: number; readonly isDelayed: number },
): DesignColumns {
  const wasOnline = before.isRelease === 1;
  const isRelease = state === 'released' || state === 'reverted' || (state === 'superseded' && wasOnline) ? 1 : 0;
  const status = STATUS[state] ?? ((before.status ?? AUDIT_STATUS.notSubmitted) as AuditStatus);
  return { status, isRelease, isDelayed: state === 'auditing' && before.isDelayed === 1 ? 1 : 0 };
}
