import type { AuditItem, AuditQuota, CategoryChoice, CodePrivacyInfo, LatestAuditAnswer, SubmitAuditBody } from '#wechat';

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
    | 'domains';
  readonly result: 'ok' | 'problem' | 'warning' | 'unknown';
  readonly detail?: string;
  readonly remedy?: Remedy;
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

/** `undefined`: the scan has not ended. */
export function checkScan(scan: CodePrivacyInfo | undefined, body: SubmitAuditBody): Check {
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

export function hindering(checks: readonly Check[]): readonly Check[] {
  return checks.filter((check) => check.result === 'problem');
}
