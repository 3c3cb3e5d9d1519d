import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { SecretBox } from '#persistence';
import { LOGGER, type Logger } from '#service';
import { readable } from '../tokens/readable.js';

/** WeChat's own limit: a ticket is good for 12 hours (authorization.md §2.2). */
export const TICKET_LIFE_H = 12;

/** Tickets as ingestion stored them. What orders them is the time in the push: a late old one never replaces a newer one. */
@Injectable()
export class TicketRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly box: SecretBox,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** The newest ticket that is younger than 12 hours. One that cannot be read is none: WeChat is asked to push another one. */
  async newest(componentAppid: string): Promise<string | undefined> {
    const [row] = await this.dataSource.query(
      `SELECT component_verify_ticket AS ticket FROM f_wechat_verifyticket
        WHERE component_appid = ? AND pushed_at > UTC_TIMESTAMP() - INTERVAL ${TICKET_LIFE_H} HOUR
        ORDER BY pushed_at DESC, ticket_id DESC LIMIT 1`,
      [componentAppid],
    );
    return row && readable(this.box, this.logger, row.ticket, 'verifyticket');
  }

  /** Seconds since the newest push; `undefined`: none is stored. */
  async ageS(componentAppid: string): Promise<number | undefined> {
    const [row] = await this.dataSource.query(
      'SELECT TIMESTAMPDIFF(SECOND, MAX(pushed_at), UTC_TIMESTAMP()) AS age FROM f_wechat_verifyticket WHERE component_appid = ?',
      [componentAppid],
    );
    return row?.age === null || row?.age === undefined ? undefined : Number(row.age);
  }
}
