import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In } from 'typeorm';
import { inTransaction, RolloutEntity, RolloutTargetEntity } from '#persistence';
import { CLOCK, type Clock } from '#service';
import { ReleaseBatch } from '../releases/release-batch.repository.js';
import { unlessWithheld } from '../sealed/withheld.js';
import { type Overlap, refuseOverlaps } from './rollout.domain.js';
import { type NewRollout, type Rollout, toColumns } from './rollout.js';
import { RolloutHistory } from './rollout-history.repository.js';
import type { Retried } from './rollout-target.repository.js';
import { RolloutTexts } from './rollout-texts.js';

const INSERT_BATCH = 1_000;

/** A mini program of a rollout that begins; with a digest, others agree to what it is sent. */
export interface NewTarget {
  readonly authorizerAppid: string;
  readonly isCanary: boolean;
  readonly ring?: number;
  readonly digest?: string;
}

/** Holds that a mini program belongs to one rollout that has not ended. */
@Injectable()
export class RolloutClaims {
  constructor(
    private readonly dataSource: DataSource,
    private readonly batch: ReleaseBatch,
    private readonly texts: RolloutTexts,
    private readonly history: RolloutHistory,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  private now(): Date {
    return new Date(this.clock.now());
  }

  /**
   * A mini program belongs to one rollout that has not ended.
   * @param actor who starts it
   * @param also what belongs to it, in the same transaction
   * @param takeOver others give up what they have not submitted; otherwise an overlap refuses the start
   * @throws DomainError `conflict`
   */
  async create(
    values: NewRollout,
    targets: readonly NewTarget[],
    takeOver: boolean,
    actor: string,
    also?: (db: EntityManager, rollout: Rollout) => Promise<unknown>,
  ): Promise<Rollout> {
    const { componentAppid } = values;
    return inTransaction(this.dataSource, async (db) => {
      const now = this.now();
      await this.lock(db, componentAppid);
      const appids = targets.map((target) => target.authorizerAppid);
      const overlaps = await this.overlaps(db, componentAppid, appids, 0);
      if (!takeOver) refuseOverlaps(overlaps);
      const rows = db.getRepository(RolloutEntity);
      const { spec, ...columns } = toColumns(values) as RolloutEntity;
      // Sealed for its number, so it comes when there is one.
      const { identifiers } = await rows.insert({
        ...{ ...columns, spec: '' },
        updatedAt: now,
      });
      const rolloutId = identifiers[0]?.['rolloutId'] as number;
      await rows.update({ rolloutId }, { spec: this.texts.seal(spec, { componentAppid, rolloutId }) });
      for (const other of overlaps) await this.giveAway(db, other, rolloutId, values.name, actor);
      for (let from = 0; from < targets.length; from += INSERT_BATCH) {
        const rows = targets.slice(from, from + INSERT_BATCH).map(({ authorizerAppid, isCanary, ring, digest }, index) => ({
          rolloutId,
          authorizerAppid,
          position: from + index,
          isCanary: isCanary ? 1 : 0,
          ring: ring ?? null,
          state: 'pending' as const,
          digest: digest ?? null,
          updatedAt: now,
        }));
        await db.getRepository(RolloutTargetEntity).insert(rows);
      }
      const rollout = this.texts.open(await rows.findOneByOrFail({ rolloutId }));
      const detail = {
        targets: targets.length,
        ...(values.spec.back && { way: values.spec.back.way, of: values.spec.back.of }),
        ...(overlaps.length > 0 && { taken_from: overlaps.map((other) => other.rolloutId) }),
      };
      await this.history.remember(db, { rolloutId, what: 'started', from: null, to: values.state, actor, detail });
      await also?.(db, rollout);
      return rollout;
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
    const found = new Map<number, string[]>();
    for (let from = 0; from < appids.length; from += INSERT_BATCH) {
      const rows = (await db.query(
        `SELECT o.rollout_id AS rolloutId, t.authorizer_appid AS appid
           FROM f_wechat_rollout o JOIN f_wechat_rollouttarget t ON t.rollout_id = o.rollout_id
          WHERE o.component_appid = ? AND o.rollout_id <> ? AND o.state IN ('running', 'waiting', 'paused')
            AND t.state IN ('pending', 'running') AND t.authorizer_appid IN (?) ORDER BY o.rollout_id, t.position`,
        [componentAppid, except, appids.slice(from, from + INSERT_BATCH)],
      )) as { rolloutId: number; appid: string }[];
      for (const { rolloutId, appid } of rows) {
        const known = found.get(rolloutId) ?? [];
        found.set(rolloutId, known);
        known.push(appid);
      }
    }
    if (found.size === 0) return [];
    const where = { rolloutId: In([...found.keys()]) };
    const rollouts = await db.getRepository(RolloutEntity).find({ where, order: { rolloutId: 'ASC' } });
    return rollouts.map((row) => {
      const rollout = this.texts.open(row);
      const version = unlessWithheld(() => rollout.spec.user_version) ?? 'unreadable';
      return { rolloutId: row.rolloutId, name: row.name, state: row.state, version, appids: found.get(row.rolloutId) ?? [] };
    });
  }

  overlapping(componentAppid: string, appids: readonly string[]): Promise<Overlap[]> {
    return this.overlaps(this.dataSource, componentAppid, appids, 0);
  }

  /** These are another rollout's now: what has not begun is skipped, what reviewers do not have yet is given up. Reviews that run end first. */
  private async giveAway(db: EntityManager, other: Overlap, to: number, name: string, actor: string): Promise<void> {
    const { rolloutId, appids, state } = other;
    const detail = `Rollout ${to} (${name}) has taken it over.`;
    const reason = { code: 'taken-over', detail, rollout_id: to };
    for (let from = 0; from < appids.length; from += INSERT_BATCH)
      await db.query(
        `UPDATE f_wechat_rollouttarget SET state = 'skipped', reason = ?, updated_at = ?
          WHERE rollout_id = ? AND state = 'pending' AND authorizer_appid IN (?)`,
        [JSON.stringify(reason), this.now(), rolloutId, appids.slice(from, from + INSERT_BATCH)],
      );
    const told = { what: 'taken-over', actor, detail: { rollout_id: to, mini_programs: appids.length } } as const;
    await this.history.remember(db, { ...told, rolloutId, from: state, to: state });
    await this.batch.stopUnsubmitted(db, rolloutId, { cause: 'taken-over', code: 'taken-over', reason: detail }, appids);
  }

  /** The mini programs that a retry would begin again. */
  private async retried(db: EntityManager, rolloutId: number, { states, appids }: Retried): Promise<string[]> {
    const rows = (await db.query(
      `SELECT authorizer_appid AS appid FROM f_wechat_rollouttarget WHERE rollout_id = ? AND state IN (?)`,
      [rolloutId, states],
    )) as { appid: string }[];
    return rows.flatMap(({ appid }) => (appids === undefined || appids.has(appid) ? [appid] : []));
  }

  /** Part of the caller's transaction. @throws DomainError `conflict` when another rollout that has not ended has what a retry would begin again. */
  async requireNone(db: EntityManager, { rolloutId, componentAppid }: Rollout, retried: Retried): Promise<void> {
    await this.lock(db, componentAppid);
    refuseOverlaps(await this.overlaps(db, componentAppid, await this.retried(db, rolloutId, retried), rolloutId));
  }
}
