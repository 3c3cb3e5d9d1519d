import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, MoreThan, type QueryDeepPartialEntity } from 'typeorm';
import { RolloutHistoryEntity, type RolloutState } from '#persistence';
import { CLOCK, type Clock } from '#service';

/** What happened to a rollout. */
export type Happening =
  | 'started'
  | 'paused'
  | 'waiting'
  | 'resumed'
  | 'retried'
  | 'approved'
  | 'widened'
  | 'pace-changed'
  | 'set-aside'
  | 'taken-over'
  | 'completed'
  | 'aborted';

/** Who did it, and what there is to know of it. */
export interface Deed {
  readonly what: Happening;
  /** Person or key; absent: the rollout did it by itself. */
  readonly actor?: string;
  readonly detail?: Record<string, unknown>;
}

export interface HistoryEntry extends Deed {
  readonly rolloutId: number;
  /** `null`: it began. */
  readonly from: RolloutState | null;
  readonly to: RolloutState;
}

/** Knows what happened to rollouts: written in the transaction of what happened. */
@Injectable()
export class RolloutHistory {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async remember(db: EntityManager, { rolloutId, what, from, to, actor, detail }: HistoryEntry): Promise<void> {
    const row = {
      rolloutId,
      at: new Date(this.clock.now()),
      what,
      fromState: from,
      toState: to,
      actor: actor ?? null,
      detail: detail ?? null,
    };
    await db.getRepository(RolloutHistoryEntity).insert(row as QueryDeepPartialEntity<RolloutHistoryEntity>);
  }

  /** Oldest first. */
  of(rolloutId: number, after: string | undefined, limit: number): Promise<RolloutHistoryEntity[]> {
    return this.dataSource.getRepository(RolloutHistoryEntity).find({
      where: { rolloutId, ...(after === undefined ? {} : { historyId: MoreThan(after) }) },
      order: { historyId: 'ASC' },
      take: limit,
    });
  }
}
