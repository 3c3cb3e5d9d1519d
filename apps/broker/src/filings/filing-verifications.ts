import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, LessThan } from 'typeorm';
import { changed, FilingVerificationEntity, inTransaction } from '#persistence';
import { DomainError, LOGGER, type Logger } from '#service';
import { type FilingVerifyResult, WechatApiError } from '#wechat';
import { AccountCalls, type App } from '../account-calls/account-calls.js';
import { wechatProblem } from '../wechat/wechat-problem.js';
import { FilingJournal } from './filing-journal.js';

export const VERIFICATION_STATES = ['creating', 'open', 'passed', 'failed', 'expired', 'unclear'] as const;
export type VerificationState = (typeof VERIFICATION_STATES)[number];

/** `face_status` and `result` of the event: 2 failed, 3 passed. */
const FACE = { failed: 2, passed: 3 } as const;
/** `along_with_auth_result`: the SMS was passed. */
const AUTHORIZED = 9;
/** How long a task is good for (§1.4). */
const TASK_S = 3 * 86_400;
const BOTH_TASK_S = 86_400;
/** Until then its maker may still get the answer. */
const CREATING_S = 180;
const READ_EVERY_S = 120;
const MOST_AT_ONCE = 20;

/** What an event says of a face check. */
export interface ToldResult {
  readonly taskId: string;
  readonly result: number;
  readonly authResult: number | undefined;
}

/** Face checks of administrators: `f_wechat_filingverification`. A check that was begun and whose id did not come is found by its event. */
@Injectable()
export class FilingVerifications {
  constructor(
    private readonly dataSource: DataSource,
    private readonly calls: AccountCalls,
    private readonly journal: FilingJournal,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Each makes another task at WeChat. @throws DomainError */
  async create(app: App, alongWithAuth: boolean, clientId: string | null): Promise<FilingVerificationEntity> {
    const id = `fv_${randomBytes(12).toString('hex')}`;
    await this.dataSource.query(
      `INSERT INTO f_wechat_filingverification (verification_id, component_appid, authorizer_appid, state, along_with_auth, client_id, created_at, expires_at, next_read_at)
       VALUES (?, ?, ?, 'creating', ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL ? SECOND, UTC_TIMESTAMP(3) + INTERVAL ${CREATING_S} SECOND)`,
      [id, app.componentAppid, app.authorizerAppid, alongWithAuth ? 1 : 0, clientId, alongWithAuth ? BOTH_TASK_S : TASK_S],
    );
    try {
      const body = alongWithAuth ? { along_with_auth: true } : {};
      const task = await this.calls.bring(app, (api, token, context) => api.filing.createVerifyTask(token, body, context));
      await this.dataSource.query(
        `UPDATE f_wechat_filingverification SET state = 'open', task_id = ?, verify_url = ?, next_read_at = UTC_TIMESTAMP(3) + INTERVAL ${READ_EVERY_S} SECOND
          WHERE verification_id = ? AND state = 'creating'`,
        [task.task_id, task.verify_url ?? null, id],
      );
    } catch (error) {
      await this.endUnmade(id, error instanceof WechatApiError && error.maybeExecuted ? 'unclear' : 'failed');
      throw error instanceof WechatApiError ? wechatProblem(error, 'The face check could not be made.') : error;
    }
    return this.get(app, id);
  }

  private async endUnmade(id: string, to: 'unclear' | 'failed'): Promise<void> {
    const over = to === 'failed';
    await this.dataSource.query(
      `UPDATE f_wechat_filingverification SET state = ?, ended_at = IF(?, UTC_TIMESTAMP(3), NULL), next_read_at = IF(?, NULL, expires_at)
        WHERE verification_id = ? AND state = 'creating'`,
      [to, over, over, id],
    );
  }

  /** @throws DomainError `not-found` */
  async get({ componentAppid, authorizerAppid }: App, verificationId: string): Promise<FilingVerificationEntity> {
    const where = { componentAppid, authorizerAppid, verificationId };
    const row = await this.dataSource.getRepository(FilingVerificationEntity).findOneBy(where);
    if (!row) throw new DomainError('not-found', 'There is no such face check.');
    return row;
  }

  /** Asks WeChat how it stands. @throws DomainError */
  async refresh(app: App, verificationId: string): Promise<FilingVerificationEntity> {
    const row = await this.get(app, verificationId);
    try {
      await this.read(row);
    } catch (error) {
      throw error instanceof WechatApiError ? wechatProblem(error, 'WeChat did not say how the face check stands.') : error;
    }
    return this.get(app, verificationId);
  }

  /** The newest one that somebody has to pass; of several, the others are of no use. */
  async open({ componentAppid, authorizerAppid }: App): Promise<FilingVerificationEntity | undefined> {
    const newest = await this.newest({ componentAppid, authorizerAppid });
    return newest && newest.state === 'open' && newest.expiresAt.getTime() > Date.now() ? newest : undefined;
  }

  async newest({ componentAppid, authorizerAppid }: App): Promise<FilingVerificationEntity | undefined> {
    const [row] = await this.dataSource
      .getRepository(FilingVerificationEntity)
      .find({ where: { componentAppid, authorizerAppid }, order: { rowId: 'DESC' }, take: 1 });
    return row;
  }

  /** Newest first. @param before the number after which the page begins */
  list({ componentAppid, authorizerAppid }: App, before: string | undefined, limit: number): Promise<FilingVerificationEntity[]> {
    return this.dataSource.getRepository(FilingVerificationEntity).find({
      where: { componentAppid, authorizerAppid, ...(before === undefined ? {} : { rowId: LessThan(before) }) },
      order: { rowId: 'DESC' },
      take: limit,
    });
  }

  /** How a task stands that a form names; `undefined`: it was not made here. */
  async stateOfTask({ componentAppid, authorizerAppid }: App, taskId: string): Promise<FilingVerificationEntity | undefined> {
    const where = { componentAppid, authorizerAppid, taskId };
    return (await this.dataSource.getRepository(FilingVerificationEntity).findOneBy(where)) ?? undefined;
  }

  /** An event says how one ended; of one whose id is not known here the newest that waits for its id is meant. @returns whether it is ours */
  async told(app: App, told: ToldResult, db: EntityManager): Promise<boolean> {
    const { componentAppid, authorizerAppid } = app;
    await db.query(
      `UPDATE f_wechat_filingverification SET task_id = ? WHERE component_appid = ? AND authorizer_appid = ? AND task_id IS NULL
          AND state IN ('creating', 'unclear') AND NOT EXISTS
            (SELECT 1 FROM (SELECT row_id FROM f_wechat_filingverification WHERE task_id = ?) AS known)
        ORDER BY row_id DESC LIMIT 1`,
      [told.taskId, componentAppid, authorizerAppid, told.taskId],
    );
    const [row] = await db
      .getRepository(FilingVerificationEntity)
      .findBy({ componentAppid, authorizerAppid, taskId: told.taskId });
    if (!row) return false;
    const result = {
      is_finish: true,
      face_status: told.result,
      ...(told.authResult === undefined ? {} : { along_with_auth_result: told.authResult }),
    };
    await this.store(row, result, db);
    return true;
  }

  /** What is due: open ones are asked for, those whose id never came are given up when they would be too old. */
  async poll(): Promise<void> {
    const rows: FilingVerificationEntity[] = await this.dataSource
      .getRepository(FilingVerificationEntity)
      .createQueryBuilder('v')
      .where('v.next_read_at <= UTC_TIMESTAMP(3)')
      .orderBy('v.next_read_at', 'ASC')
      .take(MOST_AT_ONCE)
      .getMany();
    for (const row of rows) {
      const mine = await this.dataSource.query(
        `UPDATE f_wechat_filingverification SET next_read_at = UTC_TIMESTAMP(3) + INTERVAL ${READ_EVERY_S} SECOND WHERE row_id = ? AND next_read_at = ?`,
        [row.rowId, row.nextReadAt],
      );
      if (!changed(mine)) continue;
      await this.read(row).catch((error: unknown) => {
        this.logger.info(
          { event: 'filings.check-unread', verification_id: row.verificationId, err: error },
          'A face check was not read',
        );
      });
    }
  }

  private async read(row: FilingVerificationEntity): Promise<void> {
    if (row.state !== 'open' && row.state !== 'creating' && row.state !== 'unclear') return;
    const expired = row.expiresAt.getTime() <= Date.now();
    if (row.taskId === null) {
      // Its maker was killed, or WeChat's answer was lost: an event may still bring the id.
      const to = expired ? 'expired' : 'unclear';
      await this.end(this.dataSource.manager, row, to);
      return;
    }
    const { taskId } = row;
    const result = await this.calls.read(row, (api, token, context) =>
      api.filing.queryVerifyTask(token, { task_id: taskId }, context),
    );
    await inTransaction(this.dataSource, (db) => this.store(row, result, db, expired));
  }

  private async store(
    row: FilingVerificationEntity,
    { is_finish, face_status, along_with_auth_result }: FilingVerifyResult,
    db: EntityManager,
    expired = false,
  ): Promise<void> {
    const known = along_with_auth_result ?? null;
    await db.query(
      'UPDATE f_wechat_filingverification SET face_status = ?, auth_result = IFNULL(?, auth_result) WHERE row_id = ?',
      [face_status, known, row.rowId],
    );
    const authorized = row.alongWithAuth === 0 || (known ?? row.authResult) === AUTHORIZED;
    if (is_finish && face_status === FACE.passed) {
      // Of both in one, the SMS may still be missing.
      if (authorized) await this.end(db, row, 'passed');
    } else if (is_finish && face_status === FACE.failed) await this.end(db, row, 'failed');
    else if (expired) await this.end(db, row, 'expired');
  }

  private async end(db: EntityManager, row: FilingVerificationEntity, to: VerificationState): Promise<void> {
    const over = to === 'passed' || to === 'failed' || to === 'expired';
    const ended = await db.query(
      `UPDATE f_wechat_filingverification SET state = ?, ended_at = IF(?, UTC_TIMESTAMP(3), NULL), next_read_at = IF(?, NULL, expires_at)
        WHERE row_id = ? AND state IN ('creating', 'open', 'unclear') AND state <> ?`,
      [to, over, over, row.rowId, to],
    );
    if (!changed(ended) || !over) return;
    const data = { verification_id: row.verificationId, task_id: row.taskId, along_with_auth: row.alongWithAuth === 1 };
    await this.journal.tell(db, row, `check_${to}`, row.verificationId, data);
  }
}
