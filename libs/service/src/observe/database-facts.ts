import { type Account, rightsOn, SEALED_COLUMNS } from '#persistence';

const ENDS = 1_000;

/** A figure about what is in the database: one statement that an index answers, whose rows have `value` and the labels. */
export interface Fact {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly sql: string;
  /** For how long one reading is good, in ms. Default: 5 s. */
  readonly freshMs?: number;
}

/** The sealed columns of the tables that an app keeps, row by row by their form, in one statement. */
function secretsOf(app: Account): Fact {
  const own = SEALED_COLUMNS.filter(({ table }) => rightsOn(app, table)?.INSERT === true);
  const forms = own.map(({ table, column, id, large }) => {
    const ends = (order: string) =>
      `(SELECT \`${id}\`, LEFT(\`${column}\`, 7) AS \`${column}\` FROM \`${table}\` ORDER BY \`${id}\` ${order} LIMIT ${ENDS})`;
    const rows = large ? `(${ends('ASC')} UNION ${ends('DESC')}) AS ends` : `\`${table}\``;
    return `SELECT '${table}.${column}' AS \`column\`,
                   CASE LEFT(\`${column}\`, 7) WHEN 'enc:v1:' THEN 'v1' WHEN 'enc:v2:' THEN 'v2' ELSE 'plain' END AS form, COUNT(*) AS value
              FROM ${rows} WHERE \`${column}\` IS NOT NULL AND \`${column}\` <> '' GROUP BY form`;
  });
  return {
    name: 'wxplane_secrets',
    help: 'Stored secrets by column and form: v2 (bound to its row), v1 (to its column), plain; of inbox, releases and answers the oldest and newest 1,000',
    labels: ['column', 'form'],
    sql: forms.join(' UNION ALL '),
    freshMs: 60_000,
  };
}

/**
 * By app, so that each figure is read by those who are about it. Every replica reports the same: to be read with `max`.
 * Labels are bounded: components are configured, states are ours.
 */
export const FACTS: Readonly<Record<string, readonly Fact[]>> = {
  ingestion: [
    secretsOf('ingestion'),
    {
      name: 'wxplane_inbox_waiting',
      help: 'Events of the inbox that were not handed to the queues yet',
      labels: [],
      sql: `SELECT COUNT(*) AS value FROM f_wechat_event WHERE state = 'received'`,
    },
    {
      name: 'wxplane_inbox_oldest_seconds',
      help: 'Age of the oldest event that was not handed to the queues yet; 0: none waits',
      labels: [],
      sql: `SELECT COALESCE(TIMESTAMPDIFF(SECOND, MIN(received_at), UTC_TIMESTAMP()), 0) AS value
              FROM f_wechat_event WHERE state = 'received'`,
    },
    {
      name: 'wxplane_deliveries',
      help: 'Deliveries to subscribers that are not done, by state',
      labels: ['state'],
      sql: `SELECT state, COUNT(*) AS value FROM f_wechat_delivery WHERE state IN ('pending', 'failed') GROUP BY state`,
    },
    {
      name: 'wxplane_delivery_oldest_due_seconds',
      help: 'How late the latest pending delivery of an enabled subscription is; 0: none',
      labels: [],
      sql: `SELECT COALESCE(GREATEST(MAX(TIMESTAMPDIFF(SECOND, delivery.created_at, UTC_TIMESTAMP())), 0), 0) AS value
              FROM f_wechat_delivery AS delivery
              JOIN f_wechat_subscription AS subscription
                ON subscription.subscription_id = delivery.subscription_id AND subscription.state = 'enabled'
             WHERE delivery.state = 'pending'`,
    },
  ],
  broker: [
    {
      name: 'wxplane_authorizers',
      help: 'Authorizers by component and state',
      labels: ['component', 'state'],
      sql: 'SELECT component_appid AS component, state, COUNT(*) AS value FROM f_wechat_authorizer GROUP BY component_appid, state',
    },
    {
      name: 'wxplane_tokens',
      help: 'Stored tokens by kind and state: live, expired, failing (the last refresh failed and none is live)',
      labels: ['kind', 'state'],
      sql: `SELECT kind, IF(expires_at > UTC_TIMESTAMP(3) AND access_token IS NOT NULL, 'live', IF(failures > 0, 'failing', 'expired')) AS state,
                   COUNT(*) AS value
              FROM f_wechat_accesstoken GROUP BY 1, 2`,
    },
    secretsOf('broker'),
  ],
  release: [
    secretsOf('release'),
    {
      name: 'wxplane_releases',
      help: 'Releases of the last 30 days by state',
      labels: ['state'],
      sql: `SELECT state, COUNT(*) AS value FROM f_wechat_submitaudit
             WHERE state IS NOT NULL AND created_at > UTC_TIMESTAMP(3) - INTERVAL 30 DAY GROUP BY state`,
    },
    {
      name: 'wxplane_rollouts',
      help: 'Rollouts that are not finished, by state: running, waiting, paused',
      labels: ['state'],
      sql: `SELECT state, COUNT(*) AS value FROM f_wechat_rollout WHERE finished_at IS NULL GROUP BY state`,
    },
    {
      name: 'wxplane_rollout_targets',
      help: 'Mini programs of the rollouts that are not finished, by state: the progress',
      labels: ['state'],
      sql: `SELECT target.state AS state, COUNT(*) AS value
              FROM f_wechat_rollouttarget AS target JOIN f_wechat_rollout AS rollout ON rollout.rollout_id = target.rollout_id
             WHERE rollout.finished_at IS NULL GROUP BY target.state`,
    },
    {
      name: 'wxplane_release_oldest_due_seconds',
      help: 'How far the most belated release is behind its next step; 0: none is late',
      labels: [],
      sql: `SELECT COALESCE(GREATEST(TIMESTAMPDIFF(SECOND, MIN(next_check_at), UTC_TIMESTAMP()), 0), 0) AS value
              FROM f_wechat_submitaudit WHERE next_check_at IS NOT NULL`,
    },
  ],
};
