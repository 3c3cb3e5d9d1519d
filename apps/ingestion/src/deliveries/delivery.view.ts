import type { DeliveryEntity } from '#persistence';
import type { DeliveryView } from './deliveries.dto.js';

export function toDeliveryView(row: DeliveryEntity): DeliveryView {
  return {
    delivery_id: row.deliveryId,
    subscription_id: row.subscriptionId,
    event_id: row.eventId === '0' ? null : row.eventId,
    kind: row.kind,
    authorizer_appid: row.authorizerAppid || null,
    replay: row.eventId !== '0' && row.replay !== '',
    state: row.state,
    attempts: row.attempts,
    next_attempt_at: row.state === 'pending' ? row.nextAttemptAt.toISOString() : null,
    last_status: row.lastStatus,
    last_error: row.lastError,
    created_at: row.createdAt.toISOString(),
    finished_at: row.finishedAt?.toISOString() ?? null,
  };
}
