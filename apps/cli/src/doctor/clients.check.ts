import type { DataSource } from 'typeorm';
import { counted } from '../shell/output.js';
import { type Finding, warn } from './finding.js';

const DAYS = 7;
const NAMED = 5;
/** A busy log has many more entries of a week, and no index by action. */
const NEWEST_ENTRIES = 1_000_000;

interface Judged {
  readonly client: string;
  /** Such as `POST /wxa/commit (code: not-named)`. */
  readonly subject: string;
  readonly outcome: string;
  readonly times: string | number;
}

/** Clients whose calls through the proxy were refused for their effect in the last days, or will be once nothing only warns any more. */
export async function checkProxyClients(db: DataSource): Promise<Finding[]> {
  const rows: Judged[] = await db.query(
    `SELECT COALESCE(c.name, l.client_id) AS client, l.subject, l.outcome, SUM(l.times) AS times
       FROM f_wechat_accesslog l LEFT JOIN f_wechat_client c ON c.client_id = l.client_id
      WHERE l.accesslog_id > (SELECT GREATEST(MAX(accesslog_id), ${NEWEST_ENTRIES}) - ${NEWEST_ENTRIES} FROM f_wechat_accesslog)
        AND l.at > UTC_TIMESTAMP() - INTERVAL ${DAYS} DAY AND l.action = 'proxy.protected' AND l.subject NOT LIKE '%: allowed)'
        AND c.revoked_at IS NULL
      GROUP BY client, l.subject, l.outcome ORDER BY times DESC`,
  );
  return [
    ...finding(
      rows.filter(({ outcome }) => outcome === 'refused'),
      'were refused for what they bring about',
    ),
    ...finding(
      rows.filter(({ outcome }) => outcome !== 'refused'),
      'will be refused once PROXY_PROTECTED_EFFECTS is "refuse"',
    ),
  ];
}

function finding(rows: readonly Judged[], what: string): Finding[] {
  if (rows.length === 0) return [];
  const calls = rows.reduce((sum, { times }) => sum + Number(times), 0);
  const named = rows.slice(0, NAMED).map(({ client, subject, times }) => `${client}: ${subject} × ${times}`);
  const more = rows.length > NAMED ? `; and ${rows.length - NAMED} more` : '';
  return [
    warn(
      'clients',
      `${counted(calls, 'call')} through the proxy in ${DAYS} days ${what}: ${named.join('; ')}${more}`,
      'Let them use the release app, or name the path in proxy_paths and give releases:write; docs/problems.md#protected-effect.',
    ),
  ];
}
