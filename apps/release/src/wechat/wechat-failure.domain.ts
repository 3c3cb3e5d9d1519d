import { BrokerError } from '#broker-client';
import { ERRCODE, WechatApiError } from '#wechat';

/**
 * What a failed call means for the step it belongs to.
 *
 * | Verdict | |
 * |---|---|
 * | `unclear` | it may have taken effect: read the state before anything else |
 * | `unauthorized` | the merchant ended the authorization |
 * | `quota` | a quota, a penalty or the environment of the whole platform: everything of this kind waits |
 * | `own-quota` | a quota of this account, or a penalty that not every mini program meets: it waits by itself, the others go on |
 * | `later` | nothing was done; the same call may work in a while |
 * | `wait` | nothing was done; something at WeChat has to end first: minutes or hours, but not for ever |
 * | `refused` | nothing was done, and the same call will not work |
 */
export type Verdict = 'unclear' | 'unauthorized' | 'quota' | 'own-quota' | 'later' | 'wait' | 'refused';

const BROKER_UNAUTHORIZED: ReadonlySet<string> = new Set(['authorizer-cancelled', 'authorizer-unknown']);
/** How often a step is repeated by itself that WeChat refuses so; what is not named here, as long as it takes. */
const MOST_REPEATS: ReadonlyMap<number, number> = new Map([
  [ERRCODE.AUDIT_PENDING, 48],
  [ERRCODE.AUDIT_NOT_APPROVED, 6],
  [ERRCODE.GRAY_AUDIT_NOT_APPROVED, 6],
  [ERRCODE.GRAY_RELEASE_RUNNING, 6],
  [ERRCODE.SYSTEM_BUSY, 48],
  [ERRCODE.COMMIT_FAILED, 48],
]);

export function verdictOf(error: unknown): Verdict {
  if (error instanceof BrokerError) {
    if (error.maybeExecuted) return 'unclear';
    return BROKER_UNAUTHORIZED.has(error.code) ? 'unauthorized' : 'later';
  }
  if (!(error instanceof WechatApiError)) throw error;
  const { refusal } = error;
  if (!refusal) return error.maybeExecuted ? 'unclear' : 'later';
  if (refusal.notAuthorized === 'account' || refusal.notAuthorized === 'refresh-token') return 'unauthorized';
  // A template that is refused for everybody is no matter of waiting.
  if (refusal.stopsBatch && refusal.concerns === 'component') return 'quota';
  if (refusal.reaction === 'stop-batch' && refusal.concerns !== 'template') return 'own-quota';
  if (error.maybeExecuted) return 'unclear';
  if (refusal.passes !== undefined) return refusal.passes === 'soon' ? 'later' : 'wait';
  // Refused twice, with a renewed token in between: it was ended again meanwhile. If the authorization is over, the broker will say so.
  if (refusal.tokenRefused) return 'later';
  return 'refused';
}

export function errcodeOf(error: unknown): number | undefined {
  return error instanceof WechatApiError ? error.errcode : undefined;
}

export function mostRepeats(errcode: number | undefined): number {
  return (errcode === undefined ? undefined : MOST_REPEATS.get(errcode)) ?? Number.POSITIVE_INFINITY;
}

/** A failure as it is stored in a row and shown to operators. */
export interface StoredFailure {
  readonly step: string;
  readonly at: string;
  readonly verdict: Verdict;
  readonly errcode?: number;
  readonly errmsg: string;
  readonly rid?: string;
  readonly remedy?: { readonly en: string; readonly zh: string };
}

export function storedFailure(step: string, error: unknown, at: Date): StoredFailure {
  const common = { step, at: at.toISOString(), verdict: verdictOf(error) };
  if (error instanceof WechatApiError) {
    return {
      ...common,
      ...(error.errcode === undefined ? {} : { errcode: error.errcode }),
      errmsg: error.errmsg,
      ...(error.rid === undefined ? {} : { rid: error.rid }),
      remedy: error.remedy,
    };
  }
  const { detail, remedy } = error as BrokerError;
  return { ...common, errmsg: detail, ...(typeof remedy === 'object' ? { remedy } : {}) };
}
