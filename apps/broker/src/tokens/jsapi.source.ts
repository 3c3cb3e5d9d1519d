import { Injectable } from '@nestjs/common';
import { WechatApi } from '#wechat';
import { RefreshFailure } from './refresh-failure.js';
import { authorizerToken, type TokenSubject } from './token.domain.js';
import { TokenService } from './token.service.js';
import type { FreshToken, TokenSource } from './token-source.js';
import { withToken } from './with-token.js';

/** Authorizer access token → JS-SDK ticket (jsapi or wx_card). */
@Injectable()
export class JsapiSource implements TokenSource {
  constructor(
    private readonly tokens: TokenService,
    private readonly wechat: WechatApi,
  ) {}

  async admit({ componentAppid, authorizerAppid }: TokenSubject): Promise<void> {
    await this.tokens.get(authorizerToken(componentAppid, authorizerAppid));
  }

  async renew({ componentAppid, authorizerAppid, kind }: TokenSubject): Promise<FreshToken> {
    const type = kind === 'wx_card' ? 'wx_card' : 'jsapi';
    try {
      const answer = await withToken(this.tokens, authorizerToken(componentAppid, authorizerAppid), (token) =>
        this.wechat.onBehalf.getTicket(token, type, { componentAppid, authorizerAppid }),
      );
      return { token: answer.ticket, expiresInMs: answer.expires_in * 1_000 };
    } catch (error) {
      throw RefreshFailure.of(error, 'WeChat gave no JS-SDK ticket.');
    }
  }
}
