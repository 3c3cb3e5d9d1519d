import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In } from 'typeorm';
import { inTransaction, RolloutTargetEntity, type RolloutTargetState } from '#persistence';
import { CLOCK, type Clock } from '#service';
import { parseJson } from '../releases/release-policy.domain.js';
import type { BackUnderWay } from './back.domain.js';

/** What a rollout published at one mini program, and what there was before. */
export interface PublishedRow {
  readonly appid: string;
  readonly releaseId: number | null;
  readonly state: string | null;
  readonly version: string | null;
  /** As last read. */
  readonly online: string | null;
  readonly earlierId: number | null;
  readonly earlierTemplateId: number | null;
  readonly earlierVersion: string | null;
  readonly earlierDesc: string | null;
  readonly gray: number;
}

/** Knows what rollouts published, and how far mini programs that are rolled back have come. */
@Injectable()
export class BackTargets {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  private now(): Date {
    return new Date(this.clock.now());
  }

  /** In the order of the rollout. @param appids of these; absent: of all */
  async published(rolloutId: number, appids?: readonly string[]): Promise<PublishedRow[]> {
    if (appids?.length === 0) return [];
    return this.dataSource.query(
      `SELECT x.*, e.template_id AS earlierTemplateId, e.user_version AS earlierVersion, e.user_desc AS earlierDesc
         FROM (SELECT t.authorizer_appid AS appid, t.position, r.submitaudit_id AS releaseId, r.state, r.user_version AS version,
                      m.online_version AS online,
                      (SELECT MAX(b.submitaudit_id) FROM f_wechat_submitaudit b
                        WHERE b.component_appid = o.component_appid AND b.app_id = t.authorizer_appid
                          AND b.submitaudit_id < r.submitaudit_id AND b.state = 'superseded' AND b.is_release = 1) AS earlierId,
                      EXISTS (SELECT 1 FROM f_wechat_submitaudit g
                        WHERE g.component_appid = o.component_appid AND g.app_id = t.authorizer_appid AND g.state = 'graying') AS gray
                 FROM f_wechat_rollouttarget t
                 JOIN f_wechat_rollout o ON o.rollout_id = t.rollout_id
                 LEFT JOIN f_wechat_submitaudit r ON r.submitaudit_id = t.release_id
                 LEFT JOIN f_wechat_miniprogram m
                        ON m.component_appid = o.component_appid AND m.authorizer_appid = t.authorizer_appid
                WHERE t.rollout_id = ? ${appids ? 'AND t.authorizer_appid IN (?)' : ''}) x
         LEFT JOIN f_wechat_submitaudit e ON e.submitaudit_id = x.earlierId
        ORDER BY x.position`,
      [rolloutId, ...(appids ? [appids] : [])],
    );
  }

  /** Begins these, if they still wait for their turn. @returns how many */
  async begin(rolloutId: number, backs: ReadonlyMap<string, BackUnderWay>): Promise<number> {
    return inTransaction(this.dataSource, async (db) => {
      let begun = 0;
      for (const [authorizerAppid, back] of backs) {
        const set = { state: 'running' as const, back: JSON.stringify(back), reason: null, updatedAt: this.now() };
        const { affected } = await db
          .getRepository(RolloutTargetEntity)
          .update({ rolloutId, authorizerAppid, state: 'pending' }, set);
        begun += affected ?? 0;
      }
      return begun;
    });
  }

  async underWay(rolloutId: number): Promise<{ authorizerAppid: string; back: BackUnderWay }[]> {
    const rows = await this.dataSource.getRepository(RolloutTargetEntity).find({
      where: { rolloutId, state: In(['running'] satisfies RolloutTargetState[]) },
      order: { position: 'ASC' },
    });
    return rows.flatMap(({ authorizerAppid, back }) => {
      const parsed = parseJson<BackUnderWay>(back);
      return parsed ? [{ authorizerAppid, back: parsed }] : [];
    });
  }

  async remember(rolloutId: number, authorizerAppid: string, back: BackUnderWay): Promise<void> {
    await this.dataSource
      .getRepository(RolloutTargetEntity)
      .update({ rolloutId, authorizerAppid, state: 'running' }, { back: JSON.stringify(back), updatedAt: this.now() });
  }

  /** Its rollback has ended one way or another, or it waits for its turn again. */
  async settle(
    rolloutId: number,
    authorizerAppid: string,
    state: Exclude<RolloutTargetState, 'running'>,
    reason: object | null = null,
    db: EntityManager = this.dataSource.manager,
  ): Promise<void> {
    await db
      .getRepository(RolloutTargetEntity)
      .update(
        { rolloutId, authorizerAppid, state: 'running' },
        { state, back: null, reason: reason && JSON.stringify(reason), updatedAt: this.now() },
      );
  }
}
