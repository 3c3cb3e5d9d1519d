import { hash } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Caller } from '../identity/caller.js';
import { isReady } from '../redis/redis.js';
import { within } from '../time/within.js';

/** The average is taken over this long: a client may send so many seconds' worth at once. */
const BURST_S = 10;
/** A replica takes at most so many seconds' worth from the shared bucket at once. */
const SHARE_S = 0.25;
/** A request waits for it. */
const ANSWERS_WITHIN_MS = 300;
/**
 * Strangers are without end, and each would have a name in memory and in Redis: they share so many places instead. Two who happen to
 * share one are limited together, which neither notices unless both are at the limit.
 */
const PLACES = 8_192;
/** By the clock of Redis. Arguments: per second, most, wanted. Answers: given, seconds to wait. */
const TAKE = `
local t = redis.call('TIME')
local now = tonumber(t[1]) + tonumber(t[2]) / 1000000
local rate, most, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local h = redis.call('HMGET', KEYS[1], 'n', 'at')
local n = tonumber(h[1]) or most
n = math.min(most, n + math.max(0, now - (tonumber(h[2]) or now)) * rate)
local given = math.min(math.floor(n), wanted)
n = n - given
redis.call('HSET', KEYS[1], 'n', tostring(n), 'at', tostring(now))
redis.call('PEXPIRE', KEYS[1], math.ceil(most / rate * 1000) + 1000)
return {given, tostring((1 - n) / rate)}`;
const PREFIX = '{wxplane}:rate:';

/** What a replica holds of one name. */
interface Share {
  /** Requests that may go on without asking. */
  left: number;
  /** Nothing is to be had before. */
  emptyUntil: number;
  asking: Promise<boolean> | undefined;
}

interface Bucket {
  tokens: number;
  at: number;
}

/**
 * Requests per second, of a client (as its options say) or of anyone. One bucket for all replicas, in Redis, from which each takes a
 * share for the next quarter of a second: most requests wait for nobody. While Redis is away each replica has a bucket of its own.
 */
export class RateLimiter {
  private readonly shares = new Map<string, Share>();
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly redis: Redis | undefined = undefined,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** How many callers are held in memory. */
  get names(): number {
    return this.shares.size + this.buckets.size;
  }

  /** Without waiting. @returns whether the request may go on; false means "ask `admit`", and it was not counted */
  take(client: Caller): boolean {
    const { clientId, rateLimitPerS: perS } = client;
    if (perS === undefined) return true;
    if (!this.shared()) return this.takeOwn(clientId, perS, BURST_S);
    const share = this.shareOf(clientId);
    if (share.left < 1) return false;
    share.left -= 1;
    if (share.left < sizeOf(perS) / 2) void this.ask(clientId, share, perS, BURST_S);
    return true;
  }

  /** @returns 0: the request may go on; else after how many seconds it may, and it was not counted. */
  admit({ clientId, rateLimitPerS }: Caller): Promise<number> {
    return rateLimitPerS === undefined ? Promise.resolve(0) : this.admitOf(clientId, rateLimitPerS);
  }

  /** The same for somebody without a key. @param who an address, or whatever tells him from others; of any length */
  admitStranger(purpose: string, who: string, perS: number, burstS = BURST_S): Promise<number> {
    return this.admitOf(`${purpose}:${hash('sha256', who, 'buffer').readUInt32BE(0) % PLACES}`, perS, burstS);
  }

  private async admitOf(name: string, perS: number, burstS = BURST_S): Promise<number> {
    while (this.shared()) {
      const share = this.shareOf(name);
      if (share.left >= 1) {
        share.left -= 1;
        return 0;
      }
      const waitMs = share.emptyUntil - this.now();
      if (waitMs > 0) return Math.max(1, Math.ceil(waitMs / 1_000));
      if (!(await this.ask(name, share, perS, burstS))) break;
    }
    if (this.takeOwn(name, perS, burstS)) return 0;
    return Math.max(1, Math.ceil((1 - this.filled(name, perS, burstS).tokens) / perS));
  }

  /** One question at a time per name. @returns whether Redis answered */
  private ask(name: string, share: Share, perS: number, burstS: number): Promise<boolean> {
    share.asking ??= this.askRedis(name, share, perS, burstS).finally(() => {
      share.asking = undefined;
    });
    return share.asking;
  }

  private async askRedis(name: string, share: Share, perS: number, burstS: number): Promise<boolean> {
    try {
      if (!this.redis) return false;
      const asked = this.redis.eval(TAKE, 1, PREFIX + name, perS, Math.max(1, perS * burstS), sizeOf(perS));
      const answer = await within(ANSWERS_WITHIN_MS, asked);
      const [given, waitS] = answer as [number, string];
      share.left += given;
      share.emptyUntil = given > 0 ? 0 : this.now() + Number(waitS) * 1_000;
      return true;
    } catch {
      return false;
    }
  }

  private shared(): boolean {
    return this.redis !== undefined && isReady(this.redis);
  }

  private shareOf(name: string): Share {
    let share = this.shares.get(name);
    if (!share) {
      share = { left: 0, emptyUntil: 0, asking: undefined };
      this.shares.set(name, share);
    }
    return share;
  }

  private takeOwn(name: string, perS: number, burstS: number): boolean {
    const bucket = this.filled(name, perS, burstS);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  private filled(name: string, perS: number, burstS: number): Bucket {
    const now = this.now();
    const most = Math.max(1, perS * burstS);
    let bucket = this.buckets.get(name);
    if (!bucket) {
      bucket = { tokens: most, at: now };
      this.buckets.set(name, bucket);
    }
    bucket.tokens = Math.min(most, bucket.tokens + ((now - bucket.at) / 1_000) * perS);
    bucket.at = now;
    return bucket;
  }
}

const sizeOf = (perS: number) => Math.max(1, Math.floor(perS * SHARE_S));
