/** What WeChat said, where it caused the failure. */
export interface BrokerWechatError {
  readonly errcode?: number;
  readonly errmsg?: string;
  readonly rid?: string;
}

export interface BrokerFailure {
  /** The last part of the problem's `type`, such as `authorizer-cancelled`; `broker-unreachable` when the broker did not answer. */
  readonly code: string;
  readonly detail: string;
  /** HTTP status; absent when there was no answer. */
  readonly status?: number | undefined;
  readonly wechat?: BrokerWechatError | undefined;
  readonly remedy?: string | { readonly en: string; readonly zh: string } | undefined;
  /** Seconds after which a repetition makes sense. */
  readonly retryAfterS?: number | undefined;
}

/** The one error of this client. Its texts hold no key and no token. */
export class BrokerError extends Error {
  override readonly name = 'BrokerError';
  readonly code: string;
  readonly detail: string;
  readonly status: number | undefined;
  readonly wechat: BrokerWechatError | undefined;
  readonly remedy: BrokerFailure['remedy'];
  readonly retryAfterS: number | undefined;

  constructor(failure: BrokerFailure) {
    super(`${failure.code}: ${failure.detail}`);
    this.code = failure.code;
    this.detail = failure.detail;
    this.status = failure.status;
    this.wechat = failure.wechat;
    this.remedy = failure.remedy;
    this.retryAfterS = failure.retryAfterS;
  }
}

const PROBLEM_TYPE = 'urn:wxplane:problem:';

/** Reads an answer that is not a success: problem+json of the broker, or whatever stood in between. */
export function brokerErrorOf(status: number, body: string, retryAfterS: number | undefined): BrokerError {
  const problem = parse(body);
  const type = typeof problem?.['type'] === 'string' ? problem['type'] : '';
  if (!problem || !type.startsWith(PROBLEM_TYPE)) {
    const code = status >= 500 ? 'broker-unreachable' : 'broker-refused';
    return new BrokerError({ code, detail: `The broker answered HTTP ${status}.`, status, retryAfterS });
  }
  return new BrokerError({
    code: type.slice(PROBLEM_TYPE.length),
    detail: String(problem['detail'] ?? problem['title'] ?? ''),
    status,
    wechat: problem['wechat'] as BrokerWechatError | undefined,
    remedy: problem['remedy'] as BrokerFailure['remedy'],
    retryAfterS,
  });
}

function parse(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
