import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { BINDINGS, FilingApplicationEntity, SecretBox } from '#persistence';
import type { FilingAuditLine, FilingForm } from '#wechat';
import type { App } from '../account-calls/account-calls.js';
import { FILING, inReview, isRejected } from './filing.domain.js';

/**
 * `sending`: it was decided, its outcome is not known · `submitted`: WeChat has it · `refused`: WeChat did not take it, see `refusal` ·
 * `not_sent`: WeChat does not have it, for a reason that nobody saw · `rejected`, `filed`, `withdrawn`: how it ended.
 */
export const APPLICATION_STATES = ['sending', 'submitted', 'refused', 'not_sent', 'rejected', 'filed', 'withdrawn'] as const;
export type ApplicationState = (typeof APPLICATION_STATES)[number];

/** `f_wechat_filingapplication`: each application with its form, sealed. */
@Injectable()
export class FilingApplications {
  constructor(
    private readonly dataSource: DataSource,
    private readonly box: SecretBox,
  ) {}

  static newId = (): string => `fa_${randomBytes(12).toString('hex')}`;

  async add(db: EntityManager, app: App, id: string, form: FilingForm, clientId: string | null): Promise<void> {
    await db.query(
      `INSERT INTO f_wechat_filingapplication (application_id, component_appid, authorizer_appid, state, form, client_id, created_at, updated_at)
       VALUES (?, ?, ?, 'sending', ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
      [id, app.componentAppid, app.authorizerAppid, this.box.seal(JSON.stringify(form), BINDINGS.filingForm(id)), clientId],
    );
  }

  find({ componentAppid, authorizerAppid }: App, applicationId: string): Promise<FilingApplicationEntity | null> {
    return this.dataSource.getRepository(FilingApplicationEntity).findOneBy({ componentAppid, authorizerAppid, applicationId });
  }

  formOf(row: FilingApplicationEntity): FilingForm {
    return JSON.parse(this.box.open(row.form, BINDINGS.filingForm(row.applicationId))) as FilingForm;
  }

  /** Newest first. */
  list({ componentAppid, authorizerAppid }: App, before: string | undefined, most: number): Promise<FilingApplicationEntity[]> {
    const search = this.dataSource
      .getRepository(FilingApplicationEntity)
      .createQueryBuilder('f')
      .where('f.componentAppid = :componentAppid AND f.authorizerAppid = :authorizerAppid', { componentAppid, authorizerAppid })
      .orderBy('f.rowId', 'DESC')
      .take(most);
    if (before) search.andWhere('f.rowId < :before', { before });
    return search.getMany();
  }

  /** The outcome of one that was being sent. */
  async end(db: EntityManager, id: string, to: ApplicationState, refusal: Record<string, unknown> | null): Promise<void> {
    await db.query(
      `UPDATE f_wechat_filingapplication SET state = ?, refusal = ?, updated_at = UTC_TIMESTAMP(3) WHERE application_id = ? AND state = 'sending'`,
      [to, refusal && JSON.stringify(refusal), id],
    );
  }

  /** The newest application goes as the filing goes. One that nobody saw arrive did, if WeChat turns out to have it. */
  async follow(
    db: EntityManager,
    app: App,
    status: number | null,
    { moved, reasons }: { moved: boolean; reasons: readonly FilingAuditLine[] },
  ): Promise<void> {
    const to: ApplicationState | undefined = isRejected(status)
      ? 'rejected'
      : status === FILING.filed
        ? 'filed'
        : inReview(status)
          ? 'submitted'
          : status !== null && status >= FILING.none
            ? 'withdrawn'
            : undefined;
    // An end that was there before the application is not its own.
    if (to === undefined || (!moved && (to === 'rejected' || to === 'withdrawn'))) return;
    const from = to === 'submitted' ? `'not_sent'` : to === 'filed' ? `'submitted', 'not_sent'` : `'submitted'`;
    await db.query(
      `UPDATE f_wechat_filingapplication SET state = ?, refusal = IF(? = 'rejected', ?, refusal), updated_at = UTC_TIMESTAMP(3)
        WHERE component_appid = ? AND authorizer_appid = ? AND state IN (${from})
          AND row_id = (SELECT newest.id FROM (SELECT MAX(row_id) AS id FROM f_wechat_filingapplication
                         WHERE component_appid = ? AND authorizer_appid = ?) AS newest)`,
      [
        to,
        to,
        JSON.stringify({ reasons }),
        ...[app.componentAppid, app.authorizerAppid],
        ...[app.componentAppid, app.authorizerAppid],
      ],
    );
  }
}
