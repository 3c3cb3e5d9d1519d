import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import { changedRows, inTransaction, ReleaseEntity, ReleaseHistoryEntity } from '#persistence';
import { CLOCK, type Clock, DomainError } from '#service';
import { hide } from '../requests/secret-variables.domain.js';
import { unlessWithheld } from '../sealed/withheld.js';
import { storedFailure } from '../wechat/wechat-failure.domain.js';
import { canMove, designColumns, type Intent, type ReleaseState } from './release.domain.js';
import { type NewRelease, type Release, type ReleasePatch, toColumns } from './release.js';
import { ReleaseJournal } from './release-journal.js';
import { ReleaseTexts, textsOf, UNWRITTEN } from './release-texts.js';

export interface Move {
  readonly to: ReleaseState;
  /** The step, event or reading that moves it. */
  readonly cause: string;
  readonly patch?: ReleasePatch;
  readonly clientId?: string | null;
  readonly detail?: Record<string, unknown>;
}

export interface ReleaseFilter {
  readonly componentAppid: string;
  readonly authorizerAppid?: string | undefined;
  readonly authorizers?: ReadonlySet<string> | undefined;
  readonly states?: readonly ReleaseState[] | undefined;
  readonly userVersion?: string | undefined;
  readonly templateId?: number | undefined;
  readonly rolloutId?: number | undefined;
  readonly before?: number | undefined;
  readonly limit: number;
}

/** SQL of `deriveState`, for rows that an older system wrote. */
const STATE_SQL = `COALESCE(r.state, CASE WHEN r.is_release = 1 THEN 'released' WHEN r.status = 0 THEN 'approved'
  WHEN r.status = 1 THEN 'rejected' WHEN r.status = 2 THEN 'auditing' WHEN r.status = 3 THEN 'withdrawn'
  WHEN r.auditid IS NOT NULL AND r.auditid <> '' THEN 'auditing' ELSE 'ready' END)`;

/** Knows the table of releases. Every change names the state it starts from; the database lets one of many win. */
@Injectable()
export class ReleaseRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly journal: ReleaseJournal,
    private readonly texts: ReleaseTexts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  now(): Date {
    return new Date(this.clock.now());
  }

  in(seconds: number): Date {
    return new Date(this.clock.now() + seconds * 1_000);
  }

  /** @throws DomainError `not-found` */
  async get(releaseId: number): Promise<Release> {
    const row = await this.find(releaseId);
    if (!row) throw new DomainError('not-found', `There is no release ${releaseId}.`);
    return row;
  }

  async find(releaseId: number): Promise<Release | null> {
    const row = await this.dataSource.getRepository(ReleaseEntity).findOneBy({ releaseId });
    return row && this.texts.open(row);
  }

  /** @param also what belongs to it, in the same transaction */
  async insert(values: NewRelease, also?: (db: EntityManager, row: Release) => Promise<void>): Promise<Release> {
    return this.together(async (db) => {
      const now = this.now();
      const columns = toColumns(values);
      const rows = db.getRepository(ReleaseEntity);
      const result = await rows.insert({
        ...columns,
        ...UNWRITTEN,
        ...designColumns('created', { status: null, isRelease: 0, isDelayed: 0 }),
        state: 'created',
        createdAt: now,
        updateTime: now,
      } as ReleaseEntity);
      const releaseId = result.identifiers[0]?.['releaseId'] as number;
      await rows.update({ releaseId }, this.texts.seal(textsOf(columns), { ...values, releaseId }));
      await this.journal.remember(db, {
        releaseId,
        from: null,
        to: 'created',
        cause: 'create',
        clientId: values.clientId ?? null,
      });
      const row = this.texts.open(await rows.findOneByOrFail({ releaseId }));
      await also?.(db, row);
      return row;
    });
  }

  async search(filter: ReleaseFilter): Promise<Release[]> {
    const query = this.query().where('r.component_appid = :c', { c: filter.componentAppid });
    if (filter.authorizerAppid) query.andWhere('r.app_id = :a', { a: filter.authorizerAppid });
    if (filter.authorizers) query.andWhere('r.app_id IN (:...list)', { list: ['', ...filter.authorizers] });
    if (filter.states?.length) query.andWhere(`${STATE_SQL} IN (:...states)`, { states: filter.states });
    if (filter.userVersion !== undefined) query.andWhere('r.user_version = :v', { v: filter.userVersion });
    if (filter.templateId !== undefined) query.andWhere('r.template_id = :t', { t: filter.templateId });
    if (filter.rolloutId !== undefined) query.andWhere('r.rollout_id = :o', { o: filter.rolloutId });
    if (filter.before !== undefined) query.andWhere('r.submitaudit_id < :before', { before: filter.before });
    return this.list(query.orderBy('r.submitaudit_id', 'DESC').limit(filter.limit));
  }

  history(releaseId: number): Promise<ReleaseHistoryEntity[]> {
    return this.dataSource
      .getRepository(ReleaseHistoryEntity)
      .find({ where: { releaseId }, order: { historyId: 'ASC' }, take: 500 });
  }

  /** All releases of one mini program in these states, oldest first; rows of an older system by what their columns say. */
  ofApp(
    componentAppid: string,
    authorizerAppid: string,
    states: readonly ReleaseState[],
    db: EntityManager = this.dataSource.manager,
  ): Promise<Release[]> {
    return this.list(
      this.query(db)
        .where('r.component_appid = :c AND r.app_id = :a', { c: componentAppid, a: authorizerAppid })
        .andWhere(`${STATE_SQL} IN (:...states)`, { states })
        .orderBy('r.submitaudit_id', 'ASC'),
    );
  }

  /** Releases of one mini program with a step whose outcome is not known. */
  openIntents(componentAppid: string, authorizerAppid: string): Promise<Release[]> {
    return this.list(
      this.query().where('r.component_appid = :c AND r.app_id = :a AND r.intent IS NOT NULL', {
        c: componentAppid,
        a: authorizerAppid,
      }),
    );
  }

  /** Both in one look: releases that wait for a result, and those with a step whose outcome is not known. */
  pendingOrOpen(componentAppid: string, authorizerAppid: string): Promise<Release[]> {
    return this.list(
      this.query()
        .where('r.component_appid = :c AND r.app_id = :a', { c: componentAppid, a: authorizerAppid })
        .andWhere(`(r.intent IS NOT NULL OR ${STATE_SQL} = 'auditing')`)
        .orderBy('r.submitaudit_id', 'ASC'),
    );
  }

  /** Ids of releases that are due, the longest due first. */
  async due(limit: number): Promise<number[]> {
    const rows = await this.query()
      .select('r.submitaudit_id', 'id')
      .where('r.next_check_at <= :now', { now: this.now() })
      .orderBy('r.next_check_at', 'ASC')
      .limit(limit)
      .getRawMany<{ id: number }>();
    return rows.map(({ id }) => Number(id));
  }

  /** Takes a due release for `leaseS` seconds. @returns false when somebody else has it, or it is not due. */
  async claim(releaseId: number, leaseS: number): Promise<boolean> {
    const result = await this.dataSource
      .createQueryBuilder()
      .update(ReleaseEntity)
      .set({ nextCheckAt: this.in(leaseS) })
      .where('submitaudit_id = :id AND next_check_at <= :now', { id: releaseId, now: this.now() })
      .execute();
    return result.affected === 1;
  }

  /**
   * Moves a release on, if it still is where `row` says and its intent has not changed.
   * @returns false when somebody else moved it first. Two moves that the table does not know are a bug, hence an Error.
   */
  move(row: Release, move: Move): Promise<boolean> {
    return this.together((db) => this.moveIn(db, row, move));
  }

  /** All of what `work` writes, or nothing of it: what one event changes in several places is never seen half. */
  together<T>(work: (db: EntityManager) => Promise<T>): Promise<T> {
    return inTransaction(this.dataSource, work);
  }

  /** `move`, as part of `together`. */
  async moveIn(db: EntityManager, row: Release, { to, cause, clientId = null, ...move }: Move): Promise<boolean> {
    const from = row.state;
    const patch = toldOf(row, move.patch ?? {});
    const { detail } = toldOf(row, { detail: move.detail });
    if (!canMove(from, to)) throw new Error(`no move from ${from} to ${to}`);
    const before = { status: row.status, isRelease: row.isRelease, isDelayed: patch.isDelayed ?? row.isDelayed };
    const changed = await this.write(db, row, {
      ...toColumns(patch),
      ...designColumns(to, before),
      state: to,
      updateTime: this.now(),
    });
    if (!changed) return false;
    await this.journal.remember(db, { releaseId: row.releaseId, from, to, cause, clientId, detail });
    await this.journal.announce(db, row, to, patch);
    if (from === 'auditing') await this.wakeWaiting(db, row);
    return true;
  }

  /** Its review is over: the mini program's next version goes on. */
  private async wakeWaiting(db: EntityManager, { componentAppid, authorizerAppid }: Release): Promise<void> {
    await db.query(
      `UPDATE f_wechat_submitaudit SET next_check_at = ?, revision = revision + 1
        WHERE component_appid = ? AND app_id = ? AND waits_for = 'review' AND intent IS NULL AND next_check_at IS NOT NULL`,
      [this.now(), componentAppid, authorizerAppid],
    );
  }

  /** Changes columns without moving, under the same condition. */
  patch(row: Release, patch: ReleasePatch, db: EntityManager = this.dataSource.manager): Promise<boolean> {
    return this.write(db, row, toColumns(toldOf(row, patch)));
  }

  /** Records that a step is about to be sent. @returns false when another step is under way, or the state is another. */
  async begin(row: Release, intent: Intent, patch: ReleasePatch, clientId: string | null, leaseS: number): Promise<boolean> {
    if (row.intent !== null) return false;
    const now = this.now();
    const set = { lastError: null, ...toColumns(patch), intent, intentAt: now, nextCheckAt: this.in(leaseS), updateTime: now };
    // Who asked is remembered even if the answer never comes; what happens by itself has nobody to name.
    if (clientId === null) return this.write(this.dataSource.manager, row, set);
    return this.together(async (db) => {
      const changed = await this.write(db, row, set);
      const { releaseId, state } = row;
      if (changed) await this.journal.remember(db, { releaseId, from: state, to: state, cause: `${intent}.begin`, clientId });
      return changed;
    });
  }

  /** A step failed: remembers why, and when to go on. The intent stays if the outcome is not known. */
  fail(row: Release, step: string, error: unknown, patch: ReleasePatch): Promise<boolean> {
    const lastError = storedFailure(step, error, this.now());
    return this.write(this.dataSource.manager, row, toColumns(toldOf(row, { lastError, updateTime: this.now(), ...patch })));
  }

  /** Ends other releases of the mini program whose place was taken. */
  async supersede(db: EntityManager, winner: Release, states: readonly ReleaseState[], cause: string): Promise<void> {
    for (const row of await this.ofApp(winner.componentAppid, winner.authorizerAppid, states, db)) {
      if (row.releaseId === winner.releaseId) continue;
      // Younger, and its turn is still to come.
      if (row.releaseId > winner.releaseId && (row.state === 'created' || row.state === 'approved')) continue;
      await this.moveIn(db, row, {
        to: 'superseded',
        cause,
        patch: { nextCheckAt: null, intent: null },
        detail: { by: winner.releaseId },
      });
    }
  }

  /**
   * Mini programs of which several releases say that they are online, or of which the inventory names another one than the release that
   * is: a process of a former version ended half-way through a publication. Rows of an older system alone are left as they are.
   */
  async halfPublished(limit: number): Promise<{ componentAppid: string; authorizerAppid: string }[]> {
    return this.dataSource.query(
      `SELECT r.component_appid AS componentAppid, r.app_id AS authorizerAppid
         FROM f_wechat_submitaudit r
         LEFT JOIN f_wechat_miniprogram m ON m.component_appid = r.component_appid AND m.authorizer_appid = r.app_id
        WHERE r.state = 'released' OR (r.state IS NULL AND r.is_release = 1)
        GROUP BY r.component_appid, r.app_id
       HAVING SUM(r.state <=> 'released') > 0
          AND (COUNT(*) > 1 OR MAX(NOT (m.released_version <=> r.user_version AND m.released_template_id <=> r.template_id
                                        AND m.released_ext_hash <=> COALESCE(r.ext_hash, SHA2(r.ext_json, 256)))))
        LIMIT ?`,
      [limit],
    );
  }

  /** Those that say they are online, in the order they went online; nobody changes them until `work` is over. */
  async holdReleased(db: EntityManager, componentAppid: string, authorizerAppid: string): Promise<Release[]> {
    const rows = await this.list(
      this.query(db)
        .setLock('pessimistic_write')
        .where('r.component_appid = :c AND r.app_id = :a', { c: componentAppid, a: authorizerAppid })
        .andWhere(`${STATE_SQL} = 'released'`),
    );
    const at = (row: Release) => row.releaseTime?.getTime() ?? 0;
    return rows.sort((a, b) => at(a) - at(b) || a.releaseId - b.releaseId);
  }

  /** Rows of an older system get their component, and those that wait for a result the poller. @returns how many of these. */
  async adoptPending(onlyComponent: string | undefined): Promise<number> {
    await this.dataSource.query(
      `UPDATE f_wechat_submitaudit r
         LEFT JOIN (SELECT authorizer_appid, MIN(component_appid) AS component, COUNT(*) AS n FROM f_wechat_authorizer GROUP BY authorizer_appid) owner
           ON owner.authorizer_appid = r.app_id AND owner.n = 1
          SET r.component_appid = COALESCE(owner.component, ?)
        WHERE r.component_appid = '' AND COALESCE(owner.component, ?) IS NOT NULL`,
      [onlyComponent ?? null, onlyComponent ?? null],
    );
    // With a ticket, 4 is WeChat's own number for a delayed review: still pending.
    const result = await this.dataSource.query(
      `UPDATE f_wechat_submitaudit SET status = 2, state = 'auditing', next_check_at = ?, revision = revision + 1
        WHERE state IS NULL AND is_release = 0 AND component_appid <> ''
          AND (status = 2 OR ((status IS NULL OR status = 4) AND auditid IS NOT NULL AND auditid <> ''))`,
      [this.now()],
    );
    return changedRows(result);
  }

  private query(db: EntityManager = this.dataSource.manager): SelectQueryBuilder<ReleaseEntity> {
    return db.getRepository(ReleaseEntity).createQueryBuilder('r');
  }

  private async list(query: SelectQueryBuilder<ReleaseEntity>): Promise<Release[]> {
    return (await query.getMany()).map((row) => this.texts.open(row));
  }

  private async write(db: EntityManager, row: Release, set: Partial<ReleaseEntity>): Promise<boolean> {
    const result = await db
      .createQueryBuilder()
      .update(ReleaseEntity)
      .set({ ...this.texts.seal(set, row), revision: () => 'revision + 1' })
      .where('submitaudit_id = :id AND state <=> :state AND intent <=> :intent', {
        id: row.releaseId,
        state: row.storedState,
        intent: row.intent,
      })
      .execute();
    return result.affected === 1;
  }
}

/** What WeChat or a reviewer said of a release, without the secret values that they may repeat. What is sent stays as it is. */
function toldOf<T extends object>(row: Release, { ...values }: T): T {
  const secrets = unlessWithheld(() => row.secretValues) ?? [];
  if (secrets.length === 0) return values;
  const { extJson, submitRequest, secretValues } = values as ReleasePatch;
  const sent = Object.fromEntries(
    Object.entries({ extJson, submitRequest, secretValues }).filter(([, value]) => value !== undefined),
  );
  return { ...hide(values, secrets), ...sent };
}
