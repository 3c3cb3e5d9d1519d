import { BrokerError } from '#broker-client';
import { WechatApiError } from '#wechat';

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

const UNAUTHORIZED: ReadonlySet<number> = new Set([61003, 61023, 42007]);
const TOKEN_REFUSED: ReadonlySet<number> = new Set([40001, 40014, 42001]);
const BROKER_UNAUTHORIZED: ReadonlySet<string> = new Set(['authorizer-cancelled', 'authorizer-unknown']);
/** A pending ticket, an approval that lags behind, a gray release that runs (§7, §10 5 and 11). */
const WAIT: ReadonlySet<number> = new Set([85009, 85020, 85080, 87011]);
/** How often a step is repeated by itself that WeChat refuses so; what is not named here, as long as it takes. */
const MOST_REPEATS: ReadonlyMap<number, number> = new Map([
  [85009, 48],
  [85020, 6],
  [85080, 6],
  [87011, 6],
  [-1, 48],
  [-60005, 48],
]);
const LATER: ReadonlySet<number> = new Set([9402202, 45011, 44990, 61039, 85090, -60005, 89401]);

export function verdictOf(error: unknown): Verdict {
  if (error instanceof BrokerError) return BROKER_UNAUTHORIZED.has(error.code) ? 'unauthorized' : 'later';
  if (!(error instanceof WechatApiError)) throw error;
  if (error.kind !== 'errcode') return error.maybeExecuted ? 'unclear' : 'later';
  const { errcode = 0 } = error;
  if (UNAUTHORIZED.has(errcode)) return 'unauthorized';
  // A template that is refused for everybody is no matter of waiting.
  if (error.stopsBatch && error.concerns === 'component') return 'quota';
  if (error.reaction === 'stop-batch' && error.concerns !== 'template') return 'own-quota';
  if (error.maybeExecuted) return 'unclear';
  if (WAIT.has(errcode)) return 'wait';
  if (LATER.has(errcode) || error.reaction === 'retry' || error.reaction === 'retry-next-minute') return 'later';
  // Refused twice, with a renewed token in between: it was ended again meanwhile. If the authorization is over, the broker will say so.
  if (TOKEN_REFUSED.has(errcode)) return 'later';
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
