// Made of openapi/broker.json by `npm run openapi`, for the routes in routes.ts; not edited by hand.

export interface AddTemplateRequest {
  readonly draft_id: number;
  /** 0 normal, 1 standard. Default: WeChat's. */
  readonly template_type?: 0 | 1 | undefined;
}

export interface AuthorizerDetailsView {
  readonly authorizer_appid: string;
  readonly cancelled_at: string | null;
  readonly component_appid: string;
  readonly granted_at: string | null;
  readonly head_img: string | null;
  readonly kind: 'channels' | 'mini_program' | 'official_account' | 'store' | 'supplier' | 'talent' | null;
  /** Since when WeChat's listing does not have it any more. */
  readonly missing_since: string | null;
  readonly nick_name: string | null;
  readonly permission_sets: readonly PermissionSetView[];
  readonly principal_name: string | null;
  /** `authorizer_info` as WeChat gave it. */
  readonly profile: Readonly<Record<string, unknown>> | null;
  readonly profile_at: string | null;
  readonly state: 'active' | 'cancelled' | 'degraded' | 'needs_reauthorization';
  readonly state_at: string | null;
  /** Why it is in that state; null when active. */
  readonly state_reason: string | null;
  readonly user_name: string | null;
}

export interface AuthorizerPage {
  readonly items: readonly AuthorizerView[];
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
}

export interface AuthorizerView {
  readonly authorizer_appid: string;
  readonly cancelled_at: string | null;
  readonly component_appid: string;
  readonly granted_at: string | null;
  readonly head_img: string | null;
  readonly kind: 'channels' | 'mini_program' | 'official_account' | 'store' | 'supplier' | 'talent' | null;
  /** Since when WeChat's listing does not have it any more. */
  readonly missing_since: string | null;
  readonly nick_name: string | null;
  readonly permission_sets: readonly PermissionSetView[];
  readonly principal_name: string | null;
  readonly state: 'active' | 'cancelled' | 'degraded' | 'needs_reauthorization';
  readonly state_at: string | null;
  /** Why it is in that state; null when active. */
  readonly state_reason: string | null;
  readonly user_name: string | null;
}

export interface BilingualView {
  readonly en: string;
  readonly zh: string;
}

export interface ChangeDomainsRequest {
  readonly action: 'add' | 'delete' | 'set';
  /** Without scheme. WeChat takes them joined by semicolons. */
  readonly domains: readonly string[];
  /** Default: only the platform's test version is changed. */
  readonly published_together?: boolean | undefined;
}

export interface ClientKeyView {
  readonly authorizers: readonly string[] | null;
  readonly client_id: string;
  readonly created_at: string;
  readonly expires_at: string | null;
  /** Shown once: `Authorization: Bearer <key>`. */
  readonly key: string;
  /** The hour in which its key was last used; null: never since this is kept. */
  readonly last_used_at: string | null;
  readonly name: string;
  readonly options: ClientOptionsDto | null;
  /** Until when the key before the last rotation still works. */
  readonly previous_key_until: string | null;
  readonly revoked_at: string | null;
  readonly scopes: readonly string[];
  readonly updated_at: string;
}

export interface ClientOptionsDto {
  /** Components it may use; absent: all. */
  readonly components?: readonly string[] | undefined;
  /**
   * Path prefixes of WeChat's API that the proxy may be used for, such as `/wxa/business/`; absent: what is harmless. What users of mini
   * programs would notice needs the scope `releases:write` as well.
   */
  readonly proxy_paths?: readonly string[] | undefined;
  /** Requests per second, averaged over ten seconds. A new key that names none has 50; a change that names none leaves it as it is. */
  readonly rate_limit_per_s?: number | undefined;
  /**
   * Hosts an authorization link may return to; `*`: any, by https. A new key that names none returns nowhere, one from before where
   * `RETURN_HOSTS` says; a change that names none leaves it as it is.
   */
  readonly return_hosts?: readonly string[] | undefined;
  /** Hosts inside the network, with or without a port, that its webhooks may call where the operator allows their addresses. */
  readonly webhook_hosts?: readonly string[] | undefined;
}

export interface ClientPage {
  readonly items: readonly ClientView[];
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
}

export interface ClientView {
  readonly authorizers: readonly string[] | null;
  readonly client_id: string;
  readonly created_at: string;
  readonly expires_at: string | null;
  /** The hour in which its key was last used; null: never since this is kept. */
  readonly last_used_at: string | null;
  readonly name: string;
  readonly options: ClientOptionsDto | null;
  /** Until when the key before the last rotation still works. */
  readonly previous_key_until: string | null;
  readonly revoked_at: string | null;
  readonly scopes: readonly string[];
  readonly updated_at: string;
}

export interface Code2SessionRequest {
  /** From `wx.login` of the mini program. */
  readonly js_code: string;
}

export interface Code2SessionView {
  readonly openid: string;
  readonly session_key: string;
  readonly unionid?: string | undefined;
}

export interface ComponentDomainsView {
  /** Of the request; WeChat did not take these. */
  readonly invalid?: readonly string[] | undefined;
  /** Of the published version of the platform: there once it was published. */
  readonly published?: readonly string[] | undefined;
  /** Of its test version. */
  readonly testing?: readonly string[] | undefined;
}

export interface ConfirmFileView {
  readonly file_content: string;
  readonly file_name: string;
}

export interface CreateClientRequest {
  /** Appids it may act for; absent: all. */
  readonly authorizers?: readonly string[] | undefined;
  /** Absent: never; with `admin`, `releases:write` or `component-token` in 90 days, which is also the longest. */
  readonly expires_at?: string | undefined;
  readonly name: string;
  readonly options?: ClientOptionsDto | undefined;
  readonly scopes: readonly (
    | 'admin'
    | 'authorizations:write'
    | 'authorizer-token'
    | 'authorizers:read'
    | 'component-operations'
    | 'component-token'
    | 'events:read'
    | 'going-online:write'
    | 'proxy'
    | 'registrations:read'
    | 'registrations:write'
    | 'releases:read'
    | 'releases:write'
    | 'subscriptions:write'
  )[];
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
  /** Seconds. Default 7 days. */
  readonly expires_in?: number | undefined;
  /** How many authorizations may come of it. Default 1. */
  readonly max_uses?: number | undefined;
  /** Where the merchant's browser goes afterwards, signed; absent: a page of ours says what happened. */
  readonly return_url?: string | undefined;
  /** The caller's own; comes back with the return. */
  readonly state?: string | undefined;
}

export interface CreateRegistrationRequest {
  /** The trial mini program that is converted. */
  readonly authorizer_appid?: string | undefined;
  /** The 18 characters of the unified social credit code (统一社会信用代码). */
  readonly code?: string | undefined;
  /** Service number of the platform, which WeChat shows to the person. */
  readonly component_phone?: string | undefined;
  /** Takes the certification over; must be so for governments, media and other organisations. Default true. */
  readonly copy_wx_verify?: boolean | undefined;
  /** The official account (公众号) whose entity is reused. */
  readonly mp_appid?: string | undefined;
  /** Of the company, as registered; of a trial, 4 to 30 characters without 小程序, 微信 and brands. */
  readonly name?: string | undefined;
  /** Of the person, in an account or app of the platform. */
  readonly openid?: string | undefined;
  /** The caller's own; comes back in answers and events. */
  readonly reference?: string | undefined;
  /** The mini program gets the administrator of the official account. */
  readonly same_admin?: boolean | undefined;
  /**
   * `enterprise`: name, code, component_phone · `personal`: wxuser · `trial`: name, openid · `trial-to-enterprise`: authorizer_appid, name,
   * code, component_phone · `trial-to-personal`: authorizer_appid, component_phone · `trial-to-account`: authorizer_appid, mp_appid ·
   * `account`: mp_appid.
   */
  readonly way:
    | 'account'
    | 'enterprise'
    | 'personal'
    | 'trial'
    | 'trial-to-account'
    | 'trial-to-enterprise'
    | 'trial-to-personal';
  /** WeChat id (微信号) of the person, no openid. */
  readonly wxuser?: string | undefined;
}

export interface CreatedLinkView {
  readonly auth_type: number;
  readonly biz_appid: string | null;
  readonly category_ids: readonly number[];
  readonly component_appid: string;
  readonly created_at: string;
  /** What the merchant gives up at another provider that has it now, as far as we know what this platform asks for. The page that the link opens says so, too. */
  readonly exclusive_sets: readonly ExclusiveSetView[];
  readonly expires_at: string;
  readonly link_id: string;
  readonly max_uses: number;
  /**
   * Shown once. The return carries `signature`: HMAC-SHA256 in hex over its other parameters, sorted by name, as `name=value` joined
   * by `&`, values percent-encoded as in the URL.
   */
  readonly return_secret: string;
  readonly return_url: string | null;
  readonly revoked_at: string | null;
  readonly state: string | null;
  /** To be opened by the merchant's administrator, from a page, a message or a QR code. */
  readonly url: string;
  /** Authorizations that came of it. */
  readonly uses: number;
}

export interface ExclusiveSetView {
  readonly id: number;
  readonly name: {
    readonly en: string;
    readonly zh: string;
  };
}

export interface JsapiTicketView {
  /** Seconds the caller may keep it. */
  readonly cache_seconds: number;
  /** Seconds until WeChat stops accepting it. */
  readonly expires_in: number;
  readonly ticket: string;
  readonly wx_config?: WxConfig | undefined;
}

export interface LinkView {
  readonly auth_type: number;
  readonly biz_appid: string | null;
  readonly category_ids: readonly number[];
  readonly component_appid: string;
  readonly created_at: string;
  /** What the merchant gives up at another provider that has it now, as far as we know what this platform asks for. The page that the link opens says so, too. */
  readonly exclusive_sets: readonly ExclusiveSetView[];
  readonly expires_at: string;
  readonly link_id: string;
  readonly max_uses: number;
  readonly return_url: string | null;
  readonly revoked_at: string | null;
  readonly state: string | null;
  /** To be opened by the merchant's administrator, from a page, a message or a QR code. */
  readonly url: string;
  /** Authorizations that came of it. */
  readonly uses: number;
}

export interface OauthCodeRequest {
  readonly code: string;
  /** Also ask for name and picture; needs `snsapi_userinfo`. Default false. */
  readonly user_info?: false | true | undefined;
}

export interface OauthRefreshRequest {
  readonly refresh_token: string;
}

export interface OauthTokenView {
  /** Of this one user; unrelated to the authorizer's token. */
  readonly access_token: string;
  /** Seconds. */
  readonly expires_in: number;
  /** A pseudo user of a snapshot page. */
  readonly is_snapshotuser?: boolean | undefined;
  readonly openid: string;
  /** Good for 30 days. */
  readonly refresh_token: string;
  readonly scope?: string | undefined;
  readonly unionid?: string | undefined;
  /** As WeChat gave it, if asked for. */
  readonly user?: Readonly<Record<string, unknown>> | undefined;
  /** Why there is no `user` though it was asked for. The code is used up, so the tokens are answered all the same. */
  readonly user_error?: OauthUserError | undefined;
}

export interface OauthUrlRequest {
  /** On the component's 公众号开发域名. */
  readonly redirect_uri: string;
  readonly scope?: 'snsapi_base' | 'snsapi_userinfo' | undefined;
  /** At most 128 bytes. Absent: the broker makes one, and answers it. */
  readonly state?: string | undefined;
}

export interface OauthUrlView {
  /** Keep it in the user's session: a return with another one was begun by somebody else. */
  readonly state: string;
  /** To be opened in WeChat; comes back to `redirect_uri` with `code`, `state` and `appid`. */
  readonly url: string;
}

export interface OauthUserError {
  readonly errcode?: number | undefined;
  readonly errmsg: string;
  readonly rid?: string | undefined;
}

export interface OptionView {
  readonly option_name: 'customer_service' | 'location_report' | 'voice_recognize';
  readonly value: number;
}

export interface OrderPathRequest {
  readonly authorizers: readonly string[];
  readonly path: string;
  /** Addresses of pictures for the reviewer. */
  readonly pictures?: readonly string[] | undefined;
  readonly test_account?: string | undefined;
  readonly test_password?: string | undefined;
  readonly test_remark?: string | undefined;
  readonly video?: string | undefined;
}

export interface PermissionSetView {
  /** Only one service provider at a time can hold it. */
  readonly exclusive?: boolean | undefined;
  readonly id: number;
  readonly name?:
    | {
        readonly en: string;
        readonly zh: string;
      }
    | undefined;
}

export interface Problem {
  /** What is wrong with this request. */
  readonly detail?: string | undefined;
  /** What is wrong with which member of the request. */
  readonly errors?:
    | readonly {
        readonly field?: string | undefined;
        readonly message?: string | undefined;
      }[]
    | undefined;
  /** `urn:wxplane:request:` and the id that is in the log and in `x-request-id`. */
  readonly instance?: string | undefined;
  /** What a person can do about it. */
  readonly remedy?:
    | string
    | {
        readonly en?: string | undefined;
        readonly zh?: string | undefined;
      }
    | undefined;
  readonly status: number;
  readonly title: string;
  /** `urn:wxplane:problem:` and one of: invalid-request, unauthenticated, forbidden, protected-effect, approval-needed, not-found, method-not-allowed, component-unknown, authorizer-unknown, conflict, idempotency-conflict, wechat-api-ended, payload-too-large, unsupported-media-type, rate-limited, authorizer-cancelled, authorizer-needs-reauthorization, permission-set-missing, ticket-missing, wechat-refused, wechat-unreachable, wechat-quota, broker-unreachable, unavailable, internal */
  readonly type: string;
  /** Where WeChat caused it. */
  readonly wechat?:
    | {
        /** Of a call made for this request: its name at WeChat. */
        readonly api?: string | undefined;
        /** What else its answer said, such as the domains that are wrong. */
        readonly details?: Readonly<Record<string, unknown>> | undefined;
        readonly errcode?: number | undefined;
        readonly errmsg?: string | undefined;
        readonly http_status?: number | undefined;
        /** How that call failed. */
        readonly kind?: 'bad-answer' | 'errcode' | 'network' | 'timeout' | undefined;
        /** That call may have taken effect: read the state before it is repeated. */
        readonly maybe_executed?: boolean | undefined;
        readonly rid?: string | undefined;
      }
    | undefined;
}

export interface RegistrationDetailsView {
  /** The mini program that came of it. */
  readonly authorizer_appid: string | null;
  readonly component_appid: string;
  readonly created_at: string;
  readonly errcode: number | null;
  /** Until when. */
  readonly expires_at: string | null;
  readonly history: readonly RegistrationMoveView[];
  /** Whom it is for, as far as a list needs it. */
  readonly label: string;
  /** When it is looked at again by itself. */
  readonly next_look_at: string | null;
  /** For whoever has to act: by message, or opened on a computer for its QR code. */
  readonly page_url: string;
  /** Why it is where it is, and what to do. */
  readonly reason: string | null;
  readonly reference: string | null;
  readonly registration_id: string;
  readonly remedy: BilingualView | null;
  readonly request: RegistrationRequestView;
  /** How often it was begun: one more with each renewal. */
  readonly round: number;
  /** The trial that is converted, or the official account that is reused. */
  readonly source_appid: string | null;
  /**
   * `preparing`: WeChat is to begin it · `waiting`: a person has to act · `submitting`: the consent is being used · `created`: made, and its
   * tokens are not here yet · `done`: an authorizer with tokens · `failed`, `expired`: it can be renewed.
   */
  readonly state: 'created' | 'done' | 'expired' | 'failed' | 'preparing' | 'submitting' | 'waiting';
  readonly updated_at: string;
  readonly way:
    | 'account'
    | 'enterprise'
    | 'personal'
    | 'trial'
    | 'trial-to-account'
    | 'trial-to-enterprise'
    | 'trial-to-personal';
  /** As WeChat told it last: what it means depends on the way. */
  readonly wechat_status: number | null;
  readonly wechat_status_text: BilingualView | null;
  /** Who has to act; null unless it is waiting. */
  readonly who_acts: BilingualView | null;
}

export interface RegistrationMoveView {
  readonly at: string;
  /** The request, event or reading that moved it. */
  readonly cause: string;
  readonly errcode: number | null;
  readonly from: 'created' | 'done' | 'expired' | 'failed' | 'preparing' | 'submitting' | 'waiting' | null;
  readonly reason: string | null;
  readonly to: 'created' | 'done' | 'expired' | 'failed' | 'preparing' | 'submitting' | 'waiting';
}

export interface RegistrationPage {
  readonly items: readonly RegistrationView[];
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
}

export interface RegistrationRequestView {
  readonly authorizer_appid?: string | undefined;
  readonly code?: string | undefined;
  readonly component_phone?: string | undefined;
  readonly copy_wx_verify?: boolean | undefined;
  readonly mp_appid?: string | undefined;
  readonly name?: string | undefined;
  readonly openid?: string | undefined;
  readonly same_admin?: boolean | undefined;
  readonly wxuser?: string | undefined;
}

export interface RegistrationView {
  /** The mini program that came of it. */
  readonly authorizer_appid: string | null;
  readonly component_appid: string;
  readonly created_at: string;
  readonly errcode: number | null;
  /** Until when. */
  readonly expires_at: string | null;
  /** Whom it is for, as far as a list needs it. */
  readonly label: string;
  /** When it is looked at again by itself. */
  readonly next_look_at: string | null;
  /** For whoever has to act: by message, or opened on a computer for its QR code. */
  readonly page_url: string;
  /** Why it is where it is, and what to do. */
  readonly reason: string | null;
  readonly reference: string | null;
  readonly registration_id: string;
  readonly remedy: BilingualView | null;
  /** How often it was begun: one more with each renewal. */
  readonly round: number;
  /** The trial that is converted, or the official account that is reused. */
  readonly source_appid: string | null;
  /**
   * `preparing`: WeChat is to begin it · `waiting`: a person has to act · `submitting`: the consent is being used · `created`: made, and its
   * tokens are not here yet · `done`: an authorizer with tokens · `failed`, `expired`: it can be renewed.
   */
  readonly state: 'created' | 'done' | 'expired' | 'failed' | 'preparing' | 'submitting' | 'waiting';
  readonly updated_at: string;
  readonly way:
    | 'account'
    | 'enterprise'
    | 'personal'
    | 'trial'
    | 'trial-to-account'
    | 'trial-to-enterprise'
    | 'trial-to-personal';
  /** As WeChat told it last: what it means depends on the way. */
  readonly wechat_status: number | null;
  readonly wechat_status_text: BilingualView | null;
  /** Who has to act; null unless it is waiting. */
  readonly who_acts: BilingualView | null;
}

export interface ReportInvalidRequest {
  /** The token that WeChat refused. */
  readonly token: string;
}

export interface ReportInvalidView {
  readonly access_token: string;
  /** Seconds the caller may keep it; after that, ask again: it may have been replaced. */
  readonly cache_seconds: number;
  /** Seconds until WeChat stops accepting it. */
  readonly expires_in: number;
  /** True: the token was replaced because of this report (or of another one at the same moment). */
  readonly refreshed: boolean;
  /** It should have been refreshed by now, and WeChat does not answer. */
  readonly stale?: boolean | undefined;
}

export interface ReportJsapiTicketRequest {
  /** The ticket whose signatures WeChat refuses. */
  readonly ticket: string;
  readonly type?: 'jsapi' | 'wx_card' | undefined;
}

export interface ReportJsapiTicketView {
  /** Seconds the caller may keep it. */
  readonly cache_seconds: number;
  /** Seconds until WeChat stops accepting it. */
  readonly expires_in: number;
  /** True: the ticket was replaced because of this report (or of another one at the same moment). */
  readonly refreshed: boolean;
  readonly ticket: string;
}

export interface RotateClientRequest {
  /** Seconds for which the former key goes on working. Default one day. */
  readonly overlap?: number | undefined;
}

export interface SetOption {
  /** `location_report`: 0 none, 1 when a chat begins, 2 every five seconds; the others: 0 off, 1 on. */
  readonly value: 0 | 1 | 2;
}

export interface SyncProfiles {
  /** WeChat gave none of these. */
  readonly failed: number;
  readonly per_minute: number;
  readonly read: number;
  /** `null`: not to be told yet. */
  readonly seconds_left: number | null;
  readonly total: number;
}

export interface SyncView {
  /** Were not known here. */
  readonly added: number;
  readonly component_appid: string;
  readonly created_at: string;
  readonly finished_at: string | null;
  /** Known here, not in WeChat's listing: marked, never deleted. */
  readonly missing: number;
  readonly problem: string | null;
  /** Profiles and permission sets that were not known; `null` until the list is read. */
  readonly profiles: SyncProfiles | null;
  /** Refresh tokens that were missing here, or differed. */
  readonly recovered: number;
  /** Read so far. */
  readonly seen: number;
  readonly started_at: string | null;
  readonly state: 'done' | 'failed' | 'running' | 'waiting';
  readonly sync_id: number;
  /** Authorizations WeChat says there are. */
  readonly total: number | null;
}

export interface TemplateDraftPage {
  readonly items: readonly TemplateDraftView[];
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
}

export interface TemplateDraftView {
  /** Unix seconds. */
  readonly create_time: number;
  readonly developer?: string | undefined;
  readonly draft_id: number;
  readonly source_miniprogram?: string | undefined;
  readonly source_miniprogram_appid?: string | undefined;
  readonly user_desc: string;
  readonly user_version: string;
}

export interface TemplatePage {
  readonly items: readonly TemplateView[];
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
}

export interface TemplateView {
  /** Unix seconds. */
  readonly create_time: number;
  readonly developer?: string | undefined;
  readonly draft_id?: number | undefined;
  readonly source_miniprogram?: string | undefined;
  readonly source_miniprogram_appid?: string | undefined;
  readonly template_id: number;
  /** 0 normal, 1 standard. */
  readonly template_type?: number | undefined;
  readonly user_desc: string;
  readonly user_version: string;
}

export interface TokenView {
  readonly access_token: string;
  /** Seconds the caller may keep it; after that, ask again: it may have been replaced. */
  readonly cache_seconds: number;
  /** Seconds until WeChat stops accepting it. */
  readonly expires_in: number;
  /** It should have been refreshed by now, and WeChat does not answer. */
  readonly stale?: boolean | undefined;
}

export interface UpdateClientRequest {
  /** Appids it may act for; null: all. */
  readonly authorizers?: readonly string[] | null | undefined;
  readonly expires_at?: string | null | undefined;
  readonly name?: string | undefined;
  readonly options?: ClientOptionsDto | null | undefined;
  readonly scopes?:
    | readonly (
        | 'admin'
        | 'authorizations:write'
        | 'authorizer-token'
        | 'authorizers:read'
        | 'component-operations'
        | 'component-token'
        | 'events:read'
        | 'going-online:write'
        | 'proxy'
        | 'registrations:read'
        | 'registrations:write'
        | 'releases:read'
        | 'releases:write'
        | 'subscriptions:write'
      )[]
    | undefined;
}

export interface WxConfig {
  readonly appId: string;
  readonly nonceStr: string;
  readonly signature: string;
  /** Unix seconds. */
  readonly timestamp: number;
}

export interface ListAuthorizersQuery {
  /** Entries of a page at most. A page may be shorter; the last one has no `next_cursor`. */
  readonly limit?: number | undefined;
  /** `next_cursor` of the page before; absent: the first page. */
  readonly cursor?: string | undefined;
  /** Part of the name, of the owner's name, or the beginning of an appid or original id. */
  readonly q?: string | undefined;
  readonly kind?: 'channels' | 'mini_program' | 'official_account' | 'store' | 'supplier' | 'talent' | undefined;
  readonly state?: 'active' | 'cancelled' | 'degraded' | 'needs_reauthorization' | undefined;
  /** Id of a permission set (权限集) that must be granted. */
  readonly permission_set?: number | undefined;
}

export interface JsapiTicketQuery {
  /** The page that will call `wx.config`; then the answer has a ready-made signature. */
  readonly url?: string | undefined;
  readonly type?: 'jsapi' | 'wx_card' | undefined;
}

export interface ListRegistrationsQuery {
  /** Entries of a page at most. A page may be shorter; the last one has no `next_cursor`. */
  readonly limit?: number | undefined;
  /** `next_cursor` of the page before; absent: the first page. */
  readonly cursor?: string | undefined;
  /** Of the mini program that came of it. */
  readonly authorizer_appid?: string | undefined;
  readonly state?: 'created' | 'done' | 'expired' | 'failed' | 'preparing' | 'submitting' | 'waiting' | undefined;
  readonly way?:
    | 'account'
    | 'enterprise'
    | 'personal'
    | 'trial'
    | 'trial-to-account'
    | 'trial-to-enterprise'
    | 'trial-to-personal'
    | undefined;
  /** The caller's own, as it was given. */
  readonly reference?: string | undefined;
}

export interface ListClientsQuery {
  /** Entries of a page at most. A page may be shorter; the last one has no `next_cursor`. The default becomes 100. */
  readonly limit?: number | undefined;
  /** `next_cursor` of the page before; absent: the first page. */
  readonly cursor?: string | undefined;
}
