// Made from the OpenAPI document of the broker by test/broker-client.e2e-spec.ts (see README.md); not edited by hand.

export interface AuthorizerListResponse {
  readonly items: readonly AuthorizerSummary[];
  readonly next_cursor: string | null;
}

export interface AuthorizerResponse {
  readonly component_appid: string;
  readonly authorizer_appid: string;
  readonly state: 'active' | 'degraded' | 'needs_reauthorization' | 'cancelled';
  /** Why it is in that state; null when active. */
  readonly state_reason: string | null;
  readonly state_at: string | null;
  readonly kind: 'official_account' | 'mini_program' | 'channels' | 'store' | 'talent' | 'supplier' | null;
  readonly nick_name: string | null;
  readonly user_name: string | null;
  readonly principal_name: string | null;
  readonly head_img: string | null;
  readonly permission_sets: readonly PermissionSetResponse[];
  readonly granted_at: string | null;
  readonly cancelled_at: string | null;
  /** Since when WeChat's listing does not have it any more. */
  readonly missing_since: string | null;
  /** `authorizer_info` as WeChat gave it. */
  readonly profile: Readonly<Record<string, unknown>> | null;
  readonly profile_at: string | null;
}

export interface AuthorizerSummary {
  readonly component_appid: string;
  readonly authorizer_appid: string;
  readonly state: 'active' | 'degraded' | 'needs_reauthorization' | 'cancelled';
  /** Why it is in that state; null when active. */
  readonly state_reason: string | null;
  readonly state_at: string | null;
  readonly kind: 'official_account' | 'mini_program' | 'channels' | 'store' | 'talent' | 'supplier' | null;
  readonly nick_name: string | null;
  readonly user_name: string | null;
  readonly principal_name: string | null;
  readonly head_img: string | null;
  readonly permission_sets: readonly PermissionSetResponse[];
  readonly granted_at: string | null;
  readonly cancelled_at: string | null;
  /** Since when WeChat's listing does not have it any more. */
  readonly missing_since: string | null;
}

export interface ClientKeyResponse {
  /** Shown once: `Authorization: Bearer <key>`. */
  readonly key: string;
  readonly client_id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly authorizers: readonly string[] | null;
  readonly options: ClientOptionsDto | null;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  /** Until when the key before the last rotation still works. */
  readonly previous_key_until: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface ClientListResponse {
  readonly items: readonly ClientResponse[];
  readonly next_cursor: string | null;
}

export interface ClientOptionsDto {
  /** Requests per second, averaged over ten seconds. */
  readonly rate_limit_per_s?: number | undefined;
  /** Path prefixes of WeChat's API that the proxy may be used for, such as `/wxa/`. */
  readonly proxy_paths?: readonly string[] | undefined;
  /** Hosts an authorization link may return to. */
  readonly return_hosts?: readonly string[] | undefined;
}

export interface ClientResponse {
  readonly client_id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly authorizers: readonly string[] | null;
  readonly options: ClientOptionsDto | null;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  /** Until when the key before the last rotation still works. */
  readonly previous_key_until: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface CreateClientRequest {
  readonly name: string;
  readonly scopes: readonly (
    | 'component-token'
    | 'authorizer-token'
    | 'authorizers:read'
    | 'authorizations:write'
    | 'proxy'
    | 'releases:read'
    | 'releases:write'
    | 'events:read'
    | 'subscriptions:write'
    | 'admin'
  )[];
  /** Appids it may act for; absent: all. */
  readonly authorizers?: readonly string[] | undefined;
  readonly options?: ClientOptionsDto | undefined;
  readonly expires_at?: string | undefined;
}

export interface CreateLinkRequest {
  /**
   * Which accounts may be picked: 1 official accounts, 2 mini programs, 3 both, 4 mini-program promoters, 5 Channels,
   * 6 all three, 8 sales assistants.
   */
  readonly auth_type?: 1 | 2 | 3 | 4 | 5 | 6 | 8 | undefined;
  /** Only this account may be authorized; wins over `auth_type`. */
  readonly biz_appid?: string | undefined;
  /** Permission sets to ask for; default: all that the component has released. */
  readonly category_ids?: readonly number[] | undefined;
  /** The caller's own; comes back with the return. */
  readonly state?: string | undefined;
  /** Where the merchant's browser goes afterwards, signed; absent: a page of ours says what happened. */
  readonly return_url?: string | undefined;
  /** How many authorizations may come of it. Default 1. */
  readonly max_uses?: number | undefined;
  /** Seconds. Default 7 days. */
  readonly expires_in?: number | undefined;
}

export interface CreatedLinkResponse {
  /**
   * Shown once. The return carries `signature`: HMAC-SHA256 in hex over its other parameters, sorted by name, as `name=value` joined
   * by `&`, values percent-encoded as in the URL.
   */
  readonly return_secret: string;
  readonly link_id: string;
  readonly component_appid: string;
  /** To be opened by the merchant's administrator, from a page, a message or a QR code. */
  readonly url: string;
  readonly auth_type: number;
  readonly biz_appid: string | null;
  readonly category_ids: readonly number[];
  readonly state: string | null;
  readonly return_url: string | null;
  readonly max_uses: number;
  /** Authorizations that came of it. */
  readonly uses: number;
  readonly expires_at: string;
  readonly created_at: string;
  readonly revoked_at: string | null;
}

export interface LinkResponse {
  readonly link_id: string;
  readonly component_appid: string;
  /** To be opened by the merchant's administrator, from a page, a message or a QR code. */
  readonly url: string;
  readonly auth_type: number;
  readonly biz_appid: string | null;
  readonly category_ids: readonly number[];
  readonly state: string | null;
  readonly return_url: string | null;
  readonly max_uses: number;
  /** Authorizations that came of it. */
  readonly uses: number;
  readonly expires_at: string;
  readonly created_at: string;
  readonly revoked_at: string | null;
}

export interface PermissionSetResponse {
  readonly id: number;
  readonly name?:
    | {
        readonly en: string;
        readonly zh: string;
      }
    | undefined;
  /** Only one service provider at a time can hold it. */
  readonly exclusive?: boolean | undefined;
}

export interface ReportInvalidRequest {
  /** The token that WeChat refused. */
  readonly token: string;
}

export interface ReportInvalidResponse {
  readonly access_token: string;
  /** Seconds until WeChat stops accepting it. */
  readonly expires_in: number;
  /** Seconds the caller may keep it; after that, ask again: it may have been replaced. */
  readonly cache_seconds: number;
  /** It should have been refreshed by now, and WeChat does not answer. */
  readonly stale?: boolean | undefined;
  /** True: the token was replaced because of this report (or of another one at the same moment). */
  readonly refreshed: boolean;
}

export interface RotateClientRequest {
  /** Seconds for which the former key goes on working. Default one day. */
  readonly overlap?: number | undefined;
}

export interface TokenResponse {
  readonly access_token: string;
  /** Seconds until WeChat stops accepting it. */
  readonly expires_in: number;
  /** Seconds the caller may keep it; after that, ask again: it may have been replaced. */
  readonly cache_seconds: number;
  /** It should have been refreshed by now, and WeChat does not answer. */
  readonly stale?: boolean | undefined;
}

export interface UpdateClientRequest {
  readonly name?: string | undefined;
  readonly scopes?:
    | readonly (
        | 'component-token'
        | 'authorizer-token'
        | 'authorizers:read'
        | 'authorizations:write'
        | 'proxy'
        | 'releases:read'
        | 'releases:write'
        | 'events:read'
        | 'subscriptions:write'
        | 'admin'
      )[]
    | undefined;
  /** Appids it may act for; null: all. */
  readonly authorizers?: readonly string[] | null | undefined;
  readonly options?: ClientOptionsDto | null | undefined;
  readonly expires_at?: string | null | undefined;
}

export interface ListAuthorizersQuery {
  /** Part of the name, of the owner's name, or the beginning of an appid or original id. */
  readonly q?: string | undefined;
  readonly kind?: 'official_account' | 'mini_program' | 'channels' | 'store' | 'talent' | 'supplier' | undefined;
  readonly state?: 'active' | 'degraded' | 'needs_reauthorization' | 'cancelled' | undefined;
  /** Id of a permission set (权限集) that must be granted. */
  readonly permission_set?: number | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}
