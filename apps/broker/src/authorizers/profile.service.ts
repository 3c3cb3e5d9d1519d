import { Injectable } from '@nestjs/common';
import { inTransaction } from '#persistence';
import { type AuthorizerInfoAnswer, WechatApi } from '#wechat';
import { authorizerToken, componentToken } from '../tokens/token.domain.js';
import { TokenService } from '../tokens/token.service.js';
import { withToken } from '../tokens/with-token.js';
import { permissionSets } from './authorizer.domain.js';
import { AuthorizerRepository } from './authorizer.repository.js';

/** Profile and permission sets as WeChat has them now. A failing call leaves everything as it is. */
@Injectable()
export class ProfileService {
  constructor(
    private readonly authorizers: AuthorizerRepository,
    private readonly tokens: TokenService,
    private readonly wechat: WechatApi,
  ) {}

  /** @throws WechatApiError */
  async refresh(componentAppid: string, authorizerAppid: string): Promise<AuthorizerInfoAnswer> {
    const answer = await withToken(this.tokens, componentToken(componentAppid), (token) =>
      this.wechat.component.apiGetAuthorizerInfo(token, { component_appid: componentAppid, authorizer_appid: authorizerAppid }),
    );
    const sets = permissionSets(answer.authorization_info?.func_info);
    // One write: a profile without its sets would look as if nothing was granted.
    await inTransaction(
      this.authorizers.dataSource,
      async (manager) => {
        await this.authorizers.storeProfile(manager, componentAppid, authorizerAppid, answer.authorizer_info);
        if (sets) await this.authorizers.storePermissionSets(manager, componentAppid, authorizerAppid, sets);
      },
      { idempotent: true, isolation: 'READ COMMITTED' },
    );
    return answer;
  }

  /**
   * Takes an authorization over as WeChat has it now: its code came too late, or the answer to its exchange was lost.
   * @returns whether WeChat gave a refresh token
   */
  async adopt(componentAppid: string, authorizerAppid: string): Promise<boolean> {
    try {
      const { authorization_info, authorizer_info } = await withToken(this.tokens, componentToken(componentAppid), (token) =>
        this.wechat.component.apiGetAuthorizerInfo(token, { component_appid: componentAppid, authorizer_appid: authorizerAppid }),
      );
      const refreshToken = authorization_info?.authorizer_refresh_token;
      if (!refreshToken) return false;
      const grantedAt = new Date();
      const announce = await inTransaction(
        this.authorizers.dataSource,
        async (manager) => {
          // A grant ends the access token before it; whether there was one that we missed cannot be told.
          const replaced = await this.tokens.replace(manager, authorizerToken(componentAppid, authorizerAppid), undefined);
          await this.authorizers.storeGrant(manager, {
            componentAppid,
            authorizerAppid,
            refreshToken,
            permissionSets: permissionSets(authorization_info?.func_info),
            grantedAt,
          });
          await this.authorizers.storeProfile(manager, componentAppid, authorizerAppid, authorizer_info);
          return replaced;
        },
        { idempotent: true },
      );
      await announce();
      return true;
    } catch {
      return false;
    }
  }
}
