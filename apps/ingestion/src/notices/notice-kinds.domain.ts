import type { Severity } from '#persistence';

/** Something in the two languages of messages. */
export interface Words {
  readonly zh: string;
  readonly en: string;
}

/** What an event says, as it stands in the inbox. */
export type EventData = Readonly<Record<string, unknown>>;

/** One event, as people are told of it. */
export interface Notice {
  readonly kind: string;
  readonly severity: Severity;
  readonly title: Words;
  /** What else there is to say; may be empty. */
  readonly detail: Words;
  /** Same ones are told together, with their number. */
  readonly group: string;
  /** Of a group: whom it is about. */
  readonly about: string | undefined;
  /** Behind the address of the console. */
  readonly path: string;
  /** What to type after `wxplane`. */
  readonly command: string;
}

interface Kind {
  /** By what the event says: a pause by a person wakes nobody. */
  readonly severity: (data: EventData) => Severity;
  readonly title: Words;
  readonly of: 'rollout' | 'release' | 'approval' | 'subscription';
}

const ORDER: readonly Severity[] = ['info', 'notice', 'warning', 'urgent'];

export const SEVERITIES = ORDER as readonly [Severity, ...Severity[]];

export const isAtLeast = (severity: Severity, least: Severity): boolean => ORDER.indexOf(severity) >= ORDER.indexOf(least);

const always = (severity: Severity) => () => severity;
const reasonOf = (data: EventData) => (data['reason'] ?? {}) as { code?: unknown; detail?: unknown };
const byAPerson = (data: EventData) => reasonOf(data).code === 'operator';

/** Everything that people can be told of. Content of pushes is not among it. */
const KINDS: Readonly<Record<string, Kind>> = {
  'wxplane.rollout_paused': {
    severity: (data) => (byAPerson(data) ? 'notice' : 'urgent'),
    title: { zh: '批量发布已暂停', en: 'Rollout paused' },
    of: 'rollout',
  },
  'wxplane.rollout_waiting': { severity: always('warning'), title: { zh: '批量发布在等待', en: 'Rollout waits' }, of: 'rollout' },
  'wxplane.rollout_canary_done': {
    severity: always('notice'),
    title: { zh: '灰度批次已完成，继续发布其余小程序', en: 'Canary done, everybody else follows' },
    of: 'rollout',
  },
  'wxplane.rollout_completed': {
    severity: always('notice'),
    title: { zh: '批量发布已完成', en: 'Rollout finished' },
    of: 'rollout',
  },
  'wxplane.rollout_aborted': {
    severity: always('notice'),
    title: { zh: '批量发布已中止', en: 'Rollout aborted' },
    of: 'rollout',
  },
  'wxplane.rollout_running': {
    severity: always('info'),
    title: { zh: '批量发布继续进行', en: 'Rollout goes on' },
    of: 'rollout',
  },
  'wxplane.release_rejected': {
    severity: always('warning'),
    title: { zh: '审核未通过', en: 'Rejected by WeChat’s review' },
    of: 'release',
  },
  'wxplane.release_failed': { severity: always('warning'), title: { zh: '发布失败', en: 'Release failed' }, of: 'release' },
  'wxplane.release_reverted': { severity: always('urgent'), title: { zh: '已回退', en: 'Taken back' }, of: 'release' },
  'wxplane.release_stopped': { severity: always('info'), title: { zh: '发布已停止', en: 'Release stopped' }, of: 'release' },
  'wxplane.release_withdrawn': {
    severity: always('info'),
    title: { zh: '审核已撤回', en: 'Withdrawn from review' },
    of: 'release',
  },
  'wxplane.release_approved': {
    severity: always('info'),
    title: { zh: '审核已通过', en: 'Passed WeChat’s review' },
    of: 'release',
  },
  'wxplane.release_released': { severity: always('info'), title: { zh: '已上线', en: 'Online' }, of: 'release' },
  'wxplane.approval_requested': {
    severity: always('warning'),
    title: { zh: '等待第二人审批', en: 'Waits for a second person' },
    of: 'approval',
  },
  'wxplane.approval_decided': { severity: always('info'), title: { zh: '审批有结果', en: 'Approval decided' }, of: 'approval' },
  'wxplane.subscription_disabled': {
    severity: always('urgent'),
    title: { zh: '事件订阅因持续失败被停用', en: 'A subscription was switched off: it only failed' },
    of: 'subscription',
  },
};

export const NOTICE_KINDS: readonly string[] = Object.keys(KINDS);

/** @returns `undefined` for what nobody is told of */
export function noticeOf(kind: string, data: EventData): Notice | undefined {
  const known = KINDS[kind];
  if (!known) return undefined;
  const { title, severity, of } = known;
  return { kind, title, severity: severity(data), ...SUBJECTS[of](kind, data) };
}

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');
const same = (words: string): Words => ({ zh: words, en: words });

const SUBJECTS: Readonly<Record<Kind['of'], (kind: string, data: EventData) => Omit<Notice, 'kind' | 'title' | 'severity'>>> = {
  rollout: (kind, data) => {
    const id = text(data['rollout_id']);
    const detail = text(reasonOf(data).detail);
    const name = `${text(data['name'])} (#${id})`;
    const counts = data['counts'] as Record<string, number> | undefined;
    const told = counts && {
      zh: `共 ${counts['total']}，成功 ${counts['succeeded']}，失败 ${counts['failed']}，跳过 ${counts['skipped']}`,
      en: `${counts['succeeded']} of ${counts['total']} succeeded, ${counts['failed']} failed, ${counts['skipped']} skipped`,
    };
    const tail = detail && `: ${detail}`;
    return {
      detail: told ? { zh: `${name}；${told.zh}${tail}`, en: `${name}; ${told.en}${tail}` } : same(`${name}${tail}`),
      group: `${kind} ${id}`,
      about: undefined,
      path: `/rollouts/${id}`,
      command: kind === 'wxplane.rollout_paused' ? `rollout failures ${id}` : `rollout show ${id}`,
    };
  },
  release: (kind, data) => {
    const [id, rollout] = [text(data['release_id']), text(data['rollout_id'])];
    const appid = text(data['authorizer_appid']);
    const why = text(data['reason_text']);
    const version = text(data['user_version']);
    return {
      detail: same([appid, version, why].filter(Boolean).join(' · ')),
      group: `${kind} ${rollout ? `rollout ${rollout}` : ''}`,
      about: appid,
      path: rollout ? `/rollouts/${rollout}` : `/releases/${id}`,
      command: rollout ? `rollout failures ${rollout}` : `releases show ${id}`,
    };
  },
  approval: (kind, data) => {
    const id = text(data['approval_id']);
    return {
      detail: same([text(data['effect']), id, text(data['state'])].filter(Boolean).join(' · ')),
      group: `${kind} ${id}`,
      about: undefined,
      path: '/reviews',
      command: `approvals show ${id}`,
    };
  },
  subscription: (kind, data) => ({
    detail: same([text(data['name']), text(data['reason'])].filter(Boolean).join(' · ')),
    group: `${kind} ${text(data['subscription_id'])}`,
    about: undefined,
    path: `/subscriptions/${text(data['subscription_id'])}`,
    command: 'status',
  }),
};
