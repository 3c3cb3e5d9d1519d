import type { CertificateEntity, CertificationEntity } from '#persistence';
import type { IdentityNode } from '#wechat';
import { toHints, toReasons, toRefusalView, toWaitingView } from '../filings/filing.view.js';
import { stateOf, waitingFor } from './certification.domain.js';
import type { CertificateView, CertificationView, DispatchView, IdentityView } from './certifications.dto.js';

const DAY_MS = 86_400_000;

export function toCertificateView(
  { componentAppid, authorizerAppid, ...rest }: Omit<CertificateEntity, 'certificateId' | 'toldAt'>,
  now: number,
): CertificateView {
  const { certifiedAt, endsAt, endsFrom, message } = rest;
  return {
    component_appid: componentAppid,
    authorizer_appid: authorizerAppid,
    certified_at: certifiedAt?.toISOString() ?? null,
    ends_at: endsAt?.toISOString() ?? null,
    ends_from: endsFrom,
    days_left: endsAt === null ? null : Math.floor((endsAt.getTime() - now) / DAY_MS),
    message,
  };
}

export function toCertificationView(row: CertificationEntity): CertificationView {
  const state = stateOf(row);
  const waits = waitingFor(state, row);
  const { hints, reasons } = (row.audit ?? {}) as { hints?: unknown; reasons?: unknown };
  return {
    certification_id: row.certificationId,
    component_appid: row.componentAppid,
    authorizer_appid: row.authorizerAppid,
    kind: row.kind,
    state,
    state_at: row.statusAt.toISOString(),
    waiting_for: waits && toWaitingView(waits),
    task_id: row.taskId,
    task_status: row.taskStatus,
    apply_status: row.applyStatus,
    procedure_status: row.procedureStatus,
    order_id: row.orderId,
    reason: row.reason,
    audit: row.audit && { hints: toHints(Array.isArray(hints) ? hints : []), reasons: toReasons(reasons) },
    dispatch: row.dispatch && toDispatch(row.dispatch),
    refusal: row.refusal && toRefusalView(row.refusal),
    pay_type: row.payType,
    replaces: row.replaces,
    created_at: row.createdAt.toISOString(),
    ended_at: row.endedAt?.toISOString() ?? null,
    read_at: row.readAt?.toISOString() ?? null,
    read_problem: row.readProblem,
  };
}

function toDispatch({ provider, contact, dispatch_time }: Record<string, unknown>): DispatchView {
  const seconds = Number(dispatch_time);
  return {
    ...(provider ? { provider: String(provider) } : {}),
    ...(contact ? { contact: String(contact) } : {}),
    ...(seconds > 0 ? { dispatched_at: new Date(seconds * 1_000).toISOString() } : {}),
  };
}

/** The leaves of WeChat's tree, which alone can be named. */
export function toIdentities(nodes: readonly IdentityNode[], groups: readonly string[] = []): IdentityView[] {
  return nodes.flatMap(({ name, node_list, leaf_info }) =>
    node_list?.length
      ? toIdentities(node_list, [...groups, name])
      : [{ name, groups: [...groups], requirement: leaf_info?.requirement || null }],
  );
}
