import type { CallContext, WechatTransport } from './transport.js';

export interface SessionAnswer {
  readonly openid: string;
  readonly session_key: string;
  readonly unionid?: string;
}

export interface OauthTokenAnswer {
  readonly access_token: string;
  readonly expires_in: number;
  readonly refresh_token: string;
  readonly openid: string;
  readonly scope: string;
  readonly unionid?: string;
  /** 1: a pseudo user of a snapshot page. */
  readonly is_snapshotuser?: number;
}

export interface OauthUser {
  readonly openid: string;
  readonly nickname?: string;
  readonly headimgurl?: string;
  readonly unionid?: string;
  readonly sex?: number;
  readonly province?: string;
  readonly city?: string;
  readonly country?: string;
  readonly privilege?: readonly string[];
}

interface OnBehalf {
  readonly component_appid: string;
  readonly authorizer_appid: string;
}

/** Calls for end users of an authorizer (authorization.md §5.9–5.11). */
export class OnBehalfApi {
  constructor(private readonly transport: WechatTransport) {}

  jscode2session(
    componentAccessToken: string,
    { component_appid, authorizer_appid, js_code }: OnBehalf & { readonly js_code: string },
    context?: CallContext,
  ): Promise<SessionAnswer> {
    const query = { appid: authorizer_appid, js_code, grant_type: 'authorization_code', component_appid };
    return this.sns('jscode2session', '/sns/component/jscode2session', componentAccessToken, query, context, {
      secrets: [js_code],
      requires: ['openid', 'session_key'],
    });
  }

  oauthAccessToken(
    componentAccessToken: string,
    { component_appid, authorizer_appid, code }: OnBehalf & { readonly code: string },
    context?: CallContext,
  ): Promise<OauthTokenAnswer> {
    const query = { appid: authorizer_appid, code, grant_type: 'authorization_code', component_appid };
    return this.sns('oauth2_access_token', '/sns/oauth2/component/access_token', componentAccessToken, query, context, {
      secrets: [code],
      requires: ['access_token', 'openid'],
    });
  }

  oauthRefreshToken(
    componentAccessToken: string,
    { component_appid, authorizer_appid, refresh_token }: OnBehalf & { readonly refresh_token: string },
    context?: CallContext,
  ): Promise<OauthTokenAnswer> {
    const query = { appid: authorizer_appid, grant_type: 'refresh_token', component_appid, refresh_token };
    return this.sns('oauth2_refresh_token', '/sns/oauth2/component/refresh_token', componentAccessToken, query, context, {
      secrets: [refresh_token],
      requires: ['access_token', 'openid'],
    });
  }

  /** @param userAccessToken of this one user, from {@link oauthAccessToken}. */
  oauthUserInfo(userAccessToken: string, openid: string, context?: CallContext): Promise<OauthUser> {
    return this.transport.json(
      {
        api: 'userinfo',
        method: 'GET',
        path: '/sns/userinfo',
        query: { access_token: userAccessToken, openid, lang: 'zh_CN' },
        secrets: [userAccessToken],
        requires: ['openid'],
      },
      context,
    );
  }

  /** JS-SDK ticket; keep it for `expires_in` seconds, per authorizer. */
  getTicket(
    authorizerAccessToken: string,
    type: 'jsapi' | 'wx_card' = 'jsapi',
    context?: CallContext,
  ): Promise<{ ticket: string; expires_in: number }> {
    return this.transport.json(
      {
        api: 'getticket',
        method: 'GET',
        path: '/cgi-bin/ticket/getticket',
        query: { access_token: authorizerAccessToken, type },
        secrets: [authorizerAccessToken],
        requires: ['ticket', 'expires_in'],
        makesToken: true,
      },
      context,
    );
  }

  /** Customer-service message (客服消息) as text. Also what the full-network release check wants. */
  sendCustomText(
    authorizerAccessToken: string,
    body: { readonly touser: string; readonly content: string },
    context?: CallContext,
  ): Promise<unknown> {
    return this.transport.json(
      {
        api: 'custom_send',
        method: 'POST',
        path: '/cgi-bin/message/custom/send',
        query: { access_token: authorizerAccessToken },
        body: { touser: body.touser, msgtype: 'text', text: { content: body.content } },
        secrets: [authorizerAccessToken],
      },
      context,
    );
  }

  private sns<T>(
    api: string,
    path: string,
    componentAccessToken: string,
    query: Record<string, string>,
    context: CallContext | undefined,
    more: { secrets: readonly string[]; requires: readonly string[] },
  ): Promise<T> {
    return this.transport.json<T>(
      {
        api,
        method: 'GET',
        path,
        query: { ...query, component_access_token: componentAccessToken },
        requires: more.requires,
        secrets: [componentAccessToken, ...more.secrets],
      },
      { componentAppid: query['component_appid']!, authorizerAppid: query['appid']!, ...context },
    );
  }
}
