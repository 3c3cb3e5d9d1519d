import { GENERAL_ERRORS } from './general-errors.js';
import { PLATFORM_ERRORS } from './platform-errors.js';
import type { Concern, ErrorEntry, ErrorRow, Reaction, Remedy } from './reaction.js';
import { RELEASE_ERRORS } from './release-errors.js';
import { SETTINGS_ERRORS } from './settings-errors.js';

/** Where the reaction alone does not say whom a code concerns. */
const CONCERNS: Readonly<Record<Exclude<Concern, 'call'>, readonly number[]>> = {
  everybody: [-1, -60005],
  // Also the secret, the address, the tickets and the publication of the platform; its quotas and penalties.
  component: [40125, 40164, 61004, 61005, 61006, 61011, 61028, 61029, 85065, 85085, 86008, 89405],
  template: [80051, 85014, 85043, 85044],
  'new-apps': [86009],
  updates: [86010],
  // Calls on behalf of an account use up its own quota, per API.
  account: [45009, 45011, 87013],
};
const CONCERN_OF: ReadonlyMap<number, Concern> = new Map(
  Object.entries(CONCERNS).flatMap(([concern, codes]) => codes.map((errcode) => [errcode, concern as Concern] as const)),
);
/** Of whoever's token is used. */
const QUOTAS: ReadonlySet<number> = new Set([45009, 45011]);
const OF_ACCOUNTS: ReadonlySet<Reaction> = new Set(['reauthorize', 'merchant']);
/** Called with the component's own token, whose quota is the platform's. */
const WITH_COMPONENT_TOKEN =
  /^(api_(?!wxa_)|create_preauthcode|gettemplatelist|gettemplatedraftlist|addtotemplate|deletetemplate|modify_wxa_|get_domain_confirmfile)/;

function concernOf(errcode: number, reaction: Reaction): Concern {
  return CONCERN_OF.get(errcode) ?? (OF_ACCOUNTS.has(reaction) ? 'account' : 'call');
}

function entryOf(errcode: number, reaction: Reaction, meaning: string, remedy: Remedy, concerns: Concern): ErrorEntry {
  // A ticket comes by itself within minutes: nothing has to stop for it.
  const stopsBatch = concerns === 'template' || (concerns === 'component' && STOPS.has(reaction));
  return { errcode, reaction, meaning, concerns, stopsBatch, remedy };
}

const STOPS: ReadonlySet<Reaction> = new Set(['stop-batch', 'operator']);

function entries(rows: readonly ErrorRow[]): [number, ErrorEntry][] {
  return rows.map(([errcode, reaction, meaning, en, zh]) => [
    errcode,
    entryOf(errcode, reaction, meaning, { en, zh }, concernOf(errcode, reaction)),
  ]);
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
  if (entry && QUOTAS.has(errcode) && api !== undefined && WITH_COMPONENT_TOKEN.test(api))
    return entryOf(errcode, entry.reaction, entry.meaning, entry.remedy, 'component');
  return (
    entry ?? {
      errcode,
      reaction: 'give-up',
      meaning: 'Undocumented code',
      concerns: 'call',
      stopsBatch: false,
      remedy: {
        en: `WeChat answered ${errcode}, which its documents do not explain. Look the rid up with WeChat's rid tool or ask its support.`,
        zh: `微信返回未收录的错误码 ${errcode}，请凭 rid 在微信开放平台查询或联系客服。`,
      },
    }
  );
}
