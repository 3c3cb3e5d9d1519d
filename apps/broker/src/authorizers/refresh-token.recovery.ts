import { Inject, Injectable } from '@nestjs/common';
import { LOGGER, type Logger } from '#service';
import { WechatApi, WechatApiError } from '#wechat';
import { componentToken } from '../tokens/token.domain.js';
import { TokenService } from '../tokens/token.service.js';
import { NOT_AUTHORIZED, withToken } from '../tokens/with-token.js';

export interface Recovery {
  readonly refreshToken: string | undefined;
  /**
   * `found` · `none`: WeChat has the authorization, but no (other) refresh token · `not-authorized`: WeChat does not have the
   * authorization · `unknown`: WeChat could not be asked.
   */
  readonly outcome: 'found' | 'none' | 'not-authorized' | 'unknown';
}

const PAGE = 500;
/** 30,000 authorizers: beyond that the nightly sync finds it. */
const MOST_PAGES = 60;

/** A lost refresh token is still in WeChat's info and list (authorization.md §6.2). */
@Injectable()
export class RefreshTokenRecovery {
  constructor(
    private readonly tokens: TokenService,
    private readonly wechat: WechatApi,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @param refused the one that does not work: finding it again is no recovery */
  async find(componentAppid: string, authorizerAppid: string, refused: string | undefined): Promise<Recovery> {
    const subject = componentToken(componentAppid);
    const account = { component_appid: componentAppid, authorizer_appid: authorizerAppid };
    try {
      const info = await withToken(this.tokens, subject, (token) => this.wechat.component.apiGetAuthorizerInfo(token, account));
      const token = info.authorization_info?.authorizer_refresh_token;
      if (token && token !== refused) return this.found(authorizerAppid, 'info', token);
    } catch (error) {
      if (!(error instanceof WechatApiError)) throw error;
      if (NOT_AUTHORIZED.has(error.errcode ?? 0)) return { refreshToken: undefined, outcome: 'not-authorized' };
    }
    try {
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const { list, total_count } = await withToken(this.tokens, subject, (token) =>
          this.wechat.component.apiGetAuthorizerList(token, {
            component_appid: componentAppid,
            offset: page * PAGE,
            count: PAGE,
          }),
        );
        const entry = list.find((item) => item.authorizer_appid === authorizerAppid);
        if (entry?.refresh_token && entry.refresh_token !== refused)
          return this.found(authorizerAppid, 'list', entry.refresh_token);
        if (entry) return { refreshToken: undefined, outcome: 'none' };
        if (list.length === 0 || (page + 1) * PAGE >= total_count) break;
      }
      return { refreshToken: undefined, outcome: 'none' };
    } catch (error) {
      if (!(error instanceof WechatApiError)) throw error;
      return { refreshToken: undefined, outcome: 'unknown' };
    }
  }

  private found(authorizerAppid: string, source: 'info' | 'list', refreshToken: string): Recovery {
    this.logger.info(
      { event: 'refreshtoken.recovered', authorizer_appid: authorizerAppid, source },
      'Refresh token recovered from WeChat',
    );
    return { refreshToken, outcome: 'found' };
  }
}
