import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { changed, FilingEntity, inTransaction } from '#persistence';
import type { FilingEntrance } from '#wechat';
import type { App } from '../account-calls/account-calls.js';
import { FILING, inReview, isRejected, movesBetween, readAgainInS, type Standing, stateOf } from './filing.domain.js';
import { FilingApplications } from './filing-applications.repository.js';
import { FilingJournal } from './filing-journal.js';

/** What was decided and cannot simply be done again. */
export type Intent = 'apply' | 'withdraw' | 'cancel';

const AT = 'component_appid = ? AND authorizer_appid = ?';
/** A look that fails comes again: soon at first, and at the latest the next day. */
const LONGEST_PAUSE_S = 86_400;
/** What WeChat shows right after an application may be from before it. */
const SETTLING_S = 60;
const APPLIED = `, status = ${FILING.platform}, is_canceling = 0, sms_status = NULL, sms_since = NULL, reasons = NULL,
                status_at = UTC_TIMESTAMP(3), revision = revision + 1`;
/** So long a row is the one reader's that has taken it. */
const READING_S = 300;

export interface DueFiling extends App {
  readonly filingId: string;
}

/** `f_wechat_filing`: where the filing of each mini program stands. Every change of it is in the history, in the same transaction. */
@Injectable()
export class FilingRepository {
  constructor(
    readonly dataSource: DataSource,
    private readonly applications: FilingApplications,
    private readonly journal: FilingJournal,
  ) {}

  find({ componentAppid, authorizerAppid }: App): Promise<FilingEntity | null> {
    return this.dataSource.getRepository(FilingEntity).findOneBy({ componentAppid, authorizerAppid });
  }

  /** The row is there. */
  async ensure({ componentAppid, authorizerAppid }: App, db: EntityManager = this.dataSource.manager): Promise<void> {
    await db.query('INSERT IGNORE INTO f_wechat_filing (component_appid, authorizer_appid) VALUES (?, ?)', [
      componentAppid,
      authorizerAppid,
    ]);
  }

  /**
   * Writes down what is about to be asked of WeChat, before it is asked.
   * @param leaseS so long nobody else concludes it
   * @param alongside what belongs to it, in the same transaction
   * @returns false: something else was decided before, and its outcome is not known yet
   */
  async begin(
    app: App,
    intent: Intent,
    { id, leaseS, clientId }: { id: string | null; leaseS: number; clientId: string | null },
    alongside: (db: EntityManager) => Promise<void> = async () => {},
  ): Promise<boolean> {
    await this.ensure(app);
    return inTransaction(this.dataSource, async (db) => {
      const begun = await db.query(
        `UPDATE f_wechat_filing SET intent = ?, intent_id = ?, intent_until = UTC_TIMESTAMP(3) + INTERVAL ? SECOND,
                next_read_at = UTC_TIMESTAMP(3) + INTERVAL ? SECOND WHERE ${AT} AND intent IS NULL`,
        [intent, id, leaseS, leaseS, app.componentAppid, app.authorizerAppid],
      );
      if (!changed(begun)) return false;
      await alongside(db);
      await this.journal.remember(db, app, { from: null, to: `${intent}_intended`, cause: 'client', clientId });
      return true;
    });
  }

  /** WeChat refused: nothing came of it. */
  async refused(app: App, id: string | null, detail: Record<string, unknown>): Promise<void> {
    await inTransaction(this.dataSource, async (db) => {
      const row = await this.locked(db, app);
      if (!row || row.intent === null || row.intentId !== id) return;
      await this.endIntent(db, app);
      if (id) await this.applications.end(db, id, 'refused', detail);
      await this.journal.remember(db, app, { from: null, to: `${row.intent}_refused`, cause: 'wechat', detail });
    });
  }

  /** WeChat took it. Of an application that is the state, too: what is read in the first moments may be from before. */
  async succeeded(app: App, intent: Intent, id: string | null): Promise<void> {
    await inTransaction(this.dataSource, async (db) => {
      const row = await this.locked(db, app);
      if (row?.intent !== intent || row.intentId !== id) return;
      await this.endIntent(db, app);
      if (id) await this.applications.end(db, id, 'submitted', null);
      await this.journal.remember(db, app, { from: null, to: `${intent}_done`, cause: 'wechat' });
      await db.query(
        `UPDATE f_wechat_filing SET next_read_at = UTC_TIMESTAMP(3) + INTERVAL ? SECOND${intent === 'apply' ? APPLIED : ''} WHERE ${AT}`,
        [intent === 'apply' ? SETTLING_S : 0, app.componentAppid, app.authorizerAppid],
      );
      if (intent !== 'apply' || row.status === FILING.platform) return;
      const from = stateOf(row.status, row.isCanceling === 1);
      const told = { status: FILING.platform };
      await this.journal.moved(db, app, { from, to: 'platform_review', cause: 'wechat', revision: row.revision + 1, told });
    });
  }

  /** Whether WeChat took it is not known: the next reading says so. It is due now, for whoever comes first. */
  async settleByReading(app: App): Promise<void> {
    await this.dataSource.query(
      `UPDATE f_wechat_filing SET intent_until = UTC_TIMESTAMP(3), next_read_at = UTC_TIMESTAMP(3) WHERE ${AT}`,
      [app.componentAppid, app.authorizerAppid],
    );
  }

  /** An event says that something has changed. */
  async hint(app: App, db: EntityManager): Promise<void> {
    await this.ensure(app, db);
    await db.query(`UPDATE f_wechat_filing SET next_read_at = UTC_TIMESTAMP(3) WHERE ${AT}`, [
      app.componentAppid,
      app.authorizerAppid,
    ]);
  }

  /**
   * What WeChat shows now. Concludes what was decided and has no outcome yet, unless somebody still works on it.
   * @param askedAt of the database's clock, before WeChat was asked: what was decided since is not in the answer
   */
  async store(app: App, told: FilingEntrance, askedAt: Date, cause: string): Promise<void> {
    await this.ensure(app);
    await inTransaction(
      this.dataSource,
      async (db) => {
        const row = await this.locked(db, app);
        if (!row) return;
        const before: Standing = { status: row.status, isCanceling: row.isCanceling === 1, smsStatus: row.smsStatus };
        const inAuthority = told.status === FILING.authority;
        const now: Standing = {
          status: told.status,
          isCanceling: told.is_canceling === true,
          smsStatus: inAuthority ? (told.sms_verify_status ?? null) : null,
        };
        const moves = movesBetween(before, now);
        const reasons = isRejected(now.status) && told.audit_data?.length ? JSON.stringify(told.audit_data) : null;
        const moved = before.status !== now.status || before.isCanceling !== now.isCanceling;
        const again = readAgainInS(stateOf(now.status, now.isCanceling), now.smsStatus, moved ? 0 : secondsSince(row.statusAt));
        await db.query(
          `UPDATE f_wechat_filing SET status = ?, is_canceling = ?, is_open = ?,
                  sms_since = IF(? = 1, IF(sms_status = 1, sms_since, UTC_TIMESTAMP(3)), IF(? IS NULL, NULL, sms_since)),
                  sms_status = ?, reasons = ?, status_at = IF(? = 1 OR status_at IS NULL, UTC_TIMESTAMP(3), status_at),
                  read_at = UTC_TIMESTAMP(3), read_problem = NULL, next_read_at = UTC_TIMESTAMP(3) + INTERVAL ? SECOND,
                  revision = revision + ? WHERE ${AT}`,
          [
            now.status,
            now.isCanceling ? 1 : 0,
            told.available === 0 ? 0 : 1,
            ...[now.smsStatus, now.smsStatus, now.smsStatus],
            reasons,
            moved ? 1 : 0,
            again,
            moves.length > 0 ? 1 : 0,
            app.componentAppid,
            app.authorizerAppid,
          ],
        );
        await this.conclude(db, app, row, now, askedAt);
        await this.applications.follow(db, app, now.status, { moved, reasons: told.audit_data ?? [] });
        const from = stateOf(before.status, before.isCanceling);
        for (const to of moves) await this.journal.moved(db, app, { from, to, cause, revision: row.revision + 1, told });
      },
      { idempotent: true },
    );
  }

  /** What was decided has its outcome: seen at WeChat, and never tried again on its own. */
  private async conclude(db: EntityManager, app: App, row: FilingEntity, now: Standing, askedAt: Date): Promise<void> {
    const { intent, intentId, intentUntil } = row;
    if (intent === null || (intentUntil !== null && intentUntil > askedAt)) return;
    const done = {
      apply: inReview(now.status) || now.status === FILING.filed,
      withdraw: !inReview(now.status),
      cancel: now.isCanceling || now.status !== FILING.filed,
    }[intent];
    await this.endIntent(db, app);
    if (intentId) await this.applications.end(db, intentId, done ? 'submitted' : 'not_sent', null);
    const to = `${intent}_${done ? 'done' : 'not_done'}`;
    await this.journal.remember(db, app, { from: null, to, cause: 'get_icp_entrance_info' });
  }

  private async endIntent(db: EntityManager, app: App): Promise<void> {
    await db.query(`UPDATE f_wechat_filing SET intent = NULL, intent_id = NULL, intent_until = NULL WHERE ${AT}`, [
      app.componentAppid,
      app.authorizerAppid,
    ]);
  }

  async storeRecords(app: App, subject: string | null, applet: string | null): Promise<void> {
    await this.dataSource.query(`UPDATE f_wechat_filing SET subject_record = ?, app_record = ? WHERE ${AT}`, [
      subject,
      applet,
      app.componentAppid,
      app.authorizerAppid,
    ]);
  }

  /** It could not be read. The pause grows with the time since it last could. */
  async unreadable(app: App, problem: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE f_wechat_filing SET read_problem = ?,
              next_read_at = UTC_TIMESTAMP(3) + INTERVAL LEAST(?, GREATEST(60, IFNULL(TIMESTAMPDIFF(SECOND, read_at, UTC_TIMESTAMP(3)), 3600))) SECOND
        WHERE ${AT}`,
      [problem.slice(0, 512), LONGEST_PAUSE_S, app.componentAppid, app.authorizerAppid],
    );
  }

  /** Takes rows that are due; two replicas never take the same. */
  async takeDue(most: number): Promise<DueFiling[]> {
    const rows: { id: string; component: string; appid: string; due: Date }[] = await this.dataSource.query(
      `SELECT filing_id AS id, component_appid AS component, authorizer_appid AS appid, next_read_at AS due
         FROM f_wechat_filing WHERE next_read_at <= UTC_TIMESTAMP(3) ORDER BY next_read_at LIMIT ?`,
      [most],
    );
    const taken: DueFiling[] = [];
    for (const { id, component, appid, due } of rows) {
      const mine = await this.dataSource.query(
        `UPDATE f_wechat_filing SET next_read_at = UTC_TIMESTAMP(3) + INTERVAL ${READING_S} SECOND WHERE filing_id = ? AND next_read_at = ?`,
        [id, due],
      );
      if (changed(mine)) taken.push({ filingId: id, componentAppid: component, authorizerAppid: appid });
    }
    return taken;
  }

  /** Mini programs that granted one of the sets are read for the first time within a day, spread over it. */
  async enrol(sets: readonly number[], most: number): Promise<void> {
    await this.dataSource.query(
      `INSERT IGNORE INTO f_wechat_filing (component_appid, authorizer_appid, next_read_at)
       SELECT DISTINCT a.component_appid, a.authorizer_appid, UTC_TIMESTAMP(3) + INTERVAL FLOOR(RAND() * 86400) SECOND
         FROM f_wechat_authorizer a
         JOIN f_wechat_authorizerpermission p ON p.component_appid = a.component_appid AND p.authorizer_appid = a.authorizer_appid
        WHERE a.kind = 'mini_program' AND a.state <> 'cancelled' AND p.funcscope_id IN (${sets.map(() => '?').join(', ')})
          AND NOT EXISTS (SELECT 1 FROM f_wechat_filing f WHERE f.component_appid = a.component_appid AND f.authorizer_appid = a.authorizer_appid)
        LIMIT ?`,
      [...sets, most],
    );
  }

  /** The clock that leases are written by. */
  async now(): Promise<Date> {
    const [row] = await this.dataSource.query('SELECT UTC_TIMESTAMP(3) AS at');
    return row.at;
  }

  private locked(db: EntityManager, { componentAppid, authorizerAppid }: App): Promise<FilingEntity | null> {
    return db
      .getRepository(FilingEntity)
      .findOne({ where: { componentAppid, authorizerAppid }, lock: { mode: 'pessimistic_write' } });
  }
}

const secondsSince = (at: Date | null): number => (at === null ? 0 : Math.max(0, (Date.now() - at.getTime()) / 1_000));
