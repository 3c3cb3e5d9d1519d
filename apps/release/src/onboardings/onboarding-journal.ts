import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In, IsNull, MoreThan, Not, type QueryDeepPartialEntity } from 'typeorm';
import { OwnEvents } from '#inbox';
import { type OnboardingEntity, OnboardingHistoryEntity } from '#persistence';
import { CLOCK, type Clock } from '#service';

export type Happening =
  | 'ordered'
  | 'begun'
  | 'task'
  | 'done'
  | 'failed'
  | 'changed'
  | 'paper'
  | 'retried'
  | 'completed'
  | 'cancelled';

export interface Deed {
  readonly what: Happening;
  /** Of which step, where it is not the present one. */
  readonly step?: string;
  /** The request, or `runner`. */
  readonly cause: string;
  readonly detail?: Readonly<Record<string, unknown>>;
  readonly clientId?: string;
}

const SHAPING: readonly Happening[] = ['ordered', 'changed', 'paper', 'retried'];

/** Of which subscribers are told, as `wxplane.onboarding_<word>`. */
const ANNOUNCED: Partial<Record<Happening, string>> = {
  task: 'task',
  failed: 'failed',
  completed: 'done',
  cancelled: 'cancelled',
};

/** What happened to orders, and who is told of it: written in the transaction of what happened. */
@Injectable()
export class OnboardingJournal {
  constructor(
    private readonly dataSource: DataSource,
    private readonly ownEvents: OwnEvents,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @param row as it is afterwards */
  async remember(db: EntityManager, row: OnboardingEntity, { what, step, cause, detail, clientId }: Deed): Promise<void> {
    await db.getRepository(OnboardingHistoryEntity).insert({
      onboardingRow: row.rowId,
      at: new Date(this.clock.now()),
      step: step ?? row.step,
      what,
      cause,
      detail: detail ?? null,
      clientId: clientId ?? null,
    } as QueryDeepPartialEntity<OnboardingHistoryEntity>);
    const word = ANNOUNCED[what];
    if (word !== undefined) await this.tell(db, row, word);
  }

  /** Without data of persons: who may look them up, does. */
  async tell(db: EntityManager, row: OnboardingEntity, word: string): Promise<void> {
    const { onboardingId, reference, goal, state, step, appid, task, problem } = row;
    await this.ownEvents.add(
      db,
      {
        kind: `wxplane.onboarding_${word}`,
        componentAppid: row.componentAppid,
        authorizerAppid: appid,
        key: `${onboardingId} ${row.revision}`,
        data: {
          ...{ onboarding_id: onboardingId, reference, goal, state, step, authorizer_appid: appid },
          ...(task ? { task } : {}),
          ...(problem ? { problem: { code: problem['code'], errcode: problem['errcode'] ?? null } } : {}),
        },
      },
      new Date(this.clock.now()),
    );
  }

  /** Client ids of all who shaped what an order sends: who ordered it, changed it, uploaded its papers, let it go on. */
  async shapers({ rowId }: OnboardingEntity): Promise<string[]> {
    const rows = await this.dataSource
      .getRepository(OnboardingHistoryEntity)
      .findBy({ onboardingRow: rowId, what: In(SHAPING), clientId: Not(IsNull()) });
    return [...new Set(rows.flatMap(({ clientId }) => clientId ?? []))];
  }

  /** Oldest first. */
  of(row: OnboardingEntity, after: string | undefined, limit: number): Promise<OnboardingHistoryEntity[]> {
    return this.dataSource.getRepository(OnboardingHistoryEntity).find({
      where: { onboardingRow: row.rowId, ...(after === undefined ? {} : { historyId: MoreThan(after) }) },
      order: { historyId: 'ASC' },
      take: limit,
    });
  }
}
