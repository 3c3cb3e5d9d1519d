import { GENERAL_ERRORS } from './general-errors.js';
import { PLATFORM_ERRORS } from './platform-errors.js';
import type { ErrorEntry, ErrorRow } from './reaction.js';
import { RELEASE_ERRORS } from './release-errors.js';
import { SETTINGS_ERRORS } from './settings-errors.js';

/** Codes whose reason lies with the platform, so that all targets of a batch share it. */
const STOPS_BATCH: ReadonlySet<number> = new Set([
  40125, 45009, 61004, 61011, 61028, 80051, 85014, 85043, 85044, 85085, 86008, 86009, 86010, 89405,
]);

function entries(rows: readonly ErrorRow[]): [number, ErrorEntry][] {
  return rows.map(([errcode, reaction, meaning, en, zh]) => [
    errcode,
    { errcode, reaction, meaning, stopsBatch: STOPS_BATCH.has(errcode), remedy: { en, zh } },
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
  return (
    special ??
    ERROR_CATALOGUE.get(errcode) ?? {
      errcode,
      reaction: 'give-up',
      meaning: 'Undocumented code',
      stopsBatch: false,
      remedy: {
        en: `WeChat answered ${errcode}, which its documents do not explain. Look the rid up with WeChat's rid tool or ask its support.`,
        zh: `微信返回未收录的错误码 ${errcode}，请凭 rid 在微信开放平台查询或联系客服。`,
      },
    }
  );
}
