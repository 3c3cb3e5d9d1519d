import type { WaitingFor, Words } from '../filings/waiting.domain.js';

/** `task_status`, `apply_status` (filing-and-certification.md §3.2). */
export const TASK = {
  began: 0,
  timedOut: 1,
  declined: 2,
  orderFailed: 11,
  ordered: 12,
  verificationFailed: 14,
  unpaid: 15,
} as const;
export const APPLY = { none: 0, unpaid: 1, inReview: 2, returned: 3, passed: 4, failed: 5 } as const;

export const CERTIFICATION_STATES = [
  'sending',
  'unclear',
  'refused',
  'replaced',
  'awaiting_administrator',
  'verifying',
  'ordered',
  'awaiting_payment',
  'in_review',
  'returned',
  'passed',
  'failed',
  'expired',
  'declined',
  'order_failed',
  'filing_refused',
  'filing_platform_review',
  'filing_platform_rejected',
  'filing_authority_review',
  'filing_authority_rejected',
  'done',
  'terminated',
  'filing_withdrawn',
  'unknown',
] as const;
export type CertificationState = (typeof CERTIFICATION_STATES)[number];

const BY_APPLY: Readonly<Record<number, CertificationState>> = {
  [APPLY.unpaid]: 'awaiting_payment',
  [APPLY.inReview]: 'in_review',
  [APPLY.returned]: 'returned',
  [APPLY.passed]: 'passed',
  [APPLY.failed]: 'failed',
};
const BY_TASK: Readonly<Record<number, CertificationState>> = {
  [TASK.began]: 'awaiting_administrator',
  [TASK.timedOut]: 'expired',
  [TASK.declined]: 'declined',
  3: 'verifying',
  4: 'verifying',
  5: 'verifying',
  6: 'verifying',
  7: 'verifying',
  8: 'verifying',
  9: 'verifying',
  [TASK.orderFailed]: 'order_failed',
  [TASK.ordered]: 'ordered',
  [TASK.verificationFailed]: 'order_failed',
  [TASK.unpaid]: 'awaiting_payment',
};
/** `procedure_status` of both in one (§4). */
export const PROCEDURE = { unpaid: 15, paid: 16, filingRefused: 21 } as const;

/** All of them. What 27 to 29 mean is only in an SDK. */
const BY_PROCEDURE: Readonly<Record<number, CertificationState>> = {
  9: 'verifying',
  [PROCEDURE.unpaid]: 'awaiting_payment',
  [PROCEDURE.paid]: 'ordered',
  17: 'in_review',
  18: 'returned',
  19: 'passed',
  20: 'failed',
  [PROCEDURE.filingRefused]: 'filing_refused',
  22: 'filing_platform_review',
  23: 'filing_platform_rejected',
  24: 'filing_authority_review',
  25: 'filing_authority_rejected',
  26: 'done',
  27: 'expired',
  28: 'terminated',
  29: 'filing_withdrawn',
};

export interface Numbers {
  readonly kind: 'single' | 'with_filing';
  readonly progress: string;
  readonly taskStatus: number | null;
  readonly applyStatus: number | null;
  readonly procedureStatus: number | null;
}

export function stateOf({ kind, progress, taskStatus, applyStatus, procedureStatus }: Numbers): CertificationState {
  if (progress !== 'sent') return progress as CertificationState;
  if (kind === 'with_filing') return procedureStatus === null ? 'ordered' : (BY_PROCEDURE[procedureStatus] ?? 'unknown');
  const applied = applyStatus === null ? undefined : BY_APPLY[applyStatus];
  if (applied) return applied;
  return taskStatus === null ? 'awaiting_administrator' : (BY_TASK[taskStatus] ?? 'unknown');
}

/** Nothing follows; what was returned can be submitted again. */
const ENDED: ReadonlySet<CertificationState> = new Set([
  'refused',
  'replaced',
  'failed',
  'expired',
  'declined',
  'order_failed',
  'done',
  'terminated',
  'filing_withdrawn',
]);
/** Of both in one, the filing follows its certification. */
export const hasEnded = (state: CertificationState, kind: Numbers['kind']): boolean =>
  ENDED.has(state) || (state === 'passed' && kind === 'single');

/** A second order beside one in such a state has no place. */
const RUNS: ReadonlySet<CertificationState> = new Set([
  'sending',
  'verifying',
  'ordered',
  'awaiting_payment',
  'in_review',
  'filing_platform_review',
  'filing_authority_review',
]);
export const runs = (state: CertificationState): boolean => RUNS.has(state);

/** The certification is there: of both in one, also while the filing goes on. */
const CERTIFIED: ReadonlySet<CertificationState> = new Set([
  'passed',
  'filing_platform_review',
  'filing_platform_rejected',
  'filing_authority_review',
  'filing_authority_rejected',
  'done',
]);
export const isCertified = (state: CertificationState): boolean => CERTIFIED.has(state);

/** How often a state is read when no event comes, in seconds; 0: no more. */
export function readAgainInS(state: CertificationState, kind: Numbers['kind'], sinceS: number): number {
  if (hasEnded(state, kind)) return 0;
  return sinceS < 6 * 3_600 ? 300 : 3_600;
}

type Row = readonly [who: WaitingFor['who'], personMustAct: boolean, what: Words, remedy: Words | null];
const w = (en: string, zh: string): Words => ({ en, zh });
const CORRECT = w(
  'Correct what `reason` says and submit it again with `again_for`.',
  '请按 reason 修改，并以 again_for 重新提交。',
);
const ANEW = w('Tell the administrator, and begin anew.', '请联系管理员后重新发起。');
const FILING = w('Correct the fields in `audit`, and apply for the filing alone.', '请按 audit 中的字段修改，并单独提交备案。');

const WAITS: Readonly<Partial<Record<CertificationState, Row>>> = {
  unclear: [
    'operator',
    true,
    w('Whether WeChat took it is not known.', '微信是否受理尚不明确。'),
    w('Its event tells; if none comes within ten minutes, begin anew.', '等待微信事件；十分钟内没有事件，请重新发起。'),
  ],
  refused: [
    'operator',
    true,
    w('WeChat did not take it.', '微信未受理。'),
    w('Correct what `refusal` names.', '请按 refusal 中的提示修改。'),
  ],
  awaiting_administrator: [
    'administrator',
    true,
    w('The administrator has to agree, and pass the checks of face and phone.', '等待管理员同意，并完成人脸与手机验证。'),
    w('Show `url` to the administrator; it is valid for 24 hours.', '请将 url 展示给管理员，24 小时内有效。'),
  ],
  verifying: [
    'administrator',
    true,
    w('The administrator is in the middle of the checks.', '管理员正在验证。'),
    w('The administrator goes on at `url`.', '请管理员在 url 页面继续完成验证。'),
  ],
  ordered: ['wechat', false, w('The order is being made.', '认证订单处理中。'), null],
  awaiting_payment: [
    'administrator',
    true,
    w('The review fee has to be paid.', '等待支付审核费。'),
    w('With the prepaid pack look whether it is used up; else the merchant pays.', '使用预购包时请检查余量；否则由商家支付。'),
  ],
  in_review: [
    'wechat',
    false,
    w('A reviewing company looks at it; it may call the contact.', '第三方审核机构审核中，可能会致电联系人。'),
    null,
  ],
  returned: ['operator', true, w('It was returned for correction.', '认证被退回修改。'), CORRECT],
  failed: [
    'operator',
    true,
    w('It failed in the end.', '认证最终未通过。'),
    w('Read `reason`; a new order is needed, and paid for anew.', '请查看 reason；需重新发起并重新付费。'),
  ],
  expired: ['operator', true, w('The administrator did not act in time.', '管理员未在期限内完成。'), ANEW],
  declined: ['operator', true, w('The administrator declined.', '管理员已拒绝。'), ANEW],
  order_failed: ['operator', true, w('The order was not made.', '认证订单创建失败。'), ANEW],
  filing_refused: ['operator', true, w('The filing was not taken.', '备案订单创建失败。'), FILING],
  filing_platform_review: ['wechat', false, w('Certified; WeChat checks the filing.', '已认证，备案平台审核中。'), null],
  filing_platform_rejected: ['operator', true, w('Certified; WeChat rejected the filing.', '已认证，备案被平台驳回。'), FILING],
  filing_authority_review: [
    'authority',
    false,
    w('Certified; the authority checks the filing.', '已认证，备案管局审核中。'),
    null,
  ],
  filing_authority_rejected: [
    'operator',
    true,
    w('Certified; the authority rejected the filing.', '已认证，备案被管局驳回。'),
    FILING,
  ],
  terminated: ['operator', true, w('WeChat ended it.', '流程已终止。'), ANEW],
  filing_withdrawn: [
    'operator',
    true,
    w('Its filing was withdrawn.', '备案已撤回。'),
    w('Apply for the filing alone.', '请单独提交备案。'),
  ],
  unknown: [
    'operator',
    true,
    w('WeChat told a state that is not documented.', '微信返回了文档中没有的状态。'),
    w('Look at the mini program on mp.weixin.qq.com.', '请登录 mp.weixin.qq.com 查看。'),
  ],
};
const AT_URL: ReadonlySet<CertificationState> = new Set(['awaiting_administrator', 'verifying', 'awaiting_payment']);

export function waitingFor(
  state: CertificationState,
  { statusAt, actsUntil, url }: { statusAt: Date; actsUntil: Date | null; url: string | null },
): WaitingFor | null {
  const row = WAITS[state];
  if (!row) return null;
  const [who, personMustAct, what, remedy] = row;
  const there = AT_URL.has(state);
  const until = there && state !== 'awaiting_payment' ? actsUntil : null;
  return { who, personMustAct, what, remedy, since: statusAt, until, url: there ? url : null };
}
