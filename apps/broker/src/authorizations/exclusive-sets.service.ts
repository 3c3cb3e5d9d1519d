import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { DataSource } from 'typeorm';
import type { AuthorizationLinkEntity } from '#persistence';
import type { AuthType, PermissionSet } from '#wechat';
import { AuthorizerRepository } from '../authorizers/authorizer.repository.js';
import { exclusiveSets } from './exclusive-sets.domain.js';

const BELIEVED_MS = 600_000;
const ACCOUNTS = { mini_program: 'mini-program', official_account: 'official-account' } as const;

/** What a link's authorization may take from another provider. */
@Injectable()
export class ExclusiveSets {
  private readonly ofPlatforms = new LRUCache<string, readonly number[]>({ max: 1_000, ttl: BELIEVED_MS });

  constructor(
    private readonly dataSource: DataSource,
    private readonly authorizers: AuthorizerRepository,
  ) {}

  async of(
    link: Pick<AuthorizationLinkEntity, 'componentAppid' | 'authType' | 'bizAppid' | 'categoryIdList'>,
  ): Promise<PermissionSet[]> {
    const { componentAppid, bizAppid } = link;
    const [ofPlatform, account, granted] = await Promise.all([
      this.ofPlatform(componentAppid),
      bizAppid ? this.authorizers.find(componentAppid, bizAppid) : null,
      bizAppid ? this.authorizers.permissionSets(componentAppid, [bizAppid]) : new Map<string, number[]>(),
    ]);
    const kind = account?.kind ?? undefined;
    return exclusiveSets({
      authType: link.authType as AuthType,
      kind: kind === undefined ? undefined : ACCOUNTS[kind as keyof typeof ACCOUNTS],
      only: link.categoryIdList ? link.categoryIdList.split('|').map(Number) : [],
      ofPlatform,
      // Somebody who has ended the authorization holds nothing with us.
      granted: account && account.state !== 'cancelled' ? (granted.get(account.authorizerAppid) ?? []) : [],
    });
  }

  private async ofPlatform(componentAppid: string): Promise<readonly number[]> {
    const known = this.ofPlatforms.get(componentAppid);
    if (known) return known;
    const rows = (await this.dataSource.query(
      'SELECT DISTINCT funcscope_id AS id FROM f_wechat_authorizerpermission WHERE component_appid = ?',
      [componentAppid],
    )) as { id: number }[];
    const ids = rows.map(({ id }) => Number(id));
    if (ids.length > 0) this.ofPlatforms.set(componentAppid, ids);
    return ids;
  }
}
