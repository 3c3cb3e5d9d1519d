import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { RegistrationEntity } from '#persistence';
import { CLOCK, type Clock, DomainError, LOGGER, type Logger } from '#service';
import { GrantService } from '../authorizations/grant.service.js';
import { AuthorizerRepository } from '../authorizers/authorizer.repository.js';
import { ProfileService } from '../authorizers/profile.service.js';
import { SyncService } from '../sync/sync.service.js';
import { AppFinder } from './app-finder.js';
import { nextSettlingMs } from './registration.domain.js';
import { RegistrationRepository } from './registration.repository.js';
import { isConversion, type RegistrationWay, WAYS } from './ways.domain.js';

const MINUTE_MS = 60_000;
/** Events usually come within seconds; a whole list is read only when they did not. */
const SYNC_AFTER_MS = 2 * MINUTE_MS;
/** After that a person has to look. It still moves when the app is authorized. */
const LOOKED_FOR_MS = 30 * 24 * 60 * MINUTE_MS;
const NEW_APPS = (Object.keys(WAYS) as RegistrationWay[]).filter((way) => !isConversion(way));

/** From an app that WeChat has made to an authorizer with tokens. */
@Injectable()
export class RegistrationSettler {
  constructor(
    private readonly registrations: RegistrationRepository,
    private readonly finder: AppFinder,
    private readonly authorizers: AuthorizerRepository,
    private readonly profiles: ProfileService,
    private readonly grants: GrantService,
    private readonly syncs: SyncService,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** WeChat has made it. @param code that its tokens are had for, kept until they are here */
  async created(
    row: RegistrationEntity,
    made: { readonly appid?: string; readonly code?: string; readonly status?: number },
    cause: string,
  ): Promise<RegistrationEntity | undefined> {
    const { appid, code, status } = made;
    // WeChat's answer came first, and did not say which one it is.
    if (row.state === 'created')
      return this.registrations.update(row, { ...(appid ? { appid } : {}), nextAt: new Date(this.clock.now()) });
    return this.registrations.move(
      row,
      'created',
      {
        ...(appid ? { appid } : {}),
        ticket: code ?? null,
        ...(status === undefined ? {} : { wechatStatus: status }),
        attemptedAt: null,
        authorizeUrl: null,
        errcode: null,
        reason: null,
        nextAt: new Date(this.clock.now()),
      },
      { cause },
    );
  }

  /** A conversion, whose app was an authorizer before. */
  async converted(row: RegistrationEntity, cause: string): Promise<RegistrationEntity | undefined> {
    const done = await this.registrations.move(row, 'done', { ...FINISHED, appid: row.sourceAppid }, { cause });
    if (done) await this.profiles.refresh(row.componentAppid, row.sourceAppid).catch(() => {});
    return done;
  }

  /** In the transaction that makes it an authorizer. */
  async authorized(manager: EntityManager, componentAppid: string, appid: string, cause: string): Promise<void> {
    for (const row of await this.registrations.inStates(componentAppid, ['created'], NEW_APPS, { appid }))
      await this.registrations.move(row, 'done', FINISHED, { cause, manager });
  }

  /** One turn of what is `created`. */
  async settle(row: RegistrationEntity, cause: string): Promise<void> {
    const known = row.appid === null ? await this.identify(row) : row;
    const ageMs = this.clock.now() - row.updatedAt.getTime();
    if (known?.appid && (await this.hasTokens(known, known.appid))) {
      const present = await this.registrations.find(row.registrationId);
      if (present?.state === 'created') await this.registrations.move(present, 'done', FINISHED, { cause });
      return;
    }
    const present = await this.registrations.find(row.registrationId);
    if (present?.state !== 'created') return;
    const madeMs = this.clock.now() - (await this.madeAt(present));
    await this.registrations.update(present, {
      reason: present.appid ? CODE_LOST : APP_UNKNOWN,
      nextAt: madeMs > LOOKED_FOR_MS ? null : new Date(this.clock.now() + nextSettlingMs(Math.max(ageMs, madeMs))),
    });
  }

  /** How an authorizer was made, by its profile (authorization.md §5.5). */
  async registerTypeOf(componentAppid: string, appid: string): Promise<number | undefined> {
    const known = await this.authorizers.find(componentAppid, appid);
    return known?.profile ? (JSON.parse(known.profile) as { register_type?: number }).register_type : undefined;
  }

  private async identify(row: RegistrationEntity): Promise<RegistrationEntity | undefined> {
    const appid = await this.finder.find(row);
    if (appid) return this.registrations.update(row, { appid });
    if (this.clock.now() - (await this.madeAt(row)) > SYNC_AFTER_MS)
      // Reads WeChat's list, and the profiles of those that nobody knew. While one runs, this is that one.
      await this.syncs.start(row.componentAppid, null).catch((error: unknown) => {
        this.logger.warn({ event: 'registration.sync-failed', err: error }, 'The list of authorizers could not be asked for');
      });
    return undefined;
  }

  /** By the code that came with it, or as WeChat has it by now. */
  private async hasTokens(row: RegistrationEntity, appid: string): Promise<boolean> {
    const { componentAppid } = row;
    const isActive = async () => (await this.authorizers.credentials(componentAppid, appid))?.state === 'active';
    if (await isActive()) return true;
    const code = this.registrations.ticketOf(row);
    if (code) {
      try {
        await this.grants.accept({ componentAppid, code, source: 'registration', authorizerAppid: appid });
        return true;
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
      }
    }
    return (await this.profiles.adopt(componentAppid, appid)) && isActive();
  }

  private async madeAt(row: RegistrationEntity): Promise<number> {
    const moves = await this.registrations.history(row);
    return (moves.findLast(({ toState }) => toState === 'created')?.at ?? row.updatedAt).getTime();
  }
}

const FINISHED = {
  attemptedAt: null,
  authorizeUrl: null,
  ticket: null,
  errcode: null,
  reason: null,
  nextAt: null,
};

const CODE_LOST =
  'The mini program is made, but its authorization code did not arrive in time: send its administrator an authorization link for this appid.';
const APP_UNKNOWN =
  'The mini program is made, but WeChat has not said which one it is: it is looked for among the accounts that are new to this platform.';
