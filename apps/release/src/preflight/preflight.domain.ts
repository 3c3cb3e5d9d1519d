import type { AuditItem, AuditQuota, CategoryChoice, CodePrivacyInfo, LatestAuditAnswer, SubmitAuditBody } from '#wechat';
import { type PlatformLists, whereMissing } from '../platform-domains/platform-domains.domain.js';
import type { Obstacle } from '../readiness/readiness.domain.js';
import { type ExtJsonProblem, foreignAppids, unknownMembers } from '../requests/ext-json.domain.js';

export interface Remedy {
  readonly en: string;
  readonly zh: string;
}

/** One thing looked at before a submission. `unknown`: it could not be looked at, which hinders nothing. */
export interface Check {
  readonly check:
    | 'permission'
    | 'scan'
    | 'categories'
    | 'privacy-guide'
    | 'pending-audit'
    | 'quota'
    | 'template'
    | 'trial'
    | 'domains'
    | 'ext-json'
    | 'ext-appid'
    | 'basic-info'
    | 'filing'
    | 'certification';
  readonly result: 'ok' | 'problem' | 'warning' | 'unknown';
  readonly detail?: string;
  readonly remedy?: Remedy;
}

/** Checks whose finding WeChat itself would let pass: a caller may say that it knows better. */
export const SKIPPABLE = [
  'privacy-guide',
  'domains',
  'template',
  'ext-appid',
  'basic-info',
] as const satisfies readonly Check['check'][];
export type SkippableCheck = (typeof SKIPPABLE)[number];

/** What stands in the way of every mini program of the component: a rollout waits for them as a whole. */
const COMPONENT_WIDE: ReadonlySet<Check['check']> = new Set(['quota', 'template']);

export function componentWide(checks: readonly Check[]): Check | undefined {
  return checks.find((check) => COMPONENT_WIDE.has(check.check));
}

const ok = (check: Check['check'], detail?: string): Check => ({ check, result: 'ok', ...(detail ? { detail } : {}) });
const problem = (check: Check['check'], detail: string, en: string, zh: string): Check => ({
  check,
  result: 'problem',
  detail,
  remedy: { en, zh },
});

export function checkPermission(granted: boolean): Check {
  return granted
    ? ok('permission')
    : problem(
        'permission',
        'Permission set 18 is not granted.',
        'Ask the merchant to authorize again and to grant permission set 18.',
        '请商家重新授权并勾选权限集 18（小程序开发与数据分析）。',
      );
}

/** `null`: the scan has not ended. */
export function checkScan(scan: CodePrivacyInfo | null, body: SubmitAuditBody): Check {
  if (!scan)
    return problem(
      'scan',
      'The privacy scan of the code has not ended.',
      'Wait a minute; do not commit again.',
      '隐私接口检测尚未完成，请稍候约一分钟，勿重新提交代码。',
    );
  const { without_auth_list: noPermission, without_conf_list: undeclared } = scan;
  if (noPermission.length + undeclared.length === 0) return ok('scan');
  const names = [...new Set([...noPermission, ...undeclared])].join(', ');
  if (body.privacy_api_not_use) return { check: 'scan', result: 'warning', detail: `Declared as not used: ${names}.` };
  return problem(
    'scan',
    `The code uses privacy APIs without permission (${noPermission.join(', ') || 'none'}) or without declaration (${undeclared.join(', ') || 'none'}).`,
    'Apply for the APIs, declare them in requiredPrivateInfos of ext_json, or set privacy_api_not_use.',
    '请申请相应接口权限、在 ext_json 的 requiredPrivateInfos 中声明，或设置 privacy_api_not_use。',
  );
}

/** Every item must name a category that the mini program has. */
export function checkCategories(items: readonly AuditItem[] | undefined, available: readonly CategoryChoice[]): Check {
  if (available.length === 0)
    return problem(
      'categories',
      'The mini program has no approved category.',
      'Add a category and wait until it is approved.',
      '小程序没有已审核通过的类目，请先添加类目。',
    );
  const missing = (items ?? []).filter((item) => !available.some((choice) => sameCategory(item, choice)));
  if (missing.length === 0) return ok('categories');
  const names = missing.map(
    (item) => `${item.first_class}/${item.second_class}${item.third_class ? `/${item.third_class}` : ''}`,
  );
  return problem(
    'categories',
    `Not among the mini program's categories: ${names.join(', ')}.`,
    'Take categories from the mini program’s own list, names and ids alike.',
    '请从该小程序已有类目中选择，名称与 ID 需一致。',
  );
}

function sameCategory(item: AuditItem, choice: CategoryChoice): boolean {
  return (
    item.first_id === choice.first_id &&
    item.second_id === choice.second_id &&
    item.first_class === choice.first_class &&
    item.second_class === choice.second_class &&
    (item.third_id === undefined || item.third_id === choice.third_id)
  );
}

/** WeChat's 2 and 4 are both pending. */
export function checkPending(latest: LatestAuditAnswer | undefined): Check {
  if (latest?.status !== 2 && latest?.status !== 4) return ok('pending-audit');
  return problem(
    'pending-audit',
    `Version ${latest.user_version ?? 'unknown'} is in audit (ticket ${latest.auditid ?? 'unknown'}).`,
    'Wait for its result, or withdraw it.',
    '已有版本在审核中，请等待结果或先撤回审核。',
  );
}

export function checkQuota(quota: Pick<AuditQuota, 'rest' | 'limit'>): Check {
  return quota.rest > 0
    ? ok('quota', `${quota.rest} of ${quota.limit} submissions are left this month.`)
    : problem(
        'quota',
        `All ${quota.limit} submissions of this month are used up.`,
        'Wait for the next month, or ask for a temporary raise in the assistant mini program.',
        '本月提审额度已用完，请等待下月或申请临时提额。',
      );
}

/** What stands in the `ext_json` that was committed, and is worth a look: WeChat takes it. */
export function checkDocument(extJson: string, appid: string): Check[] {
  const document = JSON.parse(extJson) as Readonly<Record<string, unknown>>;
  const told = (check: Check['check'], found: readonly ExtJsonProblem[]): Check =>
    found.length === 0
      ? ok(check)
      : { check, result: 'warning', detail: found.map(({ path, message }) => `${path} ${message}`).join('; ') };
  return [told('ext-json', unknownMembers(document)), told('ext-appid', foreignAppids(document, appid))];
}

/**
 * What a mini program lacks on its way online. The submission of one that is not filed is taken by WeChat, and its release refused: a
 * warning. Its categories have a check of their own.
 */
export function checkReadiness(obstacles: readonly Obstacle[]): Check[] {
  return (['basic-info', 'filing', 'certification'] as const).map((check) => {
    const found = obstacles.find(({ path }) => path === check);
    if (!found) return ok(check);
    const detail = `It ${found.message}.`;
    return { check, result: check === 'basic-info' ? 'problem' : 'warning', detail, remedy: found.remedy };
  });
}

/** What the scan of the code found must be described in the guide. */
export function checkPrivacyGuide(found: readonly string[], described: readonly string[]): Check {
  const missing = found.filter((key) => !described.includes(key));
  if (missing.length === 0) return ok('privacy-guide');
  return problem(
    'privacy-guide',
    `Not described in the privacy guide: ${missing.join(', ')}.`,
    'Describe them in the privacy guide (version 2, development) before submitting.',
    '请先在用户隐私保护指引（开发版）中补充说明。',
  );
}

/** A template that was deleted can still be submitted where it is committed, but to nobody else. */
export function checkTemplate(templateId: number, library: readonly number[]): Check {
  if (library.includes(templateId)) return ok('template');
  return problem(
    'template',
    `Template ${templateId} is not in the library of the component (any more).`,
    'Promote the draft again and use the new template, or submit what is committed with skip_checks: ["template"].',
    '模板库中已没有该模板：请重新将草稿设为模板并使用新模板，或使用 skip_checks: ["template"] 提交已上传的代码。',
  );
}

/** The kinds of domains of a mini program (mini-program-release.md §6.1). */
const DOMAIN_KINDS = ['requestdomain', 'wsrequestdomain', 'uploaddomain', 'downloaddomain', 'udpdomain', 'tcpdomain'] as const;

/** Lists of `get_effective_domain` that say what the mini program has today: set by the merchant, through the platform, directly. */
const SET_TODAY = ['mp_domain', 'third_domain', 'direct_domain'] as const;

/**
 * At a release the merchant's own domains go, unless the platform has registered them or they were set directly; so do those that the
 * platform no longer has. WeChat says which stay.
 * @param answer of `get_effective_domain`: `effective_domain` is what will hold after the release
 */
export function droppedDomains(answer: Readonly<Record<string, unknown>>): string[] {
  const lists = (name: string) => (answer[name] ?? {}) as Readonly<Record<string, unknown>>;
  const dropped = DOMAIN_KINDS.flatMap((kind) => {
    const staying = new Set(domainsOf(lists('effective_domain')[kind]));
    return SET_TODAY.flatMap((name) => domainsOf(lists(name)[kind])).filter((domain) => !staying.has(domain));
  });
  return [...new Set(dropped)];
}

/** @param platform what the platform has registered; absent: it could not be read, and is taken to lack what is dropped */
export function checkDomains(answer: Readonly<Record<string, unknown>>, platform: PlatformLists = {}): Check {
  const dropped = droppedDomains(answer);
  if (dropped.length > 0) {
    const { unregistered, testing_only: testingOnly, not_set: notSet } = whereMissing(dropped, platform);
    const places: readonly (readonly [readonly string[], string, string, string])[] = [
      [
        unregistered,
        'Not registered with the platform',
        'Register these domains with the platform (POST …/server-domains, published_together)',
        '未在第三方平台登记的域名请先登记（published_together）',
      ],
      [
        testingOnly,
        "Registered with the platform's test version only",
        'Bring those of the test version into the published list (published_together: true)',
        '仅在平台测试版登记的域名请以 published_together: true 同步到全网发布版',
      ],
      [
        notSet,
        'Registered with the platform, but not set for the mini program',
        'Push those that are registered to the mini program (POST …/domains)',
        '平台已登记的域名请配置到该小程序',
      ],
    ];
    const missing = places.filter(([domains]) => domains.length > 0);
    return problem(
      'domains',
      `Dropped at the release. ${missing.map(([domains, where]) => `${where}: ${domains.join(', ')}.`).join(' ')}`,
      `${missing.map(([, , en]) => en).join('; ')}. Or submit with skip_checks: ["domains"].`,
      `发布后将被移除：${missing.map(([, , , zh]) => zh).join('；')}。也可使用 skip_checks: ["domains"] 提交。`,
    );
  }
  if (domainsOf((answer['effective_domain'] as Record<string, unknown> | undefined)?.['requestdomain']).length > 0)
    return ok('domains');
  return {
    check: 'domains',
    result: 'warning',
    detail: 'No request domain will hold after the release.',
    remedy: {
      en: 'Register the domain with the platform and push it to the mini program before publishing.',
      zh: '请先在第三方平台登记服务器域名，并在发布前配置到该小程序。',
    },
  };
}

function domainsOf(list: unknown): string[] {
  return Array.isArray(list) ? list.map((domain) => String(domain).trim().replace(/\/+$/, '').toLowerCase()) : [];
}

/** Those that stand in the way. A check that may be skipped, and is, does not. */
export function hindering(checks: readonly Check[], skip: readonly string[] = []): readonly Check[] {
  const skipped = new Set<string>(SKIPPABLE.filter((check) => skip.includes(check)));
  return checks.filter((check) => check.result === 'problem' && !skipped.has(check.check));
}
