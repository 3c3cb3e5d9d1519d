import type { EventEntity } from '#persistence';
import type { EventView } from './events.dto.js';
import type { Progress } from './progress.domain.js';

export function toEventView(row: EventEntity, progress: Progress): EventView {
  return {
    event_id: row.eventId,
    component_appid: row.componentAppid,
    authorizer_appid: row.authorizerAppid,
    family: row.family,
    kind: row.kind,
    state: row.state,
    progress,
    create_time: row.createTime?.toISOString() ?? null,
    received_at: row.receivedAt.toISOString(),
    handed_over_at: row.handedOverAt?.toISOString() ?? null,
    note: row.note,
  };
}
