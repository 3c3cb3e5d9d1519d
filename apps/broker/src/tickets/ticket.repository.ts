import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BINDINGS, SecretBox } from '#persistence';
import { LOGGER, type Logger } from '#service';
import { openOrAbsent } from '../secrets/open-or-absent.js';

/** WeChat's own limit: a ticket is good for 12 hours (authorization.md §2.2). */
export const TICKET_LIFE_H = 12;
/** Rows looked at: the same ticket may have been pushed several times. */
const READ_MOST = 20;

/**
 * What orders tickets: the time in the push, so that a late old one never replaces a newer one; but not one ahead of its arrival, which
 * would win for ever.
 */
const PUSHED_AT = 'LEAST(pushed_at, create_time)';

/** Tickets as ingestion stored them. */
@Injectable()
export class TicketRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly box: SecretBox,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** The newest ticket that is younger than 12 hours. */
  async newest(componentAppid: string): Promise<string | undefined> {
    return (await this.candidates(componentAppid, 1))[0];
  }

  /**
   * The newest tickets that are younger than 12 hours, each once: any of them works, if WeChat made it. One that cannot be read is none:
   * without another one WeChat is asked to push.
   */
  async candidates(componentAppid: string, most: number): Promise<string[]> {
    const rows: { ticket: string; pushed_at: Date }[] = await this.dataSource.query(
      `SELECT component_verify_ticket AS ticket, pushed_at FROM f_wechat_verifyticket
        WHERE component_appid = ? AND pushed_at > UTC_TIMESTAMP() - INTERVAL ${TICKET_LIFE_H} HOUR
        ORDER BY ${PUSHED_AT} DESC, ticket_id DESC LIMIT ${READ_MOST}`,
      [componentAppid],
    );
    const tickets = new Set<string>();
    for (const row of rows) {
      if (tickets.size >= most) break;
      const ticket = openOrAbsent(this.box, this.logger, row.ticket, BINDINGS.ticket(componentAppid, row.pushed_at));
      if (ticket) tickets.add(ticket);
    }
    return [...tickets];
  }

  /** Seconds since the newest push; `undefined`: none is stored. */
  async ageS(componentAppid: string): Promise<number | undefined> {
    const [row] = await this.dataSource.query(
      `SELECT TIMESTAMPDIFF(SECOND, MAX(${PUSHED_AT}), UTC_TIMESTAMP()) AS age FROM f_wechat_verifyticket WHERE component_appid = ?`,
      [componentAppid],
    );
    return row?.age === null || row?.age === undefined ? undefined : Number(row.age);
  }
}
