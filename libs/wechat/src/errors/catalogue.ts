import { ERRCODE } from './codes.js';
import { ADDRESS_REFUSED, CONCERNS, NOT_AUTHORIZED, OF_THE_TOKEN, PASSES, QUOTA_EXHAUSTED } from './facts.js';
import { FILING_ERRORS, FILING_ERRORS_BY_API } from './filing-errors.js';
import { FLEET_ERRORS } from './fleet-errors.js';
import { GENERAL_ERRORS } from './general-errors.js';
import { PLATFORM_ERRORS, PLATFORM_ERRORS_BY_API } from './platform-errors.js';
import type { Concern, ErrorEntry, ErrorRow, Missing, Reaction } from './reaction.js';
import { REGISTRATION_ERRORS } from './registration-errors.js';
import { RELEASE_ERRORS, RELEASE_ERRORS_BY_API } from './release-errors.js';
import { SETTINGS_ERRORS, SETTINGS_ERRORS_BY_API } from './settings-errors.js';

const concernOf: ReadonlyMap<number, Concern> = byCode(CONCERNS);
const missingOf: ReadonlyMap<number, Missing> = byCode(NOT_AUTHORIZED);
const passesOf: ReadonlyMap<number, 'soon' | 'later'> = byCode(PASSES);

/** Reactions of refusals that concern the account the call was for. */
const OF_ACCOUNTS: ReadonlySet<Reaction> = new Set(['reauthorize', 'merchant']);
/** A ticket comes by itself within minutes: nothing has to stop for it. */
const STOPS: ReadonlySet<Reaction> = new Set(['stop-batch', 'operator']);
const REPEATS: ReadonlySet<Reaction> = new Set(['retry', 'retry-next-minute']);
/** Called with the component's own token, whose quota is the platform's. */
const WITH_COMPONENT_TOKEN =
  /^(api_(?!wxa_)|create_preauthcode|gettemplatelist|gettemplatedraftlist|addtotemplate|deletetemplate|modify_wxa_|get_domain_confirmfile)/;

function entryOf([errcode, reaction, meaning, en, zh]: ErrorRow): ErrorEntry {
  const concerns = concernOf.get(errcode) ?? (OF_ACCOUNTS.has(reaction) ? 'account' : 'call');
  return {
    errcode,
    meaning,
    reaction,
    concerns,
    stopsBatch: concerns === 'template' || (concerns === 'component' && STOPS.has(reaction)),
    tokenRefused: reaction === 'refresh-token',
    ticketRefused: reaction === 'refresh-ticket',
    alreadySo: reaction === 'done' && errcode !== ERRCODE.OK,
    notAuthorized: missingOf.get(errcode),
    addressRefused: ADDRESS_REFUSED.has(errcode),
    quotaExhausted: QUOTA_EXHAUSTED.has(errcode),
    passes: passesOf.get(errcode) ?? (REPEATS.has(reaction) ? 'soon' : undefined),
    remedy: { en, zh },
  };
}

function byCode<T extends string>(facts: Readonly<Record<T, readonly number[]>>): ReadonlyMap<number, T> {
  const lists = Object.entries(facts) as [T, readonly number[]][];
  return new Map(lists.flatMap(([fact, codes]) => codes.map((errcode) => [errcode, fact] as const)));
}

function entries(rows: readonly ErrorRow[]): [number, ErrorEntry][] {
  return rows.map((row) => [row[0], entryOf(row)]);
}

/** All rows, each code once. */
export const ERROR_ROWS: readonly ErrorRow[] = [
  ...GENERAL_ERRORS,
  ...PLATFORM_ERRORS,
  ...REGISTRATION_ERRORS,
  ...FILING_ERRORS,
  ...RELEASE_ERRORS,
  ...SETTINGS_ERRORS,
  ...FLEET_ERRORS,
];

/** Every code that the pages of WeChat's protocol name. */
export const ERROR_CATALOGUE: ReadonlyMap<number, ErrorEntry> = new Map(entries(ERROR_ROWS));

/** Where one code means something else for one API. */
const BY_API: ReadonlyMap<string, ReadonlyMap<number, ErrorEntry>> = new Map(
  [PLATFORM_ERRORS_BY_API, FILING_ERRORS_BY_API, RELEASE_ERRORS_BY_API, SETTINGS_ERRORS_BY_API]
    .flatMap((apis) => Object.entries(apis))
    .map(([api, rows]) => [api, new Map(entries(rows))]),
);

/** What is known about a code; for a code that nobody documented, an entry that says so. Answers for every number. */
export function describeErrcode(errcode: number, api?: string): ErrorEntry {
  const entry = (api === undefined ? undefined : BY_API.get(api)?.get(errcode)) ?? ERROR_CATALOGUE.get(errcode);
  if (!entry) return unknownCode(errcode);
  const ofComponent = OF_THE_TOKEN.has(errcode) && api !== undefined && WITH_COMPONENT_TOKEN.test(api);
  return ofComponent ? { ...entry, concerns: 'component', stopsBatch: STOPS.has(entry.reaction) } : entry;
}

function unknownCode(errcode: number): ErrorEntry {
  return entryOf([
    errcode,
    'give-up',
    'Undocumented code',
    `WeChat answered ${errcode}, which its documents do not explain. Look the rid up with WeChat's rid tool or ask its support.`,
    `微信返回未收录的错误码 ${errcode}，请凭 rid 在微信开放平台查询或联系客服。`,
  ]);
}
