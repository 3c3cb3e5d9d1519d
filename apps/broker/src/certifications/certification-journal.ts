import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { OwnEvents } from '#inbox';
import { CertificationHistoryEntity } from '#persistence';
import type { App } from '../account-calls/account-calls.js';

export interface CertificationStep {
  readonly certificationId: string | null;
  readonly from: string | null;
  readonly to: string;
  readonly cause: string;
  readonly clientId?: string | null;
  readonly detail?: Record<string, unknown>;
}

/** What became of each certification, and who is told: written in the transaction of the move itself. */
@Injectable()
export class CertificationJournal {
  constructor(
    private readonly dataSource: DataSource,
    private readonly ownEvents: OwnEvents,
  ) {}

  async remember(db: EntityManager, app: App, step: CertificationStep): Promise<void> {
    const { certificationId, from, to, cause, clientId = null, detail } = step;
    await db.query(
      `INSERT INTO f_wechat_certificationhistory (component_appid, authorizer_appid, certification_id, at, from_state, to_state, cause, client_id, detail)
       VALUES (?, ?, ?, UTC_TIMESTAMP(3), ?, ?, ?, ?, ?)`,
      [
        ...[app.componentAppid, app.authorizerAppid, certificationId, from, to, cause, clientId],
        detail === undefined ? null : JSON.stringify(detail),
      ],
    );
  }

  /** Subscribers get it as `wxplane.certification_<state>`. */
  async moved(db: EntityManager, app: App, step: CertificationStep & { readonly revision: number }): Promise<void> {
    await this.remember(db, app, step);
    const { certificationId, to, revision, detail = {} } = step;
    const { hints: _, remedy: __, ...told } = detail;
    await this.tell(db, app, to, `${certificationId} ${revision}`, { certification_id: certificationId, ...told });
  }

  async tell(db: EntityManager, app: App, what: string, key: string, data: Record<string, unknown>): Promise<void> {
    await this.ownEvents.add(
      db,
      {
        kind: `wxplane.certification_${what}`,
        componentAppid: app.componentAppid,
        authorizerAppid: app.authorizerAppid,
        key: `${key} ${what}`,
        data: { authorizer_appid: app.authorizerAppid, state: what, ...data },
      },
      new Date(),
    );
  }

  /** Newest first. @param before a history id */
  history(
    { componentAppid, authorizerAppid }: App,
    before: string | undefined,
    most: number,
  ): Promise<CertificationHistoryEntity[]> {
    const search = this.dataSource
      .getRepository(CertificationHistoryEntity)
      .createQueryBuilder('h')
      .where('h.componentAppid = :componentAppid AND h.authorizerAppid = :authorizerAppid', { componentAppid, authorizerAppid })
      .orderBy('h.historyId', 'DESC')
      .take(most);
    if (before) search.andWhere('h.historyId < :before', { before });
    return search.getMany();
  }
}
