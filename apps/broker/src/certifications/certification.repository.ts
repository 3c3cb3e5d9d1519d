import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { BINDINGS, CertificationEntity, changed, inTransaction, SecretBox } from '#persistence';
import type { App } from '../account-calls/account-calls.js';
import { CertificateRepository } from './certificate.repository.js';
import { type CertificationState, hasEnded, isCertified, type Numbers, readAgainInS, stateOf } from './certification.domain.js';
import { CertificationJournal } from './certification-journal.js';

/** What WeChat says of an order. */
export interface ToldOrder {
  readonly taskStatus?: number | null;
  readonly applyStatus?: number | null;
  readonly procedureStatus?: number | null;
  readonly smsStatus?: number | null;
  readonly orderId?: string | null;
  readonly reason?: string | null;
  readonly audit?: Record<string, unknown> | null;
  readonly dispatch?: Record<string, unknown> | null;
  readonly url?: string | null;
}

export interface NewOrder {
  readonly kind: Numbers['kind'];
  readonly form: unknown;
  readonly payType: number;
  readonly replaces: string | null;
  readonly clientId: string | null;
}

const OF_APP = 'component_appid = ? AND authorizer_appid = ?';
/** WeChat's address for the administrator is good for a day. */
const ACT_S = 86_400;
const READING_S = 300;
const LONGEST_PAUSE_S = 86_400;

/** `f_wechat_certification`: each order. Every change of it is in the history, in the same transaction. */
@Injectable()
export class CertificationRepository {
  constructor(
    readonly dataSource: DataSource,
    private readonly box: SecretBox,
    private readonly certificates: CertificateRepository,
    private readonly journal: CertificationJournal,
  ) {}

  formOf(row: CertificationEntity): unknown {
    return JSON.parse(this.box.open(row.form, BINDINGS.certificationForm(row.certificationId)));
  }

  find({ componentAppid, authorizerAppid }: App, certificationId: string): Promise<CertificationEntity | null> {
    return this.dataSource.getRepository(CertificationEntity).findOneBy({ componentAppid, authorizerAppid, certificationId });
  }

  async newest(app: App): Promise<CertificationEntity | undefined> {
    return (await this.list(app, undefined, 1))[0];
  }

  /** Newest first. */
  list({ componentAppid, authorizerAppid }: App, before: string | undefined, most: number): Promise<CertificationEntity[]> {
    const search = this.dataSource
      .getRepository(CertificationEntity)
      .createQueryBuilder('c')
      .where('c.componentAppid = :componentAppid AND c.authorizerAppid = :authorizerAppid', { componentAppid, authorizerAppid })
      .orderBy('c.rowId', 'DESC')
      .take(most);
    if (before) search.andWhere('c.rowId < :before', { before });
    return search.getMany();
  }

  /**
   * Writes down what is about to be asked of WeChat, before it is asked.
   * @param leaseS so long it is its maker's
   * @param may looks at the newest order, in the transaction. @throws when there must be no other
   */
  async begin(
    app: App,
    { kind, form, payType, replaces, clientId }: NewOrder,
    leaseS: number,
    may: (newest: CertificationEntity | undefined) => void,
  ): Promise<string> {
    const id = `ce_${randomBytes(12).toString('hex')}`;
    await this.certificates.ensure(app);
    await inTransaction(this.dataSource, async (db) => {
      // Of two at the same moment one comes after the other.
      await this.certificates.lock(app, db);
      const [newest] = await db.getRepository(CertificationEntity).find({
        where: { componentAppid: app.componentAppid, authorizerAppid: app.authorizerAppid },
        order: { rowId: 'DESC' },
        take: 1,
      });
      may(newest);
      await db.query(
        `INSERT INTO f_wechat_certification (certification_id, component_appid, authorizer_appid, kind, progress, pay_type, form, replaces, client_id,
                created_at, status_at, next_read_at)
         VALUES (?, ?, ?, ?, 'sending', ?, ?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL ? SECOND)`,
        [
          ...[id, app.componentAppid, app.authorizerAppid, kind, payType],
          this.box.seal(JSON.stringify(form), BINDINGS.certificationForm(id)),
          ...[replaces, clientId, leaseS],
        ],
      );
      await this.journal.remember(db, app, { certificationId: id, from: null, to: 'sending', cause: 'client', clientId });
    });
    return id;
  }

  /** WeChat took it, under this id. The one that it replaces has ended. */
  async taken(app: App, id: string, taskId: string, told: ToldOrder): Promise<void> {
    await inTransaction(this.dataSource, async (db) => {
      await db.query(
        `UPDATE f_wechat_certification SET progress = 'sent', task_id = ?, acts_until = UTC_TIMESTAMP(3) + INTERVAL ${ACT_S} SECOND
          WHERE certification_id = ? AND progress IN ('sending', 'unclear')`,
        [taskId, id],
      );
      await this.store(db, app, id, told, 'wechat', 'sending');
      const row = await this.find(app, id);
      if (row?.replaces) await this.progress(db, app, row.replaces, 'replaced', null);
    });
  }

  /** WeChat did not take it, or nobody knows. */
  async notTaken(app: App, id: string, to: 'refused' | 'unclear', refusal: Record<string, unknown> | null): Promise<void> {
    await inTransaction(this.dataSource, (db) => this.progress(db, app, id, to, refusal));
  }

  /** An event names one whose id is not known here: the newest that waits for its id is meant. @returns the order it is of */
  async adopt(app: App, kind: Numbers['kind'], taskId: string, db: EntityManager): Promise<string | undefined> {
    await db.query(
      `UPDATE f_wechat_certification SET task_id = ?, progress = 'sent', acts_until = IFNULL(acts_until, UTC_TIMESTAMP(3) + INTERVAL ${ACT_S} SECOND)
        WHERE ${OF_APP} AND kind = ? AND task_id IS NULL AND progress IN ('sending', 'unclear') AND NOT EXISTS
              (SELECT 1 FROM (SELECT row_id FROM f_wechat_certification WHERE task_id = ?) AS known)
        ORDER BY row_id DESC LIMIT 1`,
      [taskId, app.componentAppid, app.authorizerAppid, kind, taskId],
    );
    const { componentAppid, authorizerAppid } = app;
    const row = await db.getRepository(CertificationEntity).findOneBy({ componentAppid, authorizerAppid, kind, taskId });
    return row?.certificationId;
  }

  /** An event says that something has changed. */
  async due(id: string, db: EntityManager): Promise<void> {
    await db.query(
      'UPDATE f_wechat_certification SET next_read_at = UTC_TIMESTAMP(3) WHERE certification_id = ? AND ended_at IS NULL',
      [id],
    );
  }

  /** What WeChat shows now. */
  async told(app: App, id: string, told: ToldOrder, cause: string): Promise<void> {
    await inTransaction(this.dataSource, (db) => this.store(db, app, id, told, cause), { idempotent: true });
  }

  /** @param before its state, where it is not what the row says by now */
  private async store(
    db: EntityManager,
    app: App,
    id: string,
    told: ToldOrder,
    cause: string,
    before?: CertificationState,
  ): Promise<void> {
    const row = await db.getRepository(CertificationEntity).findOne({
      where: { certificationId: id },
      lock: { mode: 'pessimistic_write' },
    });
    if (!row) return;
    const from = before ?? stateOf(row);
    const now = {
      ...row,
      taskStatus: told.taskStatus ?? row.taskStatus,
      applyStatus: told.applyStatus ?? row.applyStatus,
      procedureStatus: told.procedureStatus ?? row.procedureStatus,
    };
    const to = stateOf(now);
    const ended = hasEnded(to, row.kind);
    const moved = from !== to;
    const sinceS = moved ? 0 : Math.max(0, (Date.now() - row.statusAt.getTime()) / 1_000);
    const again = readAgainInS(to, row.kind, sinceS);
    await db.query(
      `UPDATE f_wechat_certification SET task_status = ?, apply_status = ?, procedure_status = ?, sms_status = ?, order_id = IFNULL(?, order_id),
              reason = ?, audit = ?, dispatch = IFNULL(?, dispatch), url = IFNULL(?, url),
              status_at = IF(?, UTC_TIMESTAMP(3), status_at), revision = revision + ?, ended_at = IF(?, IFNULL(ended_at, UTC_TIMESTAMP(3)), NULL),
              read_at = UTC_TIMESTAMP(3), read_problem = NULL, next_read_at = IF(?, NULL, UTC_TIMESTAMP(3) + INTERVAL ? SECOND)
        WHERE certification_id = ?`,
      [
        ...[now.taskStatus, now.applyStatus, now.procedureStatus, told.smsStatus ?? null, told.orderId ?? null],
        ...[told.reason ?? row.reason, json(told.audit ?? row.audit), json(told.dispatch), told.url ?? null],
        ...[moved, moved ? 1 : 0, ended, ended, again, id],
      ],
    );
    if (!moved) return;
    if (isCertified(to) && !isCertified(from)) await this.certificates.certified(app, db);
    const detail = {
      ...{ task_status: now.taskStatus, apply_status: now.applyStatus, procedure_status: now.procedureStatus },
      ...(told.reason ? { reason: told.reason } : {}),
    };
    await this.journal.moved(db, app, { certificationId: id, from, to, cause, detail, revision: row.revision + 1 });
  }

  private async progress(
    db: EntityManager,
    app: App,
    id: string,
    to: 'refused' | 'unclear' | 'replaced',
    refusal: Record<string, unknown> | null,
  ): Promise<void> {
    const from = to === 'replaced' ? `'sent'` : `'sending'`;
    const done = await db.query(
      `UPDATE f_wechat_certification SET progress = ?, refusal = ?, status_at = UTC_TIMESTAMP(3), revision = revision + 1,
              ended_at = IF(? = 'unclear', NULL, UTC_TIMESTAMP(3)), next_read_at = NULL WHERE certification_id = ? AND progress IN (${from})`,
      [to, json(refusal), to, id],
    );
    if (!changed(done)) return;
    const row = await db.getRepository(CertificationEntity).findOneByOrFail({ certificationId: id });
    await this.journal.moved(db, app, {
      ...{ certificationId: id, from: to === 'replaced' ? 'returned' : 'sending', to, cause: 'wechat', revision: row.revision },
      detail: refusal ?? {},
    });
  }

  async unreadable(id: string, problem: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE f_wechat_certification SET read_problem = ?, next_read_at = UTC_TIMESTAMP(3) + INTERVAL
              LEAST(?, GREATEST(60, TIMESTAMPDIFF(SECOND, IFNULL(read_at, created_at), UTC_TIMESTAMP(3)))) SECOND WHERE certification_id = ?`,
      [problem.slice(0, 512), LONGEST_PAUSE_S, id],
    );
  }

  /** Takes rows that are due; two replicas never take the same. */
  async takeDue(most: number): Promise<CertificationEntity[]> {
    const rows = await this.dataSource
      .getRepository(CertificationEntity)
      .createQueryBuilder('c')
      .where('c.next_read_at <= UTC_TIMESTAMP(3)')
      .orderBy('c.nextReadAt', 'ASC')
      .take(most)
      .getMany();
    const taken: CertificationEntity[] = [];
    for (const row of rows) {
      const mine = await this.dataSource.query(
        `UPDATE f_wechat_certification SET next_read_at = UTC_TIMESTAMP(3) + INTERVAL ${READING_S} SECOND WHERE row_id = ? AND next_read_at = ?`,
        [row.rowId, row.nextReadAt],
      );
      if (changed(mine)) taken.push(row);
    }
    return taken;
  }
}

const json = (value: unknown): string | null => (value === null || value === undefined ? null : JSON.stringify(value));
