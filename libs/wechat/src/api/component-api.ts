import type { ApiCall, CallContext, WechatTransport } from './transport.js';

export interface ComponentTokenAnswer {
  readonly component_access_token: string;
  /** Seconds, at most 7200. */
  readonly expires_in: number;
}

export interface PreAuthCodeAnswer {
  readonly pre_auth_code: string;
  /** Seconds; the documents contradict each other, so this number counts. */
  readonly expires_in: number;
}

export interface FuncInfo {
  readonly funcscope_category: { readonly id: number; readonly type?: number; readonly name?: string; readonly desc?: string };
  readonly confirm_info?: { readonly need_confirm?: number; readonly already_confirm?: number; readonly can_confirm?: number };
}

export interface AuthorizationInfo {
  readonly authorizer_appid: string;
  /** Absent or empty for an account without API permission. */
  readonly authorizer_access_token?: string;
  readonly expires_in?: number;
  readonly authorizer_refresh_token?: string;
  readonly func_info: readonly FuncInfo[];
}

export interface AuthorizerTokenAnswer {
  readonly authorizer_access_token: string;
  readonly expires_in: number;
  /** May be absent or empty: then the former one stays valid. */
  readonly authorizer_refresh_token?: string;
}

export interface MiniProgramInfo {
  readonly network?: Readonly<Record<string, readonly string[]>>;
  readonly categories?: readonly { readonly first: string; readonly second: string }[];
  readonly visit_status?: number;
}

export interface AuthorizerInfo {
  readonly nick_name?: string;
  readonly head_img?: string;
  readonly user_name?: string;
  readonly alias?: string;
  readonly principal_name?: string;
  readonly signature?: string;
  readonly qrcode_url?: string;
  readonly service_type_info?: { readonly id: number; readonly name?: string };
  readonly verify_type_info?: { readonly id: number; readonly name?: string };
  readonly business_info?: Readonly<Record<string, number>>;
  /** Its presence says: this is a mini program. */
  readonly MiniProgramInfo?: MiniProgramInfo;
  readonly register_type?: number;
  /** 1 normal, 14 deregistered, 16 banned, 18 warned, 19 frozen. */
  readonly account_status?: number;
  readonly basic_config?: { readonly is_phone_configured?: boolean; readonly is_email_configured?: boolean };
  readonly channels_info?: { readonly id?: string };
  readonly store_info?: { readonly id?: string };
  readonly talent_info?: { readonly id?: string };
  readonly supplier_info?: { readonly id?: string };
}

export interface AuthorizerInfoAnswer {
  readonly authorizer_info: AuthorizerInfo;
  /** Has the refresh token (the way to get a lost one back), not the access token. Was once seen missing. */
  readonly authorization_info?: {
    readonly authorizer_appid: string;
    readonly authorizer_refresh_token?: string;
    readonly func_info?: readonly FuncInfo[];
  };
}

export interface AuthorizerListAnswer {
  readonly total_count: number;
  /** `refresh_token` is missing or empty where the authorization code was never exchanged. */
  readonly list: readonly { readonly authorizer_appid: string; readonly refresh_token?: string; readonly auth_time: number }[];
}

export type AuthorizerOption = 'location_report' | 'voice_recognize' | 'customer_service';

const BASE = '/cgi-bin/component';

/** Tickets, tokens, authorizers: calls with the component's secret or its access token (authorization.md §5.1–5.7). */
export class ComponentApi {
  constructor(private readonly transport: WechatTransport) {}

  /** Starts the ticket push service, or says that it runs (`errmsg` "in a normal state"). */
  apiStartPushTicket(
    body: { component_appid: string; component_secret: string },
    context?: CallContext,
  ): Promise<{ errmsg?: string }> {
    return this.transport.json(
      {
        api: 'api_start_push_ticket',
        method: 'POST',
        path: `${BASE}/api_start_push_ticket`,
        body,
        secrets: [body.component_secret],
      },
      { componentAppid: body.component_appid, ...context },
    );
  }

  apiComponentToken(
    body: { component_appid: string; component_appsecret: string; component_verify_ticket: string },
    context?: CallContext,
  ): Promise<ComponentTokenAnswer> {
    return this.transport.json(
      {
        api: 'api_component_token',
        method: 'POST',
        path: `${BASE}/api_component_token`,
        body,
        secrets: [body.component_appsecret, body.component_verify_ticket],
        requires: ['component_access_token', 'expires_in'],
        makesToken: true,
      },
      { componentAppid: body.component_appid, ...context },
    );
  }

  apiCreatePreauthcode(
    componentAccessToken: string,
    body: { component_appid: string },
    context?: CallContext,
  ): Promise<PreAuthCodeAnswer> {
    return this.post('api_create_preauthcode', componentAccessToken, body, context, {
      requires: ['pre_auth_code', 'expires_in'],
      makesToken: true,
    });
  }

  /** Exchanges an authorization code, once, for the authorizer's tokens. */
  apiQueryAuth(
    componentAccessToken: string,
    body: { component_appid: string; authorization_code: string },
    context?: CallContext,
  ): Promise<{ authorization_info: AuthorizationInfo }> {
    return this.post('api_query_auth', componentAccessToken, body, context, {
      secrets: [body.authorization_code],
      requires: ['authorization_info'],
      makesToken: true,
    });
  }

  apiAuthorizerToken(
    componentAccessToken: string,
    body: { component_appid: string; authorizer_appid: string; authorizer_refresh_token: string },
    context?: CallContext,
  ): Promise<AuthorizerTokenAnswer> {
    return this.post('api_authorizer_token', componentAccessToken, body, context, {
      secrets: [body.authorizer_refresh_token],
      requires: ['authorizer_access_token', 'expires_in'],
      makesToken: true,
    });
  }

  /** An answer about another account than asked is refused (`bad-answer`): a cache between here and WeChat may give one. */
  apiGetAuthorizerInfo(
    componentAccessToken: string,
    body: { component_appid: string; authorizer_appid: string },
    context?: CallContext,
  ): Promise<AuthorizerInfoAnswer> {
    return this.post<AuthorizerInfoAnswer>('api_get_authorizer_info', componentAccessToken, body, context, {
      requires: ['authorizer_info'],
      account: {
        appid: body.authorizer_appid,
        of: ({ authorization_info }) => (authorization_info as AuthorizerInfoAnswer['authorization_info'])?.authorizer_appid,
      },
    });
  }

  /** @param body `count` at most 500. */
  apiGetAuthorizerList(
    componentAccessToken: string,
    body: { component_appid: string; offset: number; count: number },
    context?: CallContext,
  ): Promise<AuthorizerListAnswer> {
    return this.post('api_get_authorizer_list', componentAccessToken, body, context, { requires: ['total_count', 'list'] });
  }

  getAuthorizerOption(
    accessToken: string,
    body: { component_appid: string; authorizer_appid: string; option_name: AuthorizerOption },
    context?: CallContext,
  ): Promise<{ authorizer_appid?: string; option_name: string; option_value: string }> {
    return this.post('get_authorizer_option', accessToken, body, context, { requires: ['option_value'] });
  }

  setAuthorizerOption(
    accessToken: string,
    body: { component_appid: string; authorizer_appid: string; option_name: AuthorizerOption; option_value: string },
    context?: CallContext,
  ): Promise<unknown> {
    return this.post('set_authorizer_option', accessToken, body, context);
  }

  private post<T>(
    api: string,
    token: string,
    body: { component_appid?: string; authorizer_appid?: string },
    context: CallContext | undefined,
    more: Pick<ApiCall, 'secrets' | 'requires' | 'account' | 'makesToken'> = {},
  ): Promise<T> {
    return this.transport.json<T>(
      {
        api,
        method: 'POST',
        path: `${BASE}/${api}`,
        query: { access_token: token },
        body,
        ...more,
        secrets: [token, ...(more.secrets ?? [])],
      },
      {
        ...(body.component_appid === undefined ? {} : { componentAppid: body.component_appid }),
        ...(body.authorizer_appid === undefined ? {} : { authorizerAppid: body.authorizer_appid }),
        ...context,
      },
    );
  }
}
