/** Where WeChat lives. Overridden for the sandbox and for tests; no trailing slash needed. */
export interface WechatBaseUrls {
  /** JSON APIs. Default `https://api.weixin.qq.com`. */
  readonly apiBaseUrl: string;
  /** PC authorization page. Default `https://mp.weixin.qq.com`. */
  readonly mpBaseUrl: string;
  /** Mobile authorization page and web OAuth. Default `https://open.weixin.qq.com`. */
  readonly openBaseUrl: string;
}

export const WECHAT_BASE_URLS: WechatBaseUrls = {
  apiBaseUrl: 'https://api.weixin.qq.com',
  mpBaseUrl: 'https://mp.weixin.qq.com',
  openBaseUrl: 'https://open.weixin.qq.com',
};

/** Which accounts may be picked: 1 official accounts, 2 mini programs, 3 both, 4 mini-program promoters, 5 Channels, 6 all three, 8 sales assistants. */
export const AUTH_TYPES = [1, 2, 3, 4, 5, 6, 8] as const;
export type AuthType = (typeof AUTH_TYPES)[number];

export interface AuthorizationPageParams {
  readonly componentAppid: string;
  /** Whole, with its `preauthcode@@@`. Single use: make one per click. */
  readonly preAuthCode: string;
  /** On the domain from which the page is opened (授权发起页域名). */
  readonly redirectUri: string;
  /** Default 3. */
  readonly authType?: AuthType;
  /** Only this account may be authorized; wins over `authType`. */
  readonly bizAppid?: string;
  /** Permission sets to ask for; default all that the component has released. */
  readonly categoryIdList?: readonly number[];
}

export interface OauthAuthorizeParams {
  readonly componentAppid: string;
  readonly authorizerAppid: string;
  readonly redirectUri: string;
  readonly scope: 'snsapi_base' | 'snsapi_userinfo';
  /** At most 128 bytes. */
  readonly state?: string;
}

export type QueryValue = string | number | undefined;

/** Every URL of WeChat is built here. */
export class WechatUrls {
  readonly bases: WechatBaseUrls;

  constructor(bases: Partial<WechatBaseUrls> = {}) {
    this.bases = {
      apiBaseUrl: base(bases.apiBaseUrl ?? WECHAT_BASE_URLS.apiBaseUrl),
      mpBaseUrl: base(bases.mpBaseUrl ?? WECHAT_BASE_URLS.mpBaseUrl),
      openBaseUrl: base(bases.openBaseUrl ?? WECHAT_BASE_URLS.openBaseUrl),
    };
  }

  /** @param path begins with a slash; see `API_PATHS`. */
  api(path: string, query: Readonly<Record<string, QueryValue>> = {}): string {
    return withQuery(this.bases.apiBaseUrl + path, query);
  }

  /** PC: shows a QR code to scan. Must be opened by a link on the authorization domain, or WeChat sees no referrer and refuses. */
  authorizationPagePc(params: AuthorizationPageParams): string {
    return withQuery(`${this.bases.mpBaseUrl}/cgi-bin/componentloginpage`, authorizationQuery(params));
  }

  /** For a link clicked inside WeChat. */
  authorizationPageH5(params: AuthorizationPageParams): string {
    const query = { action: 'bindcomponent', no_scan: 1, ...authorizationQuery(params) };
    return `${withQuery(`${this.bases.openBaseUrl}/wxaopen/safe/bindcomponent`, query)}#wechat_redirect`;
  }

  /**
   * Where the administrator of an official account lends its entity to a new mini program (registration.md §6). The browser comes back with
   * `ticket`. Links to it are escaped: `&copy` is an entity of HTML.
   */
  accountRegistrationPage(params: {
    readonly accountAppid: string;
    readonly componentAppid: string;
    /** Takes the verification over; must be so for governments, media and other organisations. */
    readonly copyVerification: boolean;
    readonly redirectUri: string;
  }): string {
    return withQuery(`${this.bases.mpBaseUrl}/cgi-bin/fastregisterauth`, {
      appid: params.accountAppid,
      component_appid: params.componentAppid,
      copy_wx_verify: params.copyVerification ? 1 : 0,
      redirect_uri: params.redirectUri,
    });
  }

  /** Web OAuth of an official account on its behalf. WeChat minds the order and the case of these parameters. */
  oauthAuthorize(params: OauthAuthorizeParams): string {
    if (Buffer.byteLength(params.state ?? '') > 128) {
      throw new RangeError('state is longer than 128 bytes');
    }
    const query = {
      appid: params.authorizerAppid,
      redirect_uri: params.redirectUri,
      response_type: 'code',
      scope: params.scope,
      state: params.state ?? '',
      component_appid: params.componentAppid,
    };
    return `${withQuery(`${this.bases.openBaseUrl}/connect/oauth2/authorize`, query)}#wechat_redirect`;
  }
}

function authorizationQuery(params: AuthorizationPageParams): Record<string, QueryValue> {
  return {
    component_appid: params.componentAppid,
    pre_auth_code: params.preAuthCode,
    redirect_uri: params.redirectUri,
    auth_type: params.authType ?? 3,
    biz_appid: params.bizAppid,
    category_id_list: params.categoryIdList?.length ? params.categoryIdList.join('|') : undefined,
  };
}

function withQuery(url: string, query: Readonly<Record<string, QueryValue>>): string {
  const parts = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return parts.length === 0 ? url : `${url}?${parts.join('&')}`;
}

function base(url: string): string {
  const parsed = new URL(url);
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') {
    throw new TypeError('base URL must be http or https');
  }
  return url.replace(/\/+$/, '');
}
