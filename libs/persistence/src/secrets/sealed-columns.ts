import type { Binding, SecretDomain } from './binding.js';

/** Sealed columns of a registration: what persons are asked for, and where they act. */
export type RegistrationColumn = 'request' | 'authorize_url' | 'ticket';

export type ReleaseColumn = 'ext_json' | 'submit_request' | 'secret_values';

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

/** Where a robot listens, with its secret, or the addresses of people. */
const channelTarget = (channelId: string): Binding => ({
  domain: 'subscriptions',
  table: 'f_wechat_channel',
  columnClass: 'target',
  key: [channelId],
  purpose: null,
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

/** What a release manager or a merchant wrote: logins for reviewers, keys of their own. The last release wrote it in plain text. */
const written = (table: string, columnClass: string, ...key: string[]): Binding => ({
  domain: 'release',
  table,
  columnClass,
  key,
  purpose: null,
  olderPlainText: true,
});

/** The row's number is part of it: an older text of the same mini program must not take the place of another release's. */
const release = (column: ReleaseColumn, componentAppid: string, authorizerAppid: string, releaseId: number): Binding =>
  written('f_wechat_submitaudit', column, componentAppid, authorizerAppid, String(releaseId));

const rollout = (componentAppid: string, rolloutId: number): Binding =>
  written('f_wechat_rollout', 'spec', componentAppid, String(rolloutId));

const auditProfile = (componentAppid: string, name: string): Binding =>
  written('f_wechat_auditprofile', 'body', componentAppid, name);

const settings = (column: 'variables' | 'ext_json', componentAppid: string, authorizerAppid: string): Binding =>
  written('f_wechat_extsettings', column, componentAppid, authorizerAppid);

/** An answer may hold what the request did. */
const answer = (clientId: string, idempotencyKey: string): Binding => ({
  domain: 'answers',
  table: 'f_wechat_idempotency',
  columnClass: 'response',
  key: [clientId, idempotencyKey],
  purpose: null,
  olderPlainText: true,
});

const approval = (approvalId: string): Binding => ({
  domain: 'approvals',
  table: 'f_wechat_approval',
  columnClass: 'payload',
  key: [approvalId],
  purpose: null,
  olderPlainText: false,
});

/** What merchants and their people are: names, numbers of certificates, telephones. */
const filingForm = (applicationId: string): Binding => ({
  domain: 'filings',
  table: 'f_wechat_filingapplication',
  columnClass: 'form',
  key: [applicationId],
  purpose: null,
  olderPlainText: false,
});

const registration = (column: RegistrationColumn, componentAppid: string, registrationId: string): Binding => ({
  domain: 'registrations',
  table: 'f_wechat_registration',
  columnClass: column,
  key: [componentAppid, registrationId],
  purpose: null,
  olderPlainText: false,
});

const apiSecurity = (componentAppid: string, accountAppid: string): Binding => ({
  domain: 'credentials',
  table: 'f_wechat_apisecurity',
  columnClass: 'secret_keys',
  key: [componentAppid, accountAppid],
  purpose: null,
  olderPlainText: false,
});

const certificationForm = (certificationId: string): Binding => ({
  domain: 'filings',
  table: 'f_wechat_certification',
  columnClass: 'form',
  key: [certificationId],
  purpose: null,
  olderPlainText: false,
});

/** Data and papers of a merchant, before a mini program is there that has them. */
const onboarding = (componentAppid: string, onboardingId: string): Binding => ({
  domain: 'release',
  table: 'f_wechat_onboarding',
  columnClass: 'request',
  key: [componentAppid, onboardingId],
  purpose: null,
  olderPlainText: false,
});

const onboardingPaper = (onboardingRow: string, name: string): Binding => ({
  domain: 'release',
  table: 'f_wechat_onboardingpaper',
  columnClass: 'data',
  key: [onboardingRow, name],
  purpose: null,
  olderPlainText: false,
});

/** Where each kind of secret of the database belongs. */
export const BINDINGS = {
  ticket,
  refreshToken,
  accessToken,
  returnSecret,
  webhookSecret,
  channelTarget,
  event,
  release,
  rollout,
  auditProfile,
  settings,
  answer,
  approval,
  filingForm,
  apiSecurity,
  registration,
  certificationForm,
  onboarding,
  onboardingPaper,
} as const;

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
  /** That of every binding of it. */
  readonly domain: SecretDomain;
  /** Its form before `v2` is plain text. */
  readonly formerlyPlain?: true;
  /** It has no form before `v2`: no release that knows only `v1` has the table. */
  readonly onlyBound?: true;
  /** Its table may have millions of rows: the oldest and newest tell which forms are in it. */
  readonly large?: true;
  /** A column with the SHA-256 in hex of the opened text, for queries. */
  readonly digest?: string;
}

const OF_TICKET = {
  table: 'f_wechat_verifyticket',
  domain: 'tickets',
  id: 'ticket_id',
  before: 0,
  key: ['component_appid', 'pushed_at'],
  bindingOf: (row: KeyColumns) => ticket(row['component_appid'], row['pushed_at']),
} as const;
const OF_REFRESH_TOKEN = {
  table: 'f_wechat_refreshtoken',
  domain: 'credentials',
  id: 'refresh_id',
  before: 0,
  key: ['component_appid', 'authorizer_appid'],
  bindingOf: (row: KeyColumns) => refreshToken(row['component_appid'], row['authorizer_appid']),
} as const;
const OF_SUBSCRIPTION = {
  table: 'f_wechat_subscription',
  domain: 'subscriptions',
  id: 'subscription_id',
  before: '',
  key: ['subscription_id'],
  bindingOf: (row: KeyColumns) => webhookSecret(row['subscription_id']),
} as const;

const OF_RELEASE = {
  table: 'f_wechat_submitaudit',
  domain: 'release',
  id: 'submitaudit_id',
  before: 0,
  key: ['component_appid', 'app_id', 'submitaudit_id'],
  formerlyPlain: true,
  large: true,
} as const;
const ofRelease = (column: ReleaseColumn): SealedColumn => ({
  ...OF_RELEASE,
  column,
  bindingOf: (row) => release(column, row['component_appid'], row['app_id'], row['submitaudit_id']),
});
const ofSettings = (column: 'variables' | 'ext_json'): SealedColumn => ({
  table: 'f_wechat_extsettings',
  domain: 'release',
  column,
  id: 'settings_id',
  before: 0,
  key: ['component_appid', 'authorizer_appid'],
  formerlyPlain: true,
  bindingOf: (row) => settings(column, row['component_appid'], row['authorizer_appid']),
});

const ofRegistration = (column: RegistrationColumn): SealedColumn => ({
  table: 'f_wechat_registration',
  domain: 'registrations',
  column,
  id: 'row_id',
  before: 0,
  key: ['component_appid', 'registration_id'],
  onlyBound: true,
  bindingOf: (row) => registration(column, row['component_appid'], row['registration_id']),
});

/** Every column that holds ciphertext. A new one belongs here; the tests of moved ciphertext then go through it by themselves. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  { ...OF_TICKET, column: 'component_verify_ticket' },
  { ...OF_REFRESH_TOKEN, column: 'authorizer_refresh_token' },
  { ...OF_REFRESH_TOKEN, column: 'previous_refresh_token' },
  {
    table: 'f_wechat_accesstoken',
    domain: 'credentials',
    column: 'access_token',
    id: 'token_id',
    before: 0,
    key: ['component_appid', 'authorizer_appid', 'kind', 'generation'],
    bindingOf: (row) => accessToken(row['component_appid'], row['authorizer_appid'], row['kind'], row['generation']),
  },
  {
    table: 'f_wechat_authorizationlink',
    domain: 'returns',
    column: 'return_secret',
    id: 'link_id',
    before: '',
    key: ['link_id'],
    bindingOf: (row) => returnSecret(row['link_id']),
  },
  { ...OF_SUBSCRIPTION, column: 'secret' },
  { ...OF_SUBSCRIPTION, column: 'previous_secret' },
  {
    table: 'f_wechat_channel',
    domain: 'subscriptions',
    column: 'target',
    id: 'channel_id',
    before: '',
    key: ['channel_id'],
    onlyBound: true,
    bindingOf: (row) => channelTarget(row['channel_id']),
  },
  {
    table: 'f_wechat_event',
    domain: 'inbox',
    column: 'payload',
    id: 'event_id',
    before: 0,
    key: ['component_appid', 'dedupe_key'],
    large: true,
    bindingOf: (row) => event(row['component_appid'], row['dedupe_key']),
  },
  { ...ofRelease('ext_json'), digest: 'ext_hash' },
  ofRelease('submit_request'),
  ofRelease('secret_values'),
  {
    table: 'f_wechat_rollout',
    domain: 'release',
    column: 'spec',
    id: 'rollout_id',
    before: 0,
    key: ['component_appid', 'rollout_id'],
    formerlyPlain: true,
    bindingOf: (row) => rollout(row['component_appid'], row['rollout_id']),
  },
  {
    table: 'f_wechat_auditprofile',
    domain: 'release',
    column: 'body',
    id: 'profile_id',
    before: 0,
    key: ['component_appid', 'name'],
    formerlyPlain: true,
    bindingOf: (row) => auditProfile(row['component_appid'], row['name']),
  },
  ofSettings('variables'),
  ofSettings('ext_json'),
  {
    table: 'f_wechat_idempotency',
    domain: 'answers',
    column: 'response',
    id: 'row_id',
    before: 0,
    key: ['client_id', 'idempotency_key'],
    formerlyPlain: true,
    large: true,
    bindingOf: (row) => answer(row['client_id'], row['idempotency_key']),
  },
  {
    table: 'f_wechat_approval',
    domain: 'approvals',
    column: 'payload',
    id: 'approval_id',
    before: '',
    key: ['approval_id'],
    onlyBound: true,
    bindingOf: (row) => approval(row['approval_id']),
  },
  {
    table: 'f_wechat_filingapplication',
    domain: 'filings',
    column: 'form',
    id: 'row_id',
    before: 0,
    key: ['application_id'],
    onlyBound: true,
    bindingOf: (row) => filingForm(row['application_id']),
  },
  {
    table: 'f_wechat_apisecurity',
    domain: 'credentials',
    column: 'secret_keys',
    id: 'row_id',
    before: 0,
    key: ['component_appid', 'account_appid'],
    onlyBound: true,
    bindingOf: (row) => apiSecurity(row['component_appid'], row['account_appid']),
  },
  ofRegistration('request'),
  ofRegistration('authorize_url'),
  ofRegistration('ticket'),
  {
    table: 'f_wechat_certification',
    domain: 'filings',
    column: 'form',
    id: 'row_id',
    before: 0,
    key: ['certification_id'],
    onlyBound: true,
    bindingOf: (row) => certificationForm(row['certification_id']),
  },
  {
    table: 'f_wechat_onboarding',
    domain: 'release',
    column: 'request',
    id: 'row_id',
    before: 0,
    key: ['component_appid', 'onboarding_id'],
    onlyBound: true,
    bindingOf: (row) => onboarding(row['component_appid'], row['onboarding_id']),
  },
  {
    table: 'f_wechat_onboardingpaper',
    domain: 'release',
    column: 'data',
    id: 'paper_id',
    before: 0,
    key: ['onboarding_row', 'name'],
    onlyBound: true,
    bindingOf: (row) => onboardingPaper(String(row['onboarding_row']), row['name']),
  },
];
