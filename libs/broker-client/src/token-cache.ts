import { LRUCache } from 'lru-cache';
import type { TokenView } from './broker-api.js';
import { BrokerError } from './broker-error.js';

export interface TokenCacheOptions {
  /** Tokens remembered at most. Default 20000. */
  readonly maxTokens?: number;
  /**
   * Give out a remembered token beyond `cache_seconds`, but within its life, while the broker cannot be reached. It may have been
   * replaced meanwhile, and WeChat then refuses it. Default false.
   */
  readonly keepWhileUnreachable?: boolean;
  /** Milliseconds of a clock that only goes forward; for tests. */
  readonly now?: () => number;
}

interface Remembered {
  readonly token: string;
  /** Until then nobody need be asked. */
  readonly freshUntilMs: number;
  readonly diesAtMs: number;
}

type Answer = Pick<TokenView, 'access_token' | 'expires_in' | 'cache_seconds'>;
type Ask = () => Promise<Answer>;

/** A question under way, and which token it reported, if any. */
interface Flight {
  readonly reported: string | undefined;
  readonly token: Promise<string>;
}

/** Steps of the host's clock must not lengthen anything: a token kept for an hour too long is a dead one. */
const monotonicMs = (): number => performance.now();

/**
 * Tokens for as long as the broker allows, and one question at a time for each, however many callers wait. A report takes the place
 * of a question that was asked before it: whoever comes later waits for the report, and a late answer from before it is not remembered.
 */
export class TokenCache {
  private readonly now: () => number;
  private readonly tokens: LRUCache<string, Remembered>;
  private readonly flights = new Map<string, Flight>();
  private readonly keepWhileUnreachable: boolean;

  constructor({ maxTokens = 20_000, keepWhileUnreachable = false, now = monotonicMs }: TokenCacheOptions) {
    this.tokens = new LRUCache({ max: maxTokens });
    this.keepWhileUnreachable = keepWhileUnreachable;
    this.now = now;
  }

  async read(subject: string, ask: Ask): Promise<string> {
    const known = this.tokens.get(subject);
    if (known && known.freshUntilMs > this.now()) return known.token;
    const report = this.flights.get(subject);
    if (report?.reported !== undefined) {
      // A report that fails says nothing about the token that others may be given.
      const answer = await report.token.catch(() => undefined);
      if (answer !== undefined) return answer;
    }
    try {
      return await (this.flights.get(subject)?.token ?? this.begin(subject, ask));
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
    const flying = this.flights.get(subject);
    if (flying?.reported === refused) return flying.token;
    this.tokens.delete(subject);
    return this.begin(subject, report, refused);
  }

  /** Another token, whatever is known. */
  renew(subject: string, ask: Ask): Promise<string> {
    const reported = this.tokens.get(subject)?.token ?? '';
    this.tokens.delete(subject);
    return this.begin(subject, ask, reported);
  }

  private begin(subject: string, ask: Ask, reported?: string): Promise<string> {
    const askedAt = this.now();
    const flight: Flight = { reported, token: this.follow(subject, ask, askedAt, () => this.flights.get(subject) === flight) };
    this.flights.set(subject, flight);
    return flight.token;
  }

  /** @param newest whether nobody has asked since */
  private async follow(subject: string, ask: Ask, askedAt: number, newest: () => boolean): Promise<string> {
    try {
      const { access_token: token, cache_seconds: cacheS, expires_in: lifeS } = await Promise.resolve().then(ask);
      if (typeof token !== 'string' || token === '')
        throw new BrokerError({ code: 'broker-unreachable', detail: 'The broker answered without a token.' });
      // Counted from the question: the answer may have been under way for long.
      if (newest() && cacheS > 0)
        this.tokens.set(subject, { token, freshUntilMs: askedAt + cacheS * 1_000, diesAtMs: askedAt + lifeS * 1_000 });
      return token;
    } finally {
      if (newest()) this.flights.delete(subject);
    }
  }
}
