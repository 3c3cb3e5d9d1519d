import { DomainError, type ProblemCode } from '#service';
import type { Problem, Task, Words } from './onboarding.domain.js';

/** What becomes of an order after a failure. */
export type Verdict =
  | { readonly is: 'again' | 'unknown'; readonly againMs: number }
  | { readonly is: 'mend'; readonly problem: Problem };

/** Nobody has to do anything: they pass. */
const PASSES: ReadonlySet<ProblemCode> = new Set([
  'wechat-unreachable',
  'broker-unreachable',
  'unavailable',
  'rate-limited',
  'ticket-missing',
  'wechat-quota',
  'idempotency-conflict',
]);
/** Something else is under way: it ends, or a person has to look. */
const MOST_CONFLICTS = 12;
const LEAST_MS = 5_000;
const MOST_MS = 300_000;
const QUOTA_MS = 600_000;

const RIGHTS: Words = {
  en: 'Give the release app’s key at the broker the scopes registrations:write, going-online:write and authorizations:write, and retry the order.',
  zh: '请为 release 应用在 broker 的密钥添加 registrations:write、going-online:write、authorizations:write 权限，然后重试该订单。',
};

/** @param tries failures one after the other, this one included @param ofOurKey the broker refused the release app's own key */
export function verdictOn(error: unknown, tries: number, ofOurKey: boolean): Verdict {
  if (!(error instanceof DomainError)) return { is: 'unknown', againMs: pauseMs(tries) };
  if (ofOurKey)
    return {
      is: 'mend',
      problem: { code: 'release-app-forbidden', detail: `The broker refused: ${error.detail}`, remedy: RIGHTS },
    };
  const { code, extras } = error;
  const again = Math.max(pauseMs(tries), (extras.retryAfterS ?? 0) * 1_000, code === 'wechat-quota' ? QUOTA_MS : 0);
  if (PASSES.has(code) || (code === 'conflict' && tries <= MOST_CONFLICTS)) return { is: 'again', againMs: again };
  if (code === 'internal') return { is: 'unknown', againMs: again };
  return { is: 'mend', problem: problemOf(error) };
}

export const pauseMs = (tries: number): number => Math.min(MOST_MS, LEAST_MS * 2 ** Math.min(tries - 1, 10));

export function problemOf(error: unknown): Problem {
  if (!(error instanceof DomainError)) return { code: 'internal', detail: 'Something went wrong here; the log says more.' };
  const { remedy, errors, wechat } = error.extras;
  return {
    code: error.code,
    detail: error.detail,
    errcode: wechat?.errcode,
    rid: wechat?.rid,
    remedy: typeof remedy === 'string' ? { en: remedy, zh: remedy } : remedy,
    errors,
  };
}

export const dataTask = (missing: readonly string[]): Task => ({
  code: 'give-data',
  who: 'operator',
  what: {
    en: `Give what is missing: PATCH the order with ${missing.join(', ')}.`,
    zh: `请补充资料：修改订单的 ${missing.join('、')}。`,
  },
  missing,
});

export const papersTask = (missing: readonly string[]): Task => ({
  code: 'give-papers',
  who: 'operator',
  what: {
    en: `Upload what is missing: PUT …/papers/{name} for ${missing.join(', ')}.`,
    zh: `请上传材料：${missing.join('、')}。`,
  },
  missing,
});
