// Made of the document beside it by `npm run openapi`; not edited by hand.

export interface AddCategories {
  /** Why the mini program needs more categories than it may have: asked for when WeChat answers 53310. */
  readonly apply_reason?: string | undefined;
  /** Pairs of the list of possible categories. */
  readonly categories: readonly NewCategory[];
}

export interface AgreementView {
  readonly at: string;
  /** The person, or the client where no persons are known. */
  readonly by: string;
  readonly note: string | null;
  /** Whether it is for what is there now. */
  readonly of_this: boolean;
  /** It counts until then. */
  readonly until: string;
}

export interface AppealMaterialBody {
  /** Media ids of temporary material (`media/upload`, three days), at least one. */
  readonly proof_media_ids: readonly string[];
  readonly reason: string;
}

export interface AppealMaterialView {
  readonly content: string | null;
  readonly content_url: string | null;
  readonly proof_media_ids: readonly string[];
  readonly reason: string | null;
}

export interface AppealPage {
  readonly items: readonly AppealView[];
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
}

export interface AppealRecordView {
  readonly appeal_record_id: string;
  readonly appealed_at: string | null;
  readonly audit_reason: string | null;
  readonly audited_at: string | null;
  readonly by_provider: boolean | null;
  /** How many appeals this is. */
  readonly count: number | null;
  readonly materials: readonly AppealMaterialView[];
  /** What WeChat did. */
  readonly punishment: string | null;
  readonly state: string;
}

export interface AppealView {
  readonly appeal_id: string;
  readonly asked_at: string;
  readonly audit_reason: string | null;
  readonly audited_at: string | null;
  readonly authorizer_appid: string;
  /** By a platform, or by the merchant on mp.weixin.qq.com. */
  readonly by_provider: boolean | null;
  /** `null`: an event told of it, which does not name the record. */
  readonly illegal_record_id: string | null;
  /** Of a refused one: WeChat's `errcode` and `errmsg`. */
  readonly refusal: Readonly<Record<string, unknown>> | null;
  /** `asking`, `unclear` (whether WeChat has it is not known yet), `open`, `upheld`, `rejected`, `withdrawn`, `refused`, `not-sent`. */
  readonly state: string;
}

export interface AppealsAtWechat {
  readonly items: readonly AppealRecordView[];
}

export interface ApplyPlugin {
  readonly plugin_appid: string;
  /** For its developer, who may have to agree. */
  readonly reason?: string | undefined;
}

export interface ApprovalPage {
  readonly items: readonly ApprovalView[];
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
}

export interface ApprovalProblem {
  readonly code: string;
  readonly detail: string;
}

export interface ApprovalView {
  /** What a change answered when it was made. */
  readonly answer: Readonly<Record<string, unknown>> | null;
  readonly approval_id: string;
  readonly approvals: readonly AgreementView[];
  /** So many have to agree: one more where persons are known and none of them asked for it with a token of their own. */
  readonly approvals_needed: number;
  readonly authorizer_appid: string | null;
  readonly component_appid: string;
  readonly created_at: string;
  /** SHA-256 of all that would be sent. */
  readonly digest: string;
  /** Such as `release` or `domains`. */
  readonly effect: string;
  /** Of a change: it waits until then. */
  readonly expires_at: string | null;
  /** Who had a part in it, and cannot agree to it. */
  readonly makers: readonly string[];
  /** Why a change could not be made. */
  readonly problem: ApprovalProblem | null;
  readonly state: string;
  /** What would be sent, or be done. */
  readonly what: Readonly<Record<string, unknown>>;
}

export interface ApproveRelease {
  readonly note?: string | undefined;
}

export interface AskHalfScreen {
  /** The mini program that is to be opened inside this one. */
  readonly embedded_appid: string;
  /** For its administrator. */
  readonly reason?: string | undefined;
}

export interface AuditItemDto {
  /** A page of the trial version, without leading slash. */
  readonly address?: string | undefined;
  readonly first_class: string;
  readonly first_id: number;
  readonly second_class: string;
  readonly second_id: number;
  /** At most 10 tags of at most 20 characters, separated by spaces. */
  readonly tag?: string | undefined;
  readonly third_class?: string | undefined;
  readonly third_id?: number | undefined;
  /** At most 32 characters. */
  readonly title?: string | undefined;
}

export interface AuditMedia {
  /** For `preview_info`; valid for three days. */
  readonly mediaid: string;
  readonly type: string;
}

export interface AuditProfile {
  readonly audit: SubmitRelease;
}

export interface AuditProfilePage {
  readonly items: readonly AuditProfileView[];
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
}

export interface AuditProfileView {
  readonly audit: Readonly<Record<string, unknown>>;
  readonly name: string;
  readonly updated_at: string;
}

export interface AuditQuotaView {
  readonly limit: number;
  readonly rest: number;
  readonly speedup_limit: number;
  readonly speedup_rest: number;
}

export interface AuditView {
  readonly auditid: string | null;
  readonly delay_reason: string | null;
  /** WeChat postponed the review: still pending. */
  readonly is_delayed: boolean;
  /** As WeChat wrote it: untrusted HTML. */
  readonly reason: string | null;
  /** The same as plain text. */
  readonly reason_text: string | null;
  readonly result_at: string | null;
  /** Media ids of the reviewer's screenshots. */
  readonly screenshots: readonly string[];
  /** The source design's number: 0 approved, 1 rejected, 2 in audit, 3 withdrawn, 4 not submitted. */
  readonly status: number;
  readonly submitted_at: string | null;
}

export interface Avatar {
  /** Of `POST …/media`. */
  readonly media_id: string;
  readonly x1: number;
  readonly x2: number;
  readonly y1: number;
  readonly y2: number;
}

export interface BackView {
  readonly from: string;
  /** As it is recorded; `null`: nothing is. */
  readonly to: string | null;
}

export interface BaseLibrary {
  /** Lowest version of the base library, such as `2.21.2`. */
  readonly version: string;
}

export interface CategoriesView {
  readonly categories: readonly CategoryView[];
  /** Held at the same time, at most. */
  readonly category_limit: number | null;
  /** May be added in one month. */
  readonly limit: number | null;
  /** Of these, still left. */
  readonly quota: number | null;
}

export interface CategoryView {
  readonly audit_reason: string;
  /** 1 in audit, 2 rejected, 3 approved. */
  readonly audit_status: number;
  readonly first: number;
  readonly first_name: string;
  readonly second: number;
  readonly second_name: string;
}

export interface Certificate {
  /** Of `POST …/media`; valid for three days. */
  readonly media_id: string;
  /** Its name, as the list of possible categories gives it. */
  readonly name: string;
}

export interface ChangePace {
  readonly concurrency?: number | undefined;
  readonly max_failure_share?: number | undefined;
  readonly max_failures?: number | undefined;
  readonly note?: string | undefined;
  readonly per_minute?: number | undefined;
  readonly quota_reserve?: number | undefined;
}

export interface CheckView {
  readonly check: string;
  readonly detail?: string | undefined;
  readonly remedy?: RemedyView | undefined;
  /** `ok`, `problem`, `warning`, or `unknown` when it could not be looked at. */
  readonly result: string;
}

export interface ConfirmFileView {
  readonly file_content: string;
  readonly file_name: string;
}

export interface CorrectCategory {
  /** Replace those that were refused. */
  readonly certificates: readonly Certificate[];
}

export interface CreateOnboarding {
  /** A mini program that is there, and authorizes or has authorized the platform. */
  readonly authorizer_appid?: string | undefined;
  readonly categories?: readonly OnboardingCategory[] | undefined;
  /** `auth_data` of the broker's certifications. For the goals filed and online it may be absent: then it is not certified on the way. */
  readonly certification?: Readonly<Record<string, unknown>> | undefined;
  /** `form` of the broker's filings, without `verify_task_id`. */
  readonly filing?: Readonly<Record<string, unknown>> | undefined;
  readonly goal: 'certified' | 'filed' | 'online' | 'registered';
  readonly identity?: OnboardingIdentity | undefined;
  readonly privacy?: OnboardingPrivacy | undefined;
  /** The caller's own, of each merchant another one: the same order once more is the one that is there. */
  readonly reference: string;
  /** Absent: there is a mini program already, see `authorizer_appid`. */
  readonly registration?: OnboardingRegistration | undefined;
  readonly release?: OnboardingRelease | undefined;
}

export interface CreateRelease {
  /** It may take the place of a newer version: without this nobody goes back to an older one. */
  readonly allow_older?: boolean | undefined;
  /** What the reviewer is told; members given here win over the profile's. May also be given at `/submit`. */
  readonly audit?: SubmitRelease | undefined;
  readonly authorizer_appid: string;
  /** An object, with `{{variables}}`; WeChat receives it as a text. Absent: the stored one of the mini program or the platform. */
  readonly ext_json?: Readonly<Record<string, unknown>> | undefined;
  readonly policy?: ReleasePolicyDto | undefined;
  /** Name of a stored audit profile. */
  readonly profile?: string | undefined;
  /** Names of those of them that nobody is shown: texts of at least six characters. */
  readonly secret_variables?: readonly string[] | undefined;
  readonly template_id: number;
  readonly user_desc: string;
  /** 1 to 64 characters. */
  readonly user_version: string;
  /** Variables of this release alone. */
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
}

export interface Decision {
  /** `withdraw`: an approver takes their approval back, or whoever asked for a change does not want it any more. */
  readonly decision: 'approve' | 'refuse' | 'withdraw';
  /** What was looked at: if it is something else now, nothing is decided. */
  readonly digest?: string | undefined;
  readonly note?: string | undefined;
}

export interface Domains {
  readonly action: 'add' | 'delete' | 'get' | 'set';
  /** Without registering them with the platform first: at most 100 principals per domain, and only after the next release. */
  readonly directly?: boolean | undefined;
  readonly downloaddomain?: readonly string[] | undefined;
  readonly requestdomain?: readonly string[] | undefined;
  readonly tcpdomain?: readonly string[] | undefined;
  readonly udpdomain?: readonly string[] | undefined;
  readonly uploaddomain?: readonly string[] | undefined;
  readonly wsrequestdomain?: readonly string[] | undefined;
}

export interface DraftComparison {
  readonly differences: readonly TemplateDifferenceView[];
  readonly from: TemplateView;
  readonly to: DraftView;
}

export interface DraftPage {
  readonly items: readonly DraftView[];
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
}

export interface DraftView {
  readonly developer: string | null;
  readonly draft_id: number;
  readonly source_miniprogram: string | null;
  readonly source_miniprogram_appid: string | null;
  readonly uploaded_at: string;
  readonly user_desc: string;
  readonly user_version: string;
}

export interface ExtSettings {
  /** The `ext_json` to commit when a request gives none; absent: that of the layer below. */
  readonly ext_json?: Readonly<Record<string, unknown>> | undefined;
  /**
   * Names of those that nobody is shown: texts of at least six characters, `***` in every answer. `***` sent back keeps the stored value.
   * Absent: what is secret stays so.
   */
  readonly secret_variables?: readonly string[] | undefined;
  /** Values for `{{name}}` in `ext_json`. */
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface ExtSettingsView {
  readonly ext_json: Readonly<Record<string, unknown>> | null;
  readonly secret_variables: readonly string[];
  /** Those that are secret are `***`. */
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface FailureView {
  /** ISO 8601. */
  readonly at: string;
  readonly errcode?: number | undefined;
  readonly errmsg: string;
  readonly remedy?: RemedyView | undefined;
  /** WeChat's own id of the call, for its support. */
  readonly rid?: string | undefined;
  readonly step: string;
  readonly verdict: string;
}

export interface FleetPage {
  readonly items: readonly FleetView[];
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
}

export interface FleetSummary {
  /** Those that run what was not put online from here. */
  readonly elsewhere: number;
  readonly total: number;
  readonly versions: readonly FleetVersionCount[];
}

export interface FleetVersionCount {
  readonly mini_programs: number;
  /** Of what was put online from here; `null`: not known. */
  readonly online_template_id: number | null;
  readonly online_version: string | null;
}

export interface FleetView {
  readonly authorizer_appid: string;
  readonly drift: 'elsewhere' | 'none' | 'unknown';
  readonly nick_name: string | null;
  readonly online_at: string | null;
  /** SHA-256 in hex of the `ext_json` of what is online; `null`: not known. */
  readonly online_ext_hash: string | null;
  /** Template of what is online; `null`: not known, for it was not put online from here. */
  readonly online_template_id: number | null;
  readonly online_version: string | null;
  /** Why it could not be read. */
  readonly problem: Readonly<Record<string, unknown>> | null;
  /** When WeChat was read; `null`: not yet. */
  readonly read_at: string | null;
  readonly release_id: number | null;
  /** State of its newest release here. */
  readonly release_state: string | null;
  readonly release_version: string | null;
  /** What was put online from here last. */
  readonly released_version: string | null;
  readonly state: string;
  readonly tags: readonly string[];
  /** Whether WeChat holds buyers' money until shipments are reported; `null`: not known. */
  readonly trade_managed: boolean | null;
  readonly trade_reminded_at: string | null;
  /** The newest event that reminds of shipments, and when it came. */
  readonly trade_reminder: string | null;
  readonly trial_version: string | null;
  /** 1 in service, 0 suspended, as last read or set from here; `null`: not known. */
  readonly visit_status: number | null;
}

export interface GrayRelease {
  /** It may take the place of a newer version that is online. */
  readonly allow_older?: boolean | undefined;
  /** Project members first. */
  readonly debuggers_first?: boolean | undefined;
  /** Higher than before; 0 needs one of the flags. */
  readonly percentage: number;
  /** Testers first. */
  readonly testers_first?: boolean | undefined;
}

export interface GrayStepDto {
  /** Seconds at this percentage before the next step. */
  readonly pause_s: number;
  readonly percentage: number;
}

export interface HalfScreenPage {
  readonly items: readonly HalfScreenView[];
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
}

export interface HalfScreenPolicy {
  /** Who asks to open this one: its administrator decides, all are accepted, all are refused. */
  readonly policy: 'accept' | 'ask' | 'refuse';
}

export interface HalfScreenView {
  readonly appid: string;
  readonly asked_at: string | null;
  readonly nickname: string | null;
  readonly reason: string | null;
  /** As WeChat gives it: its values are not published. */
  readonly status: string | null;
}

export interface HealthSignal {
  readonly healthy: boolean;
  readonly reason?: string | undefined;
}

export interface HistoryVersionView {
  readonly app_version: number;
  readonly committed_at: string;
  readonly user_desc: string;
  readonly user_version: string;
}

export interface HistoryView {
  readonly items: readonly HistoryVersionView[];
}

export interface IcpFilingView {
  /** Whether a filing may be begun now. */
  readonly available: boolean;
  readonly canceling: boolean;
  /** Without a filing a mini program of the mainland does not go online. */
  readonly filed: boolean;
  /** WeChat's own: 2 platform review, 3 platform rejected, 4 authority review, 5 authority rejected, 6 filed, 1024 and more not filed. */
  readonly status: number;
}

export interface MakeAppeal {
  /** One for each content of the record, in its order: one for a record with one content. */
  readonly appeal_materials: readonly AppealMaterialBody[];
}

export interface MediaView {
  /** For avatars, certificates, names and `feedback_stuff`; valid for three days, for this mini program only. */
  readonly media_id: string;
  readonly type: string;
}

export interface NewCategory {
  readonly certificates?: readonly Certificate[] | undefined;
  readonly first: number;
  readonly second: number;
}

export interface Nickname {
  /** Picture of the identity card, needed of persons: a media id of `POST …/media`. */
  readonly id_card?: string | undefined;
  /** Picture of the licence, needed of organisations: a media id. */
  readonly license?: string | undefined;
  /** Further proof, for names that need it: media ids. */
  readonly materials?: readonly string[] | undefined;
  /** 4 to 30 characters, without 小程序. */
  readonly nick_name: string;
}

export interface NicknameAuditView {
  readonly audit_id: number;
  readonly audited_at: string | null;
  readonly created_at: string | null;
  readonly fail_reason: string | null;
  readonly nick_name: string | null;
  readonly state: 'failed' | 'in-audit' | 'passed';
}

export interface NicknameCheck {
  /** 4 to 30 characters, without 小程序. */
  readonly nick_name: string;
}

export interface NicknameCheckView {
  /** The name has a word for which WeChat wants proof, or which it does not allow. */
  readonly hit_condition: boolean;
  readonly wording: string;
}

export interface NicknameView {
  /** `null`: the name holds already. Otherwise it is reviewed. */
  readonly audit_id: number | null;
  readonly wording: string | null;
}

export interface NoTargetView {
  /** The first 20. */
  readonly authorizer_appids: readonly string[];
  readonly count: number;
  /** `not-published`: it put nothing online there; `moved-on`: something else is online since; `rolled-back`: it was taken back. */
  readonly why: string;
}

export interface OnboardingCategory {
  readonly certificates?: readonly OnboardingCertificate[] | undefined;
  readonly first: number;
  readonly second: number;
}

export interface OnboardingCertificate {
  /** `paper:<name>` */
  readonly media: string;
  /** As the list of possible categories names it. */
  readonly name: string;
}

export interface OnboardingChange {
  /** A mini program that is there, and authorizes or has authorized the platform. */
  readonly authorizer_appid?: string | undefined;
  readonly categories?: readonly OnboardingCategory[] | undefined;
  /** `auth_data` of the broker's certifications. For the goals filed and online it may be absent: then it is not certified on the way. */
  readonly certification?: Readonly<Record<string, unknown>> | undefined;
  /** `form` of the broker's filings, without `verify_task_id`. */
  readonly filing?: Readonly<Record<string, unknown>> | undefined;
  readonly goal?: 'certified' | 'filed' | 'online' | 'registered' | undefined;
  readonly identity?: OnboardingIdentity | undefined;
  readonly privacy?: OnboardingPrivacy | undefined;
  /** Absent: there is a mini program already, see `authorizer_appid`. */
  readonly registration?: OnboardingRegistration | undefined;
  readonly release?: OnboardingRelease | undefined;
}

export interface OnboardingFieldError {
  readonly field: string;
  readonly message: string;
}

export interface OnboardingIdentity {
  /** `paper:<name>` of the picture. */
  readonly avatar: string;
  /** Of a person: `paper:<name>` of the identity card. */
  readonly id_card?: string | undefined;
  /** Of an organisation: `paper:<name>` of its licence. */
  readonly license?: string | undefined;
  /** Further proof, for names that need it. */
  readonly materials?: readonly string[] | undefined;
  /** 4 to 30 characters, without 小程序. */
  readonly nick_name: string;
  /** 4 to 120 characters, at least four of them Chinese. */
  readonly signature: string;
}

export interface OnboardingImport {
  /** A line each; columns by their path, such as `registration.name`; with `:json` behind it a column holds JSON. */
  readonly csv?: string | undefined;
  /** What is common to all of them: template, categories, certification, parts of the form. */
  readonly defaults?: Readonly<Record<string, unknown>> | undefined;
  /** Each as `POST onboardings` takes it. */
  readonly orders?: readonly (Readonly<Record<string, unknown>>)[] | undefined;
}

export interface OnboardingImportRow {
  readonly goal: 'certified' | 'filed' | 'online' | 'registered' | null;
  readonly label: string | null;
  /** Of the order that is there, or was made. */
  readonly onboarding_id: string | null;
  /** Names of papers that have to be uploaded to the order. */
  readonly papers: readonly string[];
  readonly problems: readonly OnboardingFieldError[];
  readonly reference: string | null;
  /** Beginning with 1. */
  readonly row: number;
  readonly start: 'account' | 'existing' | 'new' | 'trial' | null;
  /** `new`, `there` (the same order already), `different` (one with that reference and other data), `wrong`. */
  readonly state: 'different' | 'new' | 'there' | 'wrong';
  readonly steps: readonly string[];
}

export interface OnboardingImportView {
  /** Ordered by this request, or those that would be. */
  readonly new: number;
  readonly rows: readonly OnboardingImportRow[];
  readonly there: number;
  readonly total: number;
  /** With problems: while there are any, nothing is ordered. */
  readonly wrong: number;
}

export interface OnboardingMovePage {
  readonly items: readonly OnboardingMoveView[];
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
}

export interface OnboardingMoveView {
  readonly at: string;
  readonly cause: string;
  readonly client_id: string | null;
  readonly detail: Readonly<Record<string, unknown>> | null;
  readonly step: string;
  /** `ordered`, `begun`, `task`, `done`, `failed`, `changed`, `paper`, `retried`, `completed`, `cancelled`. */
  readonly what: string;
}

export interface OnboardingPage {
  readonly items: readonly OnboardingView[];
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
}

export interface OnboardingPaperView {
  readonly bytes: number;
  readonly content_type: string;
  readonly name: string;
  readonly sha256: string;
}

export interface OnboardingPrivacy {
  readonly owner_setting: PrivacyOwnerDto;
  readonly setting_list: readonly PrivacyEntry[];
}

export interface OnboardingProblem {
  readonly code: string;
  readonly detail: string;
  readonly errcode: number | null;
  readonly errors: readonly OnboardingFieldError[];
  /** Nobody has to do anything: it is tried again. */
  readonly passes: boolean;
  readonly remedy: OnboardingWords | null;
  readonly rid: string | null;
}

export interface OnboardingRegistration {
  /** The trial mini program that is converted. */
  readonly authorizer_appid?: string | undefined;
  readonly code?: string | undefined;
  readonly component_phone?: string | undefined;
  readonly copy_wx_verify?: boolean | undefined;
  /** The official account whose entity is reused. */
  readonly mp_appid?: string | undefined;
  readonly name?: string | undefined;
  readonly openid?: string | undefined;
  readonly same_admin?: boolean | undefined;
  readonly way: 'account' | 'enterprise' | 'personal' | 'trial' | 'trial-to-account' | 'trial-to-enterprise' | 'trial-to-personal';
  readonly wxuser?: string | undefined;
}

export interface OnboardingRelease {
  readonly audit?: SubmitRelease | undefined;
  /** As of a release. Absent: the stored one. */
  readonly ext_json?: Readonly<Record<string, unknown>> | undefined;
  /** Default: submitted and published by itself. */
  readonly policy?: ReleasePolicyDto | undefined;
  /** Name of a stored audit profile. */
  readonly profile?: string | undefined;
  readonly secret_variables?: readonly string[] | undefined;
  readonly template_id: number;
  readonly user_desc: string;
  /** 1 to 64 characters. */
  readonly user_version: string;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
}

export interface OnboardingStepCount {
  readonly failed: number;
  readonly running: number;
  readonly step: 'account' | 'category' | 'certification' | 'face-check' | 'filing' | 'identity' | 'privacy' | 'release';
  readonly waiting: number;
}

export interface OnboardingStepView {
  readonly name: 'account' | 'category' | 'certification' | 'face-check' | 'filing' | 'identity' | 'privacy' | 'release';
  readonly state: 'done' | 'later' | 'now';
}

export interface OnboardingSummary {
  readonly cancelled: number;
  readonly done: number;
  readonly failed: number;
  readonly running: number;
  /** Where those are that have not ended. */
  readonly steps: readonly OnboardingStepCount[];
  /** What persons must do. */
  readonly tasks: readonly OnboardingTaskCount[];
  readonly total: number;
  /** For a person. */
  readonly waiting: number;
}

export interface OnboardingTask {
  readonly approval_id: string | null;
  /** What kind, as a word: `register`, `face-check`, `authority-sms`, `give-papers`, … */
  readonly code: string;
  /** Data and papers that are missing. */
  readonly missing: readonly string[];
  readonly since: string | null;
  /** The deadline, if there is one. */
  readonly until: string | null;
  /** To be shown to that person. */
  readonly url: string | null;
  readonly what: OnboardingWords;
  readonly who: 'administrator' | 'merchant' | 'operator' | 'responsible_person' | 'second_person';
}

export interface OnboardingTaskCount {
  readonly code: string;
  readonly count: number;
  /** The nearest deadline of them. */
  readonly first_until: string | null;
  readonly who: 'administrator' | 'merchant' | 'operator' | 'responsible_person' | 'second_person';
}

export interface OnboardingView {
  readonly application_id: string | null;
  /** The mini program. */
  readonly authorizer_appid: string | null;
  readonly certification_id: string | null;
  readonly component_appid: string;
  readonly created_at: string;
  readonly ended_at: string | null;
  readonly goal: 'certified' | 'filed' | 'online' | 'registered';
  /** Whom it is for, as far as a list needs it. */
  readonly label: string;
  readonly next_look_at: string | null;
  readonly onboarding_id: string;
  /** Names of papers that are here. */
  readonly papers: readonly string[];
  /** Names of papers that the data mention, and that are not here. */
  readonly papers_missing: readonly string[];
  readonly problem: OnboardingProblem | null;
  readonly reference: string;
  readonly registration_id: string | null;
  readonly release_id: number | null;
  readonly start: 'account' | 'existing' | 'new' | 'trial';
  /** `running` by itself · `waiting` for a person, see `task` · `failed`: mend what `problem` says, and retry · `done` · `cancelled`. */
  readonly state: 'cancelled' | 'done' | 'failed' | 'running' | 'waiting';
  readonly step: 'account' | 'category' | 'certification' | 'face-check' | 'filing' | 'identity' | 'privacy' | 'release';
  readonly step_since: string;
  readonly steps: readonly OnboardingStepView[];
  readonly task: OnboardingTask | null;
  readonly updated_at: string;
  readonly verification_id: string | null;
}

export interface OnboardingWords {
  readonly en: string;
  readonly zh: string;
}

export interface OpenAccount {
  /** Of the open-platform account (开放平台账号). */
  readonly open_appid: string;
}

export interface OpenAccountView {
  /** null: it is bound to none. */
  readonly open_appid: string | null;
  /** Whether the entities are the same; null: not asked, or not answered. */
  readonly same_entity: boolean | null;
}

export interface OpenersPage {
  readonly items: readonly HalfScreenView[];
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
  readonly policy: 'accept' | 'ask' | 'refuse' | null;
}

export interface OrderPathAtWechat {
  readonly path: string;
  readonly status: 'approved' | 'in-audit' | 'rejected' | 'unknown';
}

export interface OrderPathPage {
  readonly items: readonly OrderPathView[];
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
}

export interface OrderPathView {
  readonly asked_at: string;
  readonly authorizer_appid: string;
  readonly path: string;
  readonly reason: string | null;
  /**
   * `asked`: sent, and WeChat has told nothing yet · `busy`: send it again · `bad-appid`, `refused`: not taken · `unclear`: nobody knows
   * whether it was taken · `in-audit`, `rejected`, `approved`: as its review stands.
   */
  readonly state: 'approved' | 'asked' | 'bad-appid' | 'busy' | 'in-audit' | 'refused' | 'rejected' | 'unclear';
  readonly told_at: string | null;
}

export interface OrderPathsAtWechat {
  /** null: none. */
  readonly online: OrderPathAtWechat | null;
  readonly under_audit: OrderPathAtWechat | null;
}

export interface PausedRollouts {
  /** Those that were paused by this. */
  readonly rollout_ids: readonly number[];
}

export interface PlatformDomains {
  readonly action: 'add' | 'delete' | 'set';
  /** Without scheme, such as `api.example.com`. */
  readonly domains: readonly string[];
  /** Default: only the platform's test version is changed. */
  readonly published_together?: boolean | undefined;
}

export interface PlatformDomainsView {
  /** Of the request; WeChat did not take these. */
  readonly invalid: readonly string[];
  /** Of the published version of the platform. */
  readonly published: readonly string[];
  /** Of its test version. */
  readonly testing: readonly string[];
  /** Those of the test version that the published one lacks: no merchant has them, until they are changed with `published_together`. */
  readonly testing_only: readonly string[];
}

export interface PluginPage {
  readonly items: readonly PluginView[];
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
}

export interface PluginView {
  readonly head_image_url: string | null;
  readonly nickname: string | null;
  readonly plugin_appid: string;
  readonly state: 'applying' | 'refused' | 'timed-out' | 'unknown' | 'usable';
}

export interface PossibleCategories {
  readonly items: readonly PossibleCategory[];
}

export interface PossibleCategory {
  /** Names of the certificates; within one list any will do, of each list one is needed. */
  readonly certificates: readonly (readonly string[])[];
  readonly first: number;
  readonly first_name: string;
  readonly remark: string | null;
  readonly second: number;
  readonly second_name: string;
  /** Certificates are needed, and a review. */
  readonly sensitive: boolean;
}

export interface PrefetchDomains {
  readonly domains: readonly string[];
}

export interface PrefetchDomainsView {
  readonly domains: readonly string[];
  /** So many at most. */
  readonly limit: number | null;
}

export interface PreflightView {
  readonly checks: readonly CheckView[];
  readonly may_submit: boolean;
}

export interface PreviewInfoDto {
  readonly pic_id_list?: readonly string[] | undefined;
  readonly video_id_list?: readonly string[] | undefined;
}

export interface PreviewProblem {
  readonly authorizer_appid: string;
  readonly message: string;
  /** Such as `ext_json.window` or `authorization`. */
  readonly path: string;
  readonly remedy: RemedyView | null;
}

export interface PreviewRequest {
  readonly authorizer_appid: string;
  /** Of rollouts that take another one back; WeChat’s own rollback sends nothing else. */
  readonly back?: BackView | undefined;
  /** Body of WeChat's commit. */
  readonly commit: Readonly<Record<string, unknown>>;
  readonly is_canary: boolean;
  /** Number of its ring, if the rollout has rings. */
  readonly ring?: number | undefined;
  /** Body of WeChat's submit_audit. */
  readonly submit_audit: Readonly<Record<string, unknown>>;
}

export interface PreviewRing {
  /** `rest`: those that are in no ring. */
  readonly name: string;
  readonly ready: number;
  /** What it was asked to be. */
  readonly rule: Readonly<Record<string, unknown>>;
  readonly targets: number;
}

export interface PrivacyEntry {
  readonly privacy_key: string;
  readonly privacy_text: string;
}

export interface PrivacyFile {
  /** For `owner_setting.ext_file_media_id` of the guide. */
  readonly ext_file_media_id: string;
}

export interface PrivacyInterfaceApplication {
  /** As WeChat spells it, such as `wx.getLocation`. */
  readonly api_name: string;
  /** What it is used for; at most 300 characters. */
  readonly content: string;
  /** Media ids of `POST …/audit-media`. */
  readonly pic_list?: readonly string[] | undefined;
  readonly url_list?: readonly string[] | undefined;
  readonly video_list?: readonly string[] | undefined;
}

export interface PrivacyInterfaceApplied {
  readonly audit_id: number | null;
}

export interface PrivacyInterfacePage {
  readonly items: readonly PrivacyInterfaceView[];
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
}

export interface PrivacyInterfaceView {
  readonly api_name: string;
  readonly audit_id: number | null;
  readonly fail_reason: string | null;
  readonly state: 'applying' | 'failed' | 'granted' | 'no-permission' | 'to-apply' | 'unknown';
}

export interface PrivacyOwnerDto {
  readonly contact_email?: string | undefined;
  readonly contact_phone?: string | undefined;
  readonly contact_qq?: string | undefined;
  readonly contact_weixin?: string | undefined;
  readonly ext_file_media_id?: string | undefined;
  readonly notice_method: string;
  /** How long data are kept, as `30天`; WeChat takes no other form (86072). */
  readonly store_expire_timestamp?: string | undefined;
  /** Needed of mini programs of other countries: a number of WeChat's, such as 1017. */
  readonly store_region?: string | undefined;
}

export interface PrivacySettings {
  readonly owner_setting: PrivacyOwnerDto;
  /** 1 online, 2 development. */
  readonly privacy_ver: 1 | 2;
  /** What SDKs of others collect, in WeChat's own form. */
  readonly sdk_privacy_info_list?: readonly (Readonly<Record<string, unknown>>)[] | undefined;
  /** Needed for 2, forbidden for 1. */
  readonly setting_list?: readonly PrivacyEntry[] | undefined;
}

export interface Problem {
  /** What is wrong with this request. */
  readonly detail?: string | undefined;
  /** What is wrong with which member of the request. */
  readonly errors?: readonly {
  readonly field?: string | undefined;
  readonly message?: string | undefined;
}[] | undefined;
  /** `urn:wxplane:request:` and the id that is in the log and in `x-request-id`. */
  readonly instance?: string | undefined;
  /** What a person can do about it. */
  readonly remedy?: string | {
  readonly en?: string | undefined;
  readonly zh?: string | undefined;
} | undefined;
  readonly status: number;
  readonly title: string;
  /** `urn:wxplane:problem:` and one of: invalid-request, unauthenticated, forbidden, protected-effect, approval-needed, not-found, method-not-allowed, component-unknown, authorizer-unknown, conflict, idempotency-conflict, wechat-api-ended, payload-too-large, unsupported-media-type, rate-limited, authorizer-cancelled, authorizer-needs-reauthorization, permission-set-missing, ticket-missing, wechat-refused, wechat-unreachable, wechat-quota, broker-unreachable, unavailable, internal */
  readonly type: string;
  /** Where WeChat caused it. */
  readonly wechat?: {
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
} | undefined;
}

export interface ProblemGroup {
  /** The first 20. */
  readonly authorizer_appids: readonly string[];
  readonly count: number;
  /** Of the first of them. */
  readonly message: string;
  /** Such as `authorization` or `variables.tenant`: also what `leave_out` takes. */
  readonly path: string;
  readonly remedy: RemedyView | null;
}

export interface PromoteDraft {
  /** May be 0. */
  readonly draft_id: number;
  /** 0 normal (default), 1 standard, which WeChat no longer supports. */
  readonly template_type?: 0 | 1 | undefined;
}

export interface PublishRelease {
  /** It may take the place of a newer version that is online. */
  readonly allow_older?: boolean | undefined;
}

export interface PublishWindowDto {
  /** 1 Monday to 7 Sunday. */
  readonly days?: readonly number[] | undefined;
  /** Days on which it does not open, `YYYY-MM-DD`: holidays, the days of a sale. */
  readonly except?: readonly string[] | undefined;
  /** `HH:MM`; Beijing time unless `utc_offset_minutes` says otherwise. */
  readonly from: string;
  /** `HH:MM`; earlier than `from`: over midnight. */
  readonly to: string;
  readonly utc_offset_minutes?: number | undefined;
}

export interface QrRule {
  /** Addresses to try it with before it is published: they begin with the prefix. */
  readonly debug_urls?: readonly string[] | undefined;
  /** `true`: everything below the prefix belongs to this rule. */
  readonly exclusive?: boolean | undefined;
  /** What is opened until the rule is published. */
  readonly open_version: 'development' | 'online' | 'trial';
  /** A page of the mini program, without leading slash. */
  readonly path: string;
  /** Such as `https://shop.example.com/table/`. */
  readonly prefix: string;
}

export interface QrRulePage {
  readonly items: readonly QrRuleView[];
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
  /** Publications left this month. */
  readonly publish_quota: number | null;
  readonly total: number | null;
}

export interface QrRulePrefix {
  /** Such as `https://shop.example.com/table/`. */
  readonly prefix: string;
}

export interface QrRuleView {
  readonly debug_urls: readonly string[];
  readonly exclusive: boolean;
  readonly open_version: 'development' | 'online' | 'trial';
  readonly path: string;
  readonly prefix: string;
  readonly published: boolean;
}

export interface QuotaForecast {
  /** What is left this month, without the reserve and what other rollouts have still to submit. */
  readonly available: number;
  /** Of those needed: this month. */
  readonly fit: number;
  /** Of those needed: not this month. */
  readonly later: number;
  /** Submissions that this rollout would make. */
  readonly needed: number;
  /** What the other rollouts that go have still to submit. */
  readonly others: number;
  /** When WeChat counts anew: the first of the next month in Beijing, ISO 8601. */
  readonly renewed_at: string;
}

export interface ReasonView {
  /** Of `too-many-violations`: what they have in common, the most frequent first. */
  readonly causes?: readonly (Readonly<Record<string, unknown>>)[] | undefined;
  /** Such as `quota`, `template`, `platform`, `operator`, `canary-failed`; of a mini program also `rejected`, `older`, `commit-failed`. */
  readonly code?: string | undefined;
  readonly detail?: string | null | undefined;
  readonly errcode?: number | undefined;
  readonly errmsg?: string | undefined;
  /** So long the reason explains the waiting; then a person has to look. ISO 8601. */
  readonly explained_until?: string | undefined;
  readonly remedy?: RemedyView | undefined;
  readonly rid?: string | undefined;
  /** ISO 8601. */
  readonly since?: string | undefined;
}

export interface ReleaseMovePage {
  readonly items: readonly ReleaseMoveView[];
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
}

export interface ReleaseMoveView {
  readonly at: string;
  /** The step, event or reading that moved it. */
  readonly cause: string;
  readonly client_id: string | null;
  readonly detail: Readonly<Record<string, unknown>> | null;
  readonly from: string | null;
  readonly to: string;
}

export interface ReleasePage {
  readonly items: readonly ReleaseView[];
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
}

export interface ReleasePolicyDto {
  /** Rising percentages of the users, with pauses. */
  readonly gray?: readonly GrayStepDto[] | undefined;
  /** `auto`: published as soon as the audit is approved. */
  readonly publish?: 'auto' | 'manual' | undefined;
  /** Publishing by itself happens only then. */
  readonly publish_window?: PublishWindowDto | undefined;
  /** Findings of the pre-flight check that are not to hold a submission back; recorded in the release's history. */
  readonly skip_checks?: readonly ('basic-info' | 'domains' | 'ext-appid' | 'privacy-guide' | 'template')[] | undefined;
  /** `auto`: submitted to audit as soon as the privacy scan is done and clean. */
  readonly submit?: 'auto' | 'manual' | undefined;
  /** Submitting by itself happens only then; what is prepared waits. */
  readonly submit_window?: PublishWindowDto | undefined;
  /** Somebody else than the maker must approve before it is published, by itself or by hand. */
  readonly two_person?: boolean | undefined;
}

export interface ReleaseView {
  readonly audit: AuditView;
  readonly authorizer_appid: string;
  readonly committed_at: string | null;
  readonly component_appid: string;
  readonly created_at: string | null;
  readonly ext_json: Readonly<Record<string, unknown>>;
  readonly gray_percentage: number | null;
  readonly is_release: boolean;
  /** The last failure: step, errcode, errmsg, rid, remedy. */
  readonly last_error: FailureView | null;
  /** Something was refused or has failed, and nothing more happens by itself: see `last_error` and `waiting`. */
  readonly needs_attention: boolean;
  /** What may be asked of it now. */
  readonly next_steps: readonly string[];
  /** A step whose outcome is being read from WeChat. */
  readonly pending_step: string | null;
  readonly policy: Readonly<Record<string, unknown>>;
  readonly release_id: number;
  readonly released_at: string | null;
  readonly rollout_id: number | null;
  /** What the privacy scan found; `null` until it is done. */
  readonly scan: Readonly<Record<string, unknown>> | null;
  readonly state: 'approved' | 'auditing' | 'created' | 'failed' | 'graying' | 'ready' | 'rejected' | 'released' | 'reverted' | 'scanning' | 'stopped' | 'superseded' | 'withdrawn';
  readonly template_id: number;
  readonly updated_at: string | null;
  readonly user_desc: string;
  readonly user_version: string;
  /** What it waits for. */
  readonly waiting: WaitingView | null;
}

export interface RemedyView {
  readonly en: string;
  readonly zh: string;
}

export interface RetryPreview {
  /** Of these: reviewers have the release there is, or have approved it; it is carried on. */
  readonly carried_on: number;
  /** Of these: they get a new release. */
  readonly new_releases: number;
  /** `null`: WeChat does not say now. */
  readonly quota: Readonly<Record<string, unknown>> | null;
  /** Submissions of this month's quota that this takes, at most. */
  readonly submissions: number;
  /** Mini programs that would begin again. */
  readonly targets: number;
}

export interface RetryRollout {
  /** These ones, failed or skipped; what was set aside comes back so. */
  readonly authorizer_appids?: readonly string[] | undefined;
  /** Those with one of these causes, as `failures` lists them; failed or skipped. */
  readonly causes?: readonly string[] | undefined;
  readonly note?: string | undefined;
  /** Also those that were skipped: each is looked at again. */
  readonly skipped?: boolean | undefined;
}

export interface RingDto {
  /** The rollout pauses as soon as so many of it have failed. */
  readonly max_failures?: number | undefined;
  /** So many seconds after the last of it has ended the next one follows. */
  readonly min_wait_s?: number | undefined;
  readonly name: string;
  /** The rollout pauses after it: a person lets the next one follow. */
  readonly pause?: boolean | undefined;
  /** Of all targets, in their order, of those that no ring names by tag. */
  readonly share?: number | undefined;
  readonly size?: number | undefined;
  /** Share of it that must succeed before the next one follows. Default 1. */
  readonly success_share?: number | undefined;
  readonly tag?: string | undefined;
  /** One of these tags. */
  readonly tags_any?: readonly string[] | undefined;
}

export interface RollBack {
  /** Only these of those that it published. */
  readonly authorizer_appids?: readonly string[] | undefined;
  /** Mini programs with a problem of these paths, as the preview's `problem_groups` name them, are left out. */
  readonly leave_out?: readonly string[] | undefined;
  /** Default: that of the rollout that is taken back, with the way before it. */
  readonly name?: string | undefined;
  readonly options?: RolloutOptionsDto | undefined;
  /** As of any rollout: mini programs that another rollout has not finished with are taken over from it. */
  readonly take_over?: boolean | undefined;
  /**
   * `rollback`: WeChat puts the version before online again, without a review; once for each publication. `forward`: the last good version
   * that is recorded for each mini program is made, reviewed and published anew. Default `rollback`.
   */
  readonly way?: 'forward' | 'rollback' | undefined;
}

export interface RollBackPreview {
  /** `null`: nothing is submitted by itself, or WeChat does not say how much is left. */
  readonly forecast: QuotaForecast | null;
  /** Stands for everything that would be sent; give it to the start. */
  readonly hash: string;
  /** Those that `options.not_ready` skips or lets wait: they are not among the ready ones. */
  readonly held: number;
  /** Left out on request, see `leave_out`. */
  readonly left_out: number;
  readonly no_targets: readonly NoTargetView[];
  /** What keeps mini programs from going online, as it was last read; the most frequent first. `certification` only limits them. */
  readonly not_ready: readonly ProblemGroup[];
  readonly of: number;
  /** What stands in the way, however many have it; the most frequent first. */
  readonly problem_groups: readonly ProblemGroup[];
  /** At most 500. */
  readonly problems: readonly PreviewProblem[];
  readonly quota: Readonly<Record<string, unknown>> | null;
  readonly ready: number;
  readonly requests: readonly PreviewRequest[];
  /** In their order; empty: it has none. */
  readonly rings: readonly PreviewRing[];
  readonly targets: number;
  /** Sent all the same; at most 500. */
  readonly warnings: readonly PreviewProblem[];
  readonly way: string;
}

export interface Rollback {
  /** Of the history; absent: the version before. */
  readonly app_version?: number | undefined;
}

export interface RolloutCountsView {
  readonly failed: number;
  /** Of the pending ones: they wait until they may go online, see `options.not_ready`. */
  readonly held: number;
  readonly pending: number;
  readonly running: number;
  readonly skipped: number;
  readonly succeeded: number;
  readonly total: number;
  /** Of those under way: they wait for a quota of their own mini program, and hold nobody up. */
  readonly waiting: number;
}

export interface RolloutFailureView {
  /** The first 20. */
  readonly authorizer_appids: readonly string[];
  /** Of these: a retry carries on the release there is, and takes no submission. */
  readonly carried_on: number;
  /** Stands for it, also in a retry: `rejected.3f2a91c0`, `commit-failed.85013`, `older`. */
  readonly cause: string;
  readonly count: number;
  /** As it was said of the first of them. */
  readonly reason: ReasonView;
  /** `failed`, `skipped`, or `running` of those that wait by themselves. */
  readonly state: string;
}

export interface RolloutFailures {
  readonly items: readonly RolloutFailureView[];
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
}

export interface RolloutHistoryPage {
  readonly items: readonly RolloutHistoryView[];
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
}

export interface RolloutHistoryView {
  /** The person, or the key; `null`: the rollout did it by itself. */
  readonly actor: string | null;
  /** ISO 8601. */
  readonly at: string;
  /** A note, a reason, how many. */
  readonly detail: Readonly<Record<string, unknown>> | null;
  readonly from_state: string | null;
  readonly to_state: string;
  /** `started`, `paused`, `waiting`, `resumed`, `retried`, `approved`, `widened`, `pace-changed`, `set-aside`, `taken-over`, `completed`, `aborted`. */
  readonly what: string;
}

export interface RolloutOptionsDto {
  /** So many mini programs go first. Default 0. */
  readonly canary_size?: number | undefined;
  /** Share of the canary that must succeed. Default 1. */
  readonly canary_success_share?: number | undefined;
  /** Between commit and submission at the same time. Default 20. */
  readonly concurrency?: number | undefined;
  /** The same as a share of those that were begun. What the preview named and was never begun does not count. Default 0.2. */
  readonly max_failure_share?: number | undefined;
  /** It pauses itself at so many failures. Default 20. */
  readonly max_failures?: number | undefined;
  /**
   * It pauses itself (`too-many-violations`) when more than this share of the mini programs it has put online have come by a violation or a
   * punishment of its version since; one alone does not count, unless this is 0. Without it nobody looks.
   */
  readonly max_violation_share?: number | undefined;
  /**
   * What becomes of mini programs that are known not to be able to go online yet: not filed (备案), without name, avatar and introduction, or
   * without a category. `go-on` begins them all the same, and WeChat's refusal fails them; `skip` skips them; `wait` begins them when they may
   * go online, and the others do not wait for them; `refuse` starts nothing while there is one. Default `go-on`.
   */
  readonly not_ready?: 'go-on' | 'refuse' | 'skip' | 'wait' | undefined;
  /** Begun per minute. Default 120. */
  readonly per_minute?: number | undefined;
  /** Submissions of this month left for others. Default 10. */
  readonly quota_reserve?: number | undefined;
  /** Groups that go one after the other, each when the one before has done well; the rest comes last. Instead of a canary. */
  readonly rings?: readonly RingDto[] | undefined;
  /** Nothing is begun before: ISO 8601 with its zone, at most 90 days ahead. A resume begins at once. */
  readonly start_at?: string | undefined;
}

export interface RolloutPaceView {
  /** Mini programs that ended within the last hour, or since the rollout began if that is sooner. */
  readonly ended: number;
  /** Seconds that are left if it goes on so; `null`: that cannot be said. */
  readonly left_s: number | null;
  /** What decides how fast it is: `paused`, `quota`, `waiting`, `approval`, `reviewers`, `pace`; `null`: it has ended. */
  readonly limited_by: string | null;
  /** When a limit that has an end ends, ISO 8601. */
  readonly limited_until: string | null;
  /** Seconds that this was counted over. */
  readonly within_s: number;
}

export interface RolloutPage {
  readonly items: readonly RolloutView[];
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
}

export interface RolloutPreview {
  /** `null`: nothing is submitted by itself, or WeChat does not say how much is left. */
  readonly forecast: QuotaForecast | null;
  /** Stands for everything that would be sent; give it to the start. */
  readonly hash: string;
  /** Those that `options.not_ready` skips or lets wait: they are not among the ready ones. */
  readonly held: number;
  /** Left out on request, see `leave_out`. */
  readonly left_out: number;
  /** What keeps mini programs from going online, as it was last read; the most frequent first. `certification` only limits them. */
  readonly not_ready: readonly ProblemGroup[];
  /** What stands in the way, however many have it; the most frequent first. */
  readonly problem_groups: readonly ProblemGroup[];
  /** At most 500. */
  readonly problems: readonly PreviewProblem[];
  readonly quota: Readonly<Record<string, unknown>> | null;
  readonly ready: number;
  readonly requests: readonly PreviewRequest[];
  /** In their order; empty: it has none. */
  readonly rings: readonly PreviewRing[];
  readonly targets: number;
  /** Sent all the same; at most 500. */
  readonly warnings: readonly PreviewProblem[];
}

export interface RolloutRingView {
  /** `done`, `now` or `ahead`. */
  readonly at: string;
  readonly failed: number;
  readonly name: string;
  readonly pending: number;
  readonly running: number;
  readonly skipped: number;
  readonly succeeded: number;
  readonly total: number;
}

export interface RolloutSpec {
  /** It may take the place of a newer version: without this nobody goes back to an older one. */
  readonly allow_older?: boolean | undefined;
  /** What reviewers are told; members given here win over the profile's. */
  readonly audit?: SubmitRelease | undefined;
  /** With `{{variables}}`; absent: each mini program's stored one. */
  readonly ext_json?: Readonly<Record<string, unknown>> | undefined;
  /** Mini programs with a problem of these paths, as the preview's `problem_groups` name them, are left out. */
  readonly leave_out?: readonly string[] | undefined;
  readonly name: string;
  readonly options?: RolloutOptionsDto | undefined;
  /** Default: submit and publish by themselves. */
  readonly policy?: ReleasePolicyDto | undefined;
  /** Name of a stored audit profile. */
  readonly profile?: string | undefined;
  /** Names of those of them that nobody is shown: texts of at least six characters. */
  readonly secret_variables?: readonly string[] | undefined;
  /**
   * Mini programs that another rollout has not finished with are taken over from it: there they are skipped, what reviewers do not
   * have yet is given up, and reviews that run end first. Without this the start is refused when rollouts overlap.
   */
  readonly take_over?: boolean | undefined;
  readonly targets: RolloutTargets;
  readonly template_id: number;
  readonly user_desc: string;
  readonly user_version: string;
  /** The rollout's own layer of variables. */
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
}

export interface RolloutStagesView {
  /** Approved, and not published yet. */
  readonly approved: number;
  readonly failed: number;
  readonly gray: number;
  readonly in_review: number;
  /** Not begun. */
  readonly pending: number;
  /** Being committed and scanned, or ready to be submitted. */
  readonly preparing: number;
  readonly skipped: number;
  /** The goal of the rollout's policy is reached. */
  readonly succeeded: number;
}

export interface RolloutSummary {
  readonly pace: RolloutPaceView;
  /** In their order; empty: it has none. */
  readonly rings: readonly RolloutRingView[];
  readonly rollout: RolloutView;
  readonly stages: RolloutStagesView;
  readonly waits: readonly RolloutWaitView[];
}

export interface RolloutTargetPage {
  readonly items: readonly RolloutTargetView[];
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
}

export interface RolloutTargetView {
  readonly attempts: number;
  readonly auditid: string | null;
  readonly authorizer_appid: string;
  readonly is_canary: boolean;
  /** What went wrong, or why it was skipped: `code`, `detail`, perhaps `errcode`, `remedy`. */
  readonly reason: ReasonView | null;
  readonly release_id: number | null;
  readonly release_state: string | null;
  /** Number of its ring; `null`: the rollout has none. */
  readonly ring: number | null;
  readonly state: string;
  readonly updated_at: string;
}

export interface RolloutTargets {
  /** Every mini program that has authorized the component. */
  readonly all?: boolean | undefined;
  /** These ones not, whoever else is chosen. */
  readonly exclude?: readonly string[] | undefined;
  /** Named ones, in this order; the first ones are the canary. */
  readonly list?: readonly string[] | undefined;
  /** Those that do not run `user_version`, as last read. */
  readonly not_up_to_date?: boolean | undefined;
  /** Those whose online version is this one, as last read. */
  readonly online_version?: string | undefined;
  /** Those whose online version is one of these, as last read. */
  readonly online_versions?: readonly string[] | undefined;
  /** Those of a selection that is kept by this name; what is here besides narrows it further. */
  readonly selection?: string | undefined;
  /** Those that carry this tag. */
  readonly tag?: string | undefined;
  /** Those that carry each of these tags. */
  readonly tags_all?: readonly string[] | undefined;
  /** Those that carry one of these tags. */
  readonly tags_any?: readonly string[] | undefined;
  /** Those that carry none of these tags. */
  readonly tags_none?: readonly string[] | undefined;
  /** Those whose online version was made of one of these templates, and put online from here. */
  readonly template_ids?: readonly number[] | undefined;
}

export interface RolloutView {
  readonly component_appid: string;
  readonly counts: RolloutCountsView;
  readonly created_at: string;
  readonly finished_at: string | null;
  /** `release`; `rollback` or `forward`: it takes another one back. */
  readonly kind: string;
  readonly name: string;
  /** It is paused, or waits longer than its reason explains, or mini programs of it do. */
  readonly needs_attention: boolean;
  /** The rollout that it takes back. */
  readonly of: number | null;
  readonly options: Readonly<Record<string, unknown>>;
  readonly policy: Readonly<Record<string, unknown>>;
  /** Ended ones of all, 0 to 1. */
  readonly progress: number;
  /** Why it waits or was paused. */
  readonly reason: ReasonView | null;
  /** Name of the ring that goes now; `null`: it has none. */
  readonly ring: string | null;
  readonly rollout_id: number;
  readonly stage: string;
  readonly state: string;
  /** Of the rollout that is taken back, if it takes one back. */
  readonly template_id: number;
  readonly updated_at: string;
  readonly user_version: string;
}

export interface RolloutWaitView {
  readonly count: number;
  /** `account` (a quota of its own), `review` (of another version), `approval`, `window`, `gray-pause`, `operator`, `rollout`. */
  readonly for: string;
}

export interface ScreenshotPage {
  readonly items: readonly ScreenshotView[];
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
}

export interface ScreenshotView {
  readonly bytes: number | null;
  readonly content_type: string | null;
  readonly media_id: string;
  readonly note: string | null;
  /** `pending`, `stored`, or `lost` when WeChat had it no more. */
  readonly state: string;
}

export interface SearchStatus {
  /** Whether the mini program can be found by searching. */
  readonly searchable: boolean;
}

export interface SearchStatusView {
  readonly searchable: boolean;
}

export interface SelectionDetail {
  /** The first 20. */
  readonly authorizer_appids: readonly string[];
  /** Mini programs that it means now. */
  readonly count: number;
  readonly name: string;
  readonly targets: Readonly<Record<string, unknown>>;
  /** ISO 8601. */
  readonly updated_at: string;
  readonly written_by: string;
}

export interface SelectionPage {
  readonly items: readonly SelectionView[];
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
}

export interface SelectionView {
  readonly name: string;
  readonly targets: Readonly<Record<string, unknown>>;
  /** ISO 8601. */
  readonly updated_at: string;
  readonly written_by: string;
}

export interface SetAside {
  readonly authorizer_appids: readonly string[];
  readonly note?: string | undefined;
}

export interface SetAsideView {
  readonly left: readonly TargetLeft[];
  readonly rollout: RolloutView;
  readonly set_aside: number;
}

export interface SetOrderPaths {
  readonly authorizers: readonly string[];
  readonly path: string;
  /** Addresses of pictures for the reviewer. */
  readonly pictures?: readonly string[] | undefined;
  /** For the reviewer: kept nowhere. */
  readonly test_account?: string | undefined;
  readonly test_password?: string | undefined;
  readonly test_remark?: string | undefined;
  readonly video?: string | undefined;
}

export interface ShowableAccountPage {
  readonly items: readonly ShowableAccountView[];
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
}

export interface ShowableAccountView {
  readonly appid: string;
  readonly nickname: string | null;
}

export interface ShownAccount {
  /** The official account that users are offered to follow; null: none. */
  readonly appid?: string | null | undefined;
}

export interface ShownAccountView {
  readonly appid: string | null;
  readonly nickname: string | null;
  /** Whether the mini program may show one at all. */
  readonly possible: boolean;
}

export interface Signature {
  /** 4 to 120 characters, at least four of them Chinese. */
  readonly signature: string;
}

export interface StartRollBack {
  /** Only these of those that it published. */
  readonly authorizer_appids?: readonly string[] | undefined;
  /** Mini programs with a problem of these paths, as the preview's `problem_groups` name them, are left out. */
  readonly leave_out?: readonly string[] | undefined;
  /** Default: that of the rollout that is taken back, with the way before it. */
  readonly name?: string | undefined;
  readonly options?: RolloutOptionsDto | undefined;
  /** `hash` of the preview: if anything has changed since, nothing is started. */
  readonly preview_hash: string;
  /** As of any rollout: mini programs that another rollout has not finished with are taken over from it. */
  readonly take_over?: boolean | undefined;
  /**
   * `rollback`: WeChat puts the version before online again, without a review; once for each publication. `forward`: the last good version
   * that is recorded for each mini program is made, reviewed and published anew. Default `rollback`.
   */
  readonly way?: 'forward' | 'rollback' | undefined;
}

export interface StartRollout {
  /** It may take the place of a newer version: without this nobody goes back to an older one. */
  readonly allow_older?: boolean | undefined;
  /** What reviewers are told; members given here win over the profile's. */
  readonly audit?: SubmitRelease | undefined;
  /** With `{{variables}}`; absent: each mini program's stored one. */
  readonly ext_json?: Readonly<Record<string, unknown>> | undefined;
  /** Mini programs with a problem of these paths, as the preview's `problem_groups` name them, are left out. */
  readonly leave_out?: readonly string[] | undefined;
  readonly name: string;
  readonly options?: RolloutOptionsDto | undefined;
  /** Default: submit and publish by themselves. */
  readonly policy?: ReleasePolicyDto | undefined;
  /** `hash` of the preview: if anything has changed since, nothing is started. */
  readonly preview_hash: string;
  /** Name of a stored audit profile. */
  readonly profile?: string | undefined;
  /** Names of those of them that nobody is shown: texts of at least six characters. */
  readonly secret_variables?: readonly string[] | undefined;
  /**
   * Mini programs that another rollout has not finished with are taken over from it: there they are skipped, what reviewers do not
   * have yet is given up, and reviews that run end first. Without this the start is refused when rollouts overlap.
   */
  readonly take_over?: boolean | undefined;
  readonly targets: RolloutTargets;
  readonly template_id: number;
  readonly user_desc: string;
  readonly user_version: string;
  /** The rollout's own layer of variables. */
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
}

export interface SubmitNow {
  /** Read by WeChat only after a rejection; at most 200 characters. */
  readonly feedback_info?: string | undefined;
  /** Media ids joined by `|`, at most 5. */
  readonly feedback_stuff?: string | undefined;
  readonly item_list?: readonly AuditItemDto[] | undefined;
  readonly order_path?: string | undefined;
  readonly preview_info?: PreviewInfoDto | undefined;
  /** Declares that privacy APIs found by the scan are not used. */
  readonly privacy_api_not_use?: boolean | undefined;
  /** Findings of the pre-flight check that are not to hold it back: WeChat would let them pass. Recorded in the audit log. */
  readonly skip_checks?: readonly ('basic-info' | 'domains' | 'ext-appid' | 'privacy-guide' | 'template')[] | undefined;
  readonly ugc_declare?: UgcDeclareDto | undefined;
  /** What this version does; a login for the reviewer. */
  readonly version_desc?: string | undefined;
}

export interface SubmitRelease {
  /** Read by WeChat only after a rejection; at most 200 characters. */
  readonly feedback_info?: string | undefined;
  /** Media ids joined by `|`, at most 5. */
  readonly feedback_stuff?: string | undefined;
  readonly item_list?: readonly AuditItemDto[] | undefined;
  readonly order_path?: string | undefined;
  readonly preview_info?: PreviewInfoDto | undefined;
  /** Declares that privacy APIs found by the scan are not used. */
  readonly privacy_api_not_use?: boolean | undefined;
  readonly ugc_declare?: UgcDeclareDto | undefined;
  /** What this version does; a login for the reviewer. */
  readonly version_desc?: string | undefined;
}

export interface TagsBody {
  readonly tags: readonly string[];
}

export interface TargetLeft {
  readonly authorizer_appid: string;
  /** Why it was left where it is, and what can be done. */
  readonly message: string;
  readonly release_id: number | null;
  readonly state: string;
}

export interface TemplateComparison {
  readonly differences: readonly TemplateDifferenceView[];
  readonly from: TemplateView;
  readonly to: TemplateView;
}

export interface TemplateDifferenceView {
  readonly from: string | null;
  readonly member: string;
  readonly to: string | null;
}

export interface TemplatePage {
  readonly items: readonly TemplateView[];
  /** WeChat keeps 200 at most. */
  readonly limit: number;
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
}

export interface TemplateView {
  readonly created_at: string;
  readonly developer: string | null;
  readonly draft_id: number | null;
  readonly source_miniprogram: string | null;
  readonly source_miniprogram_appid: string | null;
  readonly template_id: number;
  /** 0 normal, 1 standard. */
  readonly template_type: number;
  readonly user_desc: string;
  readonly user_version: string;
}

export interface Tester {
  /** WeChat id (微信号) of the person. */
  readonly wechatid: string;
}

export interface UgcDeclareDto {
  readonly audit_desc?: string | undefined;
  readonly has_audit_team?: 0 | 1 | undefined;
  /** 1 WeChat's content security, 2 another product, 3 people, 4 none. */
  readonly method?: readonly number[] | undefined;
  readonly other_scene_desc?: string | undefined;
  /** 0 none, 1 profile, 2 image, 3 video, 4 text, 5 audio. */
  readonly scene?: readonly number[] | undefined;
}

export interface UnbindOpenAccount {
  /** Of the open-platform account (开放平台账号). */
  readonly open_appid: string;
  /** Every user's unionid is another one afterwards: say that this is known. */
  readonly unionids_change: boolean;
}

export interface UnbindTester {
  /** As the list of testers names them. */
  readonly userstr?: string | undefined;
  readonly wechatid?: string | undefined;
}

export interface UpdatePlugin {
  readonly user_version: string;
}

export interface VersionView {
  readonly at: string;
  readonly description: string;
  readonly version: string;
}

export interface VersionsView {
  readonly authorizer_appid: string;
  readonly online: VersionView | null;
  readonly read_at: string;
  readonly trial: VersionView | null;
}

export interface ViolationGroupPage {
  readonly items: readonly ViolationGroupView[];
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
}

export interface ViolationGroupView {
  readonly first_at: string;
  readonly last_at: string;
  readonly mini_programs: number;
  readonly reason: string | null;
  readonly records: number;
  readonly rule_name: string | null;
  readonly template_id: number | null;
  readonly version: string | null;
}

export interface ViolationPage {
  readonly items: readonly ViolationView[];
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
}

export interface ViolationView {
  readonly at: string;
  readonly authorizer_appid: string;
  readonly content: string | null;
  /** WeChat's, such as `2_11100`: for an appeal; of a punishment its own number. */
  readonly illegal_record_id: string;
  /** `record`: WeChat has noted it; `punishment`: and does something about it. */
  readonly kind: 'punishment' | 'record';
  /** Of a punishment: `type` (1 warning, 2 functions, 3 taken down, 4 account, 10 page) and WeChat's `detail`. */
  readonly punishment: Readonly<Record<string, unknown>> | null;
  readonly reason: string | null;
  readonly rule_name: string | null;
  readonly rule_url: string | null;
  /** What was online when it was heard of; null: not put there from here. */
  readonly template_id: number | null;
  readonly version: string | null;
}

export interface VisitStatus {
  /** `close` takes the mini program out of service for its users. */
  readonly action: 'close' | 'open';
}

export interface WaitingView {
  /** Why it was stopped, as a word. */
  readonly code?: string | undefined;
  /** What WeChat refused with, of a quota or penalty of the mini program itself (`account`). */
  readonly errcode?: number | undefined;
  /** So long `since` and `errcode` explain it; then a person has to look. ISO 8601. */
  readonly explained_until?: string | undefined;
  /** Absent: for nothing, it was stopped. */
  readonly for?: 'account' | 'approval' | 'gray' | 'gray-pause' | 'operator' | 'review' | 'rollout' | 'window' | undefined;
  /** Of the gray step that was sent. */
  readonly percentage?: number | undefined;
  readonly reason?: string | undefined;
  /** The release that reviewers have (`review`); `null`: one that was submitted elsewhere. */
  readonly release_id?: number | null | undefined;
  /** ISO 8601. */
  readonly since?: string | undefined;
  /** ISO 8601; of a window, a pause or a quota. */
  readonly until?: string | undefined;
  /** Its version. */
  readonly user_version?: string | null | undefined;
}

export interface WebviewDomains {
  readonly action?: 'add' | 'delete' | 'get' | 'set' | undefined;
  /** Without registering them with the platform first. */
  readonly directly?: boolean | undefined;
  readonly webviewdomain?: readonly string[] | undefined;
}

export interface WechatAnswer {
}

export interface WithNote {
  readonly note?: string | undefined;
}

export interface WriteSelection {
  /** As in a rollout, but for `selection` and `not_up_to_date`: they are of one rollout. */
  readonly targets: RolloutTargets;
}
