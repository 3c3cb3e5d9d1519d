import type { CallContext, WechatTransport } from './transport.js';

/** `daily_limit` 0: not limited, or not known. */
export interface QuotaAnswer {
  readonly quota: { readonly daily_limit: number; readonly used: number; readonly remain: number };
  readonly rate_limit?: { readonly call_count: number; readonly refresh_second: number };
  /** Limit for calls on behalf. */
  readonly component_rate_limit?: { readonly call_count: number; readonly refresh_second: number };
}

export interface CallbackCheckAnswer {
  readonly dns?: readonly { readonly ip: string; readonly real_operator: string }[];
  /** Such as `0%` and `23.079ms`. */
  readonly ping?: readonly {
    readonly ip: string;
    readonly from_operator: string;
    readonly package_loss: string;
    readonly time: string;
  }[];
}

export interface RidAnswer {
  readonly request: {
    readonly invoke_time: number;
    readonly cost_in_ms: number;
    /** Holds the access token of the call: not for display. */
    readonly request_url: string;
    readonly request_body: string;
    readonly response_body: string;
    readonly client_ip: string;
  };
}

/** Quotas and finding out what happened (authorization.md §5.8). Every token of the account concerned will do. */
export class DiagnosisApi {
  constructor(private readonly transport: WechatTransport) {}

  /** 10 a month per account; with an authorizer's token it costs the authorizer's. */
  clearQuota(accessToken: string, body: { appid: string }, context?: CallContext): Promise<unknown> {
    return this.post('clear_quota', '/cgi-bin/clear_quota', accessToken, body, context);
  }

  /** Works without any token, when even the token quota is used up. Shares the 10 a month. */
  clearQuotaBySecret(
    body: { component_appid: string; appsecret: string; appid?: string },
    context?: CallContext,
  ): Promise<unknown> {
    return this.transport.json(
      {
        api: 'clear_quota_v2',
        method: 'POST',
        path: '/cgi-bin/component/clear_quota/v2',
        body,
        secrets: [body.appsecret],
      },
      { componentAppid: body.component_appid, ...context },
    );
  }

  /** The quota of one API. Whether it is one of the ten is not published. @param body `cgi_path` as of `getQuota` */
  clearPathQuota(accessToken: string, body: { cgi_path: string }, context?: CallContext): Promise<unknown> {
    return this.post('quota_clear', '/cgi-bin/openapi/quota/clear', accessToken, body, context);
  }

  /** Whether WeChat's networks reach the URL that the account has configured for pushes; for a component not documented. */
  checkCallback(
    accessToken: string,
    body: { action: 'dns' | 'ping' | 'all'; check_operator: 'CHINANET' | 'UNICOM' | 'CAP' | 'DEFAULT' },
    context?: CallContext,
  ): Promise<CallbackCheckAnswer> {
    return this.post('callback_check', '/cgi-bin/callback/check', accessToken, body, context);
  }

  /** @param body `cgi_path` with its leading slash and without host, such as `/wxa/commit`. */
  getQuota(accessToken: string, body: { cgi_path: string }, context?: CallContext): Promise<QuotaAnswer> {
    return this.post('quota_get', '/cgi-bin/openapi/quota/get', accessToken, body, context, ['quota']);
  }

  /** Known for 7 days, to a token of the account that made the call. */
  getRid(accessToken: string, body: { rid: string }, context?: CallContext): Promise<RidAnswer> {
    return this.post('rid_get', '/cgi-bin/openapi/rid/get', accessToken, body, context, ['request']);
  }

  /** Addresses from which WeChat pushes; ranges possible. Not complete: do not firewall on it. */
  getCallbackIps(componentAccessToken: string, context?: CallContext): Promise<{ ip_list: readonly string[] }> {
    return this.get('getcallbackip', '/cgi-bin/getcallbackip', componentAccessToken, context);
  }

  getApiDomainIps(accessToken: string, context?: CallContext): Promise<{ ip_list: readonly string[] }> {
    return this.get('get_api_domain_ip', '/cgi-bin/get_api_domain_ip', accessToken, context);
  }

  private get<T>(api: string, path: string, token: string, context?: CallContext): Promise<T> {
    return this.transport.json<T>(
      { api, method: 'GET', path, query: { access_token: token }, secrets: [token], requires: ['ip_list'] },
      context,
    );
  }

  private post<T>(
    api: string,
    path: string,
    token: string,
    body: unknown,
    context?: CallContext,
    requires: readonly string[] = [],
  ): Promise<T> {
    return this.transport.json<T>(
      { api, method: 'POST', path, query: { access_token: token }, body, secrets: [token], requires },
      context,
    );
  }
}
