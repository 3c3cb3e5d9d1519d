import type { Binding } from './binding.js';

const ticket = (componentAppid: string, pushedAt: Date | null): Binding => ({
  domain: 'tickets',
  table: 'f_wechat_verifyticket',
  columnClass: 'component_verify_ticket',
  // The column has whole seconds. A row without a time is an older system's, and is never read as a ticket.
  key: [componentAppid, pushedAt === null ? '' : String(Math.floor(pushedAt.getTime() / 1_000))],
  purpose: 'verifyticket',
  olderPlainText: true,
});

const refreshToken = (componentAppid: string, authorizerAppid: string): Binding => ({
  domain: 'credentials',
  table: 'f_wechat_refreshtoken',
  columnClass: 'refresh_token',
  key: [componentAppid, authorizerAppid],
  purpose: 'refreshtoken',
  olderPlainText: true,
});

const accessToken = (componentAppid: string, authorizerAppid: string, kind: string, generation: number | string): Binding => ({
  domain: 'credentials',
  table: 'f_wechat_accesstoken',
  columnClass: 'access_token',
  key: [componentAppid, authorizerAppid, kind, String(generation)],
  purpose: 'accesstoken',
  olderPlainText: false,
});

const returnSecret = (linkId: string): Binding => ({
  domain: 'returns',
  table: 'f_wechat_authorizationlink',
  columnClass: 'return_secret',
  key: [linkId],
  purpose: 'returnsecret',
  olderPlainText: false,
});

const webhookSecret = (subscriptionId: string): Binding => ({
  domain: 'subscriptions',
  table: 'f_wechat_subscription',
  columnClass: 'secret',
  key: [subscriptionId],
  purpose: 'subscription',
  olderPlainText: false,
});

const event = (componentAppid: string, dedupeKey: string): Binding => ({
  domain: 'inbox',
  table: 'f_wechat_event',
  columnClass: 'payload',
  key: [componentAppid, dedupeKey],
  purpose: 'event',
  olderPlainText: false,
});

/** Where each kind of secret of the database belongs. */
export const BINDINGS = { ticket, refreshToken, accessToken, returnSecret, webhookSecret, event } as const;

/** A row as the driver gives it: the key columns of a sealed column. */
// biome-ignore lint/suspicious/noExplicitAny: each column knows the types of its own key columns
type KeyColumns = Record<string, any>;

export interface SealedColumn {
  readonly table: string;
  readonly column: string;
  /** The table's primary key, and the value before its first. */
  readonly id: string;
  readonly before: string | number;
  /** The columns of the natural key. */
  readonly key: readonly string[];
  readonly bindingOf: (row: KeyColumns) => Binding;
}

const OF_TICKET = {
  table: 'f_wechat_verifyticket',
  id: 'ticket_id',
  before: 0,
  key: ['component_appid', 'pushed_at'],
  bindingOf: (row: KeyColumns) => ticket(row['component_appid'], row['pushed_at']),
} as const;
const OF_REFRESH_TOKEN = {
  table: 'f_wechat_refreshtoken',
  id: 'refresh_id',
  before: 0,
  key: ['component_appid', 'authorizer_appid'],
  bindingOf: (row: KeyColumns) => refreshToken(row['component_appid'], row['authorizer_appid']),
} as const;
const OF_SUBSCRIPTION = {
  table: 'f_wechat_subscription',
  id: 'subscription_id',
  before: '',
  key: ['subscription_id'],
  bindingOf: (row: KeyColumns) => webhookSecret(row['subscription_id']),
} as const;

/** Every column that holds ciphertext. A new one belongs here; the tests of moved ciphertext then go through it by themselves. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  { ...OF_TICKET, column: 'component_verify_ticket' },
  { ...OF_REFRESH_TOKEN, column: 'authorizer_refresh_token' },
  { ...OF_REFRESH_TOKEN, column: 'previous_refresh_token' },
  {
    table: 'f_wechat_accesstoken',
    column: 'access_token',
    id: 'token_id',
    before: 0,
    key: ['component_appid', 'authorizer_appid', 'kind', 'generation'],
    bindingOf: (row) => accessToken(row['component_appid'], row['authorizer_appid'], row['kind'], row['generation']),
  },
  {
    table: 'f_wechat_authorizationlink',
    column: 'return_secret',
    id: 'link_id',
    before: '',
    key: ['link_id'],
    bindingOf: (row) => returnSecret(row['link_id']),
  },
  { ...OF_SUBSCRIPTION, column: 'secret' },
  { ...OF_SUBSCRIPTION, column: 'previous_secret' },
  {
    table: 'f_wechat_event',
    column: 'payload',
    id: 'event_id',
    before: 0,
    key: ['component_appid', 'dedupe_key'],
    bindingOf: (row) => event(row['component_appid'], row['dedupe_key']),
  },
];
