import { Inject, Injectable } from '@nestjs/common';
import type { RegistrationEntity } from '#persistence';
import { CLOCK, type Clock } from '#service';
import { ERRCODE, WechatApiError } from '#wechat';
import { AppFinder } from './app-finder.js';
import { GRACE_MS, LINK_LIFE_MS, UNCLEAR_MS } from './registration.domain.js';
import { RegistrationRepository } from './registration.repository.js';
import { RegistrationCalls, type Submitted } from './registration-calls.js';
import { RegistrationRunner, type Turn } from './registration-runner.js';
import { RegistrationSettler } from './registration-settler.js';

/** Events and WeChat's list may be late; only when neither shows an app the call is repeated (registration.md §6). */
const LOOKS_BEFORE_MS = 5 * UNCLEAR_MS;
/** With the same ticket. */
const MOST_CALLS = 2;

const PERHAPS_MADE =
  'WeChat took the consent of the administrator, and its answer was lost: the mini program is looked for among the new accounts.';
const NOT_FOUND =
  'WeChat’s answer was lost, and no mini program of this official account has appeared. Renew it; the administrator agrees once more.';

/** Uses the consent of an official account's administrator, once. */
@Injectable()
export class RegistrationSubmitter {
  constructor(
    private readonly registrations: RegistrationRepository,
    private readonly calls: RegistrationCalls,
    private readonly runner: RegistrationRunner,
    private readonly settler: RegistrationSettler,
    private readonly finder: AppFinder,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * The consent, stored before it is used.
   * @returns `undefined`: nobody waits for it any more
   */
  async consented(row: RegistrationEntity, ticket: string, cause: string): Promise<Turn | undefined> {
    const now = new Date(this.clock.now());
    const changes = {
      ticket,
      authorizeUrl: null,
      step: 1,
      attempts: 0,
      attemptedAt: null,
      nextAt: now,
      errcode: null,
      reason: null,
    };
    const held = await this.registrations.move(row, 'submitting', changes, { cause });
    return held && this.submit(held, cause);
  }

  /** One turn of what is `submitting`. */
  async resume(row: RegistrationEntity, cause: string): Promise<void> {
    if (this.runner.isUnderWay(row)) return;
    if (row.attemptedAt !== null && row.way === 'account') {
      const appid = await this.finder.find(row);
      if (appid) {
        const made = await this.settler.created(row, { appid }, cause);
        if (made) await this.settler.settle(made, cause);
        return;
      }
      const silentMs = this.clock.now() - row.attemptedAt.getTime();
      if (silentMs < LOOKS_BEFORE_MS || row.attempts > MOST_CALLS) return this.keepLooking(row, silentMs, cause);
    }
    await this.submit(row, cause);
  }

  /** The app may have been made although nobody said so: it is looked for as long as an event may be late. */
  private async keepLooking(row: RegistrationEntity, silentMs: number, cause: string): Promise<void> {
    if (silentMs > LINK_LIFE_MS) {
      await this.registrations.move(
        row,
        'failed',
        { attemptedAt: null, ticket: null, nextAt: null, reason: NOT_FOUND },
        { cause },
      );
      return;
    }
    await this.registrations.update(row, { nextAt: new Date(this.clock.now() + Math.max(UNCLEAR_MS, silentMs / 10)) });
  }

  private async submit(row: RegistrationEntity, cause: string): Promise<Turn> {
    const ticket = this.registrations.ticketOf(row);
    const wasUnclear = row.attemptedAt !== null;
    const sent = ticket === undefined ? undefined : await this.runner.intend(row);
    if (!sent || ticket === undefined) return { row };
    try {
      const submitted = await this.calls.submit(sent, this.registrations.requestOf(sent), ticket);
      return { row: await this.concluded(sent, submitted, cause) };
    } catch (error) {
      const refused = error instanceof WechatApiError && !error.maybeExecuted ? error.errcode : undefined;
      if (wasUnclear && row.way === 'account' && refused === ERRCODE.ACCOUNT_TICKET_INVALID) {
        // It was used, then: by the call that had no answer.
        const used = await this.registrations.update(sent, { attempts: MOST_CALLS + 1, reason: PERHAPS_MADE });
        return { row: used ?? sent };
      }
      // The second of two administrators may have been asked by the call that had no answer.
      if (wasUnclear && row.way === 'trial-to-account' && refused !== undefined)
        return { row: await this.asked(sent, undefined, cause) };
      return this.runner.refused(sent, error, wasUnclear, cause, () => this.asked(sent, undefined, cause));
    }
  }

  private async concluded(row: RegistrationEntity, submitted: Submitted, cause: string): Promise<RegistrationEntity> {
    if (submitted.kind === 'asked') return this.asked(row, submitted.url, cause);
    const { appid, code } = submitted;
    const made = await this.settler.created(row, { appid, ...(code === undefined ? {} : { code }) }, cause);
    if (!made) return (await this.registrations.find(row.registrationId)) ?? row;
    await this.settler.settle(made, cause);
    return (await this.registrations.find(row.registrationId)) ?? made;
  }

  private async asked(row: RegistrationEntity, url: string | undefined, cause: string): Promise<RegistrationEntity> {
    const now = this.clock.now();
    const changes = {
      authorizeUrl: url ?? null,
      ticket: null,
      step: 2,
      attemptedAt: null,
      expiresAt: new Date(now + LINK_LIFE_MS),
      nextAt: new Date(now + GRACE_MS),
      errcode: null,
      reason: null,
    };
    const moved = await this.registrations.move(row, 'waiting', changes, { cause });
    return moved ?? (await this.registrations.find(row.registrationId)) ?? row;
  }
}
