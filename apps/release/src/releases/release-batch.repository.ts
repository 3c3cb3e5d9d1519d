import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ReleaseEntity } from '#persistence';
import { CLOCK, type Clock } from '#service';
import { AUDIT_STATUS } from '#wechat';
import { MiniProgramRepository } from '../mini-programs/mini-program.repository.js';
import { stateOf } from './older-system.domain.js';
import { designColumns } from './release.domain.js';
import { type NewRelease, toColumns } from './release.js';
import { ReleaseJournal } from './release-journal.js';
import type { ReleasePolicy } from './release-policy.domain.js';
import { ReleaseTexts, textsOf, UNWRITTEN } from './release-texts.js';

/** Why releases are given up: what the history, the row and the client are told. */
export interface Stop {
  /** Such as `rollout.abort`. */
  readonly cause: string;
  readonly code: 'aborted' | 'taken-over' | 'set-aside';
  readonly reason: string;
}

const BATCH = 1_000;
/** An `ext_json` may be large, and a statement has a limit (`max_allowed_packet`). */
const TEXTS_BATCH = 50;

/**
 * Many releases of one rollout at a time: the only way by which rollouts write them.
 * Each method is part of the caller's transaction, so that a rollout and its releases are never seen apart.
 */
@Injectable()
export class ReleaseBatch {
  constructor(
    private readonly miniPrograms: MiniProgramRepository,
    private readonly journal: ReleaseJournal,
    private readonly texts: ReleaseTexts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Begins these releases, one for each mini program. @returns their ids by appid */
  async launch(db: EntityManager, rolloutId: number, releases: readonly NewRelease[]): Promise<ReadonlyMap<string, number>> {
    const [first] = releases;
    if (!first) return new Map();
    const now = this.now();
    const created = designColumns('created', { status: null, isRelease: 0, isDelayed: 0 });
    const times = { createdAt: now, updateTime: now, nextCheckAt: now };
    await db
      .createQueryBuilder()
      .insert()
      .into(ReleaseEntity)
      .values(
        releases.map((release) => ({
          ...toColumns(release),
          ...UNWRITTEN,
          ...created,
          ...times,
          rolloutId,
          state: 'created',
        })) as ReleaseEntity[],
      )
      .updateEntity(false)
      .execute();
    const appids = releases.map((release) => release.authorizerAppid);
    // The newest release of this rollout is the one just written. Read without locks: others are being carried on meanwhile.
    const written = (await db.query(
      `SELECT app_id AS appid, MAX(submitaudit_id) AS id FROM f_wechat_submitaudit
        WHERE component_appid = ? AND app_id IN (?) AND rollout_id = ? GROUP BY app_id`,
      [first.componentAppid, appids, rolloutId],
    )) as { appid: string; id: number }[];
    const ids = new Map(written.map(({ appid, id }) => [appid, id]));
    await this.write(db, releases, ids);
    const clientId = first.clientId ?? null;
    const entries = written.map(({ id }) => ({ releaseId: id, from: null, to: 'created', cause: 'rollout', clientId }) as const);
    await this.journal.remember(db, ...entries);
    // Each is about to be written to: its row, which holds the lease, is there then.
    await this.miniPrograms.ensure(first.componentAppid, appids, db);
    return ids;
  }

  /** What they send, sealed for their numbers: in one statement for many. */
  private async write(db: EntityManager, releases: readonly NewRelease[], ids: ReadonlyMap<string, number>): Promise<void> {
    for (let from = 0; from < releases.length; from += TEXTS_BATCH) {
      const rows = releases.slice(from, from + TEXTS_BATCH).map((release) => {
        const releaseId = ids.get(release.authorizerAppid) as number;
        return { releaseId, ...this.texts.seal(textsOf(toColumns(release)), { ...release, releaseId }) };
      });
      const of = (name: 'extJson' | 'submitRequest' | 'secretValues') => rows.flatMap((row) => [row.releaseId, row[name]]);
      const chosen = `CASE submitaudit_id ${'WHEN ? THEN ? '.repeat(rows.length)}END`;
      await db.query(
        `UPDATE f_wechat_submitaudit SET ext_json = ${chosen}, submit_request = ${chosen}, secret_values = ${chosen}
          WHERE submitaudit_id IN (?)`,
        [...of('extJson'), ...of('submitRequest'), ...of('secretValues'), rows.map((row) => row.releaseId)],
      );
    }
  }

  /** Lets releases go on that were held because their rollout was paused or waited. */
  async resumeHeld(db: EntityManager, rolloutId: number): Promise<void> {
    await db.query(
      `UPDATE f_wechat_submitaudit SET next_check_at = ?, waiting = NULL, revision = revision + 1
        WHERE rollout_id = ? AND next_check_at IS NULL AND intent IS NULL AND waits_for = 'rollout'`,
      [this.now(), rolloutId],
    );
  }

  /** Somebody agreed to all of them: what waited for that goes on. */
  async approveAll(db: EntityManager, rolloutId: number): Promise<void> {
    await db.query(
      `UPDATE f_wechat_submitaudit SET next_check_at = ?, waiting = NULL, revision = revision + 1
        WHERE rollout_id = ? AND state = 'approved' AND intent IS NULL AND waits_for = 'approval'`,
      [this.now(), rolloutId],
    );
  }

  /**
   * Gives up what reviewers do not have yet, but for what is being submitted at this moment.
   * @param appids of these mini programs; absent: of all
   */
  async stopUnsubmitted(db: EntityManager, rolloutId: number, why: Stop, appids?: readonly string[]): Promise<void> {
    for (let from = 0; from < (appids?.length ?? 1); from += BATCH) {
      const query = db
        .getRepository(ReleaseEntity)
        .createQueryBuilder('r')
        .setLock('pessimistic_write')
        .where(`r.rollout_id = :rolloutId AND r.state IN ('created', 'scanning', 'ready') AND r.intent IS NULL`, { rolloutId });
      if (appids) query.andWhere('r.app_id IN (:...appids)', { appids: appids.slice(from, from + BATCH) });
      await this.stop(db, await query.getMany(), why);
    }
  }

  private async stop(db: EntityManager, rows: readonly ReleaseEntity[], { cause, code, reason }: Stop): Promise<void> {
    if (rows.length === 0) return;
    await db.query(
      `UPDATE f_wechat_submitaudit
          SET state = 'stopped', status = COALESCE(status, ?), is_release = 0, is_delayed = 0, intent_at = NULL, next_check_at = NULL,
              waiting = ?, update_time = ?, revision = revision + 1
        WHERE submitaudit_id IN (?)`,
      [AUDIT_STATUS.notSubmitted, JSON.stringify({ code, reason }), this.now(), rows.map((row) => row.releaseId)],
    );
    const entries = rows.map(
      (row) => ({ releaseId: row.releaseId, from: stateOf(row), to: 'stopped', cause, detail: { reason } }) as const,
    );
    await this.journal.remember(db, ...entries);
    for (const row of rows) await this.journal.announce(db, row, 'stopped');
  }

  /** Carries those on, as this policy says, that reviewers have or have approved; with nothing held against them. */
  async retryFailed(db: EntityManager, releaseIds: readonly number[], policy: ReleasePolicy): Promise<void> {
    for (let from = 0; from < releaseIds.length; from += BATCH)
      await db.query(
        `UPDATE f_wechat_submitaudit
            SET next_check_at = ?, policy = ?, waiting = NULL, last_error = NULL, attempts = 0, unclear_count = 0,
                revision = revision + 1
          WHERE submitaudit_id IN (?) AND intent IS NULL AND state IN ('auditing', 'approved', 'graying')`,
        [this.now(), JSON.stringify(policy), releaseIds.slice(from, from + BATCH)],
      );
  }

  private now(): Date {
    return new Date(this.clock.now());
  }
}
