import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Tickets of a component that stay whatever their age: a history to look at when they stopped. */
export const TICKETS_KEPT = 20;

/**
 * The index is named: for a query with a LIMIT the optimizer would now and then rather walk the table from its beginning, through all
 * that is kept longer.
 */
export const OUTDATED_EVENTS = `SELECT event_id FROM f_wechat_event FORCE INDEX (ix_event_kind)
  WHERE kind = ? AND event_id < ? AND received_at < ? AND state <> 'received' ORDER BY event_id LIMIT ?`;
export const OUTDATED_TICKETS = `SELECT ticket_id FROM f_wechat_verifyticket FORCE INDEX (ix_ticket_newest)
  WHERE component_appid = ? AND pushed_at < ? ORDER BY pushed_at LIMIT ?`;

/** Beyond every id there is. */
const NO_BOUND = '18446744073709551615';

/** Small deletes of what is not kept any longer; each reads only the rows that it deletes. */
@Injectable()
export class RetentionRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Kinds that the inbox holds. */
  async kinds(): Promise<string[]> {
    const rows: { kind: string }[] = await this.dataSource.query('SELECT DISTINCT kind FROM f_wechat_event');
    return rows.map((row) => row.kind);
  }

  /** Ids grow as events arrive: what has one from this on arrived later. One that waited in Redis is found a little later for it. */
  async firstIdSince(at: Date): Promise<string> {
    const [row]: { event_id: string }[] = await this.dataSource.query(
      'SELECT event_id FROM f_wechat_event WHERE received_at >= ? ORDER BY received_at LIMIT 1',
      [at],
    );
    return row?.event_id ?? NO_BOUND;
  }

  /** @returns how many were deleted, at most `limit` */
  async deleteEvents(kind: string, before: Date, beforeId: string, limit: number): Promise<number> {
    const rows: { event_id: string }[] = await this.dataSource.query(OUTDATED_EVENTS, [kind, beforeId, before, limit]);
    if (rows.length === 0) return 0;
    const ids = rows.map((row) => row.event_id);
    await this.dataSource.query('DELETE FROM f_wechat_eventeffect WHERE event_id IN (?)', [ids]);
    await this.dataSource.query('DELETE FROM f_wechat_event WHERE event_id IN (?)', [ids]);
    return ids.length;
  }

  /** Components that have tickets. Rows of an older system name none, and stay. */
  async componentsWithTickets(): Promise<string[]> {
    const rows: { component_appid: string }[] = await this.dataSource.query(
      'SELECT DISTINCT component_appid FROM f_wechat_verifyticket',
    );
    return rows.map((row) => row.component_appid).filter((component) => component !== '');
  }

  /** Deletes a component's tickets that are older, but for its newest ones. @returns how many were deleted, at most `limit` */
  async deleteTickets(componentAppid: string, before: Date, limit: number): Promise<number> {
    const [oldestKept]: { pushed_at: Date }[] = await this.dataSource.query(
      'SELECT pushed_at FROM f_wechat_verifyticket WHERE component_appid = ? ORDER BY pushed_at DESC, ticket_id DESC LIMIT 1 OFFSET ?',
      [componentAppid, TICKETS_KEPT - 1],
    );
    if (!oldestKept) return 0;
    const bound = oldestKept.pushed_at < before ? oldestKept.pushed_at : before;
    const rows: { ticket_id: number }[] = await this.dataSource.query(OUTDATED_TICKETS, [componentAppid, bound, limit]);
    if (rows.length === 0) return 0;
    const ids = rows.map((row) => row.ticket_id);
    await this.dataSource.query('DELETE FROM f_wechat_verifyticket WHERE ticket_id IN (?)', [ids]);
    return ids.length;
  }
}
