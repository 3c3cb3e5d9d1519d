import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { changedRows, inTransaction, TAKES_NO_ROUTE } from '#persistence';
import { CONSUMERS, type ConsumerName } from '#queues';
import { RELEASE_CHECK_PAIRS } from '#wechat';
import type { Candidate, Handover } from './dispatch.domain.js';

type Decision = Pick<Handover, 'note' | 'route'>;

const CANDIDATE = `
  SELECT e.event_id, e.component_appid, e.authorizer_appid, e.family, e.kind, e.to_user_name, e.handed_over_at, e.received_at, e.accepted, e.replays, e.traceparent,
         a.user_name AS known_user_name,
         (SELECT MIN(o.authorizer_appid) FROM f_wechat_authorizer o
           WHERE e.to_user_name IS NOT NULL AND a.user_name IS NULL
             AND o.component_appid = e.component_appid AND o.user_name = e.to_user_name) AS owner
    FROM f_wechat_event e
    LEFT JOIN f_wechat_authorizer a ON a.component_appid = e.component_appid AND a.authorizer_appid = e.authorizer_appid`;

/** One parameter: the consumer. */
const WITHOUT_EFFECT = `NOT EXISTS (SELECT 1 FROM f_wechat_eventeffect AS effect WHERE effect.event_id = f_wechat_event.event_id AND effect.consumer = ?)`;

const CHECK_ACCOUNTS = RELEASE_CHECK_PAIRS.flatMap(({ officialAccount, miniProgram }) => [
  officialAccount.appid,
  miniProgram.appid,
]);

/** What a job for an event is made of. */
export type JobToDo = Pick<Candidate, 'eventId' | 'replays' | 'traceparent'>;

const jobsToDo = (rows: readonly Pick<Row, 'event_id' | 'replays' | 'traceparent'>[]): JobToDo[] =>
  rows.map(({ event_id, replays, traceparent }) => ({ eventId: String(event_id), replays, traceparent }));

/** Rows that wait to be handed over, and those that were. */
@Injectable()
export class DispatchRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Takes the oldest waiting rows, away from other replicas, until `work` is done. After a deadlock `work` is done again.
   * READ COMMITTED: no gap is locked, so that new pushes are written meanwhile.
   * @param undecided only rows of which it is not decided yet whose they are
   * @param after only rows behind this one: what is left in the index of those handed over just now need not be walked over again
   */
  claim<T>(
    limit: number,
    work: (rows: Candidate[], manager: EntityManager) => Promise<T>,
    after = '0',
    undecided = false,
  ): Promise<T> {
    const take = async (manager: EntityManager) => {
      const ids: { event_id: string }[] = await manager.query(
        `SELECT event_id FROM f_wechat_event WHERE state = 'received' AND event_id > ? ${undecided ? 'AND decided_at IS NULL' : ''} ORDER BY event_id LIMIT ? FOR UPDATE SKIP LOCKED`,
        [after, limit],
      );
      if (ids.length === 0) return work([], manager);
      const rows: Row[] = await manager.query(`${CANDIDATE} WHERE e.event_id IN (?) ORDER BY e.event_id`, [
        ids.map((row) => row.event_id),
      ]);
      return work(rows.map(toCandidate), manager);
    };
    return inTransaction(this.dataSource, take, { isolation: 'READ COMMITTED' });
  }

  /** One event, with what is known of its account. */
  async find(componentAppid: string, dedupeKey: string): Promise<Candidate | undefined> {
    const rows: Row[] = await this.dataSource.query(`${CANDIDATE} WHERE e.component_appid = ? AND e.dedupe_key = ?`, [
      componentAppid,
      dedupeKey,
    ]);
    return rows[0] && toCandidate(rows[0]);
  }

  async markQueued(manager: EntityManager, eventIds: readonly string[], { note, route }: Decision): Promise<void> {
    if (eventIds.length === 0) return;
    await manager.query(
      `UPDATE f_wechat_event SET state = 'queued', handed_over_at = ?, note = COALESCE(?, note), route = ? WHERE event_id IN (?)`,
      [new Date(), note, route, eventIds],
    );
  }

  /** Their consumers may take them from here, until they are handed over. */
  async markDecided(manager: EntityManager, eventIds: readonly string[], { note, route }: Decision): Promise<void> {
    if (eventIds.length === 0) return;
    await manager.query('UPDATE f_wechat_event SET decided_at = ?, note = COALESCE(?, note), route = ? WHERE event_id IN (?)', [
      new Date(),
      note,
      route,
      eventIds,
    ]);
  }

  /** The first event that arrived since then; `undefined`: none did. Ids grow as events arrive. */
  async firstSince(at: Date): Promise<string | undefined> {
    const [row]: { event_id: string }[] = await this.dataSource.query(
      'SELECT event_id FROM f_wechat_event WHERE received_at >= ? ORDER BY received_at LIMIT 1',
      [at],
    );
    return row && String(row.event_id);
  }

  /** Events of a kind that were handed over, and of which the consumer has recorded no effect. */
  async withoutEffect(
    consumer: ConsumerName,
    kind: string,
    page: { from: string; after: string; limit: number },
  ): Promise<JobToDo[]> {
    return jobsToDo(
      await this.dataSource.query(
        `SELECT event_id, replays, traceparent FROM f_wechat_event
          WHERE kind = ? AND event_id >= ? AND event_id > ? AND state = 'queued' AND ${TAKES_NO_ROUTE('f_wechat_event')} AND ${WITHOUT_EFFECT}
          ORDER BY event_id LIMIT ?`,
        [kind, page.from, page.after, consumer, page.limit],
      ),
    );
  }

  /** Messages of WeChat's release check, received since then, that were not answered. */
  async unansweredChecks(
    componentAppids: readonly string[],
    since: Date,
    page: { after: string; limit: number },
  ): Promise<JobToDo[]> {
    return jobsToDo(
      await this.dataSource.query(
        `SELECT event_id, replays, traceparent FROM f_wechat_event
          WHERE component_appid IN (?) AND authorizer_appid IN (?) AND event_id > ? AND state = 'queued' AND kind = 'message.text'
            AND received_at >= ? AND ${WITHOUT_EFFECT}
          ORDER BY event_id LIMIT ?`,
        [componentAppids, CHECK_ACCOUNTS, page.after, since, 'release-check' satisfies ConsumerName, page.limit],
      ),
    );
  }

  /**
   * Lets events be handed over anew that were handed over before `before` and have no effect of the consumer.
   * @returns how many, at most `limit`
   */
  async handOverAgain(
    consumer: Exclude<ConsumerName, 'release-check'>,
    { from, before, limit }: { from: string; before: Date; limit: number },
  ): Promise<number> {
    const result = await this.dataSource.query(
      `UPDATE f_wechat_event SET state = 'received', replays = replays + 1
        WHERE kind IN (?) AND event_id >= ? AND state = 'queued' AND handed_over_at < ? AND ${TAKES_NO_ROUTE('f_wechat_event')}
          AND ${WITHOUT_EFFECT}
        LIMIT ?`,
      [CONSUMERS[consumer].kinds, from, before, consumer, limit],
    );
    return changedRows(result);
  }

  async markMismatch(manager: EntityManager, eventId: string, note: string): Promise<void> {
    await manager.query(`UPDATE f_wechat_event SET state = 'mismatch', note = ? WHERE event_id = ?`, [note, eventId]);
  }
}

interface Row {
  readonly event_id: string;
  readonly component_appid: string;
  readonly authorizer_appid: string | null;
  readonly family: Candidate['family'];
  readonly kind: string;
  readonly to_user_name: string | null;
  readonly handed_over_at: Date | null;
  readonly received_at: Date;
  readonly accepted: number;
  readonly replays: number;
  readonly traceparent: string | null;
  readonly known_user_name: string | null;
  readonly owner: string | null;
}

function toCandidate(row: Row): Candidate {
  return {
    eventId: String(row.event_id),
    componentAppid: row.component_appid,
    authorizerAppid: row.authorizer_appid,
    family: row.family,
    kind: row.kind,
    toUserName: row.to_user_name,
    handedOverAtMs: row.handed_over_at?.getTime() ?? null,
    receivedAtMs: row.received_at.getTime(),
    accepted: row.accepted === 1,
    replays: row.replays,
    traceparent: row.traceparent,
    knownUserName: row.known_user_name,
    ownerOfUserName: row.owner,
  };
}
