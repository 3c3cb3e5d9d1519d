import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuthorizerEntity } from '#persistence';
import { type Client, DomainError } from '#service';
import { PERMISSION_SETS, WechatApiError } from '#wechat';
import { wechatProblem } from '../wechat/wechat-problem.js';
import { AuthorizerRepository } from './authorizer.repository.js';
import type {
  AuthorizerListResponse,
  AuthorizerResponse,
  AuthorizerSummary,
  ListAuthorizersQuery,
  PermissionSetResponse,
} from './authorizers.dto.js';
import { ProfileService } from './profile.service.js';

/** What is known of authorizers. Only `refresh` asks WeChat. */
@Injectable()
export class AuthorizersService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly authorizers: AuthorizerRepository,
    private readonly profiles: ProfileService,
  ) {}

  async list(componentAppid: string, query: ListAuthorizersQuery, client: Client): Promise<AuthorizerListResponse> {
    const limit = query.limit ?? 50;
    const search = this.dataSource
      .getRepository(AuthorizerEntity)
      .createQueryBuilder('a')
      .where('a.componentAppid = :componentAppid', { componentAppid })
      .orderBy('a.authorizerId', 'ASC')
      .take(limit + 1);
    if (query.cursor) search.andWhere('a.authorizerId > :after', { after: decodeCursor(query.cursor) });
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
    const page = rows.slice(0, limit);
    const sets = await this.authorizers.permissionSets(
      componentAppid,
      page.map((row) => row.authorizerAppid),
    );
    const last = page.at(-1);
    return {
      items: page.map((row) => toSummary(row, sets.get(row.authorizerAppid) ?? [])),
      next_cursor: rows.length > limit && last ? encodeCursor(last.authorizerId) : null,
    };
  }

  async get(componentAppid: string, authorizerAppid: string): Promise<AuthorizerResponse> {
    const row = await this.authorizers.find(componentAppid, authorizerAppid);
    if (!row) throw new DomainError('authorizer-unknown', `${authorizerAppid} has not authorized ${componentAppid}.`);
    const sets = await this.authorizers.permissionSets(componentAppid, [authorizerAppid]);
    return {
      ...toSummary(row, sets.get(authorizerAppid) ?? []),
      profile: row.profile === null ? null : JSON.parse(row.profile),
      profile_at: row.profileAt?.toISOString() ?? null,
    };
  }

  /** Asks WeChat for profile and permission sets, now. */
  async refresh(componentAppid: string, authorizerAppid: string): Promise<AuthorizerResponse> {
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

function toSummary(row: AuthorizerEntity, sets: readonly number[]): AuthorizerSummary {
  return {
    component_appid: row.componentAppid,
    authorizer_appid: row.authorizerAppid,
    state: row.state,
    state_reason: row.stateReason,
    state_at: row.stateAt?.toISOString() ?? null,
    kind: row.kind,
    nick_name: row.nickName,
    user_name: row.userName,
    principal_name: row.principalName,
    head_img: row.headImg,
    permission_sets: sets.map(describeSet),
    granted_at: row.grantedAt?.toISOString() ?? null,
    cancelled_at: row.cancelledAt?.toISOString() ?? null,
    missing_since: row.missingSince?.toISOString() ?? null,
  };
}

function describeSet(id: number): PermissionSetResponse {
  const known = PERMISSION_SETS.get(id);
  if (!known) return { id };
  return { id, name: { ...known.name }, ...(known.exclusive === undefined ? {} : { exclusive: known.exclusive }) };
}

const encodeCursor = (id: number) => Buffer.from(String(id)).toString('base64url');

function decodeCursor(cursor: string): number {
  const id = Number(Buffer.from(cursor, 'base64url').toString());
  if (!Number.isSafeInteger(id) || id < 0)
    throw new DomainError('invalid-request', 'cursor: take it from next_cursor of the page before.');
  return id;
}
