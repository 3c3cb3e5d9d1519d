import type { Client } from './client-store.js';

/** The average is taken over this long: a client may send so many seconds' worth at once. */
const BURST_S = 10;

interface Bucket {
  tokens: number;
  at: number;
}

/** Requests per second and client, as its options say; a bucket per replica, so that no request waits for another machine. */
export class RateLimiter {
  private readonly buckets = new Map<string, Bucket>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** @returns whether the request may go on; if not, it was not counted. */
  take(client: Client): boolean {
    return client.rateLimitPerS === undefined || this.takeOf(client.clientId, client.rateLimitPerS);
  }

  /** Seconds until the next request is allowed. */
  retryAfterS(client: Client): number {
    return this.retryAfterOf(client.clientId, client.rateLimitPerS ?? 1);
  }

  /** The same for anyone, by a name of the caller's choice. */
  takeOf(name: string, perS: number, burstS = BURST_S): boolean {
    const bucket = this.filled(name, perS, burstS);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  retryAfterOf(name: string, perS: number, burstS = BURST_S): number {
    return Math.max(1, Math.ceil((1 - this.filled(name, perS, burstS).tokens) / perS));
  }

  private filled(name: string, perS: number, burstS: number): Bucket {
    const now = this.now();
    const most = Math.max(1, perS * burstS);
    let bucket = this.buckets.get(name);
    if (!bucket) {
      // Callers without end (addresses) must not fill the memory; who is forgotten starts with a full bucket.
      if (this.buckets.size >= 50_000) this.buckets.clear();
      bucket = { tokens: most, at: now };
      this.buckets.set(name, bucket);
    }
    bucket.tokens = Math.min(most, bucket.tokens + ((now - bucket.at) / 1_000) * perS);
    bucket.at = now;
    return bucket;
  }
}
