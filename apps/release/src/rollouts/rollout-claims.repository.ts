import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { inTransaction, RolloutEntity, RolloutTargetEntity } from '#persistence';
import { CLOCK, type Clock } from '#service';
import { ReleaseBatch } from '../releases/release-batch.repository.js';
import { type Overlap, refuseOverlaps } from './rollout.domain.js';
import { fromRow, type NewRollout, type Rollout, toColumns } from './rollout.js';
import type { RetriedState } from './rollout-target.repository.js';

const INSERT_BATCH = 1_000;

/** Holds that a mini program belongs to one rollout that has not ended. */
@Injectable()
export class RolloutClaims {
  constructor(
    private readonly dataSource: DataSource,
    private readonly batch: ReleaseBatch,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  private now(): Date {
    return new Date(this.clock.now());
  }

  /**
   * A mini program belongs to one rollout that has not ended.
   * @param takeOver others give up what they have not submitted; otherwise an overlap refuses the start
   * @throws DomainError `conflict`
   */
  async create(
    values: NewRollout,
    targets: readonly { readonly authorizerAppid: string; readonly isCanary: boolean }[],
    takeOver: boolean,
  ): Promise<Rollout> {
    const { componentAppid } = values;
    return inTransaction(this.dataSource, async (db) => {
      const now = this.now();
      await this.lock(db, componentAppid);
      const appids = targets.map((target) => target.authorizerAppid);
      const overlaps = await this.overlaps(db, componentAppid, appids, 0);
      if (!takeOver) refuseOverlaps(overlaps);
      const { identifiers } = await db
        .getRepository(RolloutEntity)
        .insert({ ...(toColumns(values) as RolloutEntity), reason: null, createdAt: now, updatedAt: now, nextCheckAt: now });
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
      return fromRow(await db.getRepository(RolloutEntity).findOneByOrFail({ rolloutId }));
    });
  }

  /** Two that begin at the same moment see each other: the second one waits here for the first. */
  private async lock(db: EntityManager, componentAppid: string): Promise<void> {
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

  overlapping(componentAppid: string, appids: readonly string[]): Promise<Overlap[]> {
    return this.overlaps(this.dataSource, componentAppid, appids, 0);
  }

  /** These are another rollout's now: what has not begun is skipped, what reviewers do not have yet is given up. Reviews that run end first. */
  private async giveAway(db: EntityManager, { rolloutId, appids }: Overlap, to: number, name: string): Promise<void> {
    const detail = `Rollout ${to} (${name}) has taken it over.`;
    const reason = { code: 'taken-over', detail, rollout_id: to };
    for (let from = 0; from < appids.length; from += INSERT_BATCH)
      await db.query(
        `UPDATE f_wechat_rollouttarget SET state = 'skipped', reason = ?, updated_at = ?
          WHERE rollout_id = ? AND state = 'pending' AND authorizer_appid IN (?)`,
        [JSON.stringify(reason), this.now(), rolloutId, appids.slice(from, from + INSERT_BATCH)],
      );
    await this.batch.stopUnsubmitted(db, rolloutId, { cause: 'taken-over', code: 'taken-over', reason: detail }, appids);
  }

  /** The mini programs that a retry would begin again. */
  private async retried(db: EntityManager, rolloutId: number, states: readonly RetriedState[]): Promise<string[]> {
    const rows = (await db.query(
      `SELECT authorizer_appid AS appid FROM f_wechat_rollouttarget WHERE rollout_id = ? AND state IN (?)`,
      [rolloutId, states],
    )) as { appid: string }[];
    return rows.map(({ appid }) => appid);
  }

  /** Part of the caller's transaction. @throws DomainError `conflict` when another rollout that has not ended has what a retry would begin again. */
  async requireNone(db: EntityManager, { rolloutId, componentAppid }: Rollout, states: readonly RetriedState[]): Promise<void> {
    await this.lock(db, componentAppid);
    refuseOverlaps(await this.overlaps(db, componentAppid, await this.retried(db, rolloutId, states), rolloutId));
  }
}
