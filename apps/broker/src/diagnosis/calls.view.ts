import type { AccessLogEntity, CallEntity } from '#persistence';
import type { AuditEntryView, CallView } from './calls.dto.js';

export function toCallView(row: CallEntity): CallView {
  return {
    call_id: row.callId,
    at: row.at.toISOString(),
    app: row.app,
    api: row.api,
    method: row.method,
    path: row.path,
    component_appid: row.componentAppid,
    authorizer_appid: row.authorizerAppid,
    client_id: row.clientId,
    request_id: row.requestId,
    outcome: row.outcome,
    errcode: row.errcode,
    rid: row.rid,
    http_status: row.httpStatus,
    duration_ms: row.durationMs,
  };
}

export function toAuditEntryView(row: AccessLogEntity): AuditEntryView {
  return {
    accesslog_id: row.accesslogId,
    at: row.at.toISOString(),
    times: row.times,
    last_at: row.lastAt?.toISOString() ?? null,
    app: row.app,
    client_id: row.clientId,
    action: row.action,
    component_appid: row.componentAppid,
    authorizer_appid: row.authorizerAppid,
    subject: row.subject,
    outcome: row.outcome,
    ip: row.ip,
    request_id: row.requestId,
    actor_kind: row.actorKind,
    actor_issuer: row.actorIssuer,
    actor_subject: row.actorSubject,
    person_id: row.personId,
    permission: row.permission,
    reason: row.reason,
    peer_ip: row.peerIp,
    trace_id: row.traceId,
    before_sha256: row.beforeSha256,
    after_sha256: row.afterSha256,
    difference: row.difference,
    writer: row.writer,
    seq: row.seq,
    hash: row.hash,
  };
}
