import { Inject, Injectable } from '@nestjs/common';
import type { RegistrationEntity } from '#persistence';
import { CLOCK, type Clock, DomainError, LOGGER, type Logger, PROBLEMS } from '#service';
import { ERRCODE, WechatApiError } from '#wechat';
import { type AfterRefusal, afterRefusal, mayTryAgain } from './refusal.domain.js';
import { LINK_LIFE_MS, UNCLEAR_MS } from './registration.domain.js';
import { RegistrationRepository } from './registration.repository.js';
import { type Begun, RegistrationCalls } from './registration-calls.js';

/** What came of a turn: the row as it is now, and what WeChat refused, if it did. */
export interface Turn {
  readonly row: RegistrationEntity;
  readonly refusal?: WechatApiError | DomainError;
}

const RETRY_MS = 60_000;
const NOBODY_ANSWERS =
  'WeChat has not answered several times; whether it began something is unknown. Nothing more is sent: renew it.';

/**
 * The calls that begin something at WeChat, which knows no idempotency key: remember that it is sent, send it, store what it gave. A call
 * whose answer is not stored is sent again only when nothing can be under way any more; a task whose address nobody was shown ends by itself.
 */
@Injectable()
export class RegistrationRunner {
  constructor(
    private readonly registrations: RegistrationRepository,
    private readonly calls: RegistrationCalls,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Has WeChat begin it. Of several at the same time one does. */
  async begin(row: RegistrationEntity, cause: string): Promise<Turn> {
    if (row.state !== 'preparing' || this.isUnderWay(row)) return { row };
    const wasUnclear = row.attemptedAt !== null;
    if (wasUnclear && !mayTryAgain(row.attempts)) return { row: await this.giveUp(row, cause) };
    const sent = await this.intend(row);
    if (!sent) return { row: await this.again(row) };
    try {
      const begun = await this.calls.begin(sent, this.registrations.requestOf(sent));
      return { row: await this.begun(sent, begun, cause) };
    } catch (error) {
      return this.refused(sent, error, wasUnclear, cause, (changes) => this.begun(sent, changes, cause));
    }
  }

  /** The intent, before the call. @returns `undefined`: somebody else is at it */
  intend(row: RegistrationEntity): Promise<RegistrationEntity | undefined> {
    const now = this.clock.now();
    return this.registrations.update(row, {
      attempts: row.attempts + 1,
      attemptedAt: new Date(now),
      nextAt: new Date(now + UNCLEAR_MS + 1_000),
    });
  }

  /** A call that was sent just now may still be answered. */
  isUnderWay({ attemptedAt }: RegistrationEntity): boolean {
    return attemptedAt !== null && attemptedAt.getTime() + UNCLEAR_MS > this.clock.now();
  }

  async refused(
    row: RegistrationEntity,
    error: unknown,
    wasUnclear: boolean,
    cause: string,
    hasTask: (begun: Begun) => Promise<RegistrationEntity>,
  ): Promise<Turn> {
    if (error instanceof DomainError) return this.notSent(row, error, cause);
    if (!(error instanceof WechatApiError)) throw error;
    const now = this.clock.now();
    const after = afterRefusal(error, {
      way: row.way,
      attempts: row.attempts,
      wasUnclear,
      ageMs: now - row.begunAt.getTime(),
      nowMs: now,
    });
    this.logger.info(
      { event: 'registration.refused', registration: row.registrationId, way: row.way, errcode: error.errcode, ...after },
      'WeChat did not do a step of a registration',
    );
    if (after.next === 'has-task') return { row: await hasTask({}) };
    return { row: await this.settle(row, error, after, cause), refusal: error };
  }

  private async settle(row: RegistrationEntity, error: WechatApiError, after: AfterRefusal, cause: string) {
    const told = { errcode: error.errcode ?? null, reason: reasonOf(error) };
    if (after.next === 'unclear') return (await this.registrations.update(row, told)) ?? this.again(row);
    const clear = { ...told, attemptedAt: null };
    if (after.next === 'again')
      return (
        (await this.registrations.update(row, {
          ...clear,
          // What passes by itself says nothing of how often it may be sent without an answer.
          attempts: error.reaction === 'retry' ? row.attempts : 0,
          nextAt: new Date(after.atMs),
        })) ?? this.again(row)
      );
    // A ticket that WeChat does not take ends nothing: the administrator may scan again.
    if (row.state === 'submitting' && row.way === 'account' && error.errcode === ERRCODE.ACCOUNT_TICKET_INVALID)
      return (
        (await this.registrations.move(row, 'waiting', { ...clear, ticket: null, nextAt: row.expiresAt }, { cause })) ??
        this.again(row)
      );
    return (await this.registrations.move(row, 'failed', { ...clear, nextAt: null }, { cause })) ?? this.again(row);
  }

  /** Without a token, or without the leave of a second person: WeChat knows nothing of it. */
  private async notSent(row: RegistrationEntity, error: DomainError, cause: string): Promise<Turn> {
    const told = {
      attemptedAt: null,
      attempts: row.attempts - 1,
      errcode: error.extras.wechat?.errcode ?? null,
      reason: error.detail.slice(0, 512),
    };
    const passes = PROBLEMS[error.code].status === 503;
    const now =
      (passes
        ? await this.registrations.update(row, { ...told, nextAt: new Date(this.clock.now() + RETRY_MS) })
        : await this.registrations.move(row, 'failed', { ...told, nextAt: null }, { cause })) ?? (await this.again(row));
    return { row: now, refusal: error };
  }

  private async begun(row: RegistrationEntity, { taskId, url, status }: Begun, cause: string): Promise<RegistrationEntity> {
    const now = this.clock.now();
    const changes = {
      ...(taskId === undefined ? {} : { taskId }),
      authorizeUrl: url ?? null,
      wechatStatus: status ?? null,
      attemptedAt: null,
      expiresAt: new Date(now + LINK_LIFE_MS),
      nextAt: new Date(now + 20_000),
      errcode: null,
      reason: null,
    };
    const moved = await this.registrations.move(row, 'waiting', changes, { cause });
    if (moved) return moved;
    // An event was faster, or it was looked at meanwhile: what WeChat gave is stored if it is still wanted.
    const present = await this.again(row);
    const same = present.state === 'preparing' && present.attemptedAt?.getTime() === row.attemptedAt?.getTime();
    return (same ? await this.registrations.move(present, 'waiting', changes, { cause }) : undefined) ?? present;
  }

  private async giveUp(row: RegistrationEntity, cause: string): Promise<RegistrationEntity> {
    const changes = { attemptedAt: null, nextAt: null, reason: NOBODY_ANSWERS };
    return (await this.registrations.move(row, 'failed', changes, { cause })) ?? this.again(row);
  }

  private async again(row: RegistrationEntity): Promise<RegistrationEntity> {
    return (await this.registrations.find(row.registrationId)) ?? row;
  }
}

/** What people read: WeChat's words have its rid, ours say what to do. */
export const reasonOf = ({ errcode, remedy, rid }: WechatApiError): string =>
  `${errcode === undefined ? 'no answer of WeChat' : `errcode ${errcode}`}: ${remedy.en}${rid ? ` (rid ${rid})` : ''}`.slice(
    0,
    512,
  );
