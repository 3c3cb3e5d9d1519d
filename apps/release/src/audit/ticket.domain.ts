import { readAuditStatus, resolveEntities } from '#wechat';

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

/** Words that were typed with entities come back with these escaped once more. */
const MOST_ESCAPES = 3;

function plainWords(text: string): string {
  let plain = text;
  for (let round = 0; round < MOST_ESCAPES; round += 1) plain = resolveEntities(plain);
  return plain.normalize('NFC').replace(/\s+/g, ' ').trim();
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
