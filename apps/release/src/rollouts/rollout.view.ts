import type { RolloutHistoryEntity } from '#persistence';
import { plainReason } from '#wechat';
import { unlessWithheld } from '../sealed/withheld.js';
import type { CauseGroup } from './causes.domain.js';
import { REST } from './rings.domain.js';
import { csvField, needsAttention, type RolloutCounts } from './rollout.domain.js';
import type { Rollout, RolloutReason } from './rollout.js';
import type { Standing } from './rollout-insight.service.js';
import type { NamedTarget, TargetRow } from './rollout-target.repository.js';
import type {
  RolloutFailureView,
  RolloutHistoryView,
  RolloutSummary,
  RolloutTargetView,
  RolloutView,
  TargetLeft,
} from './rollout-views.dto.js';

/** Its key is gone, or somebody has altered it: nothing more of it is sent. */
const UNREADABLE: RolloutReason = {
  code: 'unreadable',
  detail: 'What it brings cannot be read: "wxplane keys rotate" says why.',
};

export function toRolloutView(row: Rollout, counts: RolloutCounts): RolloutView {
  const spec = unlessWithheld(() => row.spec);
  const reason = spec ? row.reason : UNREADABLE;
  const { pending, held, running, waiting, succeeded, failed, skipped } = counts;
  const total = pending + running + succeeded + failed + skipped;
  return {
    rollout_id: row.rolloutId,
    component_appid: row.componentAppid,
    name: row.name,
    state: row.state,
    stage: row.stage,
    ring: row.ring === null ? null : (row.options.rings?.[row.ring]?.name ?? REST),
    reason,
    kind: spec?.back?.way ?? 'release',
    of: spec?.back?.of ?? null,
    template_id: spec?.back?.template_id ?? spec?.template_id ?? 0,
    user_version: spec?.user_version ?? '',
    counts: { total, pending, held, running, waiting, succeeded, failed, skipped },
    needs_attention: !spec || needsAttention({ state: row.state, reason }, counts, new Date()),
    progress: total === 0 ? 1 : Math.round(((succeeded + failed + skipped) / total) * 10_000) / 10_000,
    options: { ...row.options },
    policy: { ...spec?.policy },
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
    finished_at: row.finishedAt?.toISOString() ?? null,
  };
}

export function toTargetView(row: TargetRow): RolloutTargetView {
  return {
    authorizer_appid: row.authorizerAppid,
    is_canary: Number(row.isCanary) === 1,
    ring: row.ring,
    state: row.state,
    release_id: row.releaseId,
    release_state: row.releaseState,
    auditid: row.auditid,
    attempts: row.attempts,
    reason: reasonOf(row),
    updated_at: new Date(row.updatedAt).toISOString(),
  };
}

export function toFailureView({ cause, state, reason, count, carriedOn, appids }: CauseGroup): RolloutFailureView {
  return { cause, state, count, carried_on: carriedOn, reason, authorizer_appids: [...appids] };
}

export function toHistoryView({ at, what, fromState, toState, actor, detail }: RolloutHistoryEntity): RolloutHistoryView {
  return { at: at.toISOString(), what, from_state: fromState, to_state: toState, actor, detail };
}

export function toSummary(rollout: RolloutView, { stages, rings, waits, pace }: Standing): RolloutSummary {
  const { ended, withinS, leftS, limitedBy, limitedUntil } = pace;
  return {
    rollout,
    stages,
    rings: [...rings],
    waits: [...waits].map(([what, count]) => ({ for: what, count })),
    pace: { ended, within_s: withinS, left_s: leftS, limited_by: limitedBy, limited_until: limitedUntil },
  };
}

export function toTargetLeft({ authorizerAppid, state, releaseId, releaseState }: NamedTarget): TargetLeft {
  if (state === 'running' && releaseId === null)
    return { authorizer_appid: authorizerAppid, state, release_id: null, message: 'It is being rolled back.' };
  const at = releaseState === 'auditing' ? 'is in review' : `is ${releaseState}`;
  const message =
    state === 'running' ? `Its release ${releaseId} ${at}: withdraw it, or wait until it has ended.` : `It has ${state} already.`;
  return { authorizer_appid: authorizerAppid, state, release_id: releaseId, message };
}

/** The target's own reason, or what became of its release. */
function reasonOf(row: TargetRow): Record<string, unknown> | null {
  const { reason, releaseState, waiting, lastError } = row;
  if (reason) return reason;
  if (releaseState === 'rejected') return { code: 'rejected', detail: plainReason(row.auditReason) };
  // Rows of before had no code, and one reason only.
  if (releaseState === 'stopped')
    return waiting && !waiting.for
      ? { code: waiting.code ?? 'unauthorized', detail: waiting.reason ?? null }
      : { code: 'unauthorized', detail: null };
  if (row.state === 'failed' && waiting?.for === 'operator') return { code: 'gray-reverted', detail: waiting.reason ?? null };
  if (lastError) return { code: `${lastError.step}-failed`, detail: lastError.errmsg, ...lastError };
  return row.state === 'failed' ? { code: releaseState, detail: null } : null;
}

const COLUMNS = ['authorizer_appid', 'is_canary', 'state', 'release_id', 'release_state', 'auditid', 'attempts'] as const;

/** A byte-order mark first: spreadsheets then take it for UTF-8. */
export const CSV_HEAD = `\uFEFF${[...COLUMNS, 'code', 'detail', 'errcode', 'rid', 'updated_at'].join(',')}\r\n`;

export function toCsvLine(view: RolloutTargetView): string {
  const { code, detail, errcode, rid } = (view.reason ?? {}) as Record<string, unknown>;
  return `${[...COLUMNS.map((column) => view[column]), code, detail, errcode, rid, view.updated_at].map(csvField).join(',')}\r\n`;
}
