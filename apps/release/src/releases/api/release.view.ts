import type { ScreenshotEntity } from '#persistence';
import { plainReason, screenshotIds } from '#wechat';
import { hide } from '../../requests/secret-variables.domain.js';
import { unlessWithheld } from '../../sealed/withheld.js';
import type { ReleaseMove } from '../older-system.domain.js';
import { designColumns, isTerminal, stepsFrom } from '../release.domain.js';
import type { Release } from '../release.js';
import { parseJson } from '../release-policy.domain.js';
import type { Waiting } from '../waiting.domain.js';
import type { ReleaseMoveView, ReleaseView, ScreenshotView, WaitingView } from './release.dto.js';

/** As callers see it, field by field. */
export function toReleaseView(row: Release): ReleaseView {
  const { state } = row;
  return {
    release_id: row.releaseId,
    component_appid: row.componentAppid,
    authorizer_appid: row.authorizerAppid,
    template_id: row.templateId,
    user_version: row.userVersion,
    user_desc: row.userDesc,
    ext_json: unlessWithheld(() => hide(parseJson<Record<string, unknown>>(row.extJson) ?? row.extJson, row.secretValues)) ?? '',
    state,
    next_steps: row.intent === null ? stepsFrom(state) : [],
    pending_step: row.intent,
    is_release: row.isRelease === 1,
    audit: {
      auditid: row.auditid || null,
      status: row.status ?? designColumns(state, row).status,
      is_delayed: row.isDelayed === 1,
      delay_reason: row.delayReason,
      reason: row.reason,
      reason_text: plainReason(row.reason),
      screenshots: screenshotIds(row.screenshot ?? undefined),
      submitted_at: iso(row.submittedAt ?? row.createTime),
      result_at: iso(row.auditresultTime),
    },
    scan: row.scanResult && { ...row.scanResult },
    policy: { ...row.policy },
    gray_percentage: row.grayPercentage,
    rollout_id: row.rolloutId,
    waiting: row.waiting && toWaitingView(row.waiting),
    needs_attention: needsAttention(row),
    last_error: row.lastError && { ...row.lastError },
    created_at: iso(row.createdAt),
    committed_at: iso(row.committedAt),
    released_at: iso(row.releaseTime),
    updated_at: iso(row.updateTime),
  };
}

function toWaitingView(waiting: Waiting): WaitingView {
  if (waiting.for !== undefined) return { ...waiting };
  return { code: waiting.code, reason: waiting.reason };
}

/** Nothing further happens by itself, and not because that was asked for. */
function needsAttention(row: Release): boolean {
  if (row.intent !== null || isTerminal(row.state)) return false;
  // Also while it is still compared with WeChat now and then.
  if (row.waiting?.for === 'operator') return true;
  return row.nextCheckAt === null && row.waiting === null && row.lastError !== null;
}

export function toMoveView(row: ReleaseMove): ReleaseMoveView {
  return {
    at: row.at.toISOString(),
    from: row.fromState,
    to: row.toState,
    cause: row.cause,
    client_id: row.clientId,
    detail: row.detail,
  };
}

export function toScreenshotView(row: ScreenshotEntity): ScreenshotView {
  return { media_id: row.mediaId, state: row.state, content_type: row.contentType, bytes: row.bytes, note: row.note };
}

/** An older system may have left `0000-00-00`, which arrives as an invalid date. */
function iso(date: Date | null): string | null {
  return date && !Number.isNaN(date.getTime()) ? date.toISOString() : null;
}
