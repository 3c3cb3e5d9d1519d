import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type QueryDeepPartialEntity } from 'typeorm';
import { BINDINGS, inTransaction, isDuplicate, RegistrationEntity, RegistrationHistoryEntity, SecretBox } from '#persistence';
import { CLOCK, type Clock } from '#service';
import { isOpen, mayMove, type RegistrationState } from './registration.domain.js';
import { RegistrationJournal } from './registration-journal.js';
import type { RegistrationRequest, RegistrationWay } from './ways.domain.js';

/** What a writer may change besides the state. Texts that are sealed are given as they are. */
export type Changes = Partial<
  Pick<
    RegistrationEntity,
    | 'appid'
    | 'taskId'
    | 'authorizeUrl'
    | 'ticket'
    | 'step'
    | 'wechatStatus'
    | 'round'
    | 'attempts'
    | 'attemptedAt'
    | 'begunAt'
    | 'expiresAt'
    | 'nextAt'
    | 'errcode'
    | 'reason'
  >
>;

export interface NewRegistration {
  readonly componentAppid: string;
  readonly way: RegistrationWay;
  readonly state: RegistrationState;
  readonly subjectHash: string;
  readonly sourceAppid: string;
  readonly reference: string | null;
  readonly request: RegistrationRequest;
  readonly expiresAt: Date | null;
  readonly clientId: string | null;
}

export interface MoveOptions {
  readonly cause: string;
  readonly clientId?: string | null;
  /** Of a transaction of the caller's. */
  readonly manager?: EntityManager;
}

/** How long a replica has a registration to itself while it looks at it: longer than what it asks of WeChat takes. */
const LEASE_MS = 60_000;
/** The answer of a call that cannot be repeated must not be lost because the database stumbles. */
const STORE_ATTEMPTS = 8;

/** `f_wechat_registration`: every write names the revision that it knows, so that of two writers one changes nothing. */
@Injectable()
export class RegistrationRepository {
  constructor(
    readonly dataSource: DataSource,
    private readonly box: SecretBox,
    private readonly journal: RegistrationJournal,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @returns `undefined`: another one for the same subject is open */
  async create(made: NewRegistration): Promise<RegistrationEntity | undefined> {
    const now = new Date(this.clock.now());
    const registrationId = randomBytes(16).toString('hex');
    const { request, ...rest } = made;
    const row: QueryDeepPartialEntity<RegistrationEntity> = {
      ...rest,
      registrationId,
      openKey: made.subjectHash,
      request: this.box.seal(JSON.stringify(request), BINDINGS.registration('request', made.componentAppid, registrationId)),
      // What begins it may be killed before it has.
      nextAt: now,
      begunAt: now,
      createdAt: now,
      updatedAt: now,
    };
    try {
      return await inTransaction(this.dataSource, async (manager) => {
        await manager.getRepository(RegistrationEntity).insert(row);
        const stored = await manager.getRepository(RegistrationEntity).findOneByOrFail({ registrationId });
        await this.journal.remember(manager, stored, { from: null, to: made.state, cause: 'request', clientId: made.clientId });
        return stored;
      });
    } catch (error) {
      if (isDuplicate(error)) return undefined;
      throw error;
    }
  }

  find(registrationId: string): Promise<RegistrationEntity | null> {
    return this.dataSource.getRepository(RegistrationEntity).findOneBy({ registrationId });
  }

  history(row: RegistrationEntity): Promise<RegistrationHistoryEntity[]> {
    return this.dataSource
      .getRepository(RegistrationHistoryEntity)
      .find({ where: { registrationRow: row.rowId }, order: { historyId: 'ASC' }, take: 200 });
  }

  openOf(subjectHash: string): Promise<RegistrationEntity | null> {
    return this.dataSource.getRepository(RegistrationEntity).findOneBy({ openKey: subjectHash });
  }

  requestOf(row: RegistrationEntity): RegistrationRequest {
    const { componentAppid, registrationId, request } = row;
    return JSON.parse(this.box.open(request, BINDINGS.registration('request', componentAppid, registrationId)));
  }

  urlOf(row: RegistrationEntity): string | undefined {
    return this.opened(row, 'authorize_url', row.authorizeUrl);
  }

  ticketOf(row: RegistrationEntity): string | undefined {
    return this.opened(row, 'ticket', row.ticket);
  }

  /**
   * Changes what is known, in the same state.
   * @returns the row as it is now; `undefined`: somebody else has written meanwhile
   */
  async update(row: RegistrationEntity, changes: Changes): Promise<RegistrationEntity | undefined> {
    return this.write(this.dataSource.manager, row, changes);
  }

  /**
   * Moves it, with its history and what subscribers are told, in one transaction. What somebody else has noted in the same state and round
   * meanwhile is no hindrance.
   * @returns the row as it is now; `undefined`: somebody else has moved it meanwhile, or it may not go there any more
   */
  async move(
    row: RegistrationEntity,
    to: RegistrationState,
    changes: Changes,
    options: MoveOptions,
  ): Promise<RegistrationEntity | undefined> {
    for (let known: RegistrationEntity | null = row; known?.state === row.state && known.round === row.round; ) {
      const moved = await this.moveKnown(known, to, changes, options);
      if (moved || !mayMove(row.state, to)) return moved;
      const present: RegistrationEntity | null = await this.dataSource
        .getRepository(RegistrationEntity)
        .findOneBy({ rowId: row.rowId });
      if (present?.revision === known.revision) return undefined;
      known = present;
    }
    return undefined;
  }

  private async moveKnown(
    row: RegistrationEntity,
    to: RegistrationState,
    changes: Changes,
    { cause, clientId = null, manager }: MoveOptions,
  ): Promise<RegistrationEntity | undefined> {
    if (!mayMove(row.state, to)) return undefined;
    const work = async (db: EntityManager) => {
      const moved = await this.write(db, row, changes, to);
      if (moved) await this.journal.remember(db, moved, { from: row.state, to, cause, clientId });
      return moved;
    };
    try {
      return await (manager
        ? work(manager)
        : inTransaction(this.dataSource, work, { attempts: STORE_ATTEMPTS, idempotent: true }));
    } catch (error) {
      // It is to be open again, and another one for the same subject is.
      if (isDuplicate(error) && isOpen(to) && !isOpen(row.state)) return undefined;
      throw error;
    }
  }

  /** Those that are to be looked at. Each is the caller's alone for a while. */
  async claimDue(limit: number): Promise<RegistrationEntity[]> {
    const now = this.clock.now();
    const due = await this.dataSource
      .getRepository(RegistrationEntity)
      .createQueryBuilder('r')
      .where('r.next_at <= :now', { now: new Date(now) })
      .orderBy('r.next_at', 'ASC')
      .take(limit)
      .getMany();
    const claimed: RegistrationEntity[] = [];
    for (const row of due) {
      const own = await this.update(row, { nextAt: new Date(now + LEASE_MS) });
      if (own) claimed.push(own);
    }
    return claimed;
  }

  /** Registrations of a subject that an event may be about: those that are open first, then the newest. */
  async bySubject(subjectHash: string, endedAfter: Date): Promise<RegistrationEntity[]> {
    const rows = await this.dataSource
      .getRepository(RegistrationEntity)
      .createQueryBuilder('r')
      .where('r.subject_hash = :subjectHash AND (r.open_key IS NOT NULL OR r.updated_at >= :endedAfter)', {
        subjectHash,
        endedAfter,
      })
      .orderBy('r.row_id', 'DESC')
      .take(20)
      .getMany();
    return rows.sort((a, b) => Number(b.openKey !== null) - Number(a.openKey !== null));
  }

  /** By WeChat's number, also one that was renewed meanwhile. */
  async byTask(componentAppid: string, taskId: string): Promise<RegistrationEntity | undefined> {
    const [found] = await this.dataSource
      .getRepository(RegistrationEntity)
      .createQueryBuilder('r')
      .where('r.component_appid = :componentAppid', { componentAppid })
      .andWhere(
        '(r.task_id = :taskId OR r.row_id IN (SELECT h.registration_row FROM f_wechat_registrationhistory h WHERE h.task_id = :taskId))',
        { taskId },
      )
      .orderBy('r.row_id', 'DESC')
      .take(1)
      .getMany();
    return found;
  }

  /** In these states, newest first. */
  inStates(
    componentAppid: string,
    states: readonly RegistrationState[],
    ways: readonly RegistrationWay[],
    more: { readonly sourceAppid?: string; readonly appid?: string | null } = {},
  ): Promise<RegistrationEntity[]> {
    const search = this.dataSource
      .getRepository(RegistrationEntity)
      .createQueryBuilder('r')
      .where('r.component_appid = :componentAppid AND r.state IN (:...states) AND r.way IN (:...ways)', {
        componentAppid,
        states,
        ways,
      })
      .orderBy('r.row_id', 'DESC')
      .take(200);
    if (more.sourceAppid !== undefined) search.andWhere('r.source_appid = :source', { source: more.sourceAppid });
    if (more.appid === null) search.andWhere('r.appid IS NULL');
    else if (more.appid !== undefined) search.andWhere('r.appid = :appid', { appid: more.appid });
    return search.getMany();
  }

  private async write(
    db: EntityManager,
    row: RegistrationEntity,
    changes: Changes,
    to: RegistrationState = row.state,
  ): Promise<RegistrationEntity | undefined> {
    const set: QueryDeepPartialEntity<RegistrationEntity> = {
      ...changes,
      ...this.sealed(row, 'authorizeUrl', 'authorize_url', changes.authorizeUrl),
      ...this.sealed(row, 'ticket', 'ticket', changes.ticket),
      state: to,
      openKey: isOpen(to) ? row.subjectHash : null,
      revision: row.revision + 1,
      updatedAt: new Date(this.clock.now()),
    };
    const result = await db
      .createQueryBuilder()
      .update(RegistrationEntity)
      .set(set)
      .where('row_id = :rowId AND revision = :revision', { rowId: row.rowId, revision: row.revision })
      .execute();
    if (result.affected !== 1) return undefined;
    return Object.assign(Object.create(Object.getPrototypeOf(row)), row, set) as RegistrationEntity;
  }

  private sealed(
    { componentAppid, registrationId }: RegistrationEntity,
    member: 'authorizeUrl' | 'ticket',
    column: 'authorize_url' | 'ticket',
    text: string | null | undefined,
  ): QueryDeepPartialEntity<RegistrationEntity> {
    if (text === undefined) return {};
    return { [member]: text && this.box.seal(text, BINDINGS.registration(column, componentAppid, registrationId)) };
  }

  private opened(
    { componentAppid, registrationId }: RegistrationEntity,
    column: 'authorize_url' | 'ticket',
    stored: string | null,
  ): string | undefined {
    return stored ? this.box.open(stored, BINDINGS.registration(column, componentAppid, registrationId)) : undefined;
  }
}
