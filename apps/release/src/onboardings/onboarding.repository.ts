import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type QueryDeepPartialEntity } from 'typeorm';
import {
  BINDINGS,
  inTransaction,
  isDuplicate,
  OnboardingEntity,
  type OnboardingGoal,
  type OnboardingState,
  SecretBox,
} from '#persistence';
import { CLOCK, type Clock } from '#service';
import { type OnboardingData, startOf } from './onboarding.domain.js';
import { type Deed, OnboardingJournal } from './onboarding-journal.js';

export type Changes = Partial<
  Pick<
    OnboardingEntity,
    | 'goal'
    | 'state'
    | 'step'
    | 'stepSince'
    | 'appid'
    | 'facts'
    | 'task'
    | 'taskCode'
    | 'taskWho'
    | 'taskSince'
    | 'taskUntil'
    | 'remindedAt'
    | 'problem'
    | 'nextAt'
    | 'heldUntil'
    | 'clientId'
    | 'endedAt'
  >
>;

export interface NewOnboarding {
  readonly componentAppid: string;
  readonly reference: string;
  readonly goal: OnboardingGoal;
  readonly data: OnboardingData;
  readonly step: string;
  readonly clientId: string;
}

export interface OnboardingFilter {
  readonly state?: OnboardingState | undefined;
  readonly step?: string | undefined;
  readonly goal?: OnboardingGoal | undefined;
  readonly taskWho?: string | undefined;
  readonly hasTask?: boolean | undefined;
  readonly reference?: string | undefined;
  readonly appid?: string | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
}

export interface OnboardingCount {
  readonly state: OnboardingState;
  readonly step: string;
  readonly taskCode: string | null;
  readonly taskWho: string | null;
  readonly count: number;
  readonly firstUntil: Date | null;
}

/** `f_wechat_onboarding`: every write names the revision that it knows, so that of two writers one changes nothing. */
@Injectable()
export class OnboardingRepository {
  constructor(
    readonly dataSource: DataSource,
    private readonly box: SecretBox,
    private readonly journal: OnboardingJournal,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  now(): Date {
    return new Date(this.clock.now());
  }

  /** @returns `undefined`: one with that reference is there */
  async create(made: NewOnboarding): Promise<OnboardingEntity | undefined> {
    const now = this.now();
    const onboardingId = randomBytes(16).toString('hex');
    const { data, ...rest } = made;
    const row: QueryDeepPartialEntity<OnboardingEntity> = {
      ...rest,
      onboardingId,
      start: startOf(data),
      appid: data.registration ? null : (data.authorizer_appid ?? null),
      state: 'running',
      stepSince: now,
      request: this.seal(made.componentAppid, onboardingId, data),
      facts: {},
      nextAt: now,
      createdAt: now,
      updatedAt: now,
    };
    try {
      return await inTransaction(this.dataSource, async (db) => {
        await db.getRepository(OnboardingEntity).insert(row);
        const stored = await db.getRepository(OnboardingEntity).findOneByOrFail({ onboardingId });
        await this.journal.remember(db, stored, { what: 'ordered', cause: 'request', clientId: made.clientId });
        return stored;
      });
    } catch (error) {
      if (isDuplicate(error)) return undefined;
      throw error;
    }
  }

  find(componentAppid: string, onboardingId: string): Promise<OnboardingEntity | null> {
    return this.dataSource.getRepository(OnboardingEntity).findOneBy({ componentAppid, onboardingId });
  }

  byReference(componentAppid: string, reference: string): Promise<OnboardingEntity | null> {
    return this.dataSource.getRepository(OnboardingEntity).findOneBy({ componentAppid, reference });
  }

  dataOf({ componentAppid, onboardingId, request }: OnboardingEntity): OnboardingData {
    return JSON.parse(this.box.open(request, BINDINGS.onboarding(componentAppid, onboardingId))) as OnboardingData;
  }

  /** Client ids of all who shaped what it sends. */
  shapers(row: OnboardingEntity): Promise<string[]> {
    return this.journal.shapers(row);
  }

  /** @param deed what happened, in the same transaction. @returns `undefined`: somebody else was faster */
  async change(
    row: OnboardingEntity,
    changes: Changes,
    deed?: Deed,
    data?: OnboardingData,
  ): Promise<OnboardingEntity | undefined> {
    const work = async (db: EntityManager) => {
      const set: QueryDeepPartialEntity<OnboardingEntity> = {
        ...(changes as QueryDeepPartialEntity<OnboardingEntity>),
        ...(data === undefined ? {} : { request: this.seal(row.componentAppid, row.onboardingId, data) }),
        revision: row.revision + 1,
        updatedAt: this.now(),
      };
      // Whoever lets go does not put off what somebody has poked meanwhile.
      const keepsPoke = changes.heldUntil === null && changes.nextAt instanceof Date;
      const result = await db
        .createQueryBuilder()
        .update(OnboardingEntity)
        .set(keepsPoke ? { ...set, nextAt: () => 'IF(next_at <=> :known, :next, next_at)' } : set)
        .where('row_id = :rowId AND revision = :revision', { rowId: row.rowId, revision: row.revision })
        .setParameters(keepsPoke ? { known: row.nextAt, next: changes.nextAt } : {})
        .execute();
      if (result.affected !== 1) return undefined;
      const changed = Object.assign(Object.create(Object.getPrototypeOf(row)), row, set) as OnboardingEntity;
      if (deed) await this.journal.remember(db, changed, deed);
      return changed;
    };
    return deed ? inTransaction(this.dataSource, work) : work(this.dataSource.manager);
  }

  /** It is looked at now: something is there that it may wait for. Whoever has it goes on undisturbed. */
  async poke(row: OnboardingEntity, deed: Deed): Promise<void> {
    await inTransaction(this.dataSource, async (db) => {
      await db
        .createQueryBuilder()
        .update(OnboardingEntity)
        .set({ nextAt: this.now() })
        .where("row_id = :rowId AND state IN ('running', 'waiting')", { rowId: row.rowId })
        .execute();
      await this.journal.remember(db, row, deed);
    });
  }

  /** Something has happened that the order of this mini program, or this one, may wait for. */
  async hint(
    componentAppid: string,
    { appid, onboardingId }: { readonly appid: string | null; readonly onboardingId: string | undefined },
  ): Promise<void> {
    await this.dataSource.query(
      `UPDATE f_wechat_onboarding SET next_at = ?
        WHERE component_appid = ? AND (appid = ? OR onboarding_id = ?) AND state IN ('running', 'waiting')`,
      [this.now(), componentAppid, appid ?? '', onboardingId ?? ''],
    );
  }

  /** A person is told once more. */
  async remind(row: OnboardingEntity): Promise<OnboardingEntity | undefined> {
    const now = this.now();
    return inTransaction(this.dataSource, async (db) => {
      const result = await db
        .createQueryBuilder()
        .update(OnboardingEntity)
        .set({ remindedAt: now, revision: row.revision + 1 })
        .where('row_id = :rowId AND revision = :revision', { rowId: row.rowId, revision: row.revision })
        .execute();
      if (result.affected !== 1) return undefined;
      const changed = Object.assign(Object.create(Object.getPrototypeOf(row)), row, {
        remindedAt: now,
        revision: row.revision + 1,
      }) as OnboardingEntity;
      await this.journal.tell(db, changed, 'reminder');
      return changed;
    });
  }

  /** Those that are to be looked at. Each is the caller's alone for a while. */
  async claimDue(limit: number, leaseMs: number): Promise<OnboardingEntity[]> {
    const now = this.clock.now();
    const due = await this.dataSource
      .getRepository(OnboardingEntity)
      .createQueryBuilder('o')
      .where('o.next_at <= :now AND (o.held_until IS NULL OR o.held_until <= :now)', { now: new Date(now) })
      .orderBy('o.next_at', 'ASC')
      .take(limit)
      .getMany();
    const claimed: OnboardingEntity[] = [];
    for (const row of due) {
      const own = await this.change(row, { heldUntil: new Date(now + leaseMs) });
      if (own) claimed.push(own);
    }
    return claimed;
  }

  /** Whoever held it has been overtaken, and lets go. */
  async letGo({ rowId, heldUntil }: OnboardingEntity): Promise<void> {
    await this.dataSource.query('UPDATE f_wechat_onboarding SET held_until = NULL WHERE row_id = ? AND held_until = ?', [
      rowId,
      heldUntil,
    ]);
  }

  /** Newest first. */
  search(componentAppid: string, filter: OnboardingFilter): Promise<OnboardingEntity[]> {
    const search = this.dataSource
      .getRepository(OnboardingEntity)
      .createQueryBuilder('o')
      .where('o.component_appid = :componentAppid', { componentAppid })
      .orderBy('o.row_id', 'DESC')
      .take(filter.limit);
    const equal = {
      state: filter.state,
      step: filter.step,
      goal: filter.goal,
      task_who: filter.taskWho,
      reference: filter.reference,
      appid: filter.appid,
    };
    for (const [column, value] of Object.entries(equal))
      if (value !== undefined) search.andWhere(`o.${column} = :${column}`, { [column]: value });
    if (filter.hasTask !== undefined) search.andWhere(`o.task_code IS ${filter.hasTask ? 'NOT ' : ''}NULL`);
    if (filter.before !== undefined) search.andWhere('o.row_id < :before', { before: filter.before });
    return search.getMany();
  }

  /** How many are where. */
  async counts(componentAppid: string): Promise<OnboardingCount[]> {
    const rows: Record<string, string | Date | null>[] = await this.dataSource.query(
      `SELECT state, step, task_code, task_who, COUNT(*) AS n, MIN(task_until) AS first_until FROM f_wechat_onboarding
        WHERE component_appid = ? GROUP BY state, step, task_code, task_who`,
      [componentAppid],
    );
    return rows.map((row) => ({
      state: row['state'] as OnboardingState,
      step: String(row['step']),
      taskCode: row['task_code'] as string | null,
      taskWho: row['task_who'] as string | null,
      count: Number(row['n']),
      firstUntil: row['first_until'] as Date | null,
    }));
  }

  private seal(componentAppid: string, onboardingId: string, data: OnboardingData): string {
    return this.box.seal(JSON.stringify(data), BINDINGS.onboarding(componentAppid, onboardingId));
  }
}
