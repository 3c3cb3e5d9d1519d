// Made of the document beside it by `npm run openapi`.

export interface paths {
    readonly "/v1/audit-log": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Who revealed or wrote what, when, from where; newest first. What other replicas counted within the last minute may be missing. */
        readonly get: operations["CallsController_audit"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/clients": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Every client, without its key. */
        readonly get: operations["ClientsController_list"];
        readonly put?: never;
        /** Makes a client. Its key is in this answer and nowhere else. */
        readonly post: operations["ClientsController_create"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/clients/{client_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** One client, without its key. */
        readonly get: operations["ClientsController_get"];
        readonly put?: never;
        readonly post?: never;
        /** The key stops working on every replica, within seconds. */
        readonly delete: operations["ClientsController_revoke"];
        readonly options?: never;
        readonly head?: never;
        /** Changes what a client may do; its key stays. */
        readonly patch: operations["ClientsController_update"];
        readonly trace?: never;
    };
    readonly "/v1/clients/{client_id}/rotate": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** A new key; the former one goes on working for `overlap` seconds. */
        readonly post: operations["ClientsController_rotate"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The components this deployment serves, and how they are doing. */
        readonly get: operations["ComponentsController_list"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** One component, and how it is doing. */
        readonly get: operations["ComponentsController_get"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorization-links": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Makes a link that leads a merchant's administrator to WeChat's consent page. */
        readonly post: operations["LinksController_create"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorization-links/{link_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Clients see the links they made; an admin sees all. */
        readonly get: operations["LinksController_get"];
        readonly put?: never;
        readonly post?: never;
        /** From now on the link opens a page that says it is no longer valid. */
        readonly delete: operations["LinksController_revoke"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Authorizers, oldest first. WeChat is not asked. */
        readonly get: operations["AuthorizersController_list"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/sync": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Starts a run through WeChat's list of authorizers. Ask for its progress by its id. */
        readonly post: operations["SyncController_start"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/sync/{sync_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** How far a run has come. */
        readonly get: operations["SyncController_get"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** One authorizer with its profile. WeChat is not asked. */
        readonly get: operations["AuthorizersController_get"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/code2session": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** A mini program's login code → openid and session key. */
        readonly post: operations["OnBehalfController_code2session"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/jsapi-ticket": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The JS-SDK ticket; with `url` also the signature for `wx.config` on that page. */
        readonly get: operations["OnBehalfController_jsapiTicket"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/jsapi-ticket/report-invalid": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** "WeChat refused a signature made with this ticket." Answers the one to use now. */
        readonly post: operations["OnBehalfController_reportJsapiTicket"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/oauth/refresh": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** A new access token for the same user. */
        readonly post: operations["OnBehalfController_oauthRefresh"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/oauth/token": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** The code that came back → the user. */
        readonly post: operations["OnBehalfController_oauthToken"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/oauth/url": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** The address that sends an official account's user to WeChat and back (网页授权). */
        readonly post: operations["OnBehalfController_oauthUrl"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/refresh": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Asks WeChat for the profile and the permission sets, and answers them. */
        readonly post: operations["AuthorizersController_refresh"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/token": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The authorizer access token (授权方接口调用凭证), alive: use it wherever WeChat's documents say `access_token`. */
        readonly get: operations["TokensController_authorizer"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/token/refresh": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Replaces the authorizer token on every replica, though nobody refused it. The former one lives some minutes more. */
        readonly post: operations["TokensController_refreshAuthorizer"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/token/report-invalid": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** "WeChat refused this authorizer token." Answers the one to use now. */
        readonly post: operations["TokensController_reportAuthorizer"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/wechat/{path}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Calls WeChat for an authorizer.
         * @description Query, body and content type go to WeChat as they are, with a token put in, and its answer comes back as it is: its errors are HTTP 200 with an `errcode`.
         */
        readonly get: operations["get_wechat_for_authorizer"];
        /**
         * Calls WeChat for an authorizer.
         * @description Query, body and content type go to WeChat as they are, with a token put in, and its answer comes back as it is: its errors are HTTP 200 with an `errcode`.
         */
        readonly put: operations["put_wechat_for_authorizer"];
        /**
         * Calls WeChat for an authorizer.
         * @description Query, body and content type go to WeChat as they are, with a token put in, and its answer comes back as it is: its errors are HTTP 200 with an `errcode`.
         */
        readonly post: operations["post_wechat_for_authorizer"];
        /**
         * Calls WeChat for an authorizer.
         * @description Query, body and content type go to WeChat as they are, with a token put in, and its answer comes back as it is: its errors are HTTP 200 with an `errcode`.
         */
        readonly delete: operations["delete_wechat_for_authorizer"];
        readonly options?: never;
        readonly head?: never;
        /**
         * Calls WeChat for an authorizer.
         * @description Query, body and content type go to WeChat as they are, with a token put in, and its answer comes back as it is: its errors are HTTP 200 with an `errcode`.
         */
        readonly patch: operations["patch_wechat_for_authorizer"];
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/call-counts": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** How often each API was called on a day, and what the operator allows. */
        readonly get: operations["CallsController_counts"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/calls": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Calls of WeChat's API, newest first, kept for some days. With the `rid` WeChat's support can look one up. */
        readonly get: operations["CallsController_list"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/ticket": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The newest component verify ticket: for services beside the broker that cannot do without it. */
        readonly get: operations["TicketController_ticket"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/token": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The component access token (第三方平台接口调用凭证), alive. */
        readonly get: operations["TokensController_component"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/token/refresh": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Replaces the component token on every replica, though nobody refused it. The former one lives some minutes more. */
        readonly post: operations["TokensController_refreshComponent"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/token/report-invalid": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** "WeChat refused this component token." Answers the one to use now. */
        readonly post: operations["TokensController_reportComponent"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/wechat/{path}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Calls WeChat as the component.
         * @description Query, body and content type go to WeChat as they are, with a token put in, and its answer comes back as it is: its errors are HTTP 200 with an `errcode`.
         */
        readonly get: operations["get_wechat_as_component"];
        /**
         * Calls WeChat as the component.
         * @description Query, body and content type go to WeChat as they are, with a token put in, and its answer comes back as it is: its errors are HTTP 200 with an `errcode`.
         */
        readonly put: operations["put_wechat_as_component"];
        /**
         * Calls WeChat as the component.
         * @description Query, body and content type go to WeChat as they are, with a token put in, and its answer comes back as it is: its errors are HTTP 200 with an `errcode`.
         */
        readonly post: operations["post_wechat_as_component"];
        /**
         * Calls WeChat as the component.
         * @description Query, body and content type go to WeChat as they are, with a token put in, and its answer comes back as it is: its errors are HTTP 200 with an `errcode`.
         */
        readonly delete: operations["delete_wechat_as_component"];
        readonly options?: never;
        readonly head?: never;
        /**
         * Calls WeChat as the component.
         * @description Query, body and content type go to WeChat as they are, with a token put in, and its answer comes back as it is: its errors are HTTP 200 with an `errcode`.
         */
        readonly patch: operations["patch_wechat_as_component"];
        readonly trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        readonly ApiCountView: {
            /** @description WeChat's path. */
            readonly api: string;
            /** @description What the operator allows per day; null: no limit. */
            readonly budget: number | null;
            readonly calls: number;
            readonly failures: number;
        };
        readonly AuditEntryView: {
            readonly accesslog_id: string;
            readonly action: string;
            readonly app: string;
            readonly at: string;
            readonly authorizer_appid: string | null;
            readonly client_id: string | null;
            readonly component_appid: string | null;
            readonly ip: string | null;
            readonly last_at: string | null;
            readonly outcome: string;
            /** @description Of the first time; repetitions have none. */
            readonly request_id: string | null;
            readonly subject: string | null;
            /** @description How often between `at` and `last_at`: what a client reads again within a minute is one entry. */
            readonly times: number;
        };
        readonly AuditPage: {
            readonly items: readonly components["schemas"]["AuditEntryView"][];
            /** @description For the page after this one; `null`: this is the last one. */
            readonly next_cursor: string | null;
        };
        readonly AuthorizerDetailsView: {
            readonly authorizer_appid: string;
            readonly cancelled_at: string | null;
            readonly component_appid: string;
            readonly granted_at: string | null;
            readonly head_img: string | null;
            /** @enum {string|null} */
            readonly kind: "official_account" | "mini_program" | "channels" | "store" | "talent" | "supplier" | null;
            /** @description Since when WeChat's listing does not have it any more. */
            readonly missing_since: string | null;
            readonly nick_name: string | null;
            readonly permission_sets: readonly components["schemas"]["PermissionSetView"][];
            readonly principal_name: string | null;
            /** @description `authorizer_info` as WeChat gave it. */
            readonly profile: {
                readonly [key: string]: unknown;
            } | null;
            readonly profile_at: string | null;
            /** @enum {string} */
            readonly state: "active" | "degraded" | "needs_reauthorization" | "cancelled";
            readonly state_at: string | null;
            /** @description Why it is in that state; null when active. */
            readonly state_reason: string | null;
            readonly user_name: string | null;
        };
        readonly AuthorizerPage: {
            readonly items: readonly components["schemas"]["AuthorizerView"][];
            /** @description For the page after this one; `null`: this is the last one. */
            readonly next_cursor: string | null;
        };
        readonly AuthorizerView: {
            readonly authorizer_appid: string;
            readonly cancelled_at: string | null;
            readonly component_appid: string;
            readonly granted_at: string | null;
            readonly head_img: string | null;
            /** @enum {string|null} */
            readonly kind: "official_account" | "mini_program" | "channels" | "store" | "talent" | "supplier" | null;
            /** @description Since when WeChat's listing does not have it any more. */
            readonly missing_since: string | null;
            readonly nick_name: string | null;
            readonly permission_sets: readonly components["schemas"]["PermissionSetView"][];
            readonly principal_name: string | null;
            /** @enum {string} */
            readonly state: "active" | "degraded" | "needs_reauthorization" | "cancelled";
            readonly state_at: string | null;
            /** @description Why it is in that state; null when active. */
            readonly state_reason: string | null;
            readonly user_name: string | null;
        };
        readonly CallCountsView: {
            readonly component_appid: string;
            readonly day: string;
            readonly items: readonly components["schemas"]["ApiCountView"][];
        };
        readonly CallPage: {
            readonly items: readonly components["schemas"]["CallView"][];
            /** @description For the page after this one; `null`: this is the last one. */
            readonly next_cursor: string | null;
        };
        readonly CallView: {
            readonly api: string;
            readonly app: string;
            readonly at: string;
            readonly authorizer_appid: string | null;
            readonly call_id: string;
            /** @description Who asked; null: the suite itself. */
            readonly client_id: string | null;
            readonly component_appid: string | null;
            readonly duration_ms: number;
            readonly errcode: number | null;
            readonly http_status: number | null;
            readonly method: string;
            readonly outcome: string;
            readonly path: string;
            readonly request_id: string | null;
            readonly rid: string | null;
        };
        readonly ClientKeyView: {
            readonly authorizers: readonly string[] | null;
            readonly client_id: string;
            readonly created_at: string;
            readonly expires_at: string | null;
            /** @description Shown once: `Authorization: Bearer <key>`. */
            readonly key: string;
            readonly name: string;
            readonly options: components["schemas"]["ClientOptionsDto"] | null;
            /** @description Until when the key before the last rotation still works. */
            readonly previous_key_until: string | null;
            readonly revoked_at: string | null;
            readonly scopes: readonly string[];
            readonly updated_at: string;
        };
        readonly ClientOptionsDto: {
            /**
             * @description Path prefixes of WeChat's API that the proxy may be used for, such as `/wxa/business/`; absent: what is harmless. What users of mini
             *     programs would notice needs the scope `releases:write` as well.
             */
            readonly proxy_paths?: readonly string[];
            /** @description Requests per second, averaged over ten seconds. */
            readonly rate_limit_per_s?: number;
            /** @description Hosts an authorization link may return to. */
            readonly return_hosts?: readonly string[];
        };
        readonly ClientPage: {
            readonly items: readonly components["schemas"]["ClientView"][];
            /** @description For the page after this one; `null`: this is the last one. */
            readonly next_cursor: string | null;
        };
        readonly ClientView: {
            readonly authorizers: readonly string[] | null;
            readonly client_id: string;
            readonly created_at: string;
            readonly expires_at: string | null;
            readonly name: string;
            readonly options: components["schemas"]["ClientOptionsDto"] | null;
            /** @description Until when the key before the last rotation still works. */
            readonly previous_key_until: string | null;
            readonly revoked_at: string | null;
            readonly scopes: readonly string[];
            readonly updated_at: string;
        };
        readonly Code2SessionRequest: {
            /** @description From `wx.login` of the mini program. */
            readonly js_code: string;
        };
        readonly Code2SessionView: {
            readonly openid: string;
            readonly session_key: string;
            readonly unionid?: string;
        };
        readonly ComponentPage: {
            readonly items: readonly components["schemas"]["ComponentView"][];
            /** @description For the page after this one; `null`: this is the last one. */
            readonly next_cursor: string | null;
        };
        readonly ComponentView: {
            /** @description How many authorizers are in which state. */
            readonly authorizers: {
                readonly [key: string]: number;
            };
            readonly component_appid: string;
            readonly name: string | null;
            /** @description Seconds since WeChat pushed the newest ticket; null: never. A ticket is good for 12 hours. */
            readonly ticket_age: number | null;
            readonly token: components["schemas"]["TokenStateView"];
        };
        readonly CreateClientRequest: {
            /** @description Appids it may act for; absent: all. */
            readonly authorizers?: readonly string[];
            readonly expires_at?: string;
            readonly name: string;
            readonly options?: components["schemas"]["ClientOptionsDto"];
            readonly scopes: readonly ("component-token" | "authorizer-token" | "authorizers:read" | "authorizations:write" | "proxy" | "releases:read" | "releases:write" | "events:read" | "subscriptions:write" | "admin")[];
        };
        readonly CreateLinkRequest: {
            /**
             * @description Which accounts may be picked: 1 official accounts, 2 mini programs, 3 both, 4 mini-program promoters, 5 Channels,
             *     6 all three, 8 sales assistants.
             * @enum {number}
             */
            readonly auth_type?: 1 | 2 | 3 | 4 | 5 | 6 | 8;
            /** @description Only this account may be authorized; wins over `auth_type`. */
            readonly biz_appid?: string;
            /** @description Permission sets to ask for; default: all that the component has released. */
            readonly category_ids?: readonly number[];
            /** @description Seconds. Default 7 days. */
            readonly expires_in?: number;
            /** @description How many authorizations may come of it. Default 1. */
            readonly max_uses?: number;
            /**
             * Format: uri
             * @description Where the merchant's browser goes afterwards, signed; absent: a page of ours says what happened.
             */
            readonly return_url?: string;
            /** @description The caller's own; comes back with the return. */
            readonly state?: string;
        };
        readonly CreatedLinkView: {
            readonly auth_type: number;
            readonly biz_appid: string | null;
            readonly category_ids: readonly number[];
            readonly component_appid: string;
            readonly created_at: string;
            readonly expires_at: string;
            readonly link_id: string;
            readonly max_uses: number;
            /**
             * @description Shown once. The return carries `signature`: HMAC-SHA256 in hex over its other parameters, sorted by name, as `name=value` joined
             *     by `&`, values percent-encoded as in the URL.
             */
            readonly return_secret: string;
            readonly return_url: string | null;
            readonly revoked_at: string | null;
            readonly state: string | null;
            /** @description To be opened by the merchant's administrator, from a page, a message or a QR code. */
            readonly url: string;
            /** @description Authorizations that came of it. */
            readonly uses: number;
        };
        readonly JsapiTicketView: {
            /** @description Seconds the caller may keep it. */
            readonly cache_seconds: number;
            /** @description Seconds until WeChat stops accepting it. */
            readonly expires_in: number;
            readonly ticket: string;
            readonly wx_config?: components["schemas"]["WxConfig"];
        };
        readonly LinkView: {
            readonly auth_type: number;
            readonly biz_appid: string | null;
            readonly category_ids: readonly number[];
            readonly component_appid: string;
            readonly created_at: string;
            readonly expires_at: string;
            readonly link_id: string;
            readonly max_uses: number;
            readonly return_url: string | null;
            readonly revoked_at: string | null;
            readonly state: string | null;
            /** @description To be opened by the merchant's administrator, from a page, a message or a QR code. */
            readonly url: string;
            /** @description Authorizations that came of it. */
            readonly uses: number;
        };
        readonly OauthCodeRequest: {
            readonly code: string;
            /**
             * @description Also ask for name and picture; needs `snsapi_userinfo`. Default false.
             * @enum {boolean}
             */
            readonly user_info?: true | false;
        };
        readonly OauthRefreshRequest: {
            readonly refresh_token: string;
        };
        readonly OauthTokenView: {
            /** @description Of this one user; unrelated to the authorizer's token. */
            readonly access_token: string;
            /** @description Seconds. */
            readonly expires_in: number;
            /** @description A pseudo user of a snapshot page. */
            readonly is_snapshotuser?: boolean;
            readonly openid: string;
            /** @description Good for 30 days. */
            readonly refresh_token: string;
            readonly scope?: string;
            readonly unionid?: string;
            /** @description As WeChat gave it, if asked for. */
            readonly user?: {
                readonly [key: string]: unknown;
            };
            /** @description Why there is no `user` though it was asked for. The code is used up, so the tokens are answered all the same. */
            readonly user_error?: components["schemas"]["OauthUserError"];
        };
        readonly OauthUrlRequest: {
            /**
             * Format: uri
             * @description On the component's 公众号开发域名.
             */
            readonly redirect_uri: string;
            /** @enum {string} */
            readonly scope?: "snsapi_base" | "snsapi_userinfo";
            /** @description At most 128 bytes. Absent: the broker makes one, and answers it. */
            readonly state?: string;
        };
        readonly OauthUrlView: {
            /** @description Keep it in the user's session: a return with another one was begun by somebody else. */
            readonly state: string;
            /** @description To be opened in WeChat; comes back to `redirect_uri` with `code`, `state` and `appid`. */
            readonly url: string;
        };
        readonly OauthUserError: {
            readonly errcode?: number;
            readonly errmsg: string;
            readonly rid?: string;
        };
        readonly PermissionSetView: {
            /** @description Only one service provider at a time can hold it. */
            readonly exclusive?: boolean;
            readonly id: number;
            readonly name?: {
                readonly en: string;
                readonly zh: string;
            };
        };
        readonly Problem: {
            /** @description What is wrong with this request. */
            readonly detail?: string;
            /** @description What is wrong with which member of the request. */
            readonly errors?: readonly {
                readonly field?: string;
                readonly message?: string;
            }[];
            /** @description `urn:wxplane:request:` and the id that is in the log and in `x-request-id`. */
            readonly instance?: string;
            /** @description What a person can do about it. */
            readonly remedy?: string | {
                readonly en?: string;
                readonly zh?: string;
            };
            readonly status: number;
            readonly title: string;
            /** @description `urn:wxplane:problem:` and one of: invalid-request, unauthenticated, forbidden, protected-effect, not-found, method-not-allowed, component-unknown, authorizer-unknown, conflict, idempotency-conflict, payload-too-large, unsupported-media-type, rate-limited, authorizer-cancelled, authorizer-needs-reauthorization, ticket-missing, wechat-refused, wechat-unreachable, wechat-quota, broker-unreachable, unavailable, internal */
            readonly type: string;
            /** @description Where WeChat caused it. */
            readonly wechat?: {
                /** @description What else its answer said, such as the domains that are wrong. */
                readonly details?: {
                    readonly [key: string]: unknown;
                };
                readonly errcode?: number;
                readonly errmsg?: string;
                readonly rid?: string;
            };
        };
        readonly ReportInvalidRequest: {
            /** @description The token that WeChat refused. */
            readonly token: string;
        };
        readonly ReportInvalidView: {
            readonly access_token: string;
            /** @description Seconds the caller may keep it; after that, ask again: it may have been replaced. */
            readonly cache_seconds: number;
            /** @description Seconds until WeChat stops accepting it. */
            readonly expires_in: number;
            /** @description True: the token was replaced because of this report (or of another one at the same moment). */
            readonly refreshed: boolean;
            /** @description It should have been refreshed by now, and WeChat does not answer. */
            readonly stale?: boolean;
        };
        readonly ReportJsapiTicketRequest: {
            /** @description The ticket whose signatures WeChat refuses. */
            readonly ticket: string;
            /** @enum {string} */
            readonly type?: "jsapi" | "wx_card";
        };
        readonly ReportJsapiTicketView: {
            /** @description Seconds the caller may keep it. */
            readonly cache_seconds: number;
            /** @description Seconds until WeChat stops accepting it. */
            readonly expires_in: number;
            /** @description True: the ticket was replaced because of this report (or of another one at the same moment). */
            readonly refreshed: boolean;
            readonly ticket: string;
        };
        readonly RotateClientRequest: {
            /** @description Seconds for which the former key goes on working. Default one day. */
            readonly overlap?: number;
        };
        readonly SyncProfiles: {
            /** @description WeChat gave none of these. */
            readonly failed: number;
            readonly per_minute: number;
            readonly read: number;
            /** @description `null`: not to be told yet. */
            readonly seconds_left: number | null;
            readonly total: number;
        };
        readonly SyncView: {
            /** @description Were not known here. */
            readonly added: number;
            readonly component_appid: string;
            readonly created_at: string;
            readonly finished_at: string | null;
            /** @description Known here, not in WeChat's listing: marked, never deleted. */
            readonly missing: number;
            readonly problem: string | null;
            /** @description Profiles and permission sets that were not known; `null` until the list is read. */
            readonly profiles: components["schemas"]["SyncProfiles"] | null;
            /** @description Refresh tokens that were missing here, or differed. */
            readonly recovered: number;
            /** @description Read so far. */
            readonly seen: number;
            readonly started_at: string | null;
            /** @enum {string} */
            readonly state: "failed" | "waiting" | "running" | "done";
            readonly sync_id: number;
            /** @description Authorizations WeChat says there are. */
            readonly total: number | null;
        };
        readonly TicketView: {
            /** @description `ticket@@@…` */
            readonly ticket: string;
        };
        readonly TokenStateView: {
            /** @description Seconds until WeChat stops accepting it; null: there is none. */
            readonly expires_in: number | null;
            /** @description Failed refreshes since the last good one. */
            readonly failures: number;
            /** @description Why the last one failed. */
            readonly problem: string | null;
            readonly refreshed_at: string | null;
        };
        readonly TokenView: {
            readonly access_token: string;
            /** @description Seconds the caller may keep it; after that, ask again: it may have been replaced. */
            readonly cache_seconds: number;
            /** @description Seconds until WeChat stops accepting it. */
            readonly expires_in: number;
            /** @description It should have been refreshed by now, and WeChat does not answer. */
            readonly stale?: boolean;
        };
        readonly UpdateClientRequest: {
            /** @description Appids it may act for; null: all. */
            readonly authorizers?: readonly string[] | null;
            readonly expires_at?: string | null;
            readonly name?: string;
            readonly options?: components["schemas"]["ClientOptionsDto"] | null;
            readonly scopes?: readonly ("component-token" | "authorizer-token" | "authorizers:read" | "authorizations:write" | "proxy" | "releases:read" | "releases:write" | "events:read" | "subscriptions:write" | "admin")[];
        };
        readonly WxConfig: {
            readonly appId: string;
            readonly nonceStr: string;
            readonly signature: string;
            /** @description Unix seconds. */
            readonly timestamp: number;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    readonly CallsController_audit: {
        readonly parameters: {
            readonly query?: {
                /** @description At or after; ISO 8601 with its zone. */
                readonly from?: string;
                /** @description Before; ISO 8601 with its zone. */
                readonly to?: string;
                /**
                 * @deprecated
                 * @description Former name of `from`.
                 */
                readonly since?: string;
                /**
                 * @deprecated
                 * @description Former name of `to`.
                 */
                readonly until?: string;
                /** @description Entries of a page at most. A page may be shorter; the last one has no `next_cursor`. */
                readonly limit?: number;
                /** @description `next_cursor` of the page before; absent: the first page. */
                readonly cursor?: string;
                readonly client_id?: string;
                readonly action?: string;
                readonly component_appid?: string;
                readonly authorizer_appid?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["AuditPage"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ClientsController_list: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ClientPage"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ClientsController_create: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["CreateClientRequest"];
            };
        };
        readonly responses: {
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ClientKeyView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ClientsController_get: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly client_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ClientView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ClientsController_revoke: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly client_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ClientView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ClientsController_update: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly client_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["UpdateClientRequest"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ClientView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ClientsController_rotate: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly client_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["RotateClientRequest"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ClientKeyView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ComponentsController_list: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ComponentPage"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ComponentsController_get: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ComponentView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly LinksController_create: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["CreateLinkRequest"];
            };
        };
        readonly responses: {
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["CreatedLinkView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly LinksController_get: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                readonly link_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LinkView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly LinksController_revoke: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                readonly link_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LinkView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly AuthorizersController_list: {
        readonly parameters: {
            readonly query?: {
                /** @description Entries of a page at most. A page may be shorter; the last one has no `next_cursor`. */
                readonly limit?: number;
                /** @description `next_cursor` of the page before; absent: the first page. */
                readonly cursor?: string;
                /** @description Part of the name, of the owner's name, or the beginning of an appid or original id. */
                readonly q?: string;
                readonly kind?: "official_account" | "mini_program" | "channels" | "store" | "talent" | "supplier";
                readonly state?: "active" | "degraded" | "needs_reauthorization" | "cancelled";
                /** @description Id of a permission set (权限集) that must be granted. */
                readonly permission_set?: number;
            };
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["AuthorizerPage"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly SyncController_start: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 202: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["SyncView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly SyncController_get: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                readonly sync_id: number;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["SyncView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly AuthorizersController_get: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["AuthorizerDetailsView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly OnBehalfController_code2session: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["Code2SessionRequest"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Code2SessionView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly OnBehalfController_jsapiTicket: {
        readonly parameters: {
            readonly query?: {
                /** @description The page that will call `wx.config`; then the answer has a ready-made signature. */
                readonly url?: string;
                readonly type?: "jsapi" | "wx_card";
            };
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["JsapiTicketView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly OnBehalfController_reportJsapiTicket: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["ReportJsapiTicketRequest"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ReportJsapiTicketView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly OnBehalfController_oauthRefresh: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["OauthRefreshRequest"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OauthTokenView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly OnBehalfController_oauthToken: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["OauthCodeRequest"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OauthTokenView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly OnBehalfController_oauthUrl: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["OauthUrlRequest"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OauthUrlView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly AuthorizersController_refresh: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["AuthorizerDetailsView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly TokensController_authorizer: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["TokenView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly TokensController_refreshAuthorizer: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["TokenView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly TokensController_reportAuthorizer: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["ReportInvalidRequest"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ReportInvalidView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly get_wechat_for_authorizer: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The component’s appid. */
                readonly component_appid: string;
                /** @description The authorizer’s appid. */
                readonly authorizer_appid: string;
                /** @description WeChat’s path without its first slash, such as `wxa/getwxacode`; its slashes stay as they are. */
                readonly path: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description WeChat’s answer. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "*/*": unknown;
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly put_wechat_for_authorizer: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The component’s appid. */
                readonly component_appid: string;
                /** @description The authorizer’s appid. */
                readonly authorizer_appid: string;
                /** @description WeChat’s path without its first slash, such as `wxa/getwxacode`; its slashes stay as they are. */
                readonly path: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                readonly "*/*": unknown;
            };
        };
        readonly responses: {
            /** @description WeChat’s answer. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "*/*": unknown;
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly post_wechat_for_authorizer: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The component’s appid. */
                readonly component_appid: string;
                /** @description The authorizer’s appid. */
                readonly authorizer_appid: string;
                /** @description WeChat’s path without its first slash, such as `wxa/getwxacode`; its slashes stay as they are. */
                readonly path: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                readonly "*/*": unknown;
            };
        };
        readonly responses: {
            /** @description WeChat’s answer. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "*/*": unknown;
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly delete_wechat_for_authorizer: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The component’s appid. */
                readonly component_appid: string;
                /** @description The authorizer’s appid. */
                readonly authorizer_appid: string;
                /** @description WeChat’s path without its first slash, such as `wxa/getwxacode`; its slashes stay as they are. */
                readonly path: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                readonly "*/*": unknown;
            };
        };
        readonly responses: {
            /** @description WeChat’s answer. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "*/*": unknown;
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly patch_wechat_for_authorizer: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The component’s appid. */
                readonly component_appid: string;
                /** @description The authorizer’s appid. */
                readonly authorizer_appid: string;
                /** @description WeChat’s path without its first slash, such as `wxa/getwxacode`; its slashes stay as they are. */
                readonly path: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                readonly "*/*": unknown;
            };
        };
        readonly responses: {
            /** @description WeChat’s answer. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "*/*": unknown;
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly CallsController_counts: {
        readonly parameters: {
            readonly query?: {
                /** @description In Beijing, `YYYY-MM-DD`. Default today. */
                readonly day?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["CallCountsView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly CallsController_list: {
        readonly parameters: {
            readonly query?: {
                /** @description At or after; ISO 8601 with its zone. */
                readonly from?: string;
                /** @description Before; ISO 8601 with its zone. */
                readonly to?: string;
                /**
                 * @deprecated
                 * @description Former name of `from`.
                 */
                readonly since?: string;
                /**
                 * @deprecated
                 * @description Former name of `to`.
                 */
                readonly until?: string;
                /** @description Entries of a page at most. A page may be shorter; the last one has no `next_cursor`. */
                readonly limit?: number;
                /** @description `next_cursor` of the page before; absent: the first page. */
                readonly cursor?: string;
                /** @description Last part of WeChat's path, such as `submit_audit`. */
                readonly api?: string;
                readonly authorizer_appid?: string;
                readonly client_id?: string;
                readonly errcode?: number;
                /** @description WeChat's request id. */
                readonly rid?: string;
                readonly outcome?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["CallPage"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly TicketController_ticket: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["TicketView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly TokensController_component: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["TokenView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly TokensController_refreshComponent: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["TokenView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly TokensController_reportComponent: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["ReportInvalidRequest"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ReportInvalidView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly get_wechat_as_component: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The component’s appid. */
                readonly component_appid: string;
                /** @description WeChat’s path without its first slash, such as `wxa/getwxacode`; its slashes stay as they are. */
                readonly path: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description WeChat’s answer. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "*/*": unknown;
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly put_wechat_as_component: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The component’s appid. */
                readonly component_appid: string;
                /** @description WeChat’s path without its first slash, such as `wxa/getwxacode`; its slashes stay as they are. */
                readonly path: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                readonly "*/*": unknown;
            };
        };
        readonly responses: {
            /** @description WeChat’s answer. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "*/*": unknown;
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly post_wechat_as_component: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The component’s appid. */
                readonly component_appid: string;
                /** @description WeChat’s path without its first slash, such as `wxa/getwxacode`; its slashes stay as they are. */
                readonly path: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                readonly "*/*": unknown;
            };
        };
        readonly responses: {
            /** @description WeChat’s answer. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "*/*": unknown;
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly delete_wechat_as_component: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The component’s appid. */
                readonly component_appid: string;
                /** @description WeChat’s path without its first slash, such as `wxa/getwxacode`; its slashes stay as they are. */
                readonly path: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                readonly "*/*": unknown;
            };
        };
        readonly responses: {
            /** @description WeChat’s answer. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "*/*": unknown;
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly patch_wechat_as_component: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The component’s appid. */
                readonly component_appid: string;
                /** @description WeChat’s path without its first slash, such as `wxa/getwxacode`; its slashes stay as they are. */
                readonly path: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                readonly "*/*": unknown;
            };
        };
        readonly responses: {
            /** @description WeChat’s answer. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "*/*": unknown;
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
