import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In } from 'typeorm';
import { OwnEvents } from '#inbox';
import { changed, inTransaction, RolloutEntity, type RolloutState } from '#persistence';
import { CLOCK, type Clock, DomainError } from '#service';
import { parseJson } from '../releases/release-policy.domain.js';
import { type Rollout, type RolloutPatch, type RolloutReason, toColumns } from './rollout.js';
import { type Deed, type Happening, RolloutHistory } from './rollout-history.repository.js';
import { RolloutTexts } from './rollout-texts.js';

/** What a rollout has done when it is in a state that nobody asked for. */
const BY_ITSELF: Readonly<Record<RolloutState, Happening>> = {
  running: 'resumed',
  waiting: 'waiting',
  paused: 'paused',
  completed: 'completed',
  aborted: 'aborted',
};

/** Knows the table of rollouts. */
@Injectable()
export class RolloutRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly ownEvents: OwnEvents,
    private readonly texts: RolloutTexts,
    private readonly history: RolloutHistory,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  now(): Date {
    return new Date(this.clock.now());
  }

  in(seconds: number): Date {
    return new Date(this.clock.now() + seconds * 1_000);
  }

  /** Only what its releases ask for at each step. */
  async standing(rolloutId: number): Promise<Pick<Rollout, 'state' | 'reason' | 'approvedBy'> | undefined> {
    const rows = (await this.dataSource.query(
      'SELECT state, reason, approved_by AS approvedBy FROM f_wechat_rollout WHERE rollout_id = ?',
      [rolloutId],
    )) as Pick<RolloutEntity, 'state' | 'reason' | 'approvedBy'>[];
    const [row] = rows;
    return row && { ...row, reason: parseJson<RolloutReason>(row.reason) ?? null };
  }

  /** What each target is sent, in their order; those that were not frozen are left out. */
  async frozen(rolloutId: number, db: EntityManager = this.dataSource.manager): Promise<Map<string, string>> {
    const rows = (await db.query(
      'SELECT authorizer_appid AS appid, digest FROM f_wechat_rollouttarget WHERE rollout_id = ? AND digest IS NOT NULL ORDER BY position',
      [rolloutId],
    )) as { appid: string; digest: string }[];
    return new Map(rows.map(({ appid, digest }) => [appid, digest]));
  }

  /** @throws DomainError `not-found` */
  async get(rolloutId: number): Promise<Rollout> {
    const row = await this.dataSource.getRepository(RolloutEntity).findOneBy({ rolloutId });
    if (!row) throw new DomainError('not-found', `There is no rollout ${rolloutId}.`);
    return this.texts.open(row);
  }

  async search(
    componentAppid: string,
    state: RolloutState | undefined,
    before: number | undefined,
    limit: number,
  ): Promise<Rollout[]> {
    const query = this.dataSource
      .getRepository(RolloutEntity)
      .createQueryBuilder('o')
      .where('o.component_appid = :c', { c: componentAppid });
    if (state) query.andWhere('o.state = :state', { state });
    if (before !== undefined) query.andWhere('o.rollout_id < :before', { before });
    return (await query.orderBy('o.rollout_id', 'DESC').limit(limit).getMany()).map((row) => this.texts.open(row));
  }

  /** Rollouts of a component that begin or send something. */
  async going(componentAppid: string): Promise<number[]> {
    const rows = await this.dataSource.getRepository(RolloutEntity).find({
      where: { componentAppid, state: In(['running', 'waiting']) },
      select: { rolloutId: true },
      order: { rolloutId: 'ASC' },
    });
    return rows.map(({ rolloutId }) => rolloutId);
  }

  /** Somebody agrees to all its releases, those to come included. */
  async approve(db: EntityManager, { rolloutId, state }: Rollout, clientId: string, deed: Deed): Promise<void> {
    await db
      .getRepository(RolloutEntity)
      .update({ rolloutId }, { approvedBy: clientId, updatedAt: this.now(), nextCheckAt: this.now() });
    await this.history.remember(db, { ...deed, rolloutId, from: state, to: state });
  }

  /** All of what `work` writes, or nothing of it. */
  together<T>(work: (db: EntityManager) => Promise<T>): Promise<T> {
    return inTransaction(this.dataSource, work);
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
    const claimed = await this.dataSource.query(
      'UPDATE f_wechat_rollout SET next_check_at = ? WHERE rollout_id = ? AND next_check_at <= ?',
      [until, rolloutId, this.now()],
    );
    return changed(claimed) ? until : undefined;
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
   * @param deed what the history says of it, and who did it; absent: it moved to another state by itself, or nothing is said
   */
  async change(
    rolloutId: number,
    from: readonly RolloutState[],
    set: RolloutPatch,
    also?: (db: EntityManager) => Promise<unknown>,
    deed?: Deed,
  ): Promise<boolean> {
    return inTransaction(this.dataSource, async (db) => {
      const before = await db.getRepository(RolloutEntity).findOneBy({ rolloutId });
      const result = await db
        .createQueryBuilder()
        .update(RolloutEntity)
        .set({ ...toColumns(set), updatedAt: this.now() })
        .where('rollout_id = :id AND state IN (:...from)', { id: rolloutId, from })
        .execute();
      if (result.affected !== 1) return false;
      await also?.(db);
      const to = set.state ?? before?.state;
      const told =
        deed ?? (to && to !== before?.state ? { what: BY_ITSELF[to], ...(set.reason && { detail: set.reason }) } : undefined);
      if (before && to && told) await this.history.remember(db, { ...told, rolloutId, from: before.state, to });
      if (before && set.state && set.state !== before.state) await this.announce(db, before, set.state, set.reason ?? null);
      else if (before && deed?.what === 'widened') await this.announce(db, before, 'canary_done', null);
      return true;
    });
  }

  private async announce(
    db: EntityManager,
    before: RolloutEntity,
    what: RolloutState | 'canary_done',
    reason: RolloutReason | null,
  ): Promise<void> {
    const { rolloutId, componentAppid, name } = before;
    const now = this.now();
    const state = what === 'canary_done' ? before.state : what;
    const data = { rollout_id: rolloutId, name, state, reason, counts: await countsOf(db, rolloutId) };
    const key = `${rolloutId} ${now.getTime()}`;
    await this.ownEvents.add(db, { kind: `wxplane.rollout_${what}`, componentAppid, authorizerAppid: null, key, data }, now);
  }
}

/** How many targets there are, and how they ended so far. */
async function countsOf(db: EntityManager, rolloutId: number): Promise<Record<string, number>> {
  const rows = (await db.query('SELECT state, COUNT(*) AS n FROM f_wechat_rollouttarget WHERE rollout_id = ? GROUP BY state', [
    rolloutId,
  ])) as { state: string; n: string }[];
  const of = new Map(rows.map(({ state, n }) => [state, Number(n)]));
  const [succeeded = 0, failed = 0, skipped = 0] = ['succeeded', 'failed', 'skipped'].map((state) => of.get(state));
  return { total: [...of.values()].reduce((sum, n) => sum + n, 0), succeeded, failed, skipped };
}
