import type { Approval } from './approval.domain.js';
import type { ApprovalView } from './approval.dto.js';

const isOver = ({ state, expiresAt }: Approval) => state === 'open' && expiresAt !== null && Date.parse(expiresAt) <= Date.now();

/** @param needed so many others have to agree */
export function toApprovalView(approval: Approval, needed: number): ApprovalView {
  const { answer, problem } = approval.outcome ?? {};
  return {
    approval_id: approval.id,
    component_appid: approval.componentAppid,
    authorizer_appid: approval.authorizerAppid || null,
    effect: approval.effect,
    state: isOver(approval) ? 'expired' : approval.state,
    digest: approval.digest,
    what: { ...approval.what },
    makers: [...approval.makers],
    approvals_needed: needed,
    approvals: approval.agreements.map(({ who, at, until, digest, note }) => ({
      by: who,
      at,
      until,
      of_this: digest === approval.digest,
      note,
    })),
    created_at: approval.createdAt,
    expires_at: approval.expiresAt,
    answer: typeof answer === 'object' && answer !== null ? { ...(answer as Record<string, unknown>) } : null,
    problem: problem ?? null,
  };
}
