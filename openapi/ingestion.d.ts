// Made of the document beside it by `npm run openapi`.

export interface paths {
    readonly "/v1/deliveries": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Newest first. */
        readonly get: operations["DeliveriesController_search"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/deliveries/{delivery_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** One, with its attempts. */
        readonly get: operations["DeliveriesController_get"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/deliveries/{delivery_id}/retry": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Tries one that failed again, now. */
        readonly post: operations["DeliveriesController_retry"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/events": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What WeChat pushed, newest first, without content. */
        readonly get: operations["EventsController_search"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/events/replay": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Sends every event of a range out again: to one subscription, or (scope `admin`) to broker and release. */
        readonly post: operations["EventsController_replayRange"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/events/{event_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** One event, what was done with it, and (scope `events:read`) its content. Looking at content is in the audit log. */
        readonly get: operations["EventsController_get"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/events/{event_id}/replay": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Sends one event out again. */
        readonly post: operations["EventsController_replay"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/subscriptions": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The client's own subscriptions, oldest first. */
        readonly get: operations["SubscriptionsController_list"];
        readonly put?: never;
        /**
         * Has events posted to a URL. The answer holds the signing secret, this once. Every replica knows of the subscription within seconds;
         *     what came in between is made up for a few seconds later.
         */
        readonly post: operations["SubscriptionsController_create"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/subscriptions/{subscription_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** One subscription, and how its deliveries are doing. */
        readonly get: operations["SubscriptionsController_get"];
        readonly put?: never;
        readonly post?: never;
        /** Nothing more is sent, within a second on every replica. */
        readonly delete: operations["SubscriptionsController_delete"];
        readonly options?: never;
        readonly head?: never;
        /** Changes it, or switches it off and on. */
        readonly patch: operations["SubscriptionsController_change"];
        readonly trace?: never;
    };
    readonly "/v1/subscriptions/{subscription_id}/rotate-secret": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** A new secret; the former one signs as well for a while. */
        readonly post: operations["SubscriptionsController_rotate"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/subscriptions/{subscription_id}/test": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Sends a `wxplane.test` event. */
        readonly post: operations["SubscriptionsController_test"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        readonly ChangeSubscription: {
            /** @enum {string} */
            readonly body_format?: "wxplane" | "wxcomponent";
            readonly kinds?: readonly string[];
            readonly name?: string;
            readonly ordered?: boolean;
            /**
             * @description `enabled` also forgets former failures; what waited is sent then.
             * @enum {string}
             */
            readonly state?: "enabled" | "disabled";
            readonly url?: string;
        };
        readonly CreateSubscription: {
            /** @description Absent: all authorizers, and events that belong to none. */
            readonly authorizers?: readonly string[];
            /**
             * @description `wxcomponent`: the plain JSON that WeChat's own wxcomponent forwards, and `$APPID$` in the URL's path replaced. Default `wxplane`.
             * @enum {string}
             */
            readonly body_format?: "wxplane" | "wxcomponent";
            /** @description Absent: every component. */
            readonly component_appid?: string;
            /** @description Patterns such as `message.*`, `weapp_audit_*`, `authorized`, `*`. */
            readonly kinds: readonly string[];
            /** @description For people. */
            readonly name: string;
            /** @description The events of one authorizer one after the other: one that fails holds the following ones back. */
            readonly ordered?: boolean;
            /** @description Its answers are sent to the user (被动回复). Needs `component_appid`; at most one for an authorizer, and one for the component. */
            readonly replier?: boolean;
            /** @description https; must lead to a public address. */
            readonly url: string;
        };
        readonly DeliveryAttemptView: {
            readonly at: string;
            readonly duration_ms: number;
            readonly error: string | null;
            /** @description Begin of the answer. */
            readonly excerpt: string | null;
            /** @description HTTP status; `null`: no answer. */
            readonly status: number | null;
        };
        readonly DeliveryPage: {
            readonly items: readonly components["schemas"]["DeliveryView"][];
            /** @description For the page after this one; `null`: this is the last one. */
            readonly next_cursor: string | null;
        };
        readonly DeliveryView: {
            readonly attempts: number;
            readonly authorizer_appid: string | null;
            readonly created_at: string;
            readonly delivery_id: string;
            /** @description `null`: a test event. */
            readonly event_id: string | null;
            readonly finished_at: string | null;
            readonly kind: string;
            readonly last_error: string | null;
            readonly last_status: number | null;
            readonly next_attempt_at: string | null;
            readonly replay: boolean;
            /** @enum {string} */
            readonly state: "failed" | "cancelled" | "pending" | "delivered";
            readonly subscription_id: string;
        };
        readonly DeliveryWithAttempts: {
            readonly attempt_list: readonly components["schemas"]["DeliveryAttemptView"][];
            readonly attempts: number;
            readonly authorizer_appid: string | null;
            readonly created_at: string;
            readonly delivery_id: string;
            /** @description `null`: a test event. */
            readonly event_id: string | null;
            readonly finished_at: string | null;
            readonly kind: string;
            readonly last_error: string | null;
            readonly last_status: number | null;
            readonly next_attempt_at: string | null;
            readonly replay: boolean;
            /** @enum {string} */
            readonly state: "failed" | "cancelled" | "pending" | "delivered";
            readonly subscription_id: string;
        };
        readonly EventEffectView: {
            readonly at: string;
            readonly attempts: number;
            /** @description `broker`, `release`, … */
            readonly consumer: string;
            readonly note: string | null;
            /** @enum {string} */
            readonly state: "failed" | "done" | "skipped";
        };
        readonly EventPage: {
            readonly items: readonly components["schemas"]["EventView"][];
            /** @description For the page after this one; `null`: this is the last one. */
            readonly next_cursor: string | null;
        };
        readonly EventView: {
            readonly authorizer_appid: string | null;
            readonly component_appid: string;
            /** @description CreateTime of WeChat. */
            readonly create_time: string | null;
            readonly event_id: string;
            /** @enum {string} */
            readonly family: "component" | "authorizer" | "wxplane";
            readonly handed_over_at: string | null;
            readonly kind: string;
            readonly note: string | null;
            /**
             * @description `waiting` · `handed_over`: broker or release has it · `done` · `failed` · `no_consumer`: they act on none of its kind (subscribers get
             *     theirs all the same) · `kept`: `mismatch` or `stale`.
             * @enum {string}
             */
            readonly progress: "waiting" | "handed_over" | "done" | "failed" | "no_consumer" | "kept";
            readonly received_at: string;
            /**
             * @description `received`: not handed over yet · `queued`: handed over · `mismatch`, `stale`: kept, not acted on. What came of it says `progress`.
             * @enum {string}
             */
            readonly state: "received" | "queued" | "mismatch" | "stale";
        };
        readonly EventWithContent: {
            readonly authorizer_appid: string | null;
            readonly component_appid: string;
            /** @description The typed event, without tickets and codes; `null` when it cannot be read. Only with the scope `events:read`. */
            readonly content?: {
                readonly [key: string]: unknown;
            } | null;
            /** @description CreateTime of WeChat. */
            readonly create_time: string | null;
            readonly effects: readonly components["schemas"]["EventEffectView"][];
            readonly event_id: string;
            /** @enum {string} */
            readonly family: "component" | "authorizer" | "wxplane";
            readonly handed_over_at: string | null;
            readonly kind: string;
            readonly note: string | null;
            /**
             * @description `waiting` · `handed_over`: broker or release has it · `done` · `failed` · `no_consumer`: they act on none of its kind (subscribers get
             *     theirs all the same) · `kept`: `mismatch` or `stale`.
             * @enum {string}
             */
            readonly progress: "waiting" | "handed_over" | "done" | "failed" | "no_consumer" | "kept";
            /** @description Only when it cannot be read: what came, as it came, without tickets and codes. `note` says what is wrong with it. */
            readonly raw?: string;
            readonly received_at: string;
            /**
             * @description `received`: not handed over yet · `queued`: handed over · `mismatch`, `stale`: kept, not acted on. What came of it says `progress`.
             * @enum {string}
             */
            readonly state: "received" | "queued" | "mismatch" | "stale";
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
        readonly ReplayEvent: {
            /** @description Act on an event that was kept as `mismatch` or `stale`: a person has looked at it. */
            readonly accept?: boolean;
            /** @description To this subscription; absent: to broker and release. */
            readonly subscription_id?: string;
        };
        readonly ReplayRange: {
            readonly authorizer_appid?: string;
            readonly component_appid?: string;
            /** @description Received at or after; ISO 8601 with its zone. */
            readonly from: string;
            /** @description A pattern: `weapp_audit_*`. */
            readonly kind?: string;
            readonly subscription_id?: string;
            /** @description Received before. */
            readonly to: string;
        };
        readonly ReplayResult: {
            /** @description How many events go out again. */
            readonly events: number;
        };
        readonly RotateSecret: {
            /** @description How long the former secret signs as well. Default one day. */
            readonly overlap_s?: number;
        };
        readonly SubscriptionPage: {
            readonly items: readonly components["schemas"]["SubscriptionView"][];
            /** @description For the page after this one; `null`: this is the last one. */
            readonly next_cursor: string | null;
        };
        readonly SubscriptionView: {
            readonly authorizers: readonly string[] | null;
            /** @enum {string} */
            readonly body_format: "wxplane" | "wxcomponent";
            readonly client_id: string;
            readonly component_appid: string | null;
            readonly created_at: string;
            readonly disabled_reason: string | null;
            /** @description First failure after the last success. */
            readonly failing_since: string | null;
            readonly kinds: readonly string[];
            readonly last_success_at: string | null;
            readonly name: string;
            readonly ordered: boolean;
            /** @description Until then the former secret signs as well. */
            readonly previous_secret_until: string | null;
            readonly replier: boolean;
            /** @enum {string} */
            readonly state: "enabled" | "disabled";
            readonly subscription_id: string;
            readonly url: string;
        };
        readonly SubscriptionWithSecret: {
            readonly authorizers: readonly string[] | null;
            /** @enum {string} */
            readonly body_format: "wxplane" | "wxcomponent";
            readonly client_id: string;
            readonly component_appid: string | null;
            readonly created_at: string;
            readonly disabled_reason: string | null;
            /** @description First failure after the last success. */
            readonly failing_since: string | null;
            readonly kinds: readonly string[];
            readonly last_success_at: string | null;
            readonly name: string;
            readonly ordered: boolean;
            /** @description Until then the former secret signs as well. */
            readonly previous_secret_until: string | null;
            readonly replier: boolean;
            /** @description `whsec_…`; shown this once. */
            readonly secret: string;
            /** @enum {string} */
            readonly state: "enabled" | "disabled";
            readonly subscription_id: string;
            readonly url: string;
        };
        readonly TestDelivery: {
            readonly delivery_id: string;
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
    readonly DeliveriesController_search: {
        readonly parameters: {
            readonly query?: {
                /** @description Entries of a page at most. A page may be shorter; the last one has no `next_cursor`. */
                readonly limit?: number;
                /** @description `next_cursor` of the page before; absent: the first page. */
                readonly cursor?: string;
                readonly subscription_id?: string;
                readonly event_id?: string;
                readonly state?: "pending" | "delivered" | "failed" | "cancelled";
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
                    readonly "application/json": components["schemas"]["DeliveryPage"];
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
    readonly DeliveriesController_get: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly delivery_id: string;
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
                    readonly "application/json": components["schemas"]["DeliveryWithAttempts"];
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
    readonly DeliveriesController_retry: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly delivery_id: string;
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
                    readonly "application/json": components["schemas"]["DeliveryView"];
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
    readonly EventsController_search: {
        readonly parameters: {
            readonly query?: {
                readonly component_appid?: string;
                readonly authorizer_appid?: string;
                /** @description At or after; ISO 8601 with its zone. */
                readonly from?: string;
                /** @description Before; ISO 8601 with its zone. */
                readonly to?: string;
                /** @description Entries of a page at most. A page may be shorter; the last one has no `next_cursor`. */
                readonly limit?: number;
                /** @description `next_cursor` of the page before; absent: the first page. */
                readonly cursor?: string;
                readonly state?: "received" | "queued" | "mismatch" | "stale";
                /** @description A pattern: `weapp_audit_*`. */
                readonly kind?: string;
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
                    readonly "application/json": components["schemas"]["EventPage"];
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
    readonly EventsController_replayRange: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["ReplayRange"];
            };
        };
        readonly responses: {
            readonly 202: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ReplayResult"];
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
    readonly EventsController_get: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly event_id: string;
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
                    readonly "application/json": components["schemas"]["EventWithContent"];
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
    readonly EventsController_replay: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly event_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["ReplayEvent"];
            };
        };
        readonly responses: {
            readonly 202: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ReplayResult"];
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
    readonly SubscriptionsController_list: {
        readonly parameters: {
            readonly query?: {
                /** @description Entries of a page at most. A page may be shorter; the last one has no `next_cursor`. */
                readonly limit?: number;
                /** @description `next_cursor` of the page before; absent: the first page. */
                readonly cursor?: string;
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
                    readonly "application/json": components["schemas"]["SubscriptionPage"];
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
    readonly SubscriptionsController_create: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["CreateSubscription"];
            };
        };
        readonly responses: {
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["SubscriptionWithSecret"];
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
    readonly SubscriptionsController_get: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly subscription_id: string;
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
                    readonly "application/json": components["schemas"]["SubscriptionView"];
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
    readonly SubscriptionsController_delete: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly subscription_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
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
    readonly SubscriptionsController_change: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly subscription_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["ChangeSubscription"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["SubscriptionView"];
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
    readonly SubscriptionsController_rotate: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly subscription_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["RotateSecret"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["SubscriptionWithSecret"];
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
    readonly SubscriptionsController_test: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly subscription_id: string;
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
                    readonly "application/json": components["schemas"]["TestDelivery"];
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
