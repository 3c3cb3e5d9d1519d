import { LRUCache } from 'lru-cache';
import type { TokenResponse } from './broker-api.js';
import { BrokerError } from './broker-error.js';

export interface TokenCacheOptions {
  /** Tokens remembered at most. Default 20000. */
  readonly maxTokens?: number;
  /**
   * Give out a remembered token beyond `cache_seconds`, but within its life, while the broker cannot be reached. It may have been
   * replaced meanwhile, and WeChat then refuses it. Default false.
   */
  readonly keepWhileUnreachable?: boolean;
  /** Milliseconds; for tests. */
  readonly now?: () => number;
}

interface Remembered {
  readonly token: string;
  /** Until then nobody need be asked. */
  readonly freshUntilMs: number;
  readonly diesAtMs: number;
}

type Answer = Pick<TokenResponse, 'access_token' | 'expires_in' | 'cache_seconds'>;
type Ask = () => Promise<Answer>;

/** Tokens for as long as the broker allows, and one question at a time for each, however many callers wait. */
export class TokenCache {
  private readonly now: () => number;
  private readonly tokens: LRUCache<string, Remembered>;
  private readonly flights = new Map<string, Promise<string>>();
  private readonly keepWhileUnreachable: boolean;

  constructor({ maxTokens = 20_000, keepWhileUnreachable = false, now = Date.now }: TokenCacheOptions) {
    this.tokens = new LRUCache({ max: maxTokens });
    this.keepWhileUnreachable = keepWhileUnreachable;
    this.now = now;
  }

  async read(subject: string, ask: Ask): Promise<string> {
    const known = this.tokens.get(subject);
    if (known && known.freshUntilMs > this.now()) return known.token;
    try {
      return await this.flight(subject, subject, ask);
    } catch (error) {
      const spare = this.keepWhileUnreachable && error instanceof BrokerError && error.code === 'broker-unreachable';
      if (spare && known && known.diesAtMs > this.now()) return known.token;
      throw error;
    }
  }

  /** What WeChat refused is forgotten, unless it was replaced already. */
  async replace(subject: string, refused: string, report: Ask): Promise<string> {
    const known = this.tokens.get(subject);
    if (known && known.token !== refused && known.freshUntilMs > this.now()) return known.token;
    this.tokens.delete(subject);
    return this.flight(`${subject}#${refused}`, subject, report);
  }

  private flight(key: string, subject: string, ask: Ask): Promise<string> {
    const running = this.flights.get(key);
    if (running !== undefined) return running;
    const askedAt = this.now();
    const flight = ask()
      .then((answer) => this.remember(subject, answer, askedAt))
      .finally(() => this.flights.delete(key));
    this.flights.set(key, flight);
    return flight;
  }

  /** Counted from the question: the answer may have been under way for long. */
  private remember(subject: string, answer: Answer, askedAt: number): string {
    const { access_token: token, cache_seconds: cacheS, expires_in: lifeS } = answer;
    if (typeof token !== 'string' || token === '')
      throw new BrokerError({ code: 'broker-unreachable', detail: 'The broker answered without a token.' });
    if (cacheS > 0)
      this.tokens.set(subject, { token, freshUntilMs: askedAt + cacheS * 1_000, diesAtMs: askedAt + lifeS * 1_000 });
    return token;
  }
}
