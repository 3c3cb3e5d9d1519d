import { Inject, Injectable } from '@nestjs/common';
import type { AuthorizationLinkEntity } from '#persistence';
import { SecretBox } from '#persistence';
import { CLOCK, type Clock, ComponentRegistry, DomainError } from '#service';
import { type AuthType, WechatApi, WechatUrls } from '#wechat';
import { AuthorizerRepository } from '../authorizers/authorizer.repository.js';
import { BrokerConfig } from '../broker.config.js';
import { componentToken } from '../tokens/token.domain.js';
import { TokenService } from '../tokens/token.service.js';
import { withToken } from '../tokens/with-token.js';
import { GrantService } from './grant.service.js';
import type { Browser } from './pages.domain.js';
import { returnUrl } from './return-url.domain.js';
import { isClosed, isTooMany, VisitRepository } from './visit.repository.js';

export type LinkState = 'open' | 'unknown' | 'revoked' | 'expired' | 'used';

export interface Launch {
  readonly href: string;
  /** Seconds until the pre-auth code in it ends. */
  readonly expiresInS: number;
  readonly componentName: string | undefined;
}

export interface Arrival {
  readonly authorizerAppid: string;
  readonly nickName: string | undefined;
  /** Where the browser goes next, if the client asked for it. */
  readonly returnTo: string | undefined;
}

/** Visits of the launch page and their return. */
@Injectable()
export class LaunchService {
  private readonly base: string;

  constructor(
    private readonly visits: VisitRepository,
    private readonly grants: GrantService,
    private readonly authorizers: AuthorizerRepository,
    private readonly components: ComponentRegistry,
    private readonly tokens: TokenService,
    private readonly wechat: WechatApi,
    private readonly urls: WechatUrls,
    private readonly box: SecretBox,
    config: BrokerConfig,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.base = config.PUBLIC_BASE_URL.replace(/\/$/, '');
  }

  async link(linkId: string): Promise<{ link: AuthorizationLinkEntity | undefined; state: LinkState }> {
    const link = /^[0-9a-f]{32}$/.test(linkId) ? await this.visits.link(linkId) : null;
    if (!link || !this.components.find(link.componentAppid)) return { link: undefined, state: 'unknown' };
    if (link.revokedAt) return { link, state: 'revoked' };
    if (link.expiresAt.getTime() <= this.clock.now()) return { link, state: 'expired' };
    return { link, state: link.uses >= link.maxUses ? 'used' : 'open' };
  }

  /** A pre-auth code of its own for this visit: a code works once, and scanning it already counts. */
  async begin(link: AuthorizationLinkEntity, browser: Browser): Promise<Launch> {
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
      componentName: this.components.find(componentAppid)?.name,
    };
  }

  /** @returns `undefined`: no such visit, or it was closed; `used`: others have used the link up meanwhile */
  async arrive(visitId: string, code: string): Promise<Arrival | 'used' | undefined> {
    const visit = /^[0-9a-f]{32}$/.test(visitId) ? await this.visits.byId(visitId) : null;
    const link = visit && (await this.visits.link(visit.linkId));
    if (!visit || !link || isClosed(visit)) return undefined;
    if (isTooMany(visit, link)) return 'used';
    const { componentAppid } = visit;
    const { authorizerAppid } = await this.grants
      .accept({ componentAppid, code, source: 'callback', visitId })
      .catch(async (error: unknown) => {
        if (error instanceof DomainError && (error.code === 'wechat-refused' || error.code === 'conflict'))
          await this.visits.refused(visitId);
        throw error;
      });
    const authorizer = await this.authorizers.find(componentAppid, authorizerAppid);
    return {
      authorizerAppid,
      nickName: authorizer?.nickName ?? undefined,
      returnTo: link.returnUrl && link.returnSecret ? this.returnTo(link, authorizerAppid) : undefined,
    };
  }

  /** The link a visit came from, for "try again". */
  async linkOfVisit(visitId: string): Promise<string | undefined> {
    const visit = /^[0-9a-f]{32}$/.test(visitId) ? await this.visits.byId(visitId) : null;
    return visit?.linkId;
  }

  private returnTo(link: AuthorizationLinkEntity, authorizerAppid: string): string {
    return returnUrl(link.returnUrl!, this.box.open(link.returnSecret!, 'returnsecret'), {
      component_appid: link.componentAppid,
      authorizer_appid: authorizerAppid,
      link_id: link.linkId,
      result: 'authorized',
      ...(link.state === null ? {} : { state: link.state }),
      timestamp: String(Math.floor(this.clock.now() / 1_000)),
    });
  }
}
