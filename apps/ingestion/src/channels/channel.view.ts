import type { ChannelEntity, NoticeEntity } from '#persistence';
import type { ChannelView, NoticeView } from './channels.dto.js';

export function toChannelView(row: ChannelEntity): ChannelView {
  return {
    channel_id: row.channelId,
    component_appid: row.componentAppid,
    kind: row.kind,
    name: row.name,
    place: row.place,
    kinds: row.kinds,
    least_severity: row.leastSeverity,
    language: row.language,
    quiet: row.quiet,
    digest_minutes: row.digestMinutes,
    state: row.state,
    failures: row.failures,
    failing_since: row.failingSince?.toISOString() ?? null,
    last_error: row.lastError,
    last_success_at: row.lastSuccessAt?.toISOString() ?? null,
    created_by: row.createdBy,
    created_at: row.createdAt.toISOString(),
  };
}

export function toNoticeView(row: NoticeEntity): NoticeView {
  return {
    notice_id: row.noticeId,
    event_id: row.eventId,
    kind: row.kind,
    state: row.state,
    attempts: row.attempts,
    next_attempt_at: row.state === 'pending' ? row.nextAttemptAt.toISOString() : null,
    message_id: row.messageId,
    last_error: row.lastError,
    created_at: row.createdAt.toISOString(),
    finished_at: row.finishedAt?.toISOString() ?? null,
  };
}
