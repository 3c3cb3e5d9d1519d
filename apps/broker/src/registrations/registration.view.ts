import type { RegistrationEntity, RegistrationHistoryEntity } from '#persistence';
import { describeErrcode, registrationStatus } from '#wechat';
import { pageUrl } from './registration-journal.js';
import type { RegistrationMoveView, RegistrationView } from './registrations.dto.js';
import { labelOf, type RegistrationRequest, WAYS, whoActs } from './ways.domain.js';

/** @param base what the broker's pages are reached by, without a slash at the end */
export function toRegistrationView(row: RegistrationEntity, request: RegistrationRequest, base: string): RegistrationView {
  const { numbering } = WAYS[row.way];
  const waiting = row.state === 'waiting';
  const status =
    numbering && row.wechatStatus !== null && row.state !== 'done' ? registrationStatus(numbering, row.wechatStatus) : undefined;
  return {
    registration_id: row.registrationId,
    component_appid: row.componentAppid,
    way: row.way,
    state: row.state,
    label: labelOf(row.way, request),
    reference: row.reference,
    authorizer_appid: row.appid,
    source_appid: row.sourceAppid || null,
    page_url: pageUrl(base, row),
    who_acts: waiting ? { ...whoActs(row.way, row.step) } : null,
    expires_at: row.expiresAt?.toISOString() ?? null,
    wechat_status: row.wechatStatus,
    wechat_status_text: status ? { zh: status.zh, en: status.en } : null,
    reason: row.reason,
    errcode: row.errcode,
    remedy: row.errcode === null ? null : { ...describeErrcode(row.errcode).remedy },
    round: row.round,
    next_look_at: row.nextAt?.toISOString() ?? null,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}

export const toMoveView = (move: RegistrationHistoryEntity): RegistrationMoveView => ({
  at: move.at.toISOString(),
  from: move.fromState,
  to: move.toState,
  cause: move.cause,
  reason: move.reason,
  errcode: move.errcode,
});
