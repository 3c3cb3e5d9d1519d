import type { DataSource } from 'typeorm';
import { ERRCODE } from '#wechat';
import { type MuteChannel, readMuteChannels } from './channels.js';
import { type Kept, readKept } from './kept.js';
import { rolloutProblem } from './rollouts.domain.js';

export interface StoredStatus {
  readonly components: readonly ComponentStatus[];
  /** Events that were not handed to the queues yet, and the age of the oldest in seconds. */
  readonly inbox: { readonly waiting: number; readonly oldest_s: number };
  readonly kept: Kept;
  /** Robots and mailboxes whose messages do not arrive. */
  readonly mute_channels: readonly MuteChannel[];
  /** Of the last 30 days, by state. */
  readonly releases: Readonly<Record<string, number>>;
  /** Single releases that wait for a quota of their own; those of rollouts are counted there. */
  readonly releases_that_wait: readonly WaitingRelease[];
  /** Whose mini program has another version in review: they go on when that ends. */
  readonly releases_behind_reviews: number;
  /** Those that have not ended. */
  readonly rollouts: readonly {
    readonly rollout_id: number;
    readonly component_appid: string;
    readonly name: string;
    readonly state: string;
    readonly ended: number;
    readonly total: number;
    readonly failed: number;
    /** Mini programs that wait for a quota of their own. */
    readonly waiting: number;
    /** Why it needs somebody; `null`: it does not. */
    readonly problem: string | null;
  }[];
  readonly errors: readonly StoredError[];
}

export interface WaitingRelease {
  readonly release_id: number;
  readonly authorizer_appid: string;
  readonly errcode: number;
  readonly since: string;
  /** From then on somebody has to look. */
  readonly explained_until: string;
}

export interface ComponentStatus {
  readonly component_appid: string;
  readonly ticket_age_s: number | null;
  readonly authorizers: Readonly<Record<string, number>>;
}

export interface StoredError {
  readonly at: string;
  readonly what: string;
  readonly about: string;
  readonly why: string;
}

/** A release that waits for a quota of its own mini program. */
const BY_ITSELF = `(x.waiting IS NOT NULL AND x.waiting LIKE '{"for":"account"%')`;
/** Calls and effects are looked at from the newest back, so many at most. */
const LOOK_BACK = 20_000;
const ERRORS = 8;
/** Answers to questions rather than errors: there is no audit to tell of; the scan of a commit has not ended. */
const ANSWERS = [ERRCODE.NO_AUDIT, ERRCODE.PRIVACY_SCAN_RUNNING].join();

/** Everything that the database knows at a glance. */
export async function readStored(db: DataSource, configured: readonly string[]): Promise<StoredStatus> {
  const [tickets, authorizers, [inbox], releases, releasesThatWait, rollouts, errors, kept, muteChannels, [behind]] =
    await Promise.all([
      db.query(
        `SELECT component_appid AS component, TIMESTAMPDIFF(SECOND, MAX(create_time), UTC_TIMESTAMP()) AS age
         FROM f_wechat_verifyticket WHERE component_appid <> '' GROUP BY component_appid`,
      ),
      db.query(
        'SELECT component_appid AS component, state, COUNT(*) AS n FROM f_wechat_authorizer GROUP BY component_appid, state',
      ),
      db.query(
        `SELECT COUNT(*) AS waiting, COALESCE(TIMESTAMPDIFF(SECOND, MIN(received_at), UTC_TIMESTAMP()), 0) AS oldest
         FROM f_wechat_event WHERE state = 'received'`,
      ),
      db.query(
        `SELECT state, COUNT(*) AS n FROM f_wechat_submitaudit
        WHERE state IS NOT NULL AND created_at > UTC_TIMESTAMP(3) - INTERVAL 30 DAY GROUP BY state ORDER BY n DESC`,
      ),
      db.query(
        `SELECT submitaudit_id AS id, app_id AS appid, waiting FROM f_wechat_submitaudit x
        WHERE next_check_at IS NOT NULL AND rollout_id IS NULL AND ${BY_ITSELF} ORDER BY submitaudit_id DESC LIMIT 20`,
      ),
      db.query(
        `SELECT r.rollout_id, r.component_appid, r.name, r.state, COUNT(t.rollout_id) AS total,
              COALESCE(SUM(t.state IN ('succeeded', 'failed', 'skipped')), 0) AS ended, COALESCE(SUM(t.state = 'failed'), 0) AS failed,
              r.reason, COALESCE(SUM(t.state = 'running' AND ${BY_ITSELF}), 0) AS waiting,
              COALESCE(SUM(t.state = 'running' AND ${BY_ITSELF} AND JSON_UNQUOTE(JSON_EXTRACT(x.waiting, '$.explained_until')) <= ?), 0) AS overdue
         FROM f_wechat_rollout r LEFT JOIN f_wechat_rollouttarget t ON t.rollout_id = r.rollout_id
         LEFT JOIN f_wechat_submitaudit x ON x.submitaudit_id = t.release_id
        WHERE r.finished_at IS NULL GROUP BY r.rollout_id, r.component_appid, r.name, r.state, r.reason ORDER BY r.rollout_id DESC LIMIT 20`,
        [new Date().toISOString()],
      ),
      newestErrors(db),
      readKept(db),
      readMuteChannels(db),
      db.query("SELECT COUNT(*) AS n FROM f_wechat_submitaudit WHERE next_check_at IS NOT NULL AND waits_for = 'review'"),
    ]);
  const ages = new Map<string, number>(
    tickets.map((row: { component: string; age: string }) => [row.component, Number(row.age)]),
  );
  const states = new Map<string, Record<string, number>>();
  for (const { component, state, n } of authorizers) states.set(component, { ...states.get(component), [state]: Number(n) });
  const appids = configured.length > 0 ? configured : [...new Set([...ages.keys(), ...states.keys()])].sort();
  return {
    components: appids.map((component_appid) => ({
      component_appid,
      ticket_age_s: ages.get(component_appid) ?? null,
      authorizers: states.get(component_appid) ?? {},
    })),
    inbox: { waiting: Number(inbox.waiting), oldest_s: Number(inbox.oldest) },
    kept,
    mute_channels: muteChannels,
    releases: Object.fromEntries(releases.map(({ state, n }: { state: string; n: string }) => [state, Number(n)])),
    releases_that_wait: releasesThatWait.map(({ id, appid, waiting }: Record<'id' | 'appid' | 'waiting', string>) => {
      const { errcode, since, explained_until } = JSON.parse(waiting) as Omit<WaitingRelease, 'release_id' | 'authorizer_appid'>;
      return { release_id: Number(id), authorizer_appid: appid, errcode, since, explained_until };
    }),
    releases_behind_reviews: Number(behind.n),
    rollouts: rollouts.map((row: Record<string, string>) => ({
      rollout_id: Number(row['rollout_id']),
      component_appid: String(row['component_appid']),
      name: String(row['name']),
      state: String(row['state']),
      ended: Number(row['ended']),
      total: Number(row['total']),
      failed: Number(row['failed']),
      waiting: Number(row['waiting']),
      problem: rolloutProblem(String(row['state']), row['reason'] ?? null, Number(row['overdue'])),
    })),
    errors,
  };
}

async function newestErrors(db: DataSource): Promise<StoredError[]> {
  const [calls, effects, tokens] = await Promise.all([
    db.query(
      `SELECT at, api, COALESCE(authorizer_appid, component_appid, '') AS about, outcome, errcode, rid FROM f_wechat_call
        WHERE call_id > (SELECT COALESCE(MAX(call_id), 0) FROM f_wechat_call) - ${LOOK_BACK} AND outcome <> 'ok' AND COALESCE(errcode, 0) NOT IN (${ANSWERS})
          AND at > UTC_TIMESTAMP(3) - INTERVAL 1 DAY
        ORDER BY call_id DESC LIMIT ${ERRORS}`,
    ),
    db.query(
      `SELECT at, consumer, event_id, note FROM f_wechat_eventeffect
        WHERE event_id > (SELECT COALESCE(MAX(event_id), 0) FROM f_wechat_event) - ${LOOK_BACK} AND state = 'failed'
        ORDER BY event_id DESC LIMIT ${ERRORS}`,
    ),
    db.query(
      `SELECT failed_at AS at, kind, COALESCE(NULLIF(authorizer_appid, ''), component_appid) AS about, failure FROM f_wechat_accesstoken
        WHERE failures > 0 AND failed_at > UTC_TIMESTAMP(3) - INTERVAL 1 DAY ORDER BY failed_at DESC LIMIT ${ERRORS}`,
    ),
  ]);
  const at = (value: Date) => new Date(value).toISOString();
  const all: StoredError[] = [
    ...calls.map(
      (row: { at: Date; api: string; about: string; outcome: string; errcode: number | null; rid: string | null }) => ({
        at: at(row.at),
        what: `WeChat: ${row.api}`,
        about: row.about,
        why: [row.errcode ?? row.outcome, row.rid && `rid ${row.rid}`].filter(Boolean).join(', '),
      }),
    ),
    ...effects.map((row: { at: Date; consumer: string; event_id: string; note: string | null }) => ({
      at: at(row.at),
      what: `${row.consumer}: event`,
      about: row.event_id,
      why: row.note ?? '',
    })),
    ...tokens.map((row: { at: Date; kind: string; about: string; failure: string | null }) => ({
      at: at(row.at),
      what: `${row.kind} token`,
      about: row.about,
      why: detailOf(row.failure),
    })),
  ];
  return all.sort((a, b) => (a.at < b.at ? 1 : -1)).slice(0, ERRORS);
}

function detailOf(failure: string | null): string {
  try {
    const { code, detail, errcode } = JSON.parse(failure ?? '{}') as { code?: string; detail?: string; errcode?: number };
    return [errcode, detail ?? code].filter(Boolean).join(' ');
  } catch {
    return '';
  }
}
