import { DomainError, type ProblemCode, type ProblemExtras } from '#service';
import { WechatApiError } from '#wechat';
import { problemCodeOf } from '../wechat/wechat-problem.js';
import type { StoredFailure } from './token.repository.js';

/** A refresh that did not give a token: what to tell readers, and how long to leave WeChat alone. */
export class RefreshFailure extends Error {
  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    readonly options: {
      readonly wechat?: WechatApiError | undefined;
      /** Longest pause before the next try. Default 60 s. */
      readonly capMs?: number;
      /** Shortest pause before the next try. Default 1 s. */
      readonly floorMs?: number;
      /** WeChat surely did not replace the token. Default: as the WeChat error says, else true. */
      readonly certain?: boolean;
      readonly remedy?: ProblemExtras['remedy'];
      readonly cause?: unknown;
    } = {},
  ) {
    super(`${code}: ${detail}`, { cause: options.cause ?? options.wechat });
  }

  /** An error of WeChat as a failure; anything else as it is. */
  static of(error: unknown, detail: string, options: { readonly floorMs?: number; readonly capMs?: number } = {}): unknown {
    if (!(error instanceof WechatApiError)) return error;
    return new RefreshFailure(problemCodeOf(error), detail, { wechat: error, remedy: error.remedy, ...options });
  }

  get certain(): boolean {
    return this.options.certain ?? !(this.options.wechat?.maybeExecuted ?? false);
  }

  stored(): StoredFailure {
    const { wechat } = this.options;
    return {
      code: this.code,
      detail: this.detail.slice(0, 160),
      errcode: wechat?.errcode,
      errmsg: wechat?.errmsg.slice(0, 120),
      rid: wechat?.rid,
    };
  }
}

const REMEDIES: Partial<Record<ProblemCode, { readonly en: string; readonly zh: string }>> = {
  'authorizer-needs-reauthorization': {
    en: 'Send the merchant a new authorization link.',
    zh: '请向商家发送新的授权链接，由管理员重新授权。',
  },
  'authorizer-cancelled': {
    en: 'The merchant has ended the authorization; only a new authorization brings it back.',
    zh: '商家已取消授权，需商家重新授权后才能恢复。',
  },
  'ticket-missing': {
    en: 'Check that WeChat reaches the authorization event URL; a ticket comes every ten minutes.',
    zh: '请检查授权事件接收URL能否被微信访问；微信每 10 分钟推送一次 ticket。',
  },
};

/** The error a reader gets, made from what was stored of the failure. */
export function toProblem(failure: StoredFailure, retryInMs: number): DomainError {
  const code = failure.code as ProblemCode;
  const { errcode, errmsg, rid } = failure;
  return new DomainError(code, failure.detail, {
    ...(errcode === undefined && !errmsg ? {} : { wechat: { errcode, errmsg, rid } }),
    ...(REMEDIES[code] ? { remedy: REMEDIES[code] } : {}),
    ...(retryInMs > 0 ? { retryAfterS: Math.max(1, Math.ceil(retryInMs / 1_000)) } : {}),
  });
}
