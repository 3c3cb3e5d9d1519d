// Made of openapi/broker.json by `npm run openapi`, for the routes in routes.ts; not edited by hand.

export interface AddTemplateRequest {
  readonly draft_id: number;
  /** 0 normal, 1 standard. Default: WeChat's. */
  readonly template_type?: 0 | 1 | undefined;
}

export interface ApplicationDetailsView {
  readonly application_id: string;
  readonly authorizer_appid: string;
  readonly component_appid: string;
  readonly created_at: string;
  /** As it was sent; of names, numbers and addresses of people only the ends. */
  readonly form: Readonly<Record<string, unknown>>;
  readonly refusal: FilingRefusalView | null;
  readonly state: 'filed' | 'not_sent' | 'refused' | 'rejected' | 'sending' | 'submitted' | 'withdrawn';
  readonly updated_at: string;
}

export interface ApplicationPage {
  readonly items: readonly ApplicationView[];
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
}

export interface ApplicationView {
  readonly application_id: string;
  readonly authorizer_appid: string;
  readonly component_appid: string;
  readonly created_at: string;
  readonly refusal: FilingRefusalView | null;
  readonly state: 'filed' | 'not_sent' | 'refused' | 'rejected' | 'sending' | 'submitted' | 'withdrawn';
  readonly updated_at: string;
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

export interface BeginCertificationRequest {
  /** An order that was returned for correction, which is submitted again. */
  readonly again_for?: string | undefined;
  readonly auth_data: CertificationDataBody;
}

export interface BilingualView {
  readonly en: string;
  readonly zh: string;
}

export interface CertificationAuditView {
  /** Fields of the filing that WeChat did not take. */
  readonly hints: readonly FilingHintView[];
  /** Why the filing was rejected. */
  readonly reasons: readonly FilingReason[];
}

export interface CertificationContact {
  readonly email: string;
  /** Only when it is submitted again. */
  readonly mobile?: string | undefined;
  readonly name: string;
}

export interface CertificationDataBody {
  readonly account_name: string;
  /** 1 own words, 2 a trade mark. */
  readonly account_name_type: 1 | 2;
  /** Media ids: proof, where the name hits a keyword. */
  readonly account_supplemental?: readonly string[] | undefined;
  /** Media ids: proof of it. */
  readonly auth_ident_material?: readonly string[] | undefined;
  /** Persons: the `name` of a leaf of `identities`. */
  readonly auth_identification?: string | undefined;
  readonly contact_info: CertificationContact;
  /** 1 enterprise, 12 sole trader, 15 person; others as WeChat numbers entities. */
  readonly customer_type: number;
  /** Absent: none. It is always sent, since WeChat refuses an application without it. */
  readonly invoice_info?: CertificationInvoiceBody | undefined;
  /** 1 the platform's prepaid pack, 2 the merchant pays. */
  readonly pay_type: 1 | 2;
  /** Media id of one picture; for all but persons. */
  readonly qualification?: string | undefined;
  /** Media ids. */
  readonly qualification_other?: readonly string[] | undefined;
  /** The platform's appid in the service market; with `pay_type` 1. */
  readonly service_appid?: string | undefined;
  /** The platform's own telephone number. */
  readonly third_party_phone: string;
}

export interface CertificationDetailsView {
  readonly apply_status: number | null;
  readonly audit: CertificationAuditView | null;
  readonly authorizer_appid: string;
  readonly certification_id: string;
  readonly component_appid: string;
  readonly created_at: string;
  /** The reviewing company. */
  readonly dispatch: DispatchView | null;
  readonly ended_at: string | null;
  /** As it was sent; of names, numbers and addresses of people only the ends. */
  readonly form: Readonly<Record<string, unknown>>;
  /** `single`, or `with_filing`: both in one. */
  readonly kind: 'single' | 'with_filing';
  readonly order_id: string | null;
  /** 1 the platform's prepaid pack, 2 the merchant. */
  readonly pay_type: number;
  readonly procedure_status: number | null;
  readonly read_at: string | null;
  readonly read_problem: string | null;
  /** Why it was returned for correction, or failed in the end. */
  readonly reason: string | null;
  readonly refusal: CertificationRefusalView | null;
  /** The order that was returned, and submitted again with this one. */
  readonly replaces: string | null;
  readonly state:
    | 'awaiting_administrator'
    | 'awaiting_payment'
    | 'declined'
    | 'done'
    | 'expired'
    | 'failed'
    | 'filing_authority_rejected'
    | 'filing_authority_review'
    | 'filing_platform_rejected'
    | 'filing_platform_review'
    | 'filing_refused'
    | 'filing_withdrawn'
    | 'in_review'
    | 'order_failed'
    | 'ordered'
    | 'passed'
    | 'refused'
    | 'replaced'
    | 'returned'
    | 'sending'
    | 'terminated'
    | 'unclear'
    | 'unknown'
    | 'verifying';
  readonly state_at: string;
  /** WeChat's taskid, or procedure_id. */
  readonly task_id: string | null;
  /** WeChat's numbers. */
  readonly task_status: number | null;
  readonly waiting_for: WaitingForView | null;
}

export interface CertificationInvoiceBody {
  readonly electronic?: ElectronicInvoice | undefined;
  /** The name of the entity. */
  readonly invoice_title?: string | undefined;
  /** 1 none, 2 electronic, 4 VAT digital. */
  readonly invoice_type: 1 | 2 | 4;
  readonly vat?: VatInvoice | undefined;
}

export interface CertificationOverview {
  readonly authorizer_appid: string;
  /** When a certification that was made here passed. */
  readonly certified_at: string | null;
  readonly component_appid: string;
  /** Below 0: it has ended. */
  readonly days_left: number | null;
  /** When the yearly certification ends; null: not known. */
  readonly ends_at: string | null;
  /** `wechat` it said so; `year` a year from the certification. */
  readonly ends_from: 'wechat' | 'year' | null;
  /** What WeChat said of the end. */
  readonly message: string | null;
  /** The newest order. */
  readonly order: CertificationView | null;
}

export interface CertificationRefusalView {
  readonly errcode?: number | undefined;
  readonly errmsg?: string | undefined;
  readonly hints?: readonly FilingHintView[] | undefined;
  readonly remedy?: WordsView | undefined;
  readonly rid?: string | undefined;
}

export interface CertificationView {
  readonly apply_status: number | null;
  readonly audit: CertificationAuditView | null;
  readonly authorizer_appid: string;
  readonly certification_id: string;
  readonly component_appid: string;
  readonly created_at: string;
  /** The reviewing company. */
  readonly dispatch: DispatchView | null;
  readonly ended_at: string | null;
  /** `single`, or `with_filing`: both in one. */
  readonly kind: 'single' | 'with_filing';
  readonly order_id: string | null;
  /** 1 the platform's prepaid pack, 2 the merchant. */
  readonly pay_type: number;
  readonly procedure_status: number | null;
  readonly read_at: string | null;
  readonly read_problem: string | null;
  /** Why it was returned for correction, or failed in the end. */
  readonly reason: string | null;
  readonly refusal: CertificationRefusalView | null;
  /** The order that was returned, and submitted again with this one. */
  readonly replaces: string | null;
  readonly state:
    | 'awaiting_administrator'
    | 'awaiting_payment'
    | 'declined'
    | 'done'
    | 'expired'
    | 'failed'
    | 'filing_authority_rejected'
    | 'filing_authority_review'
    | 'filing_platform_rejected'
    | 'filing_platform_review'
    | 'filing_refused'
    | 'filing_withdrawn'
    | 'in_review'
    | 'order_failed'
    | 'ordered'
    | 'passed'
    | 'refused'
    | 'replaced'
    | 'returned'
    | 'sending'
    | 'terminated'
    | 'unclear'
    | 'unknown'
    | 'verifying';
  readonly state_at: string;
  /** WeChat's taskid, or procedure_id. */
  readonly task_id: string | null;
  /** WeChat's numbers. */
  readonly task_status: number | null;
  readonly waiting_for: WaitingForView | null;
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
    | 'onboardings:read'
    | 'onboardings:write'
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

export interface CreateVerificationRequest {
  /** For certification and filing in one: the administrator agrees, passes the face check and an SMS on one page. Default false. */
  readonly along_with_auth?: boolean | undefined;
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

export interface DispatchView {
  readonly contact?: string | undefined;
  readonly dispatched_at?: string | undefined;
  readonly provider?: string | undefined;
}

export interface ElectronicInvoice {
  readonly desc?: string | undefined;
  /** Taxpayer number (纳税识别号). */
  readonly id: string;
}

export interface ExclusiveSetView {
  readonly id: number;
  readonly name: {
    readonly en: string;
    readonly zh: string;
  };
}

export interface FilingAppBase {
  /** What the mini program does, in 20 to 200 characters. It weighs in the decision. */
  readonly comment: string;
  /** What needs an approval beforehand; the entry for none has to be there when there is none. */
  readonly nrlx_details: readonly FilingApproval[];
  /** Second-level ones, at most five. */
  readonly service_content_types: readonly number[];
}

export interface FilingAppPersonBody {
  /** Media id; where this is not the legal person. */
  readonly authorization_letter?: string | undefined;
  readonly certificate_number: string;
  /** Media id. */
  readonly certificate_photo_back?: string | undefined;
  /** Media id. */
  readonly certificate_photo_front: string;
  /** Of the certificate types of a person. */
  readonly certificate_type: number;
  /** `YYYYmmdd` or `长期`. */
  readonly certificate_validity_date_end: string;
  /** `YYYYmmdd`. */
  readonly certificate_validity_date_start: string;
  readonly email?: string | undefined;
  /** Another telephone number. */
  readonly emergency_contact?: string | undefined;
  readonly mobile: string;
  readonly name: string;
  /** `task_id` of a face check that was passed. */
  readonly verify_task_id: string;
}

export interface FilingApplet {
  readonly base_info: FilingAppBase;
  readonly principal_info: FilingAppPersonBody;
}

export interface FilingApproval {
  readonly code?: string | undefined;
  /** Media id. */
  readonly media?: string | undefined;
  readonly type: number;
}

export interface FilingFormBody {
  readonly icp_applets: FilingApplet;
  readonly icp_materials?: FilingMaterials | undefined;
  readonly icp_subject: FilingSubject;
}

export interface FilingFormRequest {
  /** An earlier application of this mini program, whose form is taken, with `changes` put in: after a rejection, for example. */
  readonly based_on?: string | undefined;
  /** Members of the form that differ from `based_on`; `null` takes one away. */
  readonly changes?: Readonly<Record<string, unknown>> | undefined;
  /** The whole form. */
  readonly form?: FilingFormBody | undefined;
}

export interface FilingHintView {
  readonly errcode: number;
  readonly field: string;
  readonly message: string;
}

export interface FilingLegalPerson {
  readonly certificate_number: string;
  readonly name: string;
}

export interface FilingMaterials {
  readonly applets_other_materials?: readonly string[] | undefined;
  readonly authenticity_commitment_letter?: readonly string[] | undefined;
  readonly authenticity_responsibility_letter?: readonly string[] | undefined;
  readonly business_name_change_letter?: readonly string[] | undefined;
  readonly commitment_letter?: readonly string[] | undefined;
  readonly holding_certificate_photo?: readonly string[] | undefined;
  readonly party_building_confirmation_letter?: readonly string[] | undefined;
  readonly promise_video?: readonly string[] | undefined;
  readonly subject_other_materials?: readonly string[] | undefined;
  readonly website_construction_proposal?: readonly string[] | undefined;
}

export interface FilingMediaView {
  readonly media_id: string;
  readonly type: string;
}

export interface FilingOrganization {
  readonly certificate_address?: string | undefined;
  readonly certificate_number: string;
  /** Media id; needed for organizations. */
  readonly certificate_photo?: string | undefined;
  readonly certificate_type: number;
}

export interface FilingPersonBody {
  /** Media id; where this is not the legal person. */
  readonly authorization_letter?: string | undefined;
  readonly certificate_number: string;
  /** Media id. */
  readonly certificate_photo_back?: string | undefined;
  /** Media id. */
  readonly certificate_photo_front: string;
  /** Of the certificate types of a person. */
  readonly certificate_type: number;
  /** `YYYYmmdd` or `长期`. */
  readonly certificate_validity_date_end: string;
  /** `YYYYmmdd`. */
  readonly certificate_validity_date_start: string;
  readonly email?: string | undefined;
  /** Another telephone number. */
  readonly emergency_contact?: string | undefined;
  readonly mobile: string;
  readonly name: string;
}

export interface FilingPersonalInfo {
  /** Media id: proof of residence of a person from another province. */
  readonly residence_permit?: string | undefined;
}

export interface FilingReason {
  readonly error: string;
  /** WeChat's Chinese name of the field. */
  readonly field: string;
  readonly suggestion: string;
}

export interface FilingRefusalView {
  readonly errcode?: number | undefined;
  readonly errmsg?: string | undefined;
  /** What is wrong with which field, if WeChat did not take it. */
  readonly hints?: readonly FilingHintView[] | undefined;
  /** Why it was rejected later. */
  readonly reasons?: readonly FilingReason[] | undefined;
  readonly remedy?: WordsView | undefined;
  readonly rid?: string | undefined;
}

export interface FilingSubject {
  readonly base_info: FilingSubjectBase;
  /** Of organizations whose responsible person is another one. */
  readonly legal_person_info?: FilingLegalPerson | undefined;
  /** Persons repeat here what stands in `principal_info`. */
  readonly organize_info: FilingOrganization;
  readonly personal_info?: FilingPersonalInfo | undefined;
  readonly principal_info: FilingPersonBody;
}

export interface FilingSubjectBase {
  /** Without province, city and district in front. */
  readonly address: string;
  readonly city: string;
  readonly comment?: string | undefined;
  readonly district: string;
  readonly name: string;
  readonly province: string;
  /** Of the subject types. */
  readonly type: number;
}

export interface FilingView {
  /** Record number of the mini program. */
  readonly app_record: string | null;
  readonly authorizer_appid: string;
  readonly component_appid: string;
  /** False: WeChat takes no application for it at the moment, because of words in its name, or while the authority's system is down. */
  readonly entrance_open: boolean;
  /** What was decided, and has no outcome yet that is known. */
  readonly in_progress: 'apply' | 'cancel' | 'withdraw' | null;
  /** What the mini program lacks besides the filing. */
  readonly missing: readonly ('basic_info' | 'category' | 'certification')[];
  readonly read_at: string | null;
  /** Why it could not be read last. */
  readonly read_problem: string | null;
  /** Why it was rejected. */
  readonly reasons: readonly FilingReason[];
  readonly state:
    | 'authority_rejected'
    | 'authority_review'
    | 'cancelling'
    | 'filed'
    | 'not_filed'
    | 'platform_rejected'
    | 'platform_review'
    | 'unknown'
    | 'unread';
  readonly state_at: string | null;
  /** WeChat's number. */
  readonly status: number | null;
  /** Record number of the subject (主体备案号). */
  readonly subject_record: string | null;
  readonly waiting_for: WaitingForView | null;
}

export interface FormCheckView {
  readonly ok: boolean;
  readonly problems: readonly FormProblemView[];
}

export interface FormProblemView {
  /** As WeChat's own hints name it. */
  readonly field: string;
  readonly message: WordsView;
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

export interface MaterialView {
  readonly media_id: string;
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
        | 'onboardings:read'
        | 'onboardings:write'
        | 'proxy'
        | 'registrations:read'
        | 'registrations:write'
        | 'releases:read'
        | 'releases:write'
        | 'subscriptions:write'
      )[]
    | undefined;
}

export interface VatInvoice {
  readonly address?: string | undefined;
  readonly bank_account?: string | undefined;
  readonly bank_name?: string | undefined;
  readonly city?: string | undefined;
  readonly desc?: string | undefined;
  readonly district?: string | undefined;
  readonly enterprise_address?: string | undefined;
  readonly enterprise_phone?: string | undefined;
  readonly id: string;
  readonly mailing_address?: string | undefined;
  readonly name?: string | undefined;
  readonly phone?: string | undefined;
  readonly province?: string | undefined;
}

export interface VerificationPage {
  readonly items: readonly VerificationView[];
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
}

export interface VerificationView {
  readonly along_with_auth: boolean;
  readonly created_at: string;
  readonly ended_at: string | null;
  /** Passed or not, the task is of no use after that. */
  readonly expires_at: string;
  /** WeChat's: 0 not begun, 1 waits, 2 failed, 3 passed. */
  readonly face_status: number | null;
  readonly state: 'creating' | 'expired' | 'failed' | 'open' | 'passed' | 'unclear';
  /** For `verify_task_id` of the form; null: WeChat's answer has not come. */
  readonly task_id: string | null;
  readonly verification_id: string;
  /** To be shown to the administrator; null: WeChat sends them a notice. */
  readonly verify_url: string | null;
}

export interface WaitingForView {
  /** Nothing goes on until a person does something. */
  readonly person_must_act: boolean;
  readonly remedy: WordsView | null;
  readonly since: string | null;
  /** The deadline. That of the authority's SMS is the usual one, since none is published. */
  readonly until: string | null;
  /** To be shown to that person. */
  readonly url: string | null;
  readonly what: WordsView;
  readonly who: 'administrator' | 'authority' | 'operator' | 'responsible_person' | 'wechat';
}

export interface WordsView {
  readonly en: string;
  readonly zh: string;
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

export interface UploadFilingMediaQuery {
  /** The field of the form that it is for, such as `icp_subject.principal_info.certificate_photo_front`. */
  readonly field: string;
  /** Of pictures of certificates: the type that the form will name. WeChat takes a wrong one here, and refuses the application by it. */
  readonly certificate_type?: number | undefined;
}

export interface ListFilingVerificationsQuery {
  /** Entries of a page at most. A page may be shorter; the last one has no `next_cursor`. */
  readonly limit?: number | undefined;
  /** `next_cursor` of the page before; absent: the first page. */
  readonly cursor?: string | undefined;
}

export interface ListFilingApplicationsQuery {
  /** Entries of a page at most. A page may be shorter; the last one has no `next_cursor`. */
  readonly limit?: number | undefined;
  /** `next_cursor` of the page before; absent: the first page. */
  readonly cursor?: string | undefined;
}

export interface ListClientsQuery {
  /** Entries of a page at most. A page may be shorter; the last one has no `next_cursor`. The default becomes 100. */
  readonly limit?: number | undefined;
  /** `next_cursor` of the page before; absent: the first page. */
  readonly cursor?: string | undefined;
}
