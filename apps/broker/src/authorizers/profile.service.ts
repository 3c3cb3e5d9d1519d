import { Injectable } from '@nestjs/common';
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
    await this.authorizers.storeProfile(componentAppid, authorizerAppid, answer.authorizer_info);
    const sets = permissionSets(answer.authorization_info?.func_info);
    if (sets) {
      await this.authorizers.dataSource.transaction((manager) =>
        this.authorizers.storePermissionSets(manager, componentAppid, authorizerAppid, sets),
      );
    }
    return answer;
  }

  /**
   * Takes an authorization over that WeChat has and we do not: its code came too late, or its events were lost.
   * @returns whether WeChat gave a refresh token
   */
  async adopt(componentAppid: string, authorizerAppid: string): Promise<boolean> {
    try {
      const { authorization_info, authorizer_info } = await withToken(this.tokens, componentToken(componentAppid), (token) =>
        this.wechat.component.apiGetAuthorizerInfo(token, { component_appid: componentAppid, authorizer_appid: authorizerAppid }),
      );
      const refreshToken = authorization_info?.authorizer_refresh_token;
      if (!refreshToken) return false;
      await this.authorizers.dataSource.transaction((manager) =>
        this.authorizers.storeGrant(manager, {
          componentAppid,
          authorizerAppid,
          refreshToken,
          permissionSets: permissionSets(authorization_info?.func_info),
          grantedAt: new Date(),
        }),
      );
      await this.authorizers.storeProfile(componentAppid, authorizerAppid, authorizer_info);
      await this.tokens.forgetFailures(authorizerToken(componentAppid, authorizerAppid));
      return true;
    } catch {
      return false;
    }
  }
}
