import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In } from 'typeorm';
import { inTransaction, ReleaseEntity, RolloutTargetEntity, type RolloutTargetState } from '#persistence';
import { CLOCK, type Clock } from '#service';
import type { ReleaseState } from '../releases/release.domain.js';
import type { NewRelease } from '../releases/release.js';
import { ReleaseBatch } from '../releases/release-batch.repository.js';
import { parseJson, type ReleasePolicy } from '../releases/release-policy.domain.js';
import type { Waiting } from '../releases/waiting.domain.js';
import type { StoredFailure } from '../wechat/wechat-failure.domain.js';
import { CARRIED_ON, FAILED_STATES, type RolloutCounts } from './rollout.domain.js';
import type { Rollout } from './rollout.js';

export interface TargetRow {
  readonly authorizerAppid: string;
  readonly position: number;
  readonly isCanary: number;
  readonly ring: number | null;
  readonly state: string;
  readonly attempts: number;
  readonly reason: Record<string, unknown> | null;
  readonly releaseId: number | null;
  readonly releaseState: string | null;
  readonly auditid: string | null;
  readonly auditReason: string | null;
  readonly lastError: StoredFailure | null;
  readonly waiting: Waiting | null;
  readonly updatedAt: Date;
}

/** Where one mini program of a rollout is. */
export type NamedTarget = Pick<TargetRow, 'authorizerAppid' | 'state' | 'releaseId' | 'releaseState'>;

/** As the database has it. */
type StoredTarget = Omit<TargetRow, 'reason' | 'lastError' | 'waiting'> &
  Readonly<Record<'reason' | 'lastError' | 'waiting', string | null>>;

interface CountRow {
  readonly state: keyof Omit<RolloutCounts, 'active' | 'held' | 'waiting' | 'overdue' | 'untried'>;
  readonly canary: number;
  readonly n: string;
  readonly held: string | null;
  readonly active: string | null;
  readonly waiting: string | null;
  readonly overdue: string | null;
  readonly untried: string | null;
}

/** What a retry begins again: the failed ones, perhaps those that were skipped as well. */
export type RetriedState = 'failed' | 'skipped';

/** Which targets a retry begins again. */
export interface Retried {
  readonly states: readonly RetriedState[];
  /** Of those in these states; absent: all of them. */
  readonly appids?: ReadonlySet<string>;
}

/** Knows the table of targets: which mini program of a rollout has come how far. */
@Injectable()
export class RolloutTargetRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly batch: ReleaseBatch,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  private now(): Date {
    return new Date(this.clock.now());
  }

  /** How far they have come. */
  async counts(
    rolloutId: number,
    db: EntityManager | DataSource = this.dataSource,
    ring: number | null = null,
  ): Promise<{ all: RolloutCounts; canary: RolloutCounts }> {
    const first = ring === null ? 't.is_canary' : `COALESCE(t.ring = ${Number(ring)}, 0)`;
    const rows = (await db.query(
      // Only the releases of what runs are looked up: there are few, however many targets there are.
      `SELECT t.state, ${first} AS canary, COUNT(*) AS n, SUM(t.state = 'pending' AND ${IS_HELD}) AS held, 0 AS active, 0 AS waiting, 0 AS overdue,
              SUM(t.state = 'failed' AND t.release_id IS NULL) AS untried
         FROM f_wechat_rollouttarget t WHERE t.rollout_id = ? AND t.state <> 'running' GROUP BY t.state, ${first}
       UNION ALL
       SELECT t.state, ${first}, COUNT(*), 0, SUM(r.state IN ('created', 'scanning', 'ready') AND NOT ${STANDS_BACK}), SUM(${WAITS_BY_ITSELF}),
              SUM(${WAITS_BY_ITSELF} AND JSON_UNQUOTE(JSON_EXTRACT(r.waiting, '$.explained_until')) <= ?), 0
         FROM f_wechat_rollouttarget t LEFT JOIN f_wechat_submitaudit r ON r.submitaudit_id = t.release_id
        WHERE t.rollout_id = ? AND t.state = 'running' GROUP BY t.state, ${first}`,
      [this.now(), rolloutId, this.now().toISOString(), rolloutId],
    )) as CountRow[];
    const all = {
      pending: 0,
      held: 0,
      running: 0,
      active: 0,
      waiting: 0,
      overdue: 0,
      untried: 0,
      succeeded: 0,
      failed: 0,
      skipped: 0,
    };
    const canary = { ...all };
    for (const row of rows) {
      for (const counts of Number(row.canary) === 1 ? [all, canary] : [all]) {
        counts[row.state] += Number(row.n);
        counts.held += Number(row.held ?? 0);
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
        WHERE rollout_id = ? AND state = 'pending' AND is_canary = 0 AND NOT COALESCE(look_again_at > ?, 0) ORDER BY position LIMIT ?`,
      [this.now(), rolloutId, this.now(), count],
    );
  }

  /** The next ones. @param first only of the canary, or of the rings up to the one that goes now */
  async pending({ rolloutId, ring }: Pick<Rollout, 'rolloutId' | 'ring'>, first: boolean, limit: number): Promise<string[]> {
    const only = ring === null ? 'AND is_canary = 1' : `AND ring <= ${Number(ring)}`;
    const rows = (await this.dataSource.query(
      `SELECT authorizer_appid AS appid FROM f_wechat_rollouttarget
        WHERE rollout_id = ? AND state = 'pending' AND NOT COALESCE(look_again_at > ?, 0) ${first ? only : ''}
        ORDER BY position LIMIT ?`,
      [rolloutId, this.now(), limit],
    )) as { appid: string }[];
    return rows.map(({ appid }) => appid);
  }

  /** How many of each ring are in each state. */
  async ringCounts(rolloutId: number): Promise<{ ring: number; state: RolloutTargetState; n: number }[]> {
    const rows = (await this.dataSource.query(
      'SELECT ring, state, COUNT(*) AS n FROM f_wechat_rollouttarget WHERE rollout_id = ? AND ring IS NOT NULL GROUP BY ring, state',
      [rolloutId],
    )) as { ring: number; state: RolloutTargetState; n: string }[];
    return rows.map(({ ring, state, n }) => ({ ring: Number(ring), state, n: Number(n) }));
  }

  /** Number of its last ring; 0: it has none. */
  async lastRing(rolloutId: number): Promise<number> {
    const rows = (await this.dataSource.query('SELECT MAX(ring) AS last FROM f_wechat_rollouttarget WHERE rollout_id = ?', [
      rolloutId,
    ])) as { last: number | null }[];
    return Number(rows[0]?.last ?? 0);
  }

  /** Since when nothing of a ring has changed, seconds; `undefined`: nothing of it has. */
  async sinceRing(rolloutId: number, ring: number): Promise<number | undefined> {
    const rows = (await this.dataSource.query(
      `SELECT MAX(updated_at) AS at FROM f_wechat_rollouttarget WHERE rollout_id = ? AND ring = ? AND state IN ('succeeded', 'failed', 'skipped')`,
      [rolloutId, ring],
    )) as { at: Date | null }[];
    const at = rows[0]?.at;
    return at ? (this.now().getTime() - at.getTime()) / 1_000 : undefined;
  }

  /** By appid, what each of these was to be sent when others were asked. */
  async digests(rolloutId: number, appids: readonly string[]): Promise<Map<string, string>> {
    if (appids.length === 0) return new Map();
    const rows = await this.dataSource.getRepository(RolloutTargetEntity).find({
      where: { rolloutId, authorizerAppid: In([...appids]) },
      select: { rolloutId: true, authorizerAppid: true, digest: true },
    });
    return new Map(rows.flatMap(({ authorizerAppid, digest }) => (digest === null ? [] : [[authorizerAppid, digest]])));
  }

  /** Those in one of these states, in their order. */
  async inStates(
    rolloutId: number,
    states: readonly RolloutTargetState[],
  ): Promise<{ authorizerAppid: string; releaseId: number | null }[]> {
    return this.dataSource.getRepository(RolloutTargetEntity).find({
      where: { rolloutId, state: In([...states]) },
      select: { rolloutId: true, authorizerAppid: true, releaseId: true },
      order: { position: 'ASC' },
    });
  }

  /** What they are sent from now on. */
  async freeze(db: EntityManager, rolloutId: number, digests: ReadonlyMap<string, string>): Promise<void> {
    for (const [authorizerAppid, digest] of digests)
      await db.getRepository(RolloutTargetEntity).update({ rolloutId, authorizerAppid }, { digest });
  }

  /** They stay where they are, and say why. */
  async say(rolloutId: number, appids: readonly string[], reason: object): Promise<void> {
    await this.dataSource
      .getRepository(RolloutTargetEntity)
      .update(
        { rolloutId, authorizerAppid: In([...appids]), state: 'pending' },
        { reason: JSON.stringify(reason), updatedAt: this.now() },
      );
  }

  /** It waits, not begun, and is looked at again then. */
  async hold(rolloutId: number, authorizerAppid: string, reason: object, lookAgainAt: Date): Promise<void> {
    await this.dataSource
      .getRepository(RolloutTargetEntity)
      .update(
        { rolloutId, authorizerAppid, state: 'pending' },
        { reason: JSON.stringify(reason), lookAgainAt, updatedAt: this.now() },
      );
  }

  /** Those that wait are looked at again at once. */
  async lookNow(db: EntityManager, rolloutId: number): Promise<void> {
    await db.getRepository(RolloutTargetEntity).update({ rolloutId, state: 'pending' }, { lookAgainAt: null });
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
    return inTransaction(this.dataSource, async (db) => {
      const appids = releases.map((release) => release.authorizerAppid);
      const pending = (await db.query(
        `SELECT authorizer_appid AS appid FROM f_wechat_rollouttarget
          WHERE rollout_id = ? AND state = 'pending' AND authorizer_appid IN (?) FOR UPDATE`,
        [rolloutId, appids],
      )) as { appid: string }[];
      const still = new Set(pending.map(({ appid }) => appid));
      const begun = releases.filter((release) => still.has(release.authorizerAppid));
      if (begun.length === 0) return 0;
      const written = await this.batch.launch(db, rolloutId, begun);
      const cases = [...written].map(() => 'WHEN ? THEN ?').join(' ');
      await db.query(
        `UPDATE f_wechat_rollouttarget
            SET state = 'running', release_id = CASE authorizer_appid ${cases} END, reason = NULL, updated_at = ?
          WHERE rollout_id = ? AND authorizer_appid IN (?)`,
        [...[...written].flat(), this.now(), rolloutId, [...written.keys()]],
      );
      return begun.length;
    });
  }

  /** These of a rollout, by appid; those it does not have are left out. */
  async named(rolloutId: number, appids: readonly string[]): Promise<Map<string, NamedTarget>> {
    const rows = (await this.dataSource.query(
      `SELECT t.authorizer_appid AS authorizerAppid, t.state, t.release_id AS releaseId, r.state AS releaseState
         FROM f_wechat_rollouttarget t LEFT JOIN f_wechat_submitaudit r ON r.submitaudit_id = t.release_id
        WHERE t.rollout_id = ? AND t.authorizer_appid IN (?) ORDER BY t.position`,
      [rolloutId, appids],
    )) as NamedTarget[];
    return new Map(rows.map((row) => [row.authorizerAppid, row]));
  }

  /** Of these, what waits for its turn is not begun. */
  async skipPending(db: EntityManager, rolloutId: number, appids: readonly string[], reason: object): Promise<void> {
    await db
      .getRepository(RolloutTargetEntity)
      .update(
        { rolloutId, state: 'pending', authorizerAppid: In([...appids]) },
        { state: 'skipped', reason: JSON.stringify(reason), updatedAt: this.now() },
      );
  }

  async abort(db: EntityManager, rolloutId: number): Promise<void> {
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
        WHERE t.rollout_id = ? AND t.state = 'running' AND r.next_check_at IS NULL AND r.intent IS NULL AND r.waits_for = 'rollout'`,
      [
        JSON.stringify({ code: 'aborted', detail: 'The rollout was aborted; this release can be carried on by hand.' }),
        this.now(),
        rolloutId,
      ],
    );
  }

  /** These targets begin again. What reviewers have, or have approved, is carried on; the others get a new release. */
  async retry(db: EntityManager, rolloutId: number, policy: ReleasePolicy, { states, appids }: Retried): Promise<void> {
    const rows = (await db.query(
      'SELECT authorizer_appid AS appid, release_id AS id FROM f_wechat_rollouttarget WHERE rollout_id = ? AND state IN (?) FOR UPDATE',
      [rolloutId, states],
    )) as { appid: string; id: number | null }[];
    const chosen = appids === undefined ? rows : rows.filter(({ appid }) => appids.has(appid));
    const ids = chosen.flatMap(({ id }) => (id === null ? [] : [id]));
    await this.batch.retryFailed(db, ids, policy);
    for (let from = 0; from < chosen.length; from += STATEMENT)
      await db.query(
        `UPDATE f_wechat_rollouttarget t LEFT JOIN f_wechat_submitaudit r ON r.submitaudit_id = t.release_id
            SET t.release_id = IF(${IS_CARRIED_ON}, t.release_id, NULL), t.state = IF(${IS_CARRIED_ON}, 'running', 'pending'),
                t.attempts = t.attempts + 1, t.reason = NULL, t.look_again_at = NULL, t.back = NULL, t.updated_at = ?
          WHERE t.rollout_id = ? AND t.state IN (?) AND t.authorizer_appid IN (?)`,
        [this.now(), rolloutId, states, chosen.slice(from, from + STATEMENT).map(({ appid }) => appid)],
      );
  }

  /** Every one, or those in one state, in pages: there may be many. */
  async *every(rolloutId: number, state?: RolloutTargetState): AsyncGenerator<TargetRow> {
    for (let after: number | undefined; ; ) {
      const rows = await this.list(rolloutId, state, after, STATEMENT);
      yield* rows;
      if (rows.length < STATEMENT) return;
      after = rows.at(-1)?.position;
    }
  }

  async list(rolloutId: number, state: string | undefined, after: number | undefined, limit: number): Promise<TargetRow[]> {
    const query = this.dataSource
      .createQueryBuilder()
      .select([
        't.authorizer_appid AS authorizerAppid',
        't.position AS position',
        't.is_canary AS isCanary',
        't.ring AS ring',
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
    const rows = await query.orderBy('t.position', 'ASC').limit(limit).getRawMany<StoredTarget>();
    return rows.map((row) => ({
      ...row,
      reason: parseJson<Record<string, unknown>>(row.reason) ?? null,
      lastError: parseJson<StoredFailure>(row.lastError) ?? null,
      waiting: parseJson<Waiting>(row.waiting) ?? null,
    }));
  }
}

/** Mini programs in one statement. */
const STATEMENT = 1_000;

/** Not begun before. */
const IS_HELD = 'COALESCE(t.look_again_at > ?, 0)';
/** Whether a retry carries the release on. */
const IS_CARRIED_ON = `COALESCE(r.state IN (${CARRIED_ON.map((state) => `'${state}'`).join(', ')}), 0)`;
/** For a quota of its own mini program: nobody else waits for that. */
const WAITS_BY_ITSELF = `(r.waits_for <=> 'account')`;
/** It takes nobody's place: it waits for that, or for a review of its mini program's former version, which may take days. */
const STANDS_BACK = `COALESCE(r.waits_for IN ('account', 'review'), 0)`;
/** A person has to decide: its gray release was taken back. */
const TAKEN_BACK = `(r.intent IS NULL AND r.state IN ('approved', 'graying') AND r.waits_for = 'operator')`;
/** Nothing more is tried by itself, or only its reading, which WeChat keeps refusing. */
const GIVEN_UP = `(r.intent IS NULL AND r.waiting IS NULL AND r.last_error IS NOT NULL AND (
  (r.next_check_at IS NULL AND r.state IN ('created', 'scanning', 'ready', 'approved', 'graying'))
  OR (r.state = 'auditing' AND r.attempts >= 5 AND r.last_verdict = 'refused')))`;
