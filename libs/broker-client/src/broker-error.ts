/** What WeChat said, where it caused the failure. */
export interface BrokerWechatError {
  readonly errcode?: number;
  readonly errmsg?: string;
  /** The only thing by which WeChat's staff can find the call. */
  readonly rid?: string;
  /** What else its answer said, such as which fields are wrong. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Of a call that the broker made for this very request: WeChat's name of it. Absent where it only wanted a token. */
  readonly api?: string;
  /** How that call failed. */
  readonly kind?: 'errcode' | 'bad-answer' | 'timeout' | 'network';
  readonly http_status?: number;
  /** That call may have taken effect. */
  readonly maybe_executed?: boolean;
}

/** What is wrong with one member of a request. */
export interface BrokerFieldError {
  readonly field: string;
  readonly message: string;
}

export interface BrokerFailure {
  /**
   * The last part of the problem's `type`, such as `authorizer-cancelled`; `broker-unreachable` when the broker did not answer,
   * `broker-refused` when something in between did.
   */
  readonly code: string;
  readonly detail: string;
  /** HTTP status; absent when there was no answer. */
  readonly status?: number | undefined;
  readonly wechat?: BrokerWechatError | undefined;
  /** What a person can do. */
  readonly remedy?: string | { readonly en: string; readonly zh: string } | undefined;
  /** What is wrong with which member of the request (`invalid-request`). */
  readonly errors?: readonly BrokerFieldError[] | undefined;
  /** Seconds after which a repetition makes sense. */
  readonly retryAfterS?: number | undefined;
  /** The broker's id of this request, which is in its log. */
  readonly requestId?: string | undefined;
  /** Code of the connection's error. */
  readonly cause?: string | undefined;
  /** See `BrokerError`. */
  readonly maybeExecuted?: boolean | undefined;
}

/** The one error of this client. Its texts hold no key and no token. */
export class BrokerError extends Error {
  override readonly name = 'BrokerError';
  readonly code: string;
  readonly detail: string;
  readonly status: number | undefined;
  readonly wechat: BrokerWechatError | undefined;
  readonly remedy: BrokerFailure['remedy'];
  readonly errors: readonly BrokerFieldError[] | undefined;
  readonly retryAfterS: number | undefined;
  readonly requestId: string | undefined;
  /**
   * Only of what does harm when it is done twice: it may have come about all the same, since there was no answer, or none that says how
   * it ended. Read the state before it is tried again.
   */
  readonly maybeExecuted: boolean;

  constructor(failure: BrokerFailure) {
    super(`${failure.code}: ${failure.detail}`, failure.cause === undefined ? undefined : { cause: failure.cause });
    this.code = failure.code;
    this.detail = failure.detail;
    this.status = failure.status;
    this.wechat = failure.wechat;
    this.remedy = failure.remedy;
    this.errors = failure.errors;
    this.retryAfterS = failure.retryAfterS;
    this.requestId = failure.requestId;
    this.maybeExecuted = failure.maybeExecuted ?? false;
  }

  /** The same request may succeed in a moment: the broker did not answer, is busy, or waits for WeChat. */
  get transient(): boolean {
    if (this.status === undefined || this.status === 429) return true;
    return this.status >= 502 && this.code !== 'wechat-refused' && this.code !== 'wechat-quota';
  }
}

const PROBLEM_TYPE = 'urn:wxplane:problem:';
const REQUEST_ID = 'urn:wxplane:request:';

/** After these the broker itself does not know, unless it says so. */
const UNCLEAR: ReadonlySet<string> = new Set(['internal', 'unavailable']);

/**
 * Reads an answer that is not a success: problem+json of the broker, or whatever stood in between.
 * @param once the request does harm when it is done twice
 */
export function brokerErrorOf(status: number, body: string, retryAfterS: number | undefined, once: boolean): BrokerError {
  const problem = parse(body);
  const type = typeof problem?.['type'] === 'string' ? problem['type'] : '';
  if (!problem || !type.startsWith(PROBLEM_TYPE)) {
    const code = status >= 500 ? 'broker-unreachable' : 'broker-refused';
    const maybeExecuted = once && status >= 500;
    return new BrokerError({ code, detail: `The broker answered HTTP ${status}.`, status, retryAfterS, maybeExecuted });
  }
  const instance = problem['instance'];
  const wechat = problem['wechat'] as BrokerWechatError | undefined;
  const code = type.slice(PROBLEM_TYPE.length);
  return new BrokerError({
    code,
    detail: String(problem['detail'] ?? problem['title'] ?? ''),
    status,
    wechat,
    remedy: problem['remedy'] as BrokerFailure['remedy'],
    errors: problem['errors'] as BrokerFailure['errors'],
    retryAfterS,
    requestId: typeof instance === 'string' && instance.startsWith(REQUEST_ID) ? instance.slice(REQUEST_ID.length) : undefined,
    maybeExecuted: once && (wechat?.maybe_executed ?? UNCLEAR.has(code)),
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
