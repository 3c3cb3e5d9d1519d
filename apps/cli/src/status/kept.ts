import type { DataSource } from 'typeorm';
import { counted, localTime } from '../shell/output.js';

/** Pushes that ingestion keeps and nobody acts on, as far as somebody should look at them. */
export interface Kept {
  /** Grants and cancellations that were not believed, and that nothing newer has made good since. */
  readonly stale_grants: { readonly count: number; readonly since: string | null; readonly event_ids: readonly string[] };
  /** Of the last day. */
  readonly unreadable: { readonly count: number; readonly since: string | null };
}

const SHOWN = 5;
const MOST = 1_000;

/**
 * By `create_time`, which is WeChat's: it was our clock that was wrong when they came. A push and the browser's return tell of one grant
 * within seconds.
 */
export async function readKept(db: DataSource): Promise<Kept> {
  const [grants, [unreadable]] = (await Promise.all([
    db.query(
      `SELECT event_id AS id, COALESCE(create_time, received_at) AS since FROM f_wechat_event e
        WHERE state = 'stale' AND kind IN ('authorized', 'updateauthorized', 'unauthorized') AND received_at > UTC_TIMESTAMP(3) - INTERVAL 7 DAY
          AND NOT EXISTS (SELECT 1 FROM f_wechat_authorizer a
            WHERE a.component_appid = e.component_appid AND a.authorizer_appid = e.authorizer_appid
              AND (IF(e.kind = 'unauthorized', a.cancelled_at, a.granted_at) >= e.create_time - INTERVAL 1 MINUTE
                OR IF(e.kind = 'unauthorized', a.granted_at, a.cancelled_at) > e.create_time))
        ORDER BY event_id LIMIT ${MOST}`,
    ),
    db.query(
      `SELECT COUNT(*) AS n, MIN(received_at) AS since FROM f_wechat_event
        WHERE kind = 'unreadable' AND received_at > UTC_TIMESTAMP(3) - INTERVAL 1 DAY`,
    ),
  ])) as [{ id: string; since: Date }[], [{ n: string; since: Date | null }]];
  const oldest = grants.map(({ since }) => since.toISOString()).sort()[0];
  return {
    stale_grants: { count: grants.length, since: oldest ?? null, event_ids: grants.slice(0, SHOWN).map(({ id }) => id) },
    unreadable: { count: Number(unreadable.n), since: unreadable.since?.toISOString() ?? null },
  };
}

/** What somebody must do about them. */
export function keptProblems({ stale_grants: grants, unreadable }: Kept): string[] {
  const ids = grants.event_ids.join(', ');
  return [
    ...(grants.count === 0
      ? []
      : [
          `${counted(grants.count, 'grant or cancellation', 'grants or cancellations')} since ${localTime(grants.since)} ${grants.count === 1 ? 'was' : 'were'} kept as stale, and nobody acted on ${grants.count === 1 ? 'it' : 'them'}: signed too far from ingestion’s time. Is its clock right (wxplane doctor)? Then: wxplane events replay <event_id> --accept, for ${ids}${grants.count > grants.event_ids.length ? ' … (wxplane events search --state stale)' : ''}. WeChat takes the code of a grant for an hour: older ones come with wxplane authorizers sync.`,
        ]),
    ...(unreadable.count === 0
      ? []
      : [
          `${counted(unreadable.count, 'push')} of the last day, since ${localTime(unreadable.since)}, cannot be read, and nobody acts on ${unreadable.count === 1 ? 'it' : 'them'}: wxplane events search --kind unreadable, then wxplane events show <event_id> tells what is wrong and what came. Report it to us.`,
        ]),
  ];
}
