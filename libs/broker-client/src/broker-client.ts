import { LRUCache } from 'lru-cache';
import { BrokerError } from './broker-error.js';
import { BrokerHttp, type BrokerHttpOptions } from './broker-http.js';

/** What the broker answers to a token read. */
export interface TokenAnswer {
  readonly access_token: string;
  /** Seconds until WeChat refuses it. */
  readonly expires_in: number;
  /** Seconds for which it may be kept without asking again. */
  readonly cache_seconds: number;
}

/** An authorizer as the broker lists it; further members are the broker's to define. */
export interface BrokerAuthorizer {
  readonly authorizer_appid: string;
  readonly state: string;
  readonly nick_name?: string | null;
  readonly [member: string]: unknown;
}

export interface AuthorizerPage {
  readonly items: readonly BrokerAuthorizer[];
  readonly next_cursor: string | null;
}

export interface AuthorizerQuery {
  readonly state?: string;
  readonly kind?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

export interface BrokerClientOptions extends BrokerHttpOptions {
  /** Tokens remembered at most. Default 20000. */
  readonly maxTokens?: number;
  /** Milliseconds; for tests. */
  readonly now?: () => number;
}

interface Remembered {
  readonly token: string;
  readonly untilMs: number;
}

/** WeChat's words for "this token is not valid (any more)". */
const TOKEN_REFUSED: ReadonlySet<number> = new Set([40001, 40014, 42001]);

/**
 * Client of the broker's HTTP API. Remembers tokens as long as the broker allows, asks once however many callers wait,
 * and repeats what failed for a passing reason. Every method throws `BrokerError`.
 */
export class BrokerClient {
  private readonly http: BrokerHttp;
  private readonly now: () => number;
  private readonly tokens: LRUCache<string, Remembered>;
  private readonly flights = new Map<string, Promise<string>>();

  constructor(options: BrokerClientOptions) {
    this.http = new BrokerHttp(options);
    this.now = options.now ?? Date.now;
    this.tokens = new LRUCache({ max: options.maxTokens ?? 20_000 });
  }

  componentToken(componentAppid: string): Promise<string> {
    return this.token(componentPath(componentAppid));
  }

  authorizerToken(componentAppid: string, authorizerAppid: string): Promise<string> {
    return this.token(authorizerPath(componentAppid, authorizerAppid));
  }

  /** WeChat refused this component token. @returns the one to use from now on. */
  reportInvalidComponentToken(componentAppid: string, token: string): Promise<string> {
    return this.report(componentPath(componentAppid), token);
  }

  /** WeChat refused this authorizer token. @returns the one to use from now on. */
  reportInvalidAuthorizerToken(componentAppid: string, authorizerAppid: string, token: string): Promise<string> {
    return this.report(authorizerPath(componentAppid, authorizerAppid), token);
  }

  /**
   * Calls `use` with the component token; when WeChat refuses the token (40001, 40014, 42001), reports it and calls once more.
   * @param use throws what carries WeChat's `errcode`, as `WechatApiError` does.
   */
  withComponentToken<T>(componentAppid: string, use: (token: string) => Promise<T>): Promise<T> {
    return this.withToken(componentPath(componentAppid), use);
  }

  /** The same for an authorizer. */
  withAuthorizerToken<T>(componentAppid: string, authorizerAppid: string, use: (token: string) => Promise<T>): Promise<T> {
    return this.withToken(authorizerPath(componentAppid, authorizerAppid), use);
  }

  authorizer(componentAppid: string, authorizerAppid: string): Promise<BrokerAuthorizer> {
    return this.http.json({ method: 'GET', path: authorizerPath(componentAppid, authorizerAppid) });
  }

  authorizers(componentAppid: string, query: AuthorizerQuery = {}): Promise<AuthorizerPage> {
    return this.http.json({ method: 'GET', path: `${componentPath(componentAppid)}/authorizers`, query: { ...query } });
  }

  close(): Promise<void> {
    return this.http.close();
  }

  private async withToken<T>(subject: string, use: (token: string) => Promise<T>): Promise<T> {
    const token = await this.token(subject);
    try {
      return await use(token);
    } catch (error) {
      const { errcode } = error as { errcode?: unknown };
      if (typeof errcode !== 'number' || !TOKEN_REFUSED.has(errcode)) throw error;
      return use(await this.report(subject, token));
    }
  }

  private async token(subject: string): Promise<string> {
    const known = this.tokens.get(subject);
    if (known && known.untilMs > this.now()) return known.token;
    return this.flight(subject, () => this.http.json<TokenAnswer>({ method: 'GET', path: `${subject}/token` }), subject);
  }

  private report(subject: string, token: string): Promise<string> {
    // Somebody else's report may have brought a newer one already.
    const known = this.tokens.get(subject);
    if (known && known.token !== token && known.untilMs > this.now()) return Promise.resolve(known.token);
    this.tokens.delete(subject);
    const call = () => this.http.json<TokenAnswer>({ method: 'POST', path: `${subject}/token/report-invalid`, body: { token } });
    return this.flight(`${subject}#${token}`, call, subject);
  }

  private flight(key: string, call: () => Promise<TokenAnswer>, subject: string): Promise<string> {
    const running = this.flights.get(key);
    if (running !== undefined) return running;
    const askedAt = this.now();
    const flight = call()
      .then((answer) => {
        if (typeof answer.access_token !== 'string' || answer.access_token === '')
          throw new BrokerError({ code: 'broker-unreachable', detail: 'The broker answered without a token.' });
        // Counted from the question: the answer may have been under way for long.
        if (answer.cache_seconds > 0)
          this.tokens.set(subject, { token: answer.access_token, untilMs: askedAt + answer.cache_seconds * 1_000 });
        return answer.access_token;
      })
      .finally(() => this.flights.delete(key));
    this.flights.set(key, flight);
    return flight;
  }
}

function componentPath(componentAppid: string): string {
  return `/v1/components/${encodeURIComponent(componentAppid)}`;
}

function authorizerPath(componentAppid: string, authorizerAppid: string): string {
  return `${componentPath(componentAppid)}/authorizers/${encodeURIComponent(authorizerAppid)}`;
}
