import type { FilingApplicationEntity, FilingEntity, FilingHistoryEntity, FilingVerificationEntity } from '#persistence';
import { missingOf, stateOf } from './filing.domain.js';
import type {
  ApplicationView,
  FilingReason,
  FilingRefusalView,
  FilingStepView,
  FilingView,
  VerificationView,
  WaitingForView,
} from './filings.dto.js';
import { type WaitingFor, waitingFor } from './waiting.domain.js';

type Check = Pick<FilingVerificationEntity, 'createdAt' | 'expiresAt' | 'verifyUrl'> | undefined;

/** @param check a face check that is open */
export function toFilingView(row: FilingEntity, check?: Check): FilingView {
  const { status, smsStatus, smsSince, statusAt } = row;
  const isCanceling = row.isCanceling === 1;
  const waits = waitingFor({
    ...{ status, isCanceling, smsStatus, smsSince, statusAt },
    check: check && { createdAt: check.createdAt, expiresAt: check.expiresAt, url: check.verifyUrl },
  });
  return {
    component_appid: row.componentAppid,
    authorizer_appid: row.authorizerAppid,
    state: stateOf(status, isCanceling),
    status,
    state_at: row.statusAt?.toISOString() ?? null,
    missing: missingOf(status),
    entrance_open: row.isOpen === 1,
    waiting_for: waits && toWaitingView(waits),
    reasons: row.reasons === null ? [] : toReasons(JSON.parse(row.reasons)),
    subject_record: row.subjectRecord,
    app_record: row.appRecord,
    in_progress: row.intent,
    read_at: row.readAt?.toISOString() ?? null,
    read_problem: row.readProblem,
  };
}

export const toWaitingView = ({ who, personMustAct, what, remedy, since, until, url }: WaitingFor): WaitingForView => ({
  who,
  person_must_act: personMustAct,
  what: { ...what },
  remedy: remedy && { ...remedy },
  since: since?.toISOString() ?? null,
  until: until?.toISOString() ?? null,
  url,
});

/** WeChat's `audit_data`. */
export const toReasons = (lines: unknown): FilingReason[] =>
  (Array.isArray(lines) ? lines : []).map((line: Record<string, unknown>) => ({
    field: String(line['key_name'] ?? ''),
    error: String(line['error'] ?? ''),
    suggestion: String(line['suggest'] ?? ''),
  }));

export function toApplicationView(row: FilingApplicationEntity): ApplicationView {
  return {
    application_id: row.applicationId,
    component_appid: row.componentAppid,
    authorizer_appid: row.authorizerAppid,
    state: row.state as ApplicationView['state'],
    refusal: row.refusal === null ? null : toRefusalView(JSON.parse(row.refusal)),
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}

export function toRefusalView({ reasons, hints, ...rest }: Record<string, unknown>): FilingRefusalView {
  return {
    ...rest,
    ...(Array.isArray(hints) ? { hints: toHints(hints) } : {}),
    ...(reasons === undefined ? {} : { reasons: toReasons(reasons) }),
  };
}

/** WeChat's `hints`. */
export const toHints = (hints: readonly Record<string, unknown>[]) =>
  hints.map((hint) => ({
    errcode: Number(hint['errcode'] ?? 0),
    field: String(hint['err_field'] ?? ''),
    message: String(hint['errmsg'] ?? ''),
  }));

export const toVerificationView = (row: FilingVerificationEntity): VerificationView => ({
  verification_id: row.verificationId,
  state: row.state as VerificationView['state'],
  task_id: row.taskId,
  along_with_auth: row.alongWithAuth === 1,
  verify_url: row.verifyUrl,
  face_status: row.faceStatus,
  created_at: row.createdAt.toISOString(),
  expires_at: row.expiresAt.toISOString(),
  ended_at: row.endedAt?.toISOString() ?? null,
});

export const toStepView = (
  row: Omit<FilingHistoryEntity, 'historyId' | 'componentAppid' | 'authorizerAppid'>,
): FilingStepView => ({
  at: row.at.toISOString(),
  from: row.fromState,
  to: row.toState,
  cause: row.cause,
  client_id: row.clientId,
  detail: row.detail,
});

/** What is of one person. */
const PERSONAL = /^(name|mobile|email|emergency_contact|certificate_number|certificate_address|address)$/;

/** A form for those who may read it: what is of people shows its ends only, ids of files are left as they are. */
export function masked(node: unknown, name = ''): unknown {
  if (Array.isArray(node)) return node.map((entry) => masked(entry, name));
  if (typeof node === 'object' && node !== null)
    return Object.fromEntries(Object.entries(node).map(([member, value]) => [member, masked(value, member)]));
  if (typeof node !== 'string' || !PERSONAL.test(name)) return node;
  const characters = [...node];
  const shown = characters.length > 8 ? 2 : characters.length > 1 ? 1 : 0;
  return `${characters.slice(0, shown).join('')}***${shown === 2 ? characters.slice(-2).join('') : ''}`;
}
