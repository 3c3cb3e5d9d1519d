import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { inTransaction } from '#persistence';
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

/** Rows that wait to be handed over, and those that were. */
@Injectable()
export class DispatchRepository {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

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
