import { Injectable } from '@nestjs/common';
import { type Effect, InboxConsumer, type InboxEvent } from '#inbox';
import { DomainError } from '#service';
import { type EventOf, isReleaseCheckAppid, WechatApiError, type WechatEvent } from '#wechat';
import { type GrantDelivery, GrantService, isSpentCode } from '../authorizations/grant.service.js';
import { LaunchService } from '../authorizations/launch.service.js';
import { VisitRepository } from '../authorizations/visit.repository.js';
import { CancellationService } from '../authorizers/cancellation.service.js';
import { ProfileService } from '../authorizers/profile.service.js';
import { CertificationEvents } from '../certifications/certification-events.js';
import { FilingEvents } from '../filings/filing-events.js';
import { RegistrationEvents } from '../registrations/registration-events.js';
import { RegistrationSettler } from '../registrations/registration-settler.js';
import { componentToken } from '../tokens/token.domain.js';
import { TokenService } from '../tokens/token.service.js';

/** When something happened, as its event says; `doubtful`: it says a time that had not come yet when it arrived. */
interface ToldTime {
  readonly at: Date;
  readonly doubtful: boolean;
}

/** What the clocks of WeChat, ingestion and the database may be apart. */
const TOLERANCE_MS = 5 * 60_000;

function timeOf({ createTime }: WechatEvent, receivedAt: Date): ToldTime {
  const [toldMs, arrivedMs] = [createTime * 1_000, receivedAt.getTime()];
  return { at: new Date(Math.min(toldMs, arrivedMs)), doubtful: toldMs > arrivedMs + TOLERANCE_MS };
}

/** What the broker does with events. Each has its effect once; events come twice, late, and in any order. */
@Injectable()
export class EventsService {
  constructor(
    private readonly inbox: InboxConsumer,
    private readonly grants: GrantService,
    private readonly visits: VisitRepository,
    private readonly launches: LaunchService,
    private readonly cancellations: CancellationService,
    private readonly tokens: TokenService,
    private readonly filings: FilingEvents,
    private readonly registrations: RegistrationEvents,
    private readonly registeredApps: RegistrationSettler,
    private readonly profiles: ProfileService,
    private readonly certifications: CertificationEvents,
  ) {}

  /** @throws when it should be tried again */
  async handle(eventId: string): Promise<void> {
    await this.inbox.consumeOnce('broker', eventId, (inboxEvent) => this.act(inboxEvent));
  }

  private async act(inboxEvent: InboxEvent): Promise<Effect> {
    const { componentAppid, event } = inboxEvent;
    const told = timeOf(event, inboxEvent.receivedAt);
    switch (event.kind) {
      case 'component_verify_ticket':
        // Ingestion has stored it. Whoever waited for a ticket may try again now.
        await this.tokens.forgetFailures(componentToken(componentAppid));
        return DONE;
      case 'authorized':
      case 'updateauthorized':
        return this.granted(inboxEvent, event, told.at);
      case 'unauthorized': {
        if (isReleaseCheckAppid(event.AuthorizerAppid)) return RELEASE_CHECK;
        const ended = await this.cancellations.accept(componentAppid, event.AuthorizerAppid, told.at, {
          doubtful: told.doubtful,
          alongside: (manager) => inboxEvent.conclude(manager, DONE),
        });
        return ended ? DONE : { state: 'skipped', note: 'unknown here, or older than the present authorization' };
      }
      case 'notify_third_fasteregister':
        return this.registered(inboxEvent, event, told.at);
      case 'notify_icpfiling_verify_result':
        return this.filings.checked(inboxEvent, event);
      case 'notify_apply_icpfiling_result':
        return this.filings.decided(inboxEvent, event);
      case 'notify_third_fastregisterbetaapp':
        return this.registrations.trialMade(inboxEvent, event);
      case 'notify_third_fastverifybetaapp':
        return this.registrations.converted(inboxEvent, event);
      case 'betaapp_authorization_apply_event':
        return this.registrations.accountAgreed(inboxEvent, event);
      case 'betaapp_verify_event':
        return this.registrations.accountVerified(inboxEvent, event);
      case 'wxa_nickname_audit':
        return this.renamed(inboxEvent, event);
      case 'notify_3rd_wxa_auth':
        return this.certifications.order(inboxEvent, event);
      case 'notify_3rd_wxa_auth_and_icp':
        return this.certifications.both(inboxEvent, event);
      case 'notify_3rd_wxa_wxverify':
        return this.certifications.ending(inboxEvent, event);
      default:
        return { state: 'skipped', note: 'nothing to do here' };
    }
  }

  /** What the event says may be older than what WeChat has: the name is read from WeChat. */
  private async renamed({ componentAppid, authorizerAppid }: InboxEvent, event: EventOf<'wxa_nickname_audit'>): Promise<Effect> {
    if (event.ret !== NAME_PASSED) return { state: 'skipped', note: 'the name stays as it was' };
    if (authorizerAppid === null) return { state: 'skipped', note: 'of an account that is not known here' };
    try {
      await this.profiles.refresh(componentAppid, authorizerAppid);
    } catch (error) {
      if (!(error instanceof WechatApiError) || error.concerns === 'everybody' || error.concerns === 'component') throw error;
      return { state: 'failed', note: `WeChat gave no profile: ${error.message}`.slice(0, 512) };
    }
    return DONE;
  }

  private async granted(
    inboxEvent: InboxEvent,
    event: EventOf<'authorized'> | EventOf<'updateauthorized'>,
    grantedAt: Date,
  ): Promise<Effect> {
    const { componentAppid } = inboxEvent;
    if (isReleaseCheckAppid(event.AuthorizerAppid)) return RELEASE_CHECK;
    const visitId = event.PreAuthCode ? await this.visitOf(componentAppid, event.PreAuthCode, event.AuthorizerAppid) : undefined;
    const effect = await this.accept(inboxEvent, {
      componentAppid,
      code: event.AuthorizationCode,
      source: 'push',
      authorizerAppid: event.AuthorizerAppid,
      grantedAt,
      visitId,
    });
    await this.registrations.authorized(componentAppid, event.AuthorizerAppid, event.kind);
    return effect;
  }

  /**
   * What the merchant allowed is taken in any case; but not as a use of a link that was used up, revoked or over meanwhile, or that is for
   * another account (see `LaunchService.arrive`).
   */
  private async visitOf(componentAppid: string, preAuthCode: string, authorizerAppid: string): Promise<string | undefined> {
    const visit = await this.visits.byPreAuthCode(componentAppid, preAuthCode);
    const link = visit && (await this.visits.link(visit.linkId));
    if (!visit || !link || (link.bizAppid !== null && link.bizAppid !== authorizerAppid)) return undefined;
    const held = await this.launches.hold(visit.visitId);
    return held === 'held' || held === 'counted' ? visit.visitId : undefined;
  }

  /** A quickly registered mini program comes with a code of its own. */
  private async registered(
    inboxEvent: InboxEvent,
    event: EventOf<'notify_third_fasteregister'>,
    grantedAt: Date,
  ): Promise<Effect> {
    const { appid, auth_code: code, status } = event;
    const { componentAppid } = inboxEvent;
    if (status !== 0 || !appid) return this.registrations.refused(componentAppid, event);
    await this.registrations.made(componentAppid, event);
    if (!code) return { state: 'skipped', note: 'no authorization code came with it' };
    return this.accept(inboxEvent, { componentAppid, code, source: 'registration', authorizerAppid: appid, grantedAt });
  }

  /** A code that WeChat will never take again is no reason to try again. */
  private async accept(inboxEvent: InboxEvent, delivery: GrantDelivery): Promise<Effect> {
    try {
      const { exchanged } = await this.grants.accept({
        ...delivery,
        alongside: async (manager) => {
          if (delivery.authorizerAppid)
            await this.registeredApps.authorized(manager, delivery.componentAppid, delivery.authorizerAppid, inboxEvent.kind);
          await inboxEvent.conclude(manager, DONE);
        },
      });
      if (!exchanged && delivery.authorizerAppid)
        await this.registrations.authorized(delivery.componentAppid, delivery.authorizerAppid, inboxEvent.kind);
      return exchanged ? DONE : { state: 'skipped', note: 'this grant was processed already' };
    } catch (error) {
      const errcode = error instanceof DomainError ? error.extras.wechat?.errcode : undefined;
      if (error instanceof DomainError && (error.code === 'conflict' || isSpentCode(errcode)))
        return { state: 'failed', note: error.detail };
      throw error;
    }
  }
}

/** `ret` of `wxa_nickname_audit`; 2 is failed (authorization.md §3.2). */
const NAME_PASSED = 3;

const DONE: Effect = { state: 'done' };

/** WeChat's own check of the platform: no tenants are made of its accounts. */
const RELEASE_CHECK: Effect = { state: 'skipped', note: 'an account of the release check' };
