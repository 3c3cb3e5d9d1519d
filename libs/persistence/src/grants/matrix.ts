import { SEALED_COLUMNS } from '../secrets/sealed-columns.js';

/** Who has an account of the database; the account of migrations, which alone changes tables, is not among them. */
export const ACCOUNTS = ['ingestion', 'broker', 'release', 'console', 'cli', 'retention'] as const;
export type Account = (typeof ACCOUNTS)[number];

export const VERBS = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] as const;
export type Verb = (typeof VERBS)[number];

/** What an account may do with a table: the whole of it, or some of its columns. */
export type Rights = Partial<Readonly<Record<Verb, true | readonly string[]>>>;

const may = (...verbs: Verb[]): Rights => Object.fromEntries(verbs.map((verb) => [verb, true]));

const READ = may('SELECT');
const APPEND = may('SELECT', 'INSERT');
const KEEP = may('SELECT', 'INSERT', 'UPDATE');
const ALL = may(...VERBS);

/**
 * What each app does with each table, and no more. Each app has a table's line or it cannot even read it; the command line reads every one, since it
 * answers questions of operators, and writes what is named here and the secrets that it encrypts anew. A new table needs a line, and whoever
 * writes it one verb for each kind of statement: `test/unit/grants.spec.ts` compares with the sources.
 */
const APPS: Readonly<Record<string, Partial<Readonly<Record<Account, Rights>>>>> = {
  // The inbox: ingestion keeps it; the others read what they act on, and announce what they did.
  f_wechat_event: { ingestion: ALL, broker: APPEND, release: APPEND },
  f_wechat_eventeffect: { ingestion: may('SELECT', 'DELETE'), broker: KEEP, release: KEEP },
  f_wechat_verifyticket: { ingestion: may('SELECT', 'INSERT', 'DELETE'), broker: READ },
  f_wechat_subscription: { ingestion: ALL },
  f_wechat_delivery: { ingestion: ALL },
  f_wechat_deliveryattempt: { ingestion: may('SELECT', 'INSERT', 'DELETE') },
  f_wechat_channel: { ingestion: ALL },
  f_wechat_notice: { ingestion: ALL },

  f_wechat_accesstoken: { broker: KEEP, cli: may('SELECT', 'UPDATE') },
  f_wechat_refreshtoken: { broker: KEEP, cli: KEEP },
  f_wechat_authorizer: { ingestion: READ, broker: KEEP, release: READ, cli: KEEP },
  f_wechat_authorizerpermission: { broker: may('SELECT', 'INSERT', 'DELETE'), release: READ },
  f_wechat_authorizationlink: { broker: KEEP },
  f_wechat_preauthcode: { broker: ALL },
  f_wechat_authorizationcode: { broker: ALL },
  f_wechat_sync: { broker: KEEP },
  f_wechat_registration: { broker: KEEP },
  f_wechat_registrationhistory: { broker: APPEND },

  f_wechat_filing: { broker: KEEP, release: READ },
  f_wechat_filingapplication: { broker: KEEP },
  f_wechat_filingverification: { broker: KEEP },
  f_wechat_filingmedia: { broker: ALL },
  f_wechat_filingconstants: { broker: KEEP },
  f_wechat_filinghistory: { broker: APPEND },
  f_wechat_certification: { broker: KEEP },
  f_wechat_certificate: { broker: KEEP, release: READ },
  f_wechat_apisecurity: { broker: ALL },
  f_wechat_certificationhistory: { broker: APPEND },

  f_wechat_submitaudit: { release: KEEP },
  f_wechat_releasehistory: { release: APPEND },
  f_wechat_releaseapproval: { release: APPEND },
  f_wechat_approval: { release: KEEP },
  f_wechat_rollout: { release: KEEP },
  f_wechat_rollouttarget: { release: KEEP },
  f_wechat_rollouthistory: { release: APPEND },
  // Its tags bound what a caller may do.
  f_wechat_miniprogram: { ingestion: READ, broker: READ, release: KEEP, console: READ },
  f_wechat_extsettings: { release: KEEP },
  f_wechat_auditprofile: { release: ALL },
  f_wechat_selection: { release: ALL },
  f_wechat_screenshot: { release: KEEP },
  f_wechat_screenshotdata: { release: KEEP },
  f_wechat_templatepromotion: { release: KEEP },

  // A row is a key: who only has to recognise callers may write none.
  f_wechat_client: { ingestion: READ, broker: KEEP, release: READ, console: READ, cli: KEEP },
  // Whoever serves callers notes the hour in which each was there.
  f_wechat_caller: { ingestion: KEEP, broker: KEEP, release: KEEP, console: KEEP, cli: READ },
  // Nobody changes an entry, and no app deletes one: "wxplane audit retain" deletes what the broker has signed as too old, by an account that
  // can do nothing else.
  f_wechat_accesslog: {
    ingestion: may('INSERT'),
    broker: APPEND,
    release: may('INSERT'),
    console: may('INSERT'),
    cli: APPEND,
    retention: { SELECT: ['writer', 'seq', 'at'], DELETE: true },
  },
  f_wechat_auditcheckpoint: { broker: APPEND, retention: may('SELECT', 'DELETE') },
  f_wechat_audithead: { broker: APPEND, retention: may('SELECT', 'DELETE') },
  f_wechat_idempotency: { ingestion: ALL, broker: ALL, release: ALL, cli: may('SELECT', 'INSERT', 'DELETE') },
  f_wechat_call: { broker: may('SELECT', 'INSERT', 'DELETE'), release: may('INSERT') },
  f_wechat_callcount: { broker: ALL, release: KEEP },
  f_wechat_appeal: { release: KEEP },
  f_wechat_orderpath: { release: KEEP },
  f_wechat_violation: { release: APPEND },
  f_wechat_onboarding: { release: KEEP },
  f_wechat_onboardinghistory: { release: APPEND },
  // A paper is put in the place of another one, and taken away when its order has ended.
  f_wechat_onboardingpaper: { release: ALL },
  f_wechat_quotareset: { broker: KEEP },
  // Who is signed in at the console; nobody else needs to know.
  f_wechat_consolesession: { console: ALL },
  f_wechat_consolelink: { console: may('SELECT', 'INSERT', 'DELETE') },
  // Whether the schema is the one that an app was built for.
  f_wechat_migration: { ingestion: READ, broker: READ, release: READ, console: READ },
};

/** The tables that have a line. */
export const GRANTED_TABLES: readonly string[] = Object.keys(APPS);

/** What the accounts may do with a table; `undefined`: it has no line. */
export function rightsOn(account: Account, table: string): Rights | undefined {
  const row = APPS[table];
  if (row === undefined) return undefined;
  if (account !== 'cli') return row[account] ?? {};
  const own = row.cli ?? READ;
  const sealed = SEALED_COLUMNS.filter((column) => column.table === table).flatMap(({ column, digest = [] }) => [
    column,
    ...[digest].flat(),
  ]);
  return { ...own, ...(own.UPDATE === undefined && sealed.length > 0 ? { UPDATE: sealed } : {}) };
}

/** Every table on which an account has rights, and which. */
export function rightsOf(account: Account): ReadonlyMap<string, Rights> {
  return new Map(
    GRANTED_TABLES.map((table) => [table, rightsOn(account, table)!] as const).filter(
      ([, rights]) => Object.keys(rights).length > 0,
    ),
  );
}
