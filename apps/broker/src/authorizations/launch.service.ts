import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { AuthorizationLinkEntity } from '#persistence';
import { BINDINGS, SecretBox } from '#persistence';
import { CLOCK, type Clock, ComponentRegistry, DomainError, monotonicMs } from '#service';
import { type AuthType, type PermissionSet, WechatApi, WechatUrls } from '#wechat';
import { AuthorizerRepository } from '../authorizers/authorizer.repository.js';
import { BrokerConfig } from '../config/broker.config.js';
import { componentToken } from '../tokens/token.domain.js';
import { TokenService } from '../tokens/token.service.js';
import { withToken } from '../tokens/with-token.js';
import { ExclusiveSets } from './exclusive-sets.service.js';
import { type GrantOutcome, GrantService } from './grant.service.js';
import type { Brand, Browser } from './pages.domain.js';
import { returnUrl } from './return-url.domain.js';
import { type Hold, isClosed, isVisitOf, VisitRepository } from './visit.repository.js';

export type LinkState = 'open' | 'unknown' | 'revoked' | 'expired' | 'used';

/**
 * Why a browser that WeChat sent back goes no further. `unknown-visit`: there is none, or it was closed · `used-code`: its code was exchanged
 * before, and not for this visit · `other-account`: the link is for another one · `ended`: the merchant has cancelled meanwhile ·
 * `returned`: it was sent on to the client before · `other-browser`: authorized, but this is not the browser that opened the page.
 */
export type NoArrival =
  | Exclude<Hold, 'held' | 'counted' | 'busy'>
  | 'unknown-visit'
  | 'used-code'
  | 'other-account'
  | 'ended'
  | 'returned'
  | 'other-browser';

export interface Launch {
  readonly href: string;
  /** Seconds until the pre-auth code in it ends. */
  readonly expiresInS: number;
  /** What the merchant may take from another provider by it. */
  readonly exclusive: readonly PermissionSet[];
  readonly brand: Brand;
}

export interface Arrival {
  readonly authorizerAppid: string;
  readonly nickName: string | undefined;
  readonly brand: Brand;
  /** Where the browser goes next, if the client asked for it. */
  readonly returnTo: string | undefined;
}

/** Longer than one exchange takes. */
const HOLD_WAIT_MS = 20_000;

/** Visits of the launch page and their return. */
@Injectable()
export class LaunchService {
  private readonly base: string;
  /** Whether merchants come by https: everywhere but on a laptop. */
  readonly isSecure: boolean;

  constructor(
    private readonly visits: VisitRepository,
    private readonly grants: GrantService,
    private readonly authorizers: AuthorizerRepository,
    private readonly components: ComponentRegistry,
    private readonly tokens: TokenService,
    private readonly wechat: WechatApi,
    private readonly urls: WechatUrls,
    private readonly box: SecretBox,
    private readonly exclusive: ExclusiveSets,
    config: BrokerConfig,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.base = config.PUBLIC_BASE_URL.replace(/\/$/, '');
    this.isSecure = this.base.startsWith('https:');
  }

  async link(linkId: string): Promise<{ link: AuthorizationLinkEntity | undefined; state: LinkState }> {
    const link = /^[0-9a-f]{32}$/.test(linkId) ? await this.visits.link(linkId) : null;
    if (!link || !this.components.find(link.componentAppid)) return { link: undefined, state: 'unknown' };
    if (link.isWithdrawn) return { link, state: 'revoked' };
    if (link.expiresAt.getTime() <= this.clock.now()) return { link, state: 'expired' };
    return { link, state: link.uses >= link.maxUses ? 'used' : 'open' };
  }

  /** A pre-auth code of its own for this visit: a code works once, and scanning it already counts. */
  async begin(link: AuthorizationLinkEntity, browser: Browser, browserId: string): Promise<Launch> {
    const { componentAppid, linkId } = link;
    const answer = await withToken(this.tokens, componentToken(componentAppid), (token) =>
      this.wechat.component.apiCreatePreauthcode(token, { component_appid: componentAppid }),
    );
    const visitId = VisitRepository.newId();
    await this.visits.create({
      visitId,
      preAuthCode: answer.pre_auth_code,
      componentAppid,
      linkId,
      expiresInS: answer.expires_in,
      browserId,
    });
    const params = {
      componentAppid,
      preAuthCode: answer.pre_auth_code,
      redirectUri: `${this.base}/authorize/callback?visit=${visitId}`,
      authType: link.authType as AuthType,
      ...(link.bizAppid ? { bizAppid: link.bizAppid } : {}),
      ...(link.categoryIdList ? { categoryIdList: link.categoryIdList.split('|').map(Number) } : {}),
    };
    return {
      href: browser === 'wechat' ? this.urls.authorizationPageH5(params) : this.urls.authorizationPagePc(params),
      expiresInS: answer.expires_in,
      exclusive: await this.exclusive.of(link),
      brand: this.brand(componentAppid),
    };
  }

  /**
   * @param browserId of the browser that comes back; `undefined`: it never opened a launch page, or keeps no cookies
   * @throws DomainError
   */
  async arrive(visitId: string, code: string, browserId: string | undefined): Promise<Arrival | NoArrival> {
    const visit = /^[0-9a-f]{32}$/.test(visitId) ? await this.visits.byId(visitId) : null;
    if (!visit || isClosed(visit)) return 'unknown-visit';
    if (visit.usedAt === null) {
      const held = await this.hold(visitId);
      if (held !== 'held' && held !== 'counted') return held;
      if (held === 'held' && (await this.accept(visit.componentAppid, visitId, code)).elsewhere) return 'used-code';
    }
    return this.arrived(visitId, browserId);
  }

  /**
   * Keeps one use of the link for a visit; while others hold what is left, their end is waited for.
   * @throws DomainError `unavailable` when it takes too long
   */
  async hold(visitId: string): Promise<Exclude<Hold, 'busy'>> {
    const deadline = monotonicMs() + HOLD_WAIT_MS;
    for (;;) {
      const held = await this.visits.hold(visitId);
      if (held !== 'busy') return held;
      if (monotonicMs() >= deadline)
        throw new DomainError('unavailable', 'Others are authorizing by the same link; try again.', { retryAfterS: 5 });
      await sleep(250);
    }
  }

  private async accept(componentAppid: string, visitId: string, code: string): Promise<GrantOutcome> {
    try {
      const outcome = await this.grants.accept({ componentAppid, code, source: 'callback', visitId });
      if (outcome.elsewhere) await this.visits.letGo(visitId);
      return outcome;
    } catch (error) {
      if (error instanceof DomainError && (error.code === 'wechat-refused' || error.code === 'conflict')) {
        await this.visits.refused(visitId);
        await this.visits.letGo(visitId);
      }
      throw error;
    }
  }

  /** What the rows say now that the grant is stored: whether it counted, for whom, and whether it still stands. */
  private async arrived(visitId: string, browserId: string | undefined): Promise<Arrival | NoArrival> {
    const visit = await this.visits.byId(visitId);
    const link = visit && (await this.visits.link(visit.linkId));
    if (!visit || !link) return 'unknown-visit';
    if (link.isWithdrawn) return 'revoked';
    if (visit.usedAt === null || visit.authorizerAppid === null) {
      await this.visits.letGo(visitId);
      return link.bizAppid !== null && link.uses < link.maxUses ? 'other-account' : 'used';
    }
    const authorizer = await this.authorizers.find(visit.componentAppid, visit.authorizerAppid);
    if (!authorizer || authorizer.state === 'cancelled') return 'ended';
    const { authorizerAppid, nickName } = authorizer;
    const arrival = { authorizerAppid, nickName: nickName ?? undefined, brand: this.brand(visit.componentAppid) };
    if (!link.returnUrl || !link.returnSecret) return { ...arrival, returnTo: undefined };
    // Somebody else's finished consent must not sign this browser in at the client.
    if (!isVisitOf(visit, browserId)) return 'other-browser';
    const at = await this.visits.returned(visitId);
    return at === undefined ? 'returned' : { ...arrival, returnTo: this.returnTo(link, authorizerAppid, at) };
  }

  private brand(componentAppid: string): Brand {
    const component = this.components.find(componentAppid);
    return { name: component?.name, company: component?.company, contact: component?.contact, logo: component?.logoUrl };
  }

  /** The link a visit came from, for "try again". */
  async linkOfVisit(visitId: string): Promise<string | undefined> {
    const visit = /^[0-9a-f]{32}$/.test(visitId) ? await this.visits.byId(visitId) : null;
    return visit?.linkId;
  }

  private returnTo(link: AuthorizationLinkEntity, authorizerAppid: string, atS: number): string {
    return returnUrl(link.returnUrl!, this.box.open(link.returnSecret!, BINDINGS.returnSecret(link.linkId)), {
      component_appid: link.componentAppid,
      authorizer_appid: authorizerAppid,
      link_id: link.linkId,
      result: 'authorized',
      ...(link.state === null ? {} : { state: link.state }),
      timestamp: String(atS),
    });
  }
}
