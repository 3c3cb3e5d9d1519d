import { Injectable } from '@nestjs/common';
import { WechatApi } from '#wechat';
import { Cooldowns } from './cooldowns.js';
import { RefreshFailure } from './refresh-failure.js';
import { authorizerToken, type TokenSubject, tokenKey } from './token.domain.js';
import { TokenService } from './token.service.js';
import type { FreshToken, TokenSource } from './token-source.js';
import { withToken } from './with-token.js';

/** A young ticket is replaced because of reports at most once in this time. */
const REPORT_PAUSE_MS = 60_000;

/** Authorizer access token → JS-SDK ticket (jsapi or wx_card). */
@Injectable()
export class JsapiSource implements TokenSource {
  constructor(
    private readonly tokens: TokenService,
    private readonly wechat: WechatApi,
    private readonly cooldowns: Cooldowns,
  ) {}

  async admit({ componentAppid, authorizerAppid }: TokenSubject): Promise<void> {
    await this.tokens.get(authorizerToken(componentAppid, authorizerAppid));
  }

  /** WeChat has no call that tells whether a ticket is good: a report is believed, but not one after the other. */
  async accepts(subject: TokenSubject): Promise<boolean> {
    const reports = `ticket-reports:${tokenKey(subject)}`;
    if ((await this.cooldowns.look(reports))?.active) return true;
    await this.cooldowns.begin(reports, { value: true, ms: REPORT_PAUSE_MS });
    return false;
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
