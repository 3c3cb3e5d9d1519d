import type { SubscriptionEntity } from '#persistence';
import type { SubscriptionView } from './subscriptions.dto.js';

export function toSubscriptionView(row: SubscriptionEntity): SubscriptionView {
  return {
    subscription_id: row.subscriptionId,
    name: row.name,
    url: row.url,
    client_id: row.clientId,
    component_appid: row.componentAppid,
    authorizers: row.authorizers,
    kinds: row.kinds,
    ordered: row.ordered === 1,
    body_format: row.bodyFormat,
    replier: row.replierScope !== null,
    state: row.state,
    disabled_reason: row.disabledReason,
    failing_since: row.failingSince?.toISOString() ?? null,
    last_success_at: row.lastSuccessAt?.toISOString() ?? null,
    previous_secret_until: row.previousSecretUntil?.toISOString() ?? null,
    created_at: row.createdAt.toISOString(),
  };
}
