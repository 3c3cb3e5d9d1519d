// Made of the document beside it by `npm run openapi`; not edited by hand.

export interface ChangeChannel {
  readonly addresses?: readonly string[] | undefined;
  /** 0: at once from now on. */
  readonly digest_minutes?: number | undefined;
  readonly kinds?: readonly string[] | undefined;
  readonly language?: 'both' | 'en' | 'zh' | undefined;
  readonly least_severity?: 'info' | 'notice' | 'urgent' | 'warning' | undefined;
  readonly name?: string | undefined;
  /** Without quiet hours from now on. */
  readonly no_quiet?: boolean | undefined;
  readonly quiet?: QuietHoursDto | undefined;
  readonly secret?: string | undefined;
  /** `disabled`: nothing new is kept for it; what waited is told when it is enabled again. */
  readonly state?: 'disabled' | 'enabled' | undefined;
  /** With `secret`, if the robot wants signatures: both are replaced. */
  readonly url?: string | undefined;
}

export interface ChangeSubscription {
  readonly body_format?: 'wxcomponent' | 'wxplane' | undefined;
  readonly kinds?: readonly string[] | undefined;
  readonly name?: string | undefined;
  readonly ordered?: boolean | undefined;
  /** `enabled` also forgets former failures; what waited is sent then. */
  readonly state?: 'disabled' | 'enabled' | undefined;
  readonly url?: string | undefined;
}

export interface ChannelPage {
  readonly items: readonly ChannelView[];
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
}

export interface ChannelTestView {
  readonly delivered: boolean;
  /** Why it did not arrive. */
  readonly error: string | null;
}

export interface ChannelView {
  readonly channel_id: string;
  readonly component_appid: string;
  readonly created_at: string;
  readonly created_by: string;
  readonly digest_minutes: number | null;
  readonly failing_since: string | null;
  /** Failures since the last message that was taken. */
  readonly failures: number;
  readonly kind: 'dingtalk' | 'feishu' | 'mail' | 'wecom';
  readonly kinds: readonly string[];
  readonly language: 'both' | 'en' | 'zh';
  readonly last_error: string | null;
  readonly last_success_at: string | null;
  readonly least_severity: 'info' | 'notice' | 'urgent' | 'warning';
  readonly name: string;
  /** What may be seen of where it leads: the host of a robot, or how many addresses. */
  readonly place: string;
  readonly quiet: QuietHoursDto | null;
  readonly state: 'disabled' | 'enabled';
}

export interface ChannelWithCounts {
  readonly channel_id: string;
  readonly component_appid: string;
  readonly created_at: string;
  readonly created_by: string;
  readonly digest_minutes: number | null;
  /** What was tried for the last time (dead letters): `POST …/retry` tries it again. */
  readonly failed: number;
  readonly failing_since: string | null;
  /** Failures since the last message that was taken. */
  readonly failures: number;
  readonly kind: 'dingtalk' | 'feishu' | 'mail' | 'wecom';
  readonly kinds: readonly string[];
  readonly language: 'both' | 'en' | 'zh';
  readonly last_error: string | null;
  readonly last_success_at: string | null;
  readonly least_severity: 'info' | 'notice' | 'urgent' | 'warning';
  readonly name: string;
  /** What waits to be told. */
  readonly pending: number;
  /** What may be seen of where it leads: the host of a robot, or how many addresses. */
  readonly place: string;
  readonly quiet: QuietHoursDto | null;
  readonly state: 'disabled' | 'enabled';
}

export interface CreateChannel {
  /** Of mail: the addresses. */
  readonly addresses?: readonly string[] | undefined;
  /** What is not urgent is joined in one message every so many minutes. Default: it is sent at once. */
  readonly digest_minutes?: number | undefined;
  /** A robot of 企业微信 (`wecom`), 飞书 (`feishu`) or 钉钉 (`dingtalk`), or `mail`. */
  readonly kind: 'dingtalk' | 'feishu' | 'mail' | 'wecom';
  /** Patterns such as `rollout_*`, `release_rejected`, `*`. Default: all that there is to tell. */
  readonly kinds?: readonly string[] | undefined;
  /** Default `both`. */
  readonly language?: 'both' | 'en' | 'zh' | undefined;
  /** What is less is not told. Default `notice`. */
  readonly least_severity?: 'info' | 'notice' | 'urgent' | 'warning' | undefined;
  /** For people. */
  readonly name: string;
  readonly quiet?: QuietHoursDto | undefined;
  /** Of a robot of 飞书 or 钉钉 that wants signatures (签名校验, 加签): its secret. Never shown again. */
  readonly secret?: string | undefined;
  /** Of a robot: its webhook address, which is a secret and is never shown again. */
  readonly url?: string | undefined;
}

export interface CreateSubscription {
  /** Absent: all authorizers, and events that belong to none. */
  readonly authorizers?: readonly string[] | undefined;
  /** `wxcomponent`: the plain JSON that WeChat's own wxcomponent forwards, and `$APPID$` in the URL's path replaced. Default `wxplane`. */
  readonly body_format?: 'wxcomponent' | 'wxplane' | undefined;
  /** Absent: every component. */
  readonly component_appid?: string | undefined;
  /** Patterns such as `message.*`, `weapp_audit_*`, `authorized`, `*`. */
  readonly kinds: readonly string[];
  /** For people. */
  readonly name: string;
  /** The events of one authorizer one after the other: one that fails holds the following ones back. */
  readonly ordered?: boolean | undefined;
  /** Its answers are sent to the user (被动回复). Needs `component_appid`; at most one for an authorizer, and one for the component. */
  readonly replier?: boolean | undefined;
  /** https; must lead to a public address. */
  readonly url: string;
}

export interface DeliveryAttemptView {
  readonly at: string;
  readonly duration_ms: number;
  readonly error: string | null;
  /** Begin of the answer. */
  readonly excerpt: string | null;
  /** HTTP status; `null`: no answer. */
  readonly status: number | null;
}

export interface DeliveryPage {
  readonly items: readonly DeliveryView[];
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
}

export interface DeliveryView {
  readonly attempts: number;
  readonly authorizer_appid: string | null;
  readonly created_at: string;
  readonly delivery_id: string;
  /** `null`: a test event. */
  readonly event_id: string | null;
  readonly finished_at: string | null;
  readonly kind: string;
  readonly last_error: string | null;
  readonly last_status: number | null;
  readonly next_attempt_at: string | null;
  readonly replay: boolean;
  readonly state: 'cancelled' | 'delivered' | 'failed' | 'pending';
  readonly subscription_id: string;
}

export interface DeliveryWithAttempts {
  readonly attempt_list: readonly DeliveryAttemptView[];
  readonly attempts: number;
  readonly authorizer_appid: string | null;
  readonly created_at: string;
  readonly delivery_id: string;
  /** `null`: a test event. */
  readonly event_id: string | null;
  readonly finished_at: string | null;
  readonly kind: string;
  readonly last_error: string | null;
  readonly last_status: number | null;
  readonly next_attempt_at: string | null;
  readonly replay: boolean;
  readonly state: 'cancelled' | 'delivered' | 'failed' | 'pending';
  readonly subscription_id: string;
}

export interface EventEffectView {
  readonly at: string;
  readonly attempts: number;
  /** `broker`, `release`, … */
  readonly consumer: string;
  readonly note: string | null;
  readonly state: 'done' | 'failed' | 'skipped';
}

export interface EventPage {
  readonly items: readonly EventView[];
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
}

export interface EventView {
  readonly authorizer_appid: string | null;
  readonly component_appid: string;
  /** CreateTime of WeChat. */
  readonly create_time: string | null;
  readonly event_id: string;
  readonly family: 'authorizer' | 'component' | 'wxplane';
  readonly handed_over_at: string | null;
  readonly kind: string;
  readonly note: string | null;
  /**
   * `waiting` · `handed_over`: broker or release has it · `done` · `failed` · `no_consumer`: they act on none of its kind (subscribers get
   * theirs all the same) · `kept`: `mismatch` or `stale`.
   */
  readonly progress: 'done' | 'failed' | 'handed_over' | 'kept' | 'no_consumer' | 'waiting';
  readonly received_at: string;
  /** `received`: not handed over yet · `queued`: handed over · `mismatch`, `stale`: kept, not acted on. What came of it says `progress`. */
  readonly state: 'mismatch' | 'queued' | 'received' | 'stale';
}

export interface EventWithContent {
  readonly authorizer_appid: string | null;
  readonly component_appid: string;
  /** The typed event, without tickets and codes; `null` when it cannot be read. Only with the scope `events:read`. */
  readonly content?: Readonly<Record<string, unknown>> | null | undefined;
  /** CreateTime of WeChat. */
  readonly create_time: string | null;
  readonly effects: readonly EventEffectView[];
  readonly event_id: string;
  readonly family: 'authorizer' | 'component' | 'wxplane';
  readonly handed_over_at: string | null;
  readonly kind: string;
  readonly note: string | null;
  /**
   * `waiting` · `handed_over`: broker or release has it · `done` · `failed` · `no_consumer`: they act on none of its kind (subscribers get
   * theirs all the same) · `kept`: `mismatch` or `stale`.
   */
  readonly progress: 'done' | 'failed' | 'handed_over' | 'kept' | 'no_consumer' | 'waiting';
  /** Only when it cannot be read: what came, as it came, without tickets and codes. `note` says what is wrong with it. */
  readonly raw?: string | undefined;
  readonly received_at: string;
  /** `received`: not handed over yet · `queued`: handed over · `mismatch`, `stale`: kept, not acted on. What came of it says `progress`. */
  readonly state: 'mismatch' | 'queued' | 'received' | 'stale';
}

export interface NoticePage {
  readonly items: readonly NoticeView[];
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
}

export interface NoticeView {
  readonly attempts: number;
  readonly created_at: string;
  readonly event_id: string;
  readonly finished_at: string | null;
  readonly kind: string;
  readonly last_error: string | null;
  /** The same one for those that were told together. */
  readonly message_id: string | null;
  readonly next_attempt_at: string | null;
  readonly notice_id: string;
  /** `skipped`: less severe than the channel wants. `cancelled`: its event or channel is gone. */
  readonly state: 'cancelled' | 'failed' | 'pending' | 'sent' | 'skipped';
}

export interface NoticesRetried {
  /** So many are tried again. */
  readonly retried: number;
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

export interface QuietHoursDto {
  /** `HH:MM`. */
  readonly from: string;
  /** `HH:MM`; earlier than `from`: over midnight. */
  readonly to: string;
  /** Of these times from UTC. Default 480: Beijing. */
  readonly utc_offset_minutes?: number | undefined;
}

export interface ReplayEvent {
  /** Act on an event that was kept as `mismatch` or `stale`: a person has looked at it. */
  readonly accept?: boolean | undefined;
  /** To this subscription; absent: to broker and release. */
  readonly subscription_id?: string | undefined;
}

export interface ReplayRange {
  readonly authorizer_appid?: string | undefined;
  readonly component_appid?: string | undefined;
  /** Received at or after; ISO 8601 with its zone. */
  readonly from: string;
  /** A pattern: `weapp_audit_*`. */
  readonly kind?: string | undefined;
  readonly subscription_id?: string | undefined;
  /** Received before. */
  readonly to: string;
}

export interface ReplayResult {
  /** How many events go out again. */
  readonly events: number;
}

export interface RotateSecret {
  /** How long the former secret signs as well. Default one day. */
  readonly overlap_s?: number | undefined;
}

export interface SubscriptionPage {
  readonly items: readonly SubscriptionView[];
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
}

export interface SubscriptionView {
  readonly authorizers: readonly string[] | null;
  readonly body_format: 'wxcomponent' | 'wxplane';
  readonly client_id: string;
  readonly component_appid: string | null;
  readonly created_at: string;
  readonly disabled_reason: string | null;
  /** First failure after the last success. */
  readonly failing_since: string | null;
  readonly kinds: readonly string[];
  readonly last_success_at: string | null;
  readonly name: string;
  readonly ordered: boolean;
  /** Until then the former secret signs as well. */
  readonly previous_secret_until: string | null;
  readonly replier: boolean;
  readonly state: 'disabled' | 'enabled';
  readonly subscription_id: string;
  readonly url: string;
}

export interface SubscriptionWithSecret {
  readonly authorizers: readonly string[] | null;
  readonly body_format: 'wxcomponent' | 'wxplane';
  readonly client_id: string;
  readonly component_appid: string | null;
  readonly created_at: string;
  readonly disabled_reason: string | null;
  /** First failure after the last success. */
  readonly failing_since: string | null;
  readonly kinds: readonly string[];
  readonly last_success_at: string | null;
  readonly name: string;
  readonly ordered: boolean;
  /** Until then the former secret signs as well. */
  readonly previous_secret_until: string | null;
  readonly replier: boolean;
  /** `whsec_…`; shown this once. */
  readonly secret: string;
  readonly state: 'disabled' | 'enabled';
  readonly subscription_id: string;
  readonly url: string;
}

export interface TestDelivery {
  readonly delivery_id: string;
}
