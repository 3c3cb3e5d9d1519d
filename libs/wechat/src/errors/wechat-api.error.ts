import { describeErrcode } from './catalogue.js';
import type { Concern, ErrorEntry, Reaction, Remedy } from './reaction.js';

/**
 * `errcode`: WeChat said no. `bad-answer`: what came is no answer of WeChat's API to this call (HTML, empty, no token in it, another account's).
 * `timeout`: no answer in time. `network`: no connection, or it broke.
 */
export type WechatFailureKind = 'errcode' | 'bad-answer' | 'timeout' | 'network';

export interface WechatFailure {
  readonly kind: WechatFailureKind;
  /** Name of the called API, such as `api_component_token`. */
  readonly api: string;
  readonly errcode?: number | undefined;
  /** Already free of secrets: see `scrub`. */
  readonly errmsg: string;
  readonly rid?: string | undefined;
  readonly httpStatus?: number | undefined;
  /** What else the answer said, such as which domains are wrong; bounded, and free of secrets. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  readonly maybeExecuted: boolean;
  /** Default: what the catalogue says of the code; without a code, `everybody`. */
  readonly concerns?: Concern;
}

const REMEDY_BY_KIND: Record<Exclude<WechatFailureKind, 'errcode'>, Remedy> = {
  'bad-answer': {
    en: 'Something between here and WeChat answered instead of its API (gateway, proxy). Try again; if it lasts, check the outgoing network path.',
    zh: '返回的不是微信接口的应答（可能来自网关或代理）。请稍后重试；若持续出现，请检查出口网络。',
  },
  timeout: {
    en: 'WeChat did not answer in time. The call may have taken effect: read the state before repeating it.',
    zh: '微信未在规定时间内应答，操作可能已生效：重试前请先查询当前状态。',
  },
  network: {
    en: 'The connection to WeChat failed. Check DNS, the outgoing network path and the proxy, then try again.',
    zh: '无法连接微信服务器。请检查 DNS、出口网络与代理后重试。',
  },
};

/** The one error of this client. Its texts hold no token, code or secret. */
export class WechatApiError extends Error {
  override readonly name = 'WechatApiError';
  readonly kind: WechatFailureKind;
  readonly api: string;
  readonly errcode: number | undefined;
  readonly errmsg: string;
  /** WeChat's request id: the only thing its staff can look up; kept there for 7 days. */
  readonly rid: string | undefined;
  readonly httpStatus: number | undefined;
  /** What else a refusal said: of 85301 to 85303 the domains that are wrong. */
  readonly details: Readonly<Record<string, unknown>> | undefined;
  readonly reaction: Reaction;
  readonly remedy: Remedy;
  /** Who else would get the same answer now. */
  readonly concerns: Concern;
  /** What the catalogue says about the code; `undefined` when WeChat gave none. */
  readonly refusal: ErrorEntry | undefined;
  /** Every other target of a batch would fail the same way. */
  readonly stopsBatch: boolean;
  /**
   * The call may have taken effect although it failed: time-outs, connections cut after sending, answers of a gateway, and WeChat's -1.
   * Read the state back before repeating what cannot be repeated.
   */
  readonly maybeExecuted: boolean;

  constructor(failure: WechatFailure, options?: ErrorOptions) {
    super(describe(failure), options);
    this.kind = failure.kind;
    this.api = failure.api;
    this.errcode = failure.errcode;
    this.errmsg = failure.errmsg;
    this.rid = failure.rid;
    this.httpStatus = failure.httpStatus;
    this.details = failure.details;
    this.maybeExecuted = failure.maybeExecuted;
    const entry = failure.kind === 'errcode' ? describeErrcode(failure.errcode ?? 0, failure.api) : undefined;
    this.refusal = entry;
    this.reaction = entry?.reaction ?? 'retry';
    this.concerns = failure.concerns ?? entry?.concerns ?? 'everybody';
    this.stopsBatch = entry?.stopsBatch ?? false;
    this.remedy = entry?.remedy ?? REMEDY_BY_KIND[failure.kind as keyof typeof REMEDY_BY_KIND];
  }
}

function describe({ api, kind, errcode, errmsg, httpStatus }: WechatFailure): string {
  const what = kind === 'errcode' ? `errcode ${errcode}` : httpStatus === undefined ? kind : `${kind}, HTTP ${httpStatus}`;
  return `${api}: ${what}: ${errmsg}`;
}
