import { type DataSource, IsNull } from 'typeorm';
import { isPowerful, POWERFUL_DAYS } from '#base';
import { CallerEntity, ClientEntity } from '#persistence';
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

const DAY_MS = 86_400_000;
const UNUSED_DAYS = 30;
const ENDS_SOON_DAYS = 14;
const MAKES_LINKS: readonly string[] = ['authorizations:write', 'admin'];

/** Keys that nobody needs, that never end although they can do much, or that are about to end. */
export async function checkClientKeys(db: DataSource, now = new Date()): Promise<Finding[]> {
  const before = (days: number) => new Date(now.getTime() - days * DAY_MS);
  const clients = await db.getRepository(ClientEntity).findBy({ revokedAt: IsNull() });
  const live = clients.filter(({ expiresAt }) => expiresAt === null || expiresAt > now);
  const callers = await db.getRepository(CallerEntity).find();
  const used = new Map(callers.map(({ callerId, lastUsedAt }) => [callerId, lastUsedAt]));
  // Nothing is known of the time before uses were kept.
  const since = callers.map(({ lastUsedAt }) => lastUsedAt).sort((a, b) => a.getTime() - b.getTime())[0] ?? now;
  const found = (which: readonly ClientEntity[], what: string, remedy: string): Finding[] =>
    which.length === 0
      ? []
      : [
          warn(
            'clients',
            `${which.length} client ${which.length === 1 ? 'key' : 'keys'} ${what}: ${which
              .slice(0, NAMED)
              .map(({ clientId, name }) => `${clientId} (${name})`)
              .join(', ')}${which.length > NAMED ? `; and ${which.length - NAMED} more` : ''}`,
            remedy,
          ),
        ];
  return [
    ...found(
      live.filter(({ scopes, expiresAt }) => isPowerful(scopes) && expiresAt === null),
      'of great power without an end',
      `wxplane clients rotate: the new key ends in ${POWERFUL_DAYS} days.`,
    ),
    ...found(
      live.filter(
        ({ scopes, options }) => options?.return_hosts === undefined && scopes.some((scope) => MAKES_LINKS.includes(scope)),
      ),
      'from before that may lead merchants back to any host, unless RETURN_HOSTS of the broker names some',
      'Name theirs: PATCH /v1/clients/<client_id> with options.return_hosts (a change of options replaces the others, so repeat them), or RETURN_HOSTS for all of them.',
    ),
    ...found(
      live.filter(({ expiresAt }) => expiresAt !== null && expiresAt < before(-ENDS_SOON_DAYS)),
      `ending within ${ENDS_SOON_DAYS} days`,
      'wxplane clients rotate, and give the new key to who uses it.',
    ),
    ...found(
      live.filter(({ clientId, createdAt }) => {
        const last = used.get(clientId);
        return last ? last < before(UNUSED_DAYS) : createdAt < before(UNUSED_DAYS) && since < before(UNUSED_DAYS);
      }),
      `unused for ${UNUSED_DAYS} days`,
      'wxplane clients revoke, unless somebody still needs them.',
    ),
  ];
}
