/**
 * Every error the suite answers with (RFC 9457): a stable code, its HTTP status, its title. `docs/problems.md` explains each one.
 */
export const PROBLEMS = {
  'invalid-request': { status: 400, title: 'The request is not valid' },
  unauthenticated: { status: 401, title: 'A client key is needed' },
  forbidden: { status: 403, title: 'This client may not do that' },
  'protected-effect': { status: 403, title: 'The proxy may not be used for that' },
  'approval-needed': { status: 409, title: 'A second person has to agree first' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'method-not-allowed': { status: 405, title: 'This path does not have that method' },
  'component-unknown': { status: 404, title: 'This deployment does not serve that component' },
  'authorizer-unknown': { status: 404, title: 'That account has not authorized this component' },
  conflict: { status: 409, title: 'The present state does not allow that' },
  'idempotency-conflict': { status: 409, title: 'The idempotency key was used for another request, or that request still runs' },
  'wechat-api-ended': { status: 410, title: 'WeChat has switched that API off' },
  'payload-too-large': { status: 413, title: 'The request body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body has a type that is not understood' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  'authorizer-cancelled': { status: 409, title: 'The merchant has cancelled the authorization' },
  'authorizer-needs-reauthorization': { status: 409, title: 'The merchant must authorize again' },
  'permission-set-missing': { status: 409, title: 'The merchant has not granted what the call needs' },
  'ticket-missing': { status: 503, title: 'WeChat has not pushed a component verify ticket yet' },
  'wechat-refused': { status: 502, title: 'WeChat refused the call' },
  'wechat-unreachable': { status: 503, title: 'WeChat does not answer' },
  'wechat-quota': { status: 503, title: 'A quota of WeChat is used up' },
  'broker-unreachable': { status: 503, title: 'The broker does not answer' },
  unavailable: { status: 503, title: 'A part of the system does not answer' },
  internal: { status: 500, title: 'Something went wrong here' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

export interface ProblemExtras {
  /** Where WeChat caused it. */
  readonly wechat?: {
    readonly errcode?: number | undefined;
    readonly errmsg?: string | undefined;
    readonly rid?: string | undefined;
    /** What else its answer said, such as the domains that are wrong. */
    readonly details?: Readonly<Record<string, unknown>> | undefined;
    /** Of a call that was made for this request, and not earlier to get a token: WeChat's name of it, how it failed, what the status line said. */
    readonly api?: string | undefined;
    readonly kind?: string | undefined;
    readonly http_status?: number | undefined;
    /** That call may have taken effect: the state is to be read before it is repeated. */
    readonly maybe_executed?: boolean | undefined;
  };
  /** What a person can do about it. */
  readonly remedy?: string | { readonly en: string; readonly zh: string };
  /** Seconds after which a repetition makes sense; also sent as `Retry-After`. */
  readonly retryAfterS?: number;
  /** Methods that the path has; sent as `Allow`. */
  readonly allow?: readonly string[];
  /** What is wrong with which member of the request. */
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
  /** Further members of the problem document, in snake_case. */
  readonly members?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** An error of ours, by its code. Knows no HTTP; one filter turns it into an answer. */
export class DomainError extends Error {
  constructor(
    readonly code: ProblemCode,
    /** Names what is wrong, and what to do. Reaches the caller: no secret, no internals. */
    readonly detail: string,
    readonly extras: ProblemExtras = {},
  ) {
    super(`${code}: ${detail}`, extras.cause === undefined ? undefined : { cause: extras.cause });
  }
}
