import { AUDIT_STATUS } from '#wechat';
import { isReleaseState, type ReleaseState } from './release.domain.js';

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

/** The state of any row. */
export function stateOf(row: {
  readonly state: string | null;
  readonly status: number | null;
  readonly isRelease: number;
  readonly auditid: string | null;
}): ReleaseState {
  return isReleaseState(row.state) ? row.state : deriveState(row);
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
