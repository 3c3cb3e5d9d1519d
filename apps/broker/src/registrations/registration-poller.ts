import { Inject, Injectable } from '@nestjs/common';
import type { RegistrationEntity } from '#persistence';
import { CLOCK, type Clock, DomainError, LOGGER, type Logger, Periodic } from '#service';
import { ERRCODE, WechatApiError } from '#wechat';
import { AuthorizerRepository } from '../authorizers/authorizer.repository.js';
import { ProfileService } from '../authorizers/profile.service.js';
import { AppFinder } from './app-finder.js';
import { GRACE_MS, MAKING_GRACE_MS, nextLookMs } from './registration.domain.js';
import { RegistrationRepository } from './registration.repository.js';
import { type Looked, RegistrationCalls } from './registration-calls.js';
import { RegistrationRunner } from './registration-runner.js';
import { RegistrationSettler } from './registration-settler.js';
import { RegistrationSubmitter } from './registration-submitter.js';
import { isConversion } from './ways.domain.js';

const EVERY_MS = 2_000;
const AT_ONCE = 20;
const CAUSE = 'poller';
/** `service_type` of a trial (registration.md §4). */
const TRIAL = 12;
/** Everything is checked, and WeChat makes the app. */
const MAKING: ReadonlySet<number> = new Set([10, 13]);

/** Does what events miss: begins what was interrupted, asks WeChat for what is open, ends what is over. */
@Injectable()
export class RegistrationPoller {
  constructor(
    private readonly registrations: RegistrationRepository,
    private readonly calls: RegistrationCalls,
    private readonly runner: RegistrationRunner,
    private readonly submitter: RegistrationSubmitter,
    private readonly settler: RegistrationSettler,
    private readonly finder: AppFinder,
    private readonly authorizers: AuthorizerRepository,
    private readonly profiles: ProfileService,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly periodic: Periodic,
  ) {
    periodic.every('registrations.poll', EVERY_MS, () => this.poll(), 'later');
  }

  /** All that is due now. */
  async poll(): Promise<void> {
    while (!this.periodic.isStopping) {
      const rows = await this.registrations.claimDue(AT_ONCE);
      await Promise.all(rows.map((row) => this.turn(row)));
      if (rows.length < AT_ONCE) return;
    }
  }

  /** A failure of one is nothing of the others: it has been claimed for a while, and comes again. */
  private async turn(row: RegistrationEntity): Promise<void> {
    try {
      await this.look(row, CAUSE);
    } catch (error) {
      const known = error instanceof DomainError || error instanceof WechatApiError;
      this.logger[known ? 'info' : 'warn'](
        {
          event: 'registration.look-failed',
          registration: row.registrationId,
          ...(known ? { problem: error.message } : { err: error }),
        },
        'A registration could not be looked at; will try again',
      );
    }
  }

  /** One turn, whoever asks for it. */
  async look(row: RegistrationEntity, cause: string): Promise<void> {
    switch (row.state) {
      case 'preparing':
        await this.runner.begin(row, cause);
        return;
      case 'submitting':
        return this.submitter.resume(row, cause);
      case 'created':
        return this.settler.settle(row, cause);
      case 'waiting':
        return this.waiting(row, cause);
      default:
        await this.registrations.update(row, { nextAt: null });
    }
  }

  private async waiting(row: RegistrationEntity, cause: string): Promise<void> {
    if (isConversion(row.way) && row.way !== 'trial-to-personal' && (await this.isConverted(row)))
      return void (await this.settler.converted(row, cause));
    const looked = await this.ask(row);
    if (looked === 'unknown') return this.end(row, 'failed', TASK_UNKNOWN, cause);
    if (looked?.outcome === 'created') return this.made(row, looked, cause);
    if (looked?.outcome === 'ended')
      return this.end(row, 'failed', `status ${looked.status}: ${looked.en}`, cause, looked.status);
    const found = row.way === 'trial' ? await this.finder.find(row) : undefined;
    if (found) return void (await this.created(row, { appid: found }, cause));
    if (this.isOver(row, looked)) return this.end(row, 'expired', NOBODY_ACTED, cause, looked?.status);
    const now = this.clock.now();
    await this.registrations.update(row, {
      wechatStatus: looked?.status ?? row.wechatStatus,
      nextAt: new Date(now + nextLookMs(now - row.begunAt.getTime())),
    });
  }

  private async made(row: RegistrationEntity, { status }: Looked, cause: string): Promise<void> {
    if (isConversion(row.way)) return void (await this.settler.converted(row, cause));
    await this.created(row, status === undefined ? {} : { status }, cause);
  }

  private async created(row: RegistrationEntity, made: { appid?: string; status?: number }, cause: string): Promise<void> {
    const now = await this.settler.created(row, made, cause);
    if (now) await this.settler.settle(now, cause);
  }

  /** @returns `unknown`: WeChat does not know the task any more */
  private async ask(row: RegistrationEntity): Promise<Looked | 'unknown' | undefined> {
    try {
      return await this.calls.query(row);
    } catch (error) {
      // One page says "not found", another "inner error": only after its end it counts as the former (registration.md §7).
      if (!(error instanceof WechatApiError) || error.errcode !== ERRCODE.REGISTRATION_NOT_FOUND) throw error;
      return this.isOver(row, undefined) ? 'unknown' : undefined;
    }
  }

  private async isConverted({ componentAppid, sourceAppid }: RegistrationEntity): Promise<boolean> {
    await this.profiles.refresh(componentAppid, sourceAppid);
    const known = await this.authorizers.find(componentAppid, sourceAppid);
    const profile = known?.profile ? (JSON.parse(known.profile) as { service_type_info?: { id?: number } }) : undefined;
    const id = profile?.service_type_info?.id;
    return id !== undefined && id !== TRIAL;
  }

  private isOver({ expiresAt }: RegistrationEntity, looked: Looked | undefined): boolean {
    if (expiresAt === null) return false;
    const grace = looked?.status !== undefined && MAKING.has(looked.status) ? MAKING_GRACE_MS : GRACE_MS;
    return this.clock.now() > expiresAt.getTime() + grace;
  }

  private async end(
    row: RegistrationEntity,
    to: 'failed' | 'expired',
    reason: string,
    cause: string,
    status?: number,
  ): Promise<void> {
    await this.registrations.move(
      row,
      to,
      { reason, authorizeUrl: null, ticket: null, nextAt: null, ...(status === undefined ? {} : { wechatStatus: status }) },
      { cause },
    );
  }
}

const NOBODY_ACTED = 'Nobody finished it on WeChat’s page in time. Renew it, and send the address of the page again.';
const TASK_UNKNOWN = 'WeChat does not know this task any more. Renew it.';
