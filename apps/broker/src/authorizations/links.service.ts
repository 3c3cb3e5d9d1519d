import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuthorizationLinkEntity, BINDINGS, SecretBox } from '#persistence';
import { type Client, ComponentRegistry, DomainError, managesOthers, mayActFor } from '#service';
import { BrokerConfig } from '../config/broker.config.js';
import { ExclusiveSets } from './exclusive-sets.service.js';
import { toLinkView } from './link.view.js';
import type { CreatedLinkView, CreateLinkRequest, LinkView } from './links.dto.js';
import { isAllowedReturn } from './return-url.domain.js';

const DEFAULT_LIFE_S = 7 * 86_400;
/** Of one client; a few more when it makes many at the same moment. */
const MOST_OPEN = 10_000;

/** Links made for clients. Each leads to our launch page, never straight to WeChat: WeChat wants to see our domain as the referrer. */
@Injectable()
export class LinksService {
  private readonly base: string;
  /** Where callers may return to who have no list of their own. */
  private readonly returnHosts: readonly string[] | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly components: ComponentRegistry,
    private readonly box: SecretBox,
    private readonly exclusive: ExclusiveSets,
    config: BrokerConfig,
  ) {
    this.base = config.PUBLIC_BASE_URL.replace(/\/$/, '');
    this.returnHosts = config.RETURN_HOSTS === '*' ? undefined : config.RETURN_HOSTS.split(',');
  }

  async create(componentAppid: string, client: Client, request: CreateLinkRequest): Promise<CreatedLinkView> {
    this.components.require(componentAppid);
    if (request.biz_appid && !mayActFor(client, request.biz_appid))
      throw new DomainError('forbidden', `This client may not act for ${request.biz_appid}.`);
    if (request.return_url && !isAllowedReturn(request.return_url, client.returnHosts ?? this.returnHosts, this.base))
      throw new DomainError(
        'invalid-request',
        'return_url: https, without user or password, and a host that this client may return to: its options.return_hosts name them (clients create --return-hosts), or RETURN_HOSTS for those without any.',
      );
    if ((await this.openOf(client.clientId)) >= MOST_OPEN)
      throw new DomainError(
        'conflict',
        `This client has ${MOST_OPEN} open authorization links; revoke some, or give them a shorter \`expires_in\`.`,
      );
    const linkId = randomBytes(16).toString('hex');
    const returnSecret = randomBytes(24).toString('hex');
    const now = Date.now();
    const link: AuthorizationLinkEntity = {
      linkId,
      componentAppid,
      clientId: client.clientId,
      authType: request.auth_type ?? 3,
      bizAppid: request.biz_appid ?? null,
      categoryIdList: request.category_ids?.length ? request.category_ids.join('|') : null,
      state: request.state ?? null,
      returnUrl: request.return_url ?? null,
      returnSecret: this.box.seal(returnSecret, BINDINGS.returnSecret(linkId)),
      maxUses: request.max_uses ?? 1,
      uses: 0,
      expiresAt: new Date(now + (request.expires_in ?? DEFAULT_LIFE_S) * 1_000),
      createdAt: new Date(now),
      revokedAt: null,
    };
    await this.dataSource.getRepository(AuthorizationLinkEntity).insert(link);
    return { ...(await this.view(link)), return_secret: returnSecret };
  }

  async get(componentAppid: string, linkId: string, client: Client): Promise<LinkView> {
    return this.view(await this.find(componentAppid, linkId, client));
  }

  async revoke(componentAppid: string, linkId: string, client: Client): Promise<LinkView> {
    const link = await this.find(componentAppid, linkId, client);
    const revokedAt = link.revokedAt ?? new Date();
    await this.dataSource.getRepository(AuthorizationLinkEntity).update({ linkId }, { revokedAt });
    return this.view({ ...link, revokedAt });
  }

  private async view(link: AuthorizationLinkEntity): Promise<LinkView> {
    return toLinkView(link, await this.exclusive.of(link), this.base);
  }

  private async openOf(clientId: string): Promise<number> {
    return this.dataSource
      .getRepository(AuthorizationLinkEntity)
      .createQueryBuilder('l')
      .where('l.client_id = :clientId AND l.expires_at > :now', { clientId, now: new Date() })
      .andWhere('l.revoked_at IS NULL AND l.uses < l.max_uses')
      .getCount();
  }

  /** Another client's link is not there: ids are not to be tried out. */
  private async find(componentAppid: string, linkId: string, client: Client): Promise<AuthorizationLinkEntity> {
    const link = await this.dataSource.getRepository(AuthorizationLinkEntity).findOneBy({ linkId, componentAppid });
    if (!link || !(link.clientId === client.clientId || managesOthers(client)))
      throw new DomainError('not-found', 'There is no such authorization link.');
    return link;
  }
}
