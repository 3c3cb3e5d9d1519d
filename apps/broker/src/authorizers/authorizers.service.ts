import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuthorizerEntity } from '#persistence';
import { type Client, Cursors, DomainError, formerlyBase64 } from '#service';
import { WechatApiError } from '#wechat';
import { wechatProblem } from '../wechat/wechat-problem.js';
import { AuthorizerRepository } from './authorizer.repository.js';
import { toAuthorizerView } from './authorizer.view.js';
import type { AuthorizerDetailsView, AuthorizerPage, AuthorizerSearch } from './authorizers.dto.js';
import { ProfileService } from './profile.service.js';

const AUTHORIZERS = new Cursors('authorizers', formerlyBase64());

/** What is known of authorizers. Only `refresh` asks WeChat. */
@Injectable()
export class AuthorizersService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly authorizers: AuthorizerRepository,
    private readonly profiles: ProfileService,
  ) {}

  async list(componentAppid: string, query: AuthorizerSearch, client: Client): Promise<AuthorizerPage> {
    const search = this.dataSource
      .getRepository(AuthorizerEntity)
      .createQueryBuilder('a')
      .where('a.componentAppid = :componentAppid', { componentAppid })
      .orderBy('a.authorizerId', 'ASC')
      .take(query.limit + 1);
    const after = AUTHORIZERS.after(query);
    if (after) search.andWhere('a.authorizerId > :after', { after });
    if (query.kind) search.andWhere('a.kind = :kind', { kind: query.kind });
    if (query.state) search.andWhere('a.state = :state', { state: query.state });
    if (client.authorizers) search.andWhere('a.authorizerAppid IN (:...allowed)', { allowed: [...client.authorizers, ''] });
    if (query.permission_set) {
      search.andWhere(
        'EXISTS (SELECT 1 FROM f_wechat_authorizerpermission p WHERE p.component_appid = a.component_appid AND p.authorizer_appid = a.authorizer_appid AND p.funcscope_id = :set)',
        { set: query.permission_set },
      );
    }
    if (query.q) {
      const text = query.q.replace(/[\\%_]/g, '\\$&');
      search.andWhere(
        '(a.authorizerAppid LIKE :begin OR a.userName LIKE :begin OR a.nickName LIKE :part OR a.principalName LIKE :part)',
        { begin: `${text}%`, part: `%${text}%` },
      );
    }
    const rows = await search.getMany();
    const sets = await this.authorizers.permissionSets(
      componentAppid,
      rows.map((row) => row.authorizerAppid),
    );
    return AUTHORIZERS.page(
      rows,
      query,
      (row) => row.authorizerId,
      (row) => toAuthorizerView(row, sets.get(row.authorizerAppid) ?? []),
    );
  }

  async get(componentAppid: string, authorizerAppid: string): Promise<AuthorizerDetailsView> {
    const row = await this.authorizers.find(componentAppid, authorizerAppid);
    if (!row) throw new DomainError('authorizer-unknown', `${authorizerAppid} has not authorized ${componentAppid}.`);
    const sets = await this.authorizers.permissionSets(componentAppid, [authorizerAppid]);
    return {
      ...toAuthorizerView(row, sets.get(authorizerAppid) ?? []),
      profile: row.profile === null ? null : JSON.parse(row.profile),
      profile_at: row.profileAt?.toISOString() ?? null,
    };
  }

  /** Asks WeChat for profile and permission sets, now. */
  async refresh(componentAppid: string, authorizerAppid: string): Promise<AuthorizerDetailsView> {
    await this.get(componentAppid, authorizerAppid);
    try {
      await this.profiles.refresh(componentAppid, authorizerAppid);
    } catch (error) {
      if (!(error instanceof WechatApiError)) throw error;
      throw wechatProblem(
        error,
        error.kind === 'bad-answer' ? `WeChat gave no profile: ${error.errmsg}.` : 'WeChat gave no profile.',
      );
    }
    return this.get(componentAppid, authorizerAppid);
  }
}
