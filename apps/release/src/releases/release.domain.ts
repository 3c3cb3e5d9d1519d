import { AUDIT_STATUS, type AuditStatus, readAuditStatus } from '#wechat';

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

/** The state of a row that an older system wrote: it knows `status`, `is_release` and the ticket's id. */
export function deriveState(row: {
  readonly status: number | null;
  readonly isRelease: number;
  readonly auditid: string | null;
}): ReleaseState {
  if (row.isRelease === 1) return 'released';
  switch (row.status) {
    case AUDIT_STATUS.approved:
      return 'approved';
    case AUDIT_STATUS.rejected:
      return 'rejected';
    case AUDIT_STATUS.inAudit:
      return 'auditing';
    case AUDIT_STATUS.withdrawn:
      return 'withdrawn';
    default:
      return row.auditid ? 'auditing' : 'ready';
  }
}

/** One entry of a release's history. */
export interface ReleaseMove {
  readonly at: Date;
  readonly fromState: string | null;
  readonly toState: string;
  readonly cause: string;
  readonly clientId: string | null;
  readonly detail: Record<string, unknown> | null;
}

/** What an older system's row tells of the time before we looked after it; nothing for our own rows. */
export function movesBefore(
  row: {
    readonly status: number | null;
    readonly isRelease: number;
    readonly createdAt: Date | null;
    readonly createTime: Date | null;
    readonly auditresultTime: Date | null;
    readonly releaseTime: Date | null;
  },
  firstKnown: Date | undefined,
): ReleaseMove[] {
  if (row.createdAt !== null) return [];
  const result = deriveState({ status: row.status, isRelease: 0, auditid: null });
  const steps = [
    { at: row.createTime, toState: 'auditing' },
    { at: row.auditresultTime, toState: result === 'rejected' || result === 'withdrawn' ? result : 'approved' },
    { at: row.isRelease === 1 ? row.releaseTime : null, toState: 'released' },
  ];
  const known = steps.filter(
    (step): step is { at: Date; toState: string } =>
      step.at !== null && !Number.isNaN(step.at.getTime()) && (firstKnown === undefined || step.at < firstKnown),
  );
  return known.map(({ at, toState }, index) => ({
    at,
    fromState: known[index - 1]?.toState ?? null,
    toState,
    cause: 'older-system',
    clientId: null,
    detail: null,
  }));
}

/** The state of any row. */
export function stateOf(row: {
  readonly state: string | null;
  readonly status: number | null;
  readonly isRelease: number;
  readonly auditid: string | null;
}): ReleaseState {
  return isReleaseState(row.state) ? row.state : deriveState(row);
}

/** What WeChat's answer about our ticket says of the release. */
export interface TicketReading {
  readonly state: 'auditing' | 'approved' | 'rejected' | 'withdrawn';
  readonly delayed: boolean;
}

/** @returns `undefined` for a status that WeChat's documents do not know: then nothing is concluded. */
export function readTicket(wechatStatus: number): TicketReading | undefined {
  const reading = readAuditStatus(wechatStatus);
  if (!reading) return undefined;
  const state = ({ 0: 'approved', 1: 'rejected', 2: 'auditing', 3: 'withdrawn' } as const)[reading.status as 0 | 1 | 2 | 3];
  return state ? { state, delayed: reading.delayed } : undefined;
}

/** What identifies the ticket of a submission whose answer was lost. */
export interface SubmissionTrace {
  readonly userVersion: string;
  readonly userDesc: string;
  /** It was not submitted before this. */
  readonly notBefore: Date;
  /** Tickets of this mini program that are known to be others. */
  readonly knownAuditids: ReadonlySet<string>;
}

/** Whether the trial version is still what this release has uploaded: another upload may have the same version and words. */
export function isOwnTrial(
  row: { readonly userVersion: string; readonly userDesc: string; readonly trialAt: Date | null },
  trial: { readonly exp_version: string; readonly exp_desc: string; readonly exp_time: number },
): boolean {
  if (!sameWords(trial.exp_version, row.userVersion) || !sameWords(trial.exp_desc, row.userDesc)) return false;
  return row.trialAt === null || row.trialAt.getTime() === trial.exp_time * 1_000;
}

/** WeChat gives words back trimmed, or escaped as for a page: they are the same words. */
export function sameWords(a: string, b: string): boolean {
  return a === b || plainWords(a) === plainWords(b);
}

function plainWords(text: string): string {
  return resolveEntities(text).normalize('NFC').replace(/\s+/g, ' ').trim();
}

/** Clocks differ: a ticket may look this much older than what it came from. */
const CLOCK_SKEW_S = 600;

/** Since when a release may have been submitted: WeChat may show the ticket of an earlier attempt, of which nothing was known, only now. */
export function submittableSince(row: { readonly committedAt: Date | null; readonly intentAt: Date | null }): Date {
  return row.committedAt ?? row.intentAt ?? new Date(0);
}

/** Whether the latest ticket came from this submission. */
export function isOwnTicket(
  trace: SubmissionTrace,
  latest: {
    readonly auditid?: number;
    readonly user_version?: string;
    readonly user_desc?: string;
    readonly submit_audit_time?: number;
  },
): boolean {
  if (latest.auditid === undefined || trace.knownAuditids.has(String(latest.auditid))) return false;
  if (latest.user_version !== undefined && !sameWords(latest.user_version, trace.userVersion)) return false;
  if (latest.user_desc !== undefined && !sameWords(latest.user_desc, trace.userDesc)) return false;
  return latest.submit_audit_time === undefined || latest.submit_audit_time >= trace.notBefore.getTime() / 1_000 - CLOCK_SKEW_S;
}

/** Seconds until a pending ticket is read again: soon after the submission, then rarer; events come first in any case. */
export function auditPollS(pendingForS: number, delayed: boolean, longestS: number): number {
  const wanted = Math.max(60, pendingForS / 10);
  return Math.min(delayed ? wanted * 2 : wanted, longestS);
}

/** Seconds until the privacy scan is asked again. */
export function scanPollS(attempts: number, shortestS: number): number {
  return Math.min(shortestS * 2 ** Math.min(attempts, 10), Math.max(60, shortestS));
}

/** Seconds until a failed step is tried again. */
export function retryS(attempts: number, shortestS = 5): number {
  return Math.min(shortestS * 2 ** Math.min(attempts, 10), 900);
}

/** How often in a row a step is sent by itself of which nothing comes: for about two hours. */
const MOST_UNCLEAR = 15;

/** Seconds until a step is sent again of which nothing came so many times; `undefined`: by itself no more. */
export function resendS(unclearCount: number, shortestS: number): number | undefined {
  return unclearCount < MOST_UNCLEAR ? retryS(unclearCount - 1, shortestS) : undefined;
}

/** Seconds until something is looked at again that has to end at WeChat first: 10 to 30 minutes. */
export function waitS(attempts: number): number {
  return Math.min(600 * Math.max(attempts, 1), 1_800);
}

/** But for tabs and line ends: WeChat's texts have some at times, and a terminal would obey them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are exactly the ones meant
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

/**
 * A rejection as a person reads it: WeChat's `<br>` become line breaks, every other tag goes, entities are resolved.
 * The result is plain text; whoever shows it in HTML escapes it.
 */
export function cleanReason(html: string | null): string | null {
  if (html === null) return null;
  return resolveEntities(
    html
      .replace(/<\s*(br|\/p|\/div|\/li)\s*\/?\s*>/gi, '\n')
      .replace(/<(script|style)\b[^>]*>[\s\S]*?<\/\1\s*>/gi, '')
      .replace(/<\/?[a-z!][^>]*>/gi, ''),
  )
    .replace(CONTROL, '')
    .replace(/[ \t]+\n/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function resolveEntities(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(lt|gt|quot|apos|nbsp|amp));/gi,
    (whole, dec?: string, hex?: string, name?: string) => {
      if (name) return { lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', amp: '&' }[name.toLowerCase()] ?? whole;
      const code = dec ? Number(dec) : Number.parseInt(hex ?? '', 16);
      return code > 0 && code <= 0x10_ff_ff && (code < 0xd8_00 || code > 0xdf_ff) ? String.fromCodePoint(code) : whole;
    },
  );
}
