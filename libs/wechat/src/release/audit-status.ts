/** WeChat's audit status (mini-program-release.md §3). */
export const WECHAT_AUDIT_STATUS = { approved: 0, rejected: 1, inAudit: 2, withdrawn: 3, delayed: 4 } as const;

/** Our column's meaning: the same numbers, but for 4, which says that nothing was submitted. */
export const AUDIT_STATUS = { approved: 0, rejected: 1, inAudit: 2, withdrawn: 3, notSubmitted: 4 } as const;
export type AuditStatus = (typeof AUDIT_STATUS)[keyof typeof AUDIT_STATUS];

export interface AuditReading {
  readonly status: AuditStatus;
  /** WeChat postponed the review; it is still pending. */
  readonly delayed: boolean;
  /** No further result follows for this ticket. */
  readonly final: boolean;
}

/**
 * Translates the `status` of `get_auditstatus` or `get_latest_auditstatus`. WeChat's 4 (delayed) is still pending, so it becomes 2 with a mark:
 * stored as 4 it would read as "not submitted" and invite a second submission, which WeChat refuses (85009).
 * @returns `undefined` for a number that the documents do not know.
 */
export function readAuditStatus(wechatStatus: number): AuditReading | undefined {
  switch (wechatStatus) {
    case WECHAT_AUDIT_STATUS.approved:
      return { status: AUDIT_STATUS.approved, delayed: false, final: true };
    case WECHAT_AUDIT_STATUS.rejected:
      return { status: AUDIT_STATUS.rejected, delayed: false, final: true };
    case WECHAT_AUDIT_STATUS.inAudit:
      return { status: AUDIT_STATUS.inAudit, delayed: false, final: false };
    case WECHAT_AUDIT_STATUS.withdrawn:
      return { status: AUDIT_STATUS.withdrawn, delayed: false, final: true };
    case WECHAT_AUDIT_STATUS.delayed:
      return { status: AUDIT_STATUS.inAudit, delayed: true, final: false };
    default:
      return undefined;
  }
}

/**
 * What 85058 of `get_latest_auditstatus`, no ticket to report, means: nothing submitted, unless a release went through us, which empties the slot as well.
 * @returns the status to store, or `undefined`: keep the last known result and ask `getversioninfo`.
 */
export function readNoAudit({ releasedThroughUs }: { releasedThroughUs: boolean }): AuditReading | undefined {
  return releasedThroughUs ? undefined : { status: AUDIT_STATUS.notSubmitted, delayed: false, final: false };
}

/** What an audit event announces. Read the status from WeChat before writing a final one: the event names no ticket. */
export function auditStatusOfEvent(kind: 'weapp_audit_success' | 'weapp_audit_fail' | 'weapp_audit_delay'): AuditReading {
  const status = {
    weapp_audit_success: WECHAT_AUDIT_STATUS.approved,
    weapp_audit_fail: WECHAT_AUDIT_STATUS.rejected,
    weapp_audit_delay: WECHAT_AUDIT_STATUS.delayed,
  }[kind];
  return readAuditStatus(status)!;
}
