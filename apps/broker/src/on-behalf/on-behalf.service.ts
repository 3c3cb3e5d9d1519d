import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock, ComponentRegistry, DomainError } from '#service';
import { type OauthTokenAnswer, WechatApi, WechatApiError, WechatUrls } from '#wechat';
import { authorizerToken, cacheSeconds, componentToken, type LiveToken } from '../tokens/token.domain.js';
import { TokenService } from '../tokens/token.service.js';
import { withToken } from '../tokens/with-token.js';
import { wechatProblem } from '../wechat/wechat-problem.js';
import type {
  Code2SessionView,
  JsapiTicketQuery,
  JsapiTicketView,
  OauthCodeRequest,
  OauthTokenView,
  OauthUrlRequest,
  OauthUrlView,
  OauthUserError,
  ReportJsapiTicketRequest,
  ReportJsapiTicketView,
} from './on-behalf.dto.js';
import { signPage } from './signature.domain.js';

/** What the component does for users of an authorizer. */
@Injectable()
export class OnBehalfService {
  constructor(
    private readonly tokens: TokenService,
    private readonly wechat: WechatApi,
    private readonly urls: WechatUrls,
    private readonly components: ComponentRegistry,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async code2session(componentAppid: string, authorizerAppid: string, jsCode: string): Promise<Code2SessionView> {
    const { openid, session_key, unionid } = await this.asComponent(componentAppid, (token) =>
      this.wechat.onBehalf.jscode2session(token, {
        component_appid: componentAppid,
        authorizer_appid: authorizerAppid,
        js_code: jsCode,
      }),
    );
    return { openid, session_key, ...(unionid ? { unionid } : {}) };
  }

  oauthUrl(componentAppid: string, authorizerAppid: string, request: OauthUrlRequest): OauthUrlView {
    this.components.require(componentAppid);
    const state = request.state || randomBytes(16).toString('hex');
    if (Buffer.byteLength(state) > 128) throw new DomainError('invalid-request', 'state: at most 128 bytes.');
    const url = this.urls.oauthAuthorize({
      componentAppid,
      authorizerAppid,
      redirectUri: request.redirect_uri,
      scope: request.scope ?? 'snsapi_base',
      state,
    });
    return { url, state };
  }

  async oauthCode(componentAppid: string, authorizerAppid: string, request: OauthCodeRequest): Promise<OauthTokenView> {
    const answer = await this.asComponent(componentAppid, (token) =>
      this.wechat.onBehalf.oauthAccessToken(token, {
        component_appid: componentAppid,
        authorizer_appid: authorizerAppid,
        code: request.code,
      }),
    );
    if (!request.user_info) return toView(answer);
    try {
      const user = await this.wechat.onBehalf.oauthUserInfo(answer.access_token, answer.openid, {
        componentAppid,
        authorizerAppid,
      });
      return { ...toView(answer), user: { ...user } };
    } catch (error) {
      // The code is used up: whoever asked would have no way to these tokens any more.
      if (!(error instanceof WechatApiError)) throw error;
      return { ...toView(answer), user_error: userError(error) };
    }
  }

  async oauthRefresh(componentAppid: string, authorizerAppid: string, refreshToken: string): Promise<OauthTokenView> {
    const answer = await this.asComponent(componentAppid, (token) =>
      this.wechat.onBehalf.oauthRefreshToken(token, {
        component_appid: componentAppid,
        authorizer_appid: authorizerAppid,
        refresh_token: refreshToken,
      }),
    );
    return toView(answer);
  }

  async jsapiTicket(componentAppid: string, authorizerAppid: string, query: JsapiTicketQuery): Promise<JsapiTicketView> {
    this.components.require(componentAppid);
    if (query.type === 'wx_card' && query.url)
      throw new DomainError('invalid-request', 'url: pages are signed with the jsapi ticket, not with that for coupons.');
    const live = await this.tokens.get(authorizerToken(componentAppid, authorizerAppid, query.type ?? 'jsapi'));
    const timestamp = Math.floor(this.clock.now() / 1_000);
    const nonceStr = randomBytes(12).toString('hex');
    return {
      ...ticketOf(live),
      ...(query.url
        ? {
            wx_config: {
              appId: authorizerAppid,
              timestamp,
              nonceStr,
              signature: signPage(live.token, nonceStr, timestamp, query.url),
            },
          }
        : {}),
    };
  }

  async reportJsapiTicket(
    componentAppid: string,
    authorizerAppid: string,
    { ticket, type = 'jsapi' }: ReportJsapiTicketRequest,
  ): Promise<ReportJsapiTicketView> {
    this.components.require(componentAppid);
    const { live, refreshed } = await this.tokens.reportInvalid(authorizerToken(componentAppid, authorizerAppid, type), ticket);
    return { ...ticketOf(live), refreshed };
  }

  private asComponent<T>(componentAppid: string, call: (token: string) => Promise<T>): Promise<T> {
    this.components.require(componentAppid);
    return translated(() => withToken(this.tokens, componentToken(componentAppid), call));
  }
}

function ticketOf({ token, remainingMs }: LiveToken) {
  return { ticket: token, expires_in: Math.floor(remainingMs / 1_000), cache_seconds: cacheSeconds(remainingMs) };
}

function userError({ errcode, errmsg, rid }: WechatApiError): OauthUserError {
  return { ...(errcode === undefined ? {} : { errcode }), errmsg, ...(rid ? { rid } : {}) };
}

function toView(answer: OauthTokenAnswer): OauthTokenView {
  return {
    openid: answer.openid,
    ...(answer.unionid ? { unionid: answer.unionid } : {}),
    ...(answer.scope ? { scope: answer.scope } : {}),
    access_token: answer.access_token,
    expires_in: answer.expires_in,
    refresh_token: answer.refresh_token,
    ...(answer.is_snapshotuser === 1 ? { is_snapshotuser: true } : {}),
  };
}

async function translated<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw error instanceof WechatApiError ? wechatProblem(error, 'WeChat refused the call.') : error;
  }
}
