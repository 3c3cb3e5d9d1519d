import { ERRCODE } from './codes.js';
import { ADDRESS_REFUSED, CONCERNS, NOT_AUTHORIZED, OF_THE_TOKEN, PASSES, QUOTA_EXHAUSTED } from './facts.js';
import { GENERAL_ERRORS } from './general-errors.js';
import { PLATFORM_ERRORS } from './platform-errors.js';
import type { Concern, ErrorEntry, ErrorRow, Missing, Reaction } from './reaction.js';
import { RELEASE_ERRORS } from './release-errors.js';
import { SETTINGS_ERRORS } from './settings-errors.js';

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

/** Every code of authorization.md §7 and mini-program-release.md §7. */
export const ERROR_CATALOGUE: ReadonlyMap<number, ErrorEntry> = new Map(
  entries([...GENERAL_ERRORS, ...PLATFORM_ERRORS, ...RELEASE_ERRORS, ...SETTINGS_ERRORS]),
);

/** Where one code means something else for one API. */
const BY_API: Readonly<Record<string, ReadonlyMap<number, ErrorEntry>>> = {
  api_component_token: new Map(
    entries([
      [
        40001,
        'operator',
        'The component secret is wrong',
        'Check the component appid and secret in the configuration; stop calling until they are right, since each call costs quota.',
        '请核对配置中的 component_appid 与 AppSecret；修正前请停止调用，以免消耗额度。',
      ],
    ]),
  ),
  submit_audit: new Map(
    entries([
      [
        -1,
        'reread',
        'WeChat is busy; a ticket may have been created',
        'Read the latest audit before submitting again. If -1 stays, upload a fresh draft, make a new template and commit it.',
        '再次提交前请先查询最新审核单；若持续返回 -1，请重新上传代码、生成新模板并再次提交代码。',
      ],
    ]),
  ),
  undocodeaudit: new Map(
    entries([
      [
        87012,
        'reread',
        'Nothing to withdraw: the ticket has been decided',
        'Read the audit state again; the review has already ended.',
        '没有可撤回的审核单：审核已有结果，请刷新审核状态。',
      ],
    ]),
  ),
};

/** What is known about a code; for a code that nobody documented, an entry that says so. Answers for every number. */
export function describeErrcode(errcode: number, api?: string): ErrorEntry {
  const special = api !== undefined && Object.hasOwn(BY_API, api) ? BY_API[api]?.get(errcode) : undefined;
  const entry = special ?? ERROR_CATALOGUE.get(errcode);
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
