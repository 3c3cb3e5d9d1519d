import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { OwnEvents } from '#inbox';
import { inTransaction, ReleaseEntity, RolloutEntity, type RolloutState, RolloutTargetEntity } from '#persistence';
import { CLOCK, type Clock, DomainError } from '#service';
import { designColumns, type ReleaseState } from '../releases/release.domain.js';
import type { ReleasePatch } from '../releases/release.repository.js';
import type { ReleasePolicy } from '../releases/release-policy.domain.js';
import { FAILED_STATES, type Overlap, type RolloutCounts, refuseOverlaps } from './rollout.domain.js';

export interface TargetRow {
  readonly authorizerAppid: string;
  readonly position: number;
  readonly isCanary: number;
  readonly state: string;
  readonly attempts: number;
  readonly reason: string | null;
  readonly releaseId: number | null;
  readonly releaseState: string | null;
  readonly auditid: string | null;
  readonly auditReason: string | null;
  readonly lastError: string | null;
  readonly waiting: string | null;
  readonly updatedAt: Date;
}

interface CountRow {
  readonly state: keyof Omit<RolloutCounts, 'active' | 'waiting' | 'overdue' | 'untried'>;
  readonly canary: number;
  readonly n: string;
  readonly active: string | null;
  readonly waiting: string | null;
  readonly overdue: string | null;
  readonly untried: string | null;
}

export type NewRelease = ReleasePatch & Pick<ReleaseEntity, 'componentAppid' | 'authorizerAppid'>;

/** What a retry begins again: the failed ones, perhaps those that were skipped as well. */
export type RetriedState = 'failed' | 'skipped';

const INSERT_BATCH = 1_000;

/** Knows the tables of rollouts. */
@Injectable()
export class RolloutRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly ownEvents: OwnEvents,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  now(): Date {
    return new Date(this.clock.now());
  }

  in(seconds: number): Date {
    return new Date(this.clock.now() + seconds * 1_000);
  }

  /**
   * A mini program belongs to one rollout that has not ended.
   * @param takeOver what others have not begun is skipped there; otherwise an overlap refuses the start
   * @throws DomainError `conflict`
   */
  async create(
    values: Pick<RolloutEntity, 'componentAppid' | 'name' | 'spec' | 'options' | 'previewHash' | 'state' | 'stage' | 'clientId'>,
    targets: readonly { readonly authorizerAppid: string; readonly isCanary: boolean }[],
    takeOver: boolean,
  ): Promise<RolloutEntity> {
    const { componentAppid } = values;
    return inTransaction(this.dataSource, async (db) => {
      const now = this.now();
      await this.lockRollouts(db, componentAppid);
      const appids = targets.map((target) => target.authorizerAppid);
      const overlaps = await this.overlaps(db, componentAppid, appids, 0);
      if (!takeOver) refuseOverlaps(overlaps);
      const { identifiers } = await db
        .getRepository(RolloutEntity)
        .insert({ ...values, reason: null, createdAt: now, updatedAt: now, nextCheckAt: now });
      const rolloutId = identifiers[0]?.['rolloutId'] as number;
      for (const other of overlaps) await this.giveAway(db, other, rolloutId, values.name);
      for (let from = 0; from < targets.length; from += INSERT_BATCH) {
        const rows = targets.slice(from, from + INSERT_BATCH).map(({ authorizerAppid, isCanary }, index) => ({
          rolloutId,
          authorizerAppid,
          position: from + index,
          isCanary: isCanary ? 1 : 0,
          state: 'pending' as const,
          updatedAt: now,
        }));
        await db.getRepository(RolloutTargetEntity).insert(rows);
      }
      return db.getRepository(RolloutEntity).findOneByOrFail({ rolloutId });
    });
  }

  /** Two that begin at the same moment see each other: the second one waits here for the first. */
  private async lockRollouts(db: EntityManager, componentAppid: string): Promise<void> {
    await db.query('SELECT rollout_id FROM f_wechat_rollout WHERE component_appid = ? FOR UPDATE', [componentAppid]);
  }

  /** Rollouts that have not ended and have some of these mini programs still before them or under way. */
  private async overlaps(
    db: EntityManager | DataSource,
    componentAppid: string,
    appids: readonly string[],
    except: number,
  ): Promise<Overlap[]> {
    const found = new Map<number, { rollout: Overlap; appids: string[] }>();
    for (let from = 0; from < appids.length; from += INSERT_BATCH) {
      const rows = (await db.query(
        `SELECT o.rollout_id AS rolloutId, o.name, o.state, o.spec, t.authorizer_appid AS appid
           FROM f_wechat_rollout o JOIN f_wechat_rollouttarget t ON t.rollout_id = o.rollout_id
          WHERE o.component_appid = ? AND o.rollout_id <> ? AND o.state IN ('running', 'waiting', 'paused')
            AND t.state IN ('pending', 'running') AND t.authorizer_appid IN (?) ORDER BY o.rollout_id, t.position`,
        [componentAppid, except, appids.slice(from, from + INSERT_BATCH)],
      )) as { rolloutId: number; name: string; state: string; spec: string; appid: string }[];
      for (const { rolloutId, name, state, spec, appid } of rows) {
        const { user_version: version } = JSON.parse(spec) as { user_version: string };
        const known = found.get(rolloutId) ?? { rollout: { rolloutId, name, state, version, appids: [] }, appids: [] };
        found.set(rolloutId, known);
        known.appids.push(appid);
      }
    }
    return [...found.values()].map(({ rollout, appids }) => ({ ...rollout, appids }));
  }

  overlapping(componentAppid: string, appids: readonly string[], except = 0): Promise<Overlap[]> {
    return this.overlaps(this.dataSource, componentAppid, appids, except);
  }

  /** What it has not begun of these is another rollout's now. Its releases that reviewers do not have yet follow, see `RolloutService`. */
  private async giveAway(db: EntityManager, { rolloutId, appids }: Overlap, to: number, name: string): Promise<void> {
    const reason = { code: 'taken-over', detail: `Rollout ${to} (${name}) has taken it over.`, rollout_id: to };
    for (let from = 0; from < appids.length; from += INSERT_BATCH)
      await db.query(
        `UPDATE f_wechat_rollouttarget SET state = 'skipped', reason = ?, updated_at = ?
          WHERE rollout_id = ? AND state = 'pending' AND authorizer_appid IN (?)`,
        [JSON.stringify(reason), this.now(), rolloutId, appids.slice(from, from + INSERT_BATCH)],
      );
  }

  find(rolloutId: number): Promise<RolloutEntity | null> {
    return this.dataSource.getRepository(RolloutEntity).findOneBy({ rolloutId });
  }

  /** Only what its releases ask for at each step. */
  async standing(rolloutId: number): Promise<Pick<RolloutEntity, 'state' | 'reason'> | undefined> {
    const rows = (await this.dataSource.query('SELECT state, reason FROM f_wechat_rollout WHERE rollout_id = ?', [
      rolloutId,
    ])) as Pick<RolloutEntity, 'state' | 'reason'>[];
    return rows[0];
  }

  /** @throws DomainError `not-found` */
  async get(rolloutId: number): Promise<RolloutEntity> {
    const row = await this.find(rolloutId);
    if (!row) throw new DomainError('not-found', `There is no rollout ${rolloutId}.`);
    return row;
  }

  search(
    componentAppid: string,
    state: RolloutState | undefined,
    before: number | undefined,
    limit: number,
  ): Promise<RolloutEntity[]> {
    const query = this.dataSource
      .getRepository(RolloutEntity)
      .createQueryBuilder('o')
      .where('o.component_appid = :c', { c: componentAppid });
    if (state) query.andWhere('o.state = :state', { state });
    if (before !== undefined) query.andWhere('o.rollout_id < :before', { before });
    return query.orderBy('o.rollout_id', 'DESC').limit(limit).getMany();
  }

  async due(): Promise<number[]> {
    const rows = (await this.dataSource.query(
      'SELECT rollout_id AS id FROM f_wechat_rollout WHERE next_check_at <= ? ORDER BY next_check_at LIMIT 50',
      [this.now()],
    )) as { id: number }[];
    return rows.map(({ id }) => id);
  }

  /** @returns until when it is claimed; `undefined`: somebody else has it, or it is not due. */
  async claim(rolloutId: number, leaseS: number): Promise<Date | undefined> {
    const until = this.in(leaseS);
    const { affectedRows } = (await this.dataSource.query(
      'UPDATE f_wechat_rollout SET next_check_at = ? WHERE rollout_id = ? AND next_check_at <= ?',
      [until, rolloutId, this.now()],
    )) as { affectedRows: number };
    return affectedRows === 1 ? until : undefined;
  }

  /** Ends a claim. A look that was ordered meanwhile, such as by a resume, stays ordered. */
  async lookAgain(rolloutId: number, claimed: Date, at: Date | null): Promise<void> {
    await this.dataSource.query('UPDATE f_wechat_rollout SET next_check_at = ? WHERE rollout_id = ? AND next_check_at = ?', [
      at,
      rolloutId,
      claimed,
    ]);
  }

  /**
   * Changes a rollout that still is in one of these states. @returns false when it is not.
   * @param also what belongs to the change, in the same transaction
   */
  async change(
    rolloutId: number,
    from: readonly RolloutState[],
    set: Partial<
      Pick<RolloutEntity, 'state' | 'stage' | 'reason' | 'nextCheckAt' | 'launchedAt' | 'finishedAt' | 'forgiven' | 'refusals'>
    >,
    also?: (db: EntityManager) => Promise<unknown>,
  ): Promise<boolean> {
    return inTransaction(this.dataSource, async (db) => {
      const before = await db.getRepository(RolloutEntity).findOneBy({ rolloutId });
      const result = await db
        .createQueryBuilder()
        .update(RolloutEntity)
        .set({ ...set, updatedAt: this.now() })
        .where('rollout_id = :id AND state IN (:...from)', { id: rolloutId, from })
        .execute();
      if (result.affected !== 1) return false;
      await also?.(db);
      if (before && set.state && set.state !== before.state) await this.announce(db, before, set.state, set.reason ?? null);
      return true;
    });
  }

  private async announce(db: EntityManager, before: RolloutEntity, state: RolloutState, reason: string | null): Promise<void> {
    const { rolloutId, componentAppid, name } = before;
    const now = this.now();
    const data = { rollout_id: rolloutId, name, state, reason: reason === null ? null : (JSON.parse(reason) as unknown) };
    const key = `${rolloutId} ${now.getTime()}`;
    await this.ownEvents.add(db, { kind: `wxplane.rollout_${state}`, componentAppid, authorizerAppid: null, key, data }, now);
  }

  async counts(rolloutId: number): Promise<{ all: RolloutCounts; canary: RolloutCounts }> {
    const rows = (await this.dataSource.query(
      // Only the releases of what runs are looked up: there are few, however many targets there are.
      `SELECT t.state, t.is_canary AS canary, COUNT(*) AS n, 0 AS active, 0 AS waiting, 0 AS overdue,
              SUM(t.state = 'failed' AND t.release_id IS NULL) AS untried
         FROM f_wechat_rollouttarget t WHERE t.rollout_id = ? AND t.state <> 'running' GROUP BY t.state, t.is_canary
       UNION ALL
       SELECT t.state, t.is_canary, COUNT(*), SUM(r.state IN ('created', 'scanning', 'ready') AND NOT ${WAITS_BY_ITSELF}), SUM(${WAITS_BY_ITSELF}),
              SUM(${WAITS_BY_ITSELF} AND JSON_UNQUOTE(JSON_EXTRACT(r.waiting, '$.explained_until')) <= ?), 0
         FROM f_wechat_rollouttarget t LEFT JOIN f_wechat_submitaudit r ON r.submitaudit_id = t.release_id
        WHERE t.rollout_id = ? AND t.state = 'running' GROUP BY t.state, t.is_canary`,
      [rolloutId, this.now().toISOString(), rolloutId],
    )) as CountRow[];
    const all = { pending: 0, running: 0, active: 0, waiting: 0, overdue: 0, untried: 0, succeeded: 0, failed: 0, skipped: 0 };
    const canary = { ...all };
    for (const row of rows) {
      for (const counts of row.canary ? [all, canary] : [all]) {
        counts[row.state] += Number(row.n);
        counts.active += Number(row.active ?? 0);
        counts.waiting += Number(row.waiting ?? 0);
        counts.overdue += Number(row.overdue ?? 0);
        counts.untried += Number(row.untried ?? 0);
      }
    }
    return { all, canary };
  }

  /** Mini programs between commit and submission in the other rollouts of the component that run: each will take one submission. */
  async activeElsewhere(componentAppid: string, rolloutId: number): Promise<number> {
    const rows = (await this.dataSource.query(
      `SELECT COUNT(*) AS n FROM f_wechat_rollout o
         JOIN f_wechat_rollouttarget t ON t.rollout_id = o.rollout_id AND t.state = 'running'
         JOIN f_wechat_submitaudit r ON r.submitaudit_id = t.release_id AND r.state IN ('created', 'scanning', 'ready')
        WHERE o.component_appid = ? AND o.state = 'running' AND o.rollout_id <> ?`,
      [componentAppid, rolloutId],
    )) as { n: string }[];
    return Number(rows[0]?.n ?? 0);
  }

  /** Takes over what became of the releases of running targets. */
  async sync(rolloutId: number, goal: readonly ReleaseState[]): Promise<void> {
    const marks = (list: readonly unknown[]) => list.map(() => '?').join(', ');
    await this.dataSource.query(
      `UPDATE f_wechat_rollouttarget t JOIN f_wechat_submitaudit r ON r.submitaudit_id = t.release_id
          SET t.updated_at = ?,
              t.state = CASE WHEN ${TAKEN_BACK} THEN 'failed'
                             WHEN r.state IN (${marks(goal)}) OR (r.state = 'superseded' AND r.is_release = 1) THEN 'succeeded'
                             WHEN r.state = 'stopped' THEN 'skipped' ELSE 'failed' END
        WHERE t.rollout_id = ? AND t.state = 'running'
          AND (r.state IN (${marks(goal)}) OR r.state IN (${marks(FAILED_STATES)}) OR r.state = 'stopped'
               OR ${TAKEN_BACK} OR ${GIVEN_UP})`,
      [this.now(), ...goal, rolloutId, ...goal, ...FAILED_STATES],
    );
  }

  /** The next ones are canaries, too. */
  async moreCanaries(rolloutId: number, count: number): Promise<void> {
    await this.dataSource.query(
      `UPDATE f_wechat_rollouttarget SET is_canary = 1, updated_at = ?
        WHERE rollout_id = ? AND state = 'pending' AND is_canary = 0 ORDER BY position LIMIT ?`,
      [this.now(), rolloutId, count],
    );
  }

  async pending(rolloutId: number, canaryOnly: boolean, limit: number): Promise<string[]> {
    const rows = (await this.dataSource.query(
      `SELECT authorizer_appid AS appid FROM f_wechat_rollouttarget
        WHERE rollout_id = ? AND state = 'pending' ${canaryOnly ? 'AND is_canary = 1' : ''} ORDER BY position LIMIT ?`,
      [rolloutId, limit],
    )) as { appid: string }[];
    return rows.map(({ appid }) => appid);
  }

  /** A target that needs no release, or cannot have one. */
  async settle(rolloutId: number, authorizerAppid: string, state: 'failed' | 'skipped', reason: object): Promise<void> {
    await this.dataSource
      .getRepository(RolloutTargetEntity)
      .update({ rolloutId, authorizerAppid, state: 'pending' }, { state, reason: JSON.stringify(reason), updatedAt: this.now() });
  }

  /**
   * Begins targets: their releases and the marks that they run are written together, so that none is begun twice or only half.
   * @returns how many; those that are not pending any more are left out.
   */
  async launch(rolloutId: number, releases: readonly NewRelease[]): Promise<number> {
    if (releases.length === 0) return 0;
    return this.dataSource.transaction(async (db) => {
      const now = this.now();
      const appids = releases.map((release) => release.authorizerAppid);
      const pending = (await db.query(
        `SELECT authorizer_appid AS appid FROM f_wechat_rollouttarget
          WHERE rollout_id = ? AND state = 'pending' AND authorizer_appid IN (?) FOR UPDATE`,
        [rolloutId, appids],
      )) as { appid: string }[];
      const still = new Set(pending.map(({ appid }) => appid));
      const begun = releases.filter((release) => still.has(release.authorizerAppid));
      if (begun.length === 0) return 0;
      const created = designColumns('created', { status: null, isRelease: 0, isDelayed: 0 });
      const times = { createdAt: now, updateTime: now, nextCheckAt: now };
      await db
        .createQueryBuilder()
        .insert()
        .into(ReleaseEntity)
        .values(begun.map((release) => ({ ...release, ...created, ...times, rolloutId, state: 'created' })) as ReleaseEntity[])
        .updateEntity(false)
        .execute();
      const names = begun.map((release) => release.authorizerAppid);
      // The newest release of this rollout is the one just written. Read without locks: others are being carried on meanwhile.
      const written = (await db.query(
        `SELECT app_id AS appid, MAX(submitaudit_id) AS id FROM f_wechat_submitaudit
          WHERE component_appid = ? AND app_id IN (?) AND rollout_id = ? GROUP BY app_id`,
        [begun[0]?.componentAppid, names, rolloutId],
      )) as { appid: string; id: number }[];
      const cases = written.map(() => 'WHEN ? THEN ?').join(' ');
      await db.query(
        `UPDATE f_wechat_rollouttarget
            SET state = 'running', release_id = CASE authorizer_appid ${cases} END, reason = NULL, updated_at = ?
          WHERE rollout_id = ? AND authorizer_appid IN (?)`,
        [...written.flatMap(({ appid, id }) => [appid, id]), now, rolloutId, names],
      );
      await db.query(
        `INSERT INTO f_wechat_releasehistory (release_id, at, to_state, cause, client_id)
         SELECT release_id, ?, 'created', 'rollout', ? FROM f_wechat_rollouttarget WHERE rollout_id = ? AND authorizer_appid IN (?)`,
        [now, begun[0]?.clientId ?? null, rolloutId, names],
      );
      // Each is about to be written to: its row, which holds the lease, is there then.
      await db.query('INSERT IGNORE INTO f_wechat_miniprogram (component_appid, authorizer_appid) VALUES ?', [
        begun.map((release) => [release.componentAppid, release.authorizerAppid]),
      ]);
      return begun.length;
    });
  }

  /** Lets releases go on that were held because their rollout was paused or waited. */
  async releaseHeld(rolloutId: number, db: EntityManager = this.dataSource.manager): Promise<void> {
    await db.query(
      `UPDATE f_wechat_submitaudit SET next_check_at = ?, waiting = NULL, revision = revision + 1
        WHERE rollout_id = ? AND next_check_at IS NULL AND intent IS NULL AND waiting = ?`,
      [this.now(), rolloutId, HELD],
    );
  }

  /** Somebody agrees to all releases of a rollout, those to come included; what waited for that goes on. */
  async approve(rolloutId: number, clientId: string): Promise<void> {
    await inTransaction(this.dataSource, async (db) => {
      await db.getRepository(RolloutEntity).update({ rolloutId }, { approvedBy: clientId, updatedAt: this.now() });
      await db.query(
        `UPDATE f_wechat_submitaudit SET next_check_at = ?, waiting = NULL, revision = revision + 1
          WHERE rollout_id = ? AND state = 'approved' AND intent IS NULL AND waiting LIKE '{"for":"approval"%'`,
        [this.now(), rolloutId],
      );
    });
  }

  async abortTargets(rolloutId: number, db: EntityManager): Promise<void> {
    await db.getRepository(RolloutTargetEntity).update(
      { rolloutId, state: 'pending' },
      {
        state: 'skipped',
        reason: JSON.stringify({ code: 'aborted', detail: 'The rollout was aborted.' }),
        updatedAt: this.now(),
      },
    );
  }

  /** Of an aborted rollout: what was on its way when it was aborted, and has stopped before its next step. */
  async skipHeld(rolloutId: number): Promise<void> {
    await this.dataSource.query(
      `UPDATE f_wechat_rollouttarget t JOIN f_wechat_submitaudit r ON r.submitaudit_id = t.release_id
          SET t.state = 'skipped', t.reason = ?, t.updated_at = ?
        WHERE t.rollout_id = ? AND t.state = 'running' AND r.next_check_at IS NULL AND r.intent IS NULL AND r.waiting = ?`,
      [
        JSON.stringify({ code: 'aborted', detail: 'The rollout was aborted; this release can be carried on by hand.' }),
        this.now(),
        rolloutId,
        HELD,
      ],
    );
  }

  /** Releases of a rollout that WeChat's reviewers do not have yet. */
  unsubmitted(rolloutId: number, appids?: readonly string[]): Promise<ReleaseEntity[]> {
    const query = this.dataSource
      .getRepository(ReleaseEntity)
      .createQueryBuilder('r')
      .where(`r.rollout_id = :id AND r.state IN ('created', 'scanning', 'ready') AND r.intent IS NULL`, { id: rolloutId });
    if (appids) query.andWhere('r.app_id IN (:...appids)', { appids });
    return query.getMany();
  }

  /** The mini programs that a retry would begin again. */
  private async retried(db: EntityManager, rolloutId: number, states: readonly RetriedState[]): Promise<string[]> {
    const rows = (await db.query(
      `SELECT authorizer_appid AS appid FROM f_wechat_rollouttarget WHERE rollout_id = ? AND state IN (?)`,
      [rolloutId, states],
    )) as { appid: string }[];
    return rows.map(({ appid }) => appid);
  }

  /** @throws DomainError `conflict` when another rollout that has not ended has what a retry would begin again. */
  async requireNoOverlap(
    db: EntityManager,
    { rolloutId, componentAppid }: RolloutEntity,
    states: readonly RetriedState[],
  ): Promise<void> {
    await this.lockRollouts(db, componentAppid);
    refuseOverlaps(await this.overlaps(db, componentAppid, await this.retried(db, rolloutId, states), rolloutId));
  }

  /** Failed targets begin again. What reviewers have, or have approved, is carried on; the others get a new release. */
  async retryFailed(db: EntityManager, rolloutId: number, policy: ReleasePolicy, states: readonly RetriedState[]): Promise<void> {
    await db.query(
      `UPDATE f_wechat_submitaudit r JOIN f_wechat_rollouttarget t ON t.release_id = r.submitaudit_id
          SET r.next_check_at = ?, r.policy = ?, r.waiting = NULL, r.last_error = NULL, r.attempts = 0, r.unclear_count = 0,
              r.revision = r.revision + 1
        WHERE t.rollout_id = ? AND t.state IN (?) AND r.intent IS NULL AND r.state IN ('auditing', 'approved', 'graying')`,
      [this.now(), JSON.stringify(policy), rolloutId, states],
    );
    const carriedOn = `r.state IN ('auditing', 'approved', 'graying', 'released')`;
    await db.query(
      `UPDATE f_wechat_rollouttarget t LEFT JOIN f_wechat_submitaudit r ON r.submitaudit_id = t.release_id
          SET t.release_id = IF(${carriedOn}, t.release_id, NULL), t.state = IF(${carriedOn}, 'running', 'pending'),
              t.attempts = t.attempts + 1, t.reason = NULL, t.updated_at = ?
        WHERE t.rollout_id = ? AND t.state IN (?)`,
      [this.now(), rolloutId, states],
    );
  }

  targets(rolloutId: number, state: string | undefined, after: number | undefined, limit: number): Promise<TargetRow[]> {
    const query = this.dataSource
      .createQueryBuilder()
      .select([
        't.authorizer_appid AS authorizerAppid',
        't.position AS position',
        't.is_canary AS isCanary',
        't.state AS state',
        't.attempts AS attempts',
        't.reason AS reason',
        't.release_id AS releaseId',
        'r.state AS releaseState',
        'r.auditid AS auditid',
        'r.reason AS auditReason',
        'r.last_error AS lastError',
        'r.waiting AS waiting',
        't.updated_at AS updatedAt',
      ])
      .from(RolloutTargetEntity, 't')
      .leftJoin(ReleaseEntity, 'r', 'r.submitaudit_id = t.release_id')
      .where('t.rollout_id = :id', { id: rolloutId });
    if (state) query.andWhere('t.state = :state', { state });
    if (after !== undefined) query.andWhere('t.position > :after', { after });
    return query.orderBy('t.position', 'ASC').limit(limit).getRawMany<TargetRow>();
  }
}

/** For a quota of its own mini program: nobody else waits for that. */
const WAITS_BY_ITSELF = `(r.waiting IS NOT NULL AND r.waiting LIKE '{"for":"account"%')`;
/** A person has to decide: its gray release was taken back. */
const TAKEN_BACK = `(r.intent IS NULL AND r.state IN ('approved', 'graying') AND r.waiting LIKE '{"for":"operator"%')`;
/** Nothing more is tried by itself, or only its reading, which WeChat keeps refusing. */
const GIVEN_UP = `(r.intent IS NULL AND r.waiting IS NULL AND r.last_error IS NOT NULL AND (
  (r.next_check_at IS NULL AND r.state IN ('created', 'scanning', 'ready', 'approved', 'graying'))
  OR (r.state = 'auditing' AND r.attempts >= 5 AND r.last_error LIKE '%"verdict":"refused"%')))`;

/** What a release waits for that its rollout holds back. */
export const HELD = JSON.stringify({ for: 'rollout' });
