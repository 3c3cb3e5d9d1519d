import { TAKES_NO_ROUTE } from '#persistence';
import { CONSUMERS } from '#queues';

/** What must move, as MySQL knows it: one statement that an index answers, with `value`, the seconds for which the most belated has not moved. */
export interface StoredMover {
  /** Who moves it, and reports it. */
  readonly app: 'ingestion' | 'broker' | 'release';
  readonly what: string;
  readonly limitS: number;
  readonly remedy: string;
  readonly sql: string;
}

/** Events of the last day that a consumer was given and says nothing of: a grant, a result of an audit. */
const withoutEffect = (consumer: 'broker' | 'release'): StoredMover => ({
  app: 'ingestion',
  what: `events for ${consumer}`,
  limitS: 600,
  remedy: `The ${consumer} has not acted on an event: wxplane events list, and its log.`,
  sql: `SELECT COALESCE(TIMESTAMPDIFF(SECOND, MIN(event.received_at), UTC_TIMESTAMP()), 0) AS value
          FROM f_wechat_event AS event
         WHERE event.kind IN (${CONSUMERS[consumer].kinds.map((kind) => `'${kind}'`).join(', ')}) AND event.state = 'queued' AND ${TAKES_NO_ROUTE('event')}
           AND event.event_id >= (SELECT event_id FROM f_wechat_event WHERE received_at >= UTC_TIMESTAMP() - INTERVAL 1 DAY
                                   ORDER BY received_at LIMIT 1)
           AND NOT EXISTS (SELECT 1 FROM f_wechat_eventeffect AS effect
                            WHERE effect.event_id = event.event_id AND effect.consumer = '${consumer}')`,
});

export const STORED_MOVERS: readonly StoredMover[] = [
  {
    app: 'ingestion',
    what: 'inbox',
    limitS: 300,
    remedy: 'Events are stored and not handed over: the log of ingestion says why (handover.failed).',
    sql: `SELECT COALESCE(TIMESTAMPDIFF(SECOND, MIN(received_at), UTC_TIMESTAMP()), 0) AS value
            FROM f_wechat_event WHERE state = 'received'`,
  },
  withoutEffect('broker'),
  withoutEffect('release'),
  {
    app: 'ingestion',
    what: 'deliveries',
    limitS: 300,
    remedy: 'Deliveries are due and nobody sends them: the log of ingestion.',
    // A subscriber that fails is tried rarely, and says so itself (`wxplane events`, its subscription).
    sql: `SELECT COALESCE(GREATEST(TIMESTAMPDIFF(SECOND, MIN(delivery.next_attempt_at), UTC_TIMESTAMP()), 0), 0) AS value
            FROM f_wechat_delivery AS delivery
            JOIN f_wechat_subscription AS subscription
              ON subscription.subscription_id = delivery.subscription_id AND subscription.state = 'enabled' AND subscription.failures < 5
           WHERE delivery.state = 'pending'`,
  },
  {
    app: 'broker',
    what: 'syncs',
    limitS: 300,
    remedy: 'A run through the list of authorizers was asked for and has not begun: the log of the broker.',
    sql: `SELECT COALESCE(TIMESTAMPDIFF(SECOND, MIN(created_at), UTC_TIMESTAMP()), 0) AS value
            FROM f_wechat_sync WHERE state = 'waiting' AND created_at > UTC_TIMESTAMP() - INTERVAL 1 DAY`,
  },
  {
    app: 'release',
    what: 'releases',
    limitS: 600,
    remedy: 'A release is behind its next step: the log of release.',
    sql: `SELECT COALESCE(GREATEST(TIMESTAMPDIFF(SECOND, MIN(next_check_at), UTC_TIMESTAMP()), 0), 0) AS value
            FROM f_wechat_submitaudit WHERE next_check_at IS NOT NULL`,
  },
  {
    app: 'release',
    what: 'rollouts',
    limitS: 300,
    remedy: 'A rollout is behind its next look: the log of release (rollout.failed).',
    sql: `SELECT COALESCE(GREATEST(TIMESTAMPDIFF(SECOND, MIN(next_check_at), UTC_TIMESTAMP()), 0), 0) AS value
            FROM f_wechat_rollout WHERE next_check_at IS NOT NULL`,
  },
  {
    app: 'release',
    what: 'rollouts that wait',
    limitS: 600,
    remedy: 'A rollout waits longer than its reason explains: wxplane rollout list --state waiting, and what its reason says.',
    sql: `SELECT COALESCE(GREATEST(MAX(TIMESTAMPDIFF(SECOND, STR_TO_DATE(LEFT(JSON_UNQUOTE(JSON_EXTRACT(reason, '$.explained_until')), 19),
                   '%Y-%m-%dT%H:%i:%s'), UTC_TIMESTAMP())), 0), 0) AS value
            FROM f_wechat_rollout WHERE next_check_at IS NOT NULL AND state = 'waiting'`,
  },
  {
    app: 'release',
    what: 'releases that wait',
    limitS: 600,
    remedy:
      'A release waits for its own quota longer than that explains: wxplane status names it; reset its quota (clear_quota), or withdraw it.',
    sql: `SELECT COALESCE(GREATEST(MAX(TIMESTAMPDIFF(SECOND, STR_TO_DATE(LEFT(JSON_UNQUOTE(JSON_EXTRACT(waiting, '$.explained_until')), 19),
                   '%Y-%m-%dT%H:%i:%s'), UTC_TIMESTAMP())), 0), 0) AS value
            FROM f_wechat_submitaudit WHERE next_check_at IS NOT NULL AND rollout_id IS NULL AND waiting LIKE '{"for":"account"%'`,
  },
];
