import { LRUCache } from 'lru-cache';
import { networkOf } from '../config/caller-address.js';
import { DomainError } from '../http/problems.js';
import { within } from '../time/within.js';
import { RateLimiter } from './rate-limiter.js';

/** An id that belongs to nobody is not looked up again for so long. */
const REMEMBERED_MS = 10_000;
const REMEMBERED_MOST = 10_000;
/** Of one address (IPv6: of one /64): 50 ids that belong to nobody at once, then five a second. */
const PER_S = 5;
/** Of the connections to MySQL, so many at most look for keys that were never seen; the others are for clients that are known. */
const AT_ONCE = 4;
const TURN_WITHIN_MS = 2_000;

/** Loads a client; those that were never seen wait for one of few places. */
export type InTurn<T> = (load: () => Promise<T | undefined>) => Promise<T | undefined>;

/** What keys that belong to nobody may cost: whoever sends invented ones must not keep those with a right one from the database. */
export class UnknownKeys {
  /** Until when each is believed to belong to nobody, by the monotonic clock. */
  private readonly ids = new LRUCache<string, number>({ max: REMEMBERED_MOST });
  /** Of this process alone: a guess must not cost a question to Redis either. */
  private readonly guesses = new RateLimiter();
  /** By network: until when nothing that was not seen before is looked up for it. */
  private readonly pausedUntil = new LRUCache<string, number>({ max: REMEMBERED_MOST });
  private readonly waiting = new Set<() => void>();
  private running = 0;

  /** Such a client was made, or changed. */
  forget(clientId: string): void {
    this.ids.delete(clientId);
  }

  /**
   * Looks for a client that was not seen before.
   * @param address who asks; `undefined`: it is not limited by that
   * @param read asks the database by way of what it is given, which waits for its turn; or joins who asks for the same client already
   * @returns what `read` returned; `undefined`: there is no such client
   * @throws DomainError `rate-limited`, `unavailable`
   */
  async lookUp<T>(
    clientId: string,
    address: string | undefined,
    read: (inTurn: InTurn<T>) => Promise<T | undefined>,
  ): Promise<T | undefined> {
    if ((this.ids.get(clientId) ?? 0) > performance.now()) return undefined;
    const network = address === undefined ? undefined : networkOf(address);
    const pauseMs = network === undefined ? 0 : (this.pausedUntil.get(network) ?? 0) - performance.now();
    if (pauseMs > 0)
      throw new DomainError('rate-limited', 'Too many client keys of this address are not known.', {
        retryAfterS: pauseMs / 1_000,
      });
    return read((load) => this.inTurn(clientId, network, load));
  }

  private async inTurn<T>(
    clientId: string,
    network: string | undefined,
    load: () => Promise<T | undefined>,
  ): Promise<T | undefined> {
    await this.turn();
    let found: T | undefined;
    try {
      found = await load();
    } finally {
      this.leave();
    }
    if (found !== undefined) return found;
    this.ids.set(clientId, performance.now() + REMEMBERED_MS);
    if (network === undefined) return undefined;
    const waitS = await this.guesses.admitStranger('unknown-key', network, PER_S);
    if (waitS > 0) this.pausedUntil.set(network, performance.now() + waitS * 1_000);
    return undefined;
  }

  private async turn(): Promise<void> {
    if (this.running < AT_ONCE) {
      this.running += 1;
      return;
    }
    const { promise, resolve: enter } = Promise.withResolvers<void>();
    this.waiting.add(enter);
    try {
      await within(TURN_WITHIN_MS, promise);
    } catch {
      // It may have come to its turn in this very moment.
      if (!this.waiting.delete(enter)) this.leave();
      throw new DomainError('unavailable', 'Too many clients that are not known from before are being looked up.', {
        retryAfterS: 1,
      });
    }
  }

  private leave(): void {
    const [next] = this.waiting;
    if (next === undefined) {
      this.running -= 1;
      return;
    }
    this.waiting.delete(next);
    next();
  }
}
