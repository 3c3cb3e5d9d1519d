import { FILING, FILING_LACKS, FILING_SMS, type FilingLack, filingLacks, isUnfiled } from '#wechat';

export { FILING, FILING_LACKS as MISSING, FILING_SMS as SMS, filingLacks as missingOf };
export type Missing = FilingLack;

export const FILING_STATES = [
  'unread',
  'not_filed',
  'platform_review',
  'platform_rejected',
  'authority_review',
  'authority_rejected',
  'filed',
  'cancelling',
  'unknown',
] as const;
export type FilingState = (typeof FILING_STATES)[number];

const BY_STATUS: Readonly<Record<number, FilingState>> = {
  [FILING.platform]: 'platform_review',
  [FILING.platformRejected]: 'platform_rejected',
  [FILING.authority]: 'authority_review',
  [FILING.authorityRejected]: 'authority_rejected',
  [FILING.filed]: 'filed',
};

export function stateOf(status: number | null, isCanceling: boolean): FilingState {
  if (status === null) return 'unread';
  if (isCanceling) return 'cancelling';
  if (isUnfiled(status)) return 'not_filed';
  return BY_STATUS[status] ?? 'unknown';
}

/** WeChat or the authority looks at it: nothing can be applied for. */
export const inReview = (status: number | null): boolean => status === FILING.platform || status === FILING.authority;
export const isRejected = (status: number | null): boolean =>
  status === FILING.platformRejected || status === FILING.authorityRejected;

/** How often a state is read when no event comes, in seconds. No event tells of the way from WeChat to the authority, nor of the SMS (§2). */
const READ_EVERY_S: Readonly<Record<FilingState, number>> = {
  unread: 86_400,
  not_filed: 86_400,
  platform_review: 3_600,
  platform_rejected: 21_600,
  authority_review: 3_600,
  authority_rejected: 21_600,
  filed: 7 * 86_400,
  cancelling: 600,
  unknown: 3_600,
};
const OFTEN_S = 300;
/** After a move, and while a person has an SMS to answer, it is looked at often. */
const FRESH_S = 6 * 3_600;

export function readAgainInS(state: FilingState, smsStatus: number | null, sinceS: number): number {
  const fresh = (state === 'platform_review' || state === 'authority_review') && sinceS < FRESH_S;
  const smsWaits = state === 'authority_review' && smsStatus === FILING_SMS.waiting;
  return fresh || smsWaits ? Math.min(OFTEN_S, READ_EVERY_S[state]) : READ_EVERY_S[state];
}

/** How long the authority's SMS is good for is on no page; commonly told. */
export const SMS_S = 86_400;

/** Words of moves besides the states, in the history and in events. */
export type FilingMove =
  | FilingState
  | 'sms_waiting'
  | 'sms_done'
  | 'sms_timed_out'
  | 'withdrawn'
  | 'cancelled'
  | 'submitted'
  | 'not_sent';

const SMS_MOVES: Readonly<Record<number, FilingMove>> = {
  [FILING_SMS.waiting]: 'sms_waiting',
  [FILING_SMS.done]: 'sms_done',
  [FILING_SMS.timedOut]: 'sms_timed_out',
};

/** What is known of a filing at one moment. */
export interface Standing {
  readonly status: number | null;
  readonly isCanceling: boolean;
  readonly smsStatus: number | null;
}

/** What happened between two readings. */
export function movesBetween(before: Standing, now: Standing): FilingMove[] {
  const [from, to] = [stateOf(before.status, before.isCanceling), stateOf(now.status, now.isCanceling)];
  const moves: FilingMove[] = [];
  if (from !== to) {
    if (to === 'not_filed' && from === 'cancelling') moves.push('cancelled');
    else if (to === 'not_filed' && (from === 'platform_review' || from === 'authority_review')) moves.push('withdrawn');
    else moves.push(to);
  }
  const sms = now.smsStatus === null ? undefined : SMS_MOVES[now.smsStatus];
  if (sms && now.status === FILING.authority && before.smsStatus !== now.smsStatus) moves.push(sms);
  return moves;
}
