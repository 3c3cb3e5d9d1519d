import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { OwnEvents } from '#inbox';
import { FilingHistoryEntity } from '#persistence';
import type { FilingEntrance } from '#wechat';
import type { App } from '../account-calls/account-calls.js';
import { type FilingMove, type FilingState, missingOf } from './filing.domain.js';

export interface FilingStep {
  readonly from: string | null;
  readonly to: string;
  readonly cause: string;
  readonly clientId?: string | null;
  readonly detail?: Record<string, unknown> | undefined;
}

interface Moved {
  readonly from: FilingState;
  readonly to: FilingMove;
  readonly cause: string;
  readonly revision: number;
  readonly told: FilingEntrance;
}

/** What became of each filing, and who is told: written in the transaction of the move itself. */
@Injectable()
export class FilingJournal {
  constructor(
    private readonly dataSource: DataSource,
    private readonly ownEvents: OwnEvents,
  ) {}

  async remember(db: EntityManager, app: App, { from, to, cause, clientId = null, detail }: FilingStep): Promise<void> {
    await db.query(
      `INSERT INTO f_wechat_filinghistory (component_appid, authorizer_appid, at, from_state, to_state, cause, client_id, detail)
       VALUES (?, ?, UTC_TIMESTAMP(3), ?, ?, ?, ?, ?)`,
      [app.componentAppid, app.authorizerAppid, from, to, cause, clientId, detail === undefined ? null : JSON.stringify(detail)],
    );
  }

  /** Subscribers get it as `wxplane.filing_<move>`; what was found at the first look is nothing that happened. */
  async moved(db: EntityManager, app: App, { from, to, cause, revision, told }: Moved): Promise<void> {
    const reasons = told.audit_data?.length ? { reasons: told.audit_data } : {};
    await this.remember(db, app, { from, to, cause, detail: { status: told.status, ...reasons } });
    if (from === 'unread') return;
    const missing = missingOf(told.status);
    await this.ownEvents.add(
      db,
      {
        kind: `wxplane.filing_${to}`,
        componentAppid: app.componentAppid,
        authorizerAppid: app.authorizerAppid,
        key: `${app.componentAppid} ${app.authorizerAppid} ${revision} ${to}`,
        data: {
          authorizer_appid: app.authorizerAppid,
          state: to,
          status: told.status,
          ...reasons,
          ...(missing.length > 0 ? { missing } : {}),
        },
      },
      new Date(),
    );
  }

  /** Of what is no state of the filing, such as a face check. */
  async tell(db: EntityManager, app: App, what: string, key: string, data: Record<string, unknown>): Promise<void> {
    await this.remember(db, app, { from: null, to: what, cause: 'wechat', detail: data });
    await this.ownEvents.add(
      db,
      {
        kind: `wxplane.filing_${what}`,
        componentAppid: app.componentAppid,
        authorizerAppid: app.authorizerAppid,
        key: `${key} ${what}`,
        data: { authorizer_appid: app.authorizerAppid, state: what, ...data },
      },
      new Date(),
    );
  }

  /** Newest first. @param before a history id */
  history({ componentAppid, authorizerAppid }: App, before: string | undefined, most: number): Promise<FilingHistoryEntity[]> {
    const search = this.dataSource
      .getRepository(FilingHistoryEntity)
      .createQueryBuilder('h')
      .where('h.componentAppid = :componentAppid AND h.authorizerAppid = :authorizerAppid', { componentAppid, authorizerAppid })
      .orderBy('h.historyId', 'DESC')
      .take(most);
    if (before) search.andWhere('h.historyId < :before', { before });
    return search.getMany();
  }
}
