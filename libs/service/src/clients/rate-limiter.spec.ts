import { describe, expect, it } from 'vitest';
import { callerWith } from '../../testing/caller.js';
import { RateLimiter } from './rate-limiter.js';

const client = (clientId: string, rateLimitPerS?: number) => callerWith(clientId, [], { rateLimitPerS });

describe('RateLimiter without Redis', () => {
  it('lets ten seconds of the rate through at once, then the rate', async () => {
    let now = 0;
    const limiter = new RateLimiter(undefined, () => now);
    const one = client('one', 2);
    expect(Array.from({ length: 25 }, () => limiter.take(one)).filter(Boolean)).toHaveLength(20);
    expect(await limiter.admit(one)).toBe(1);
    now += 3_000;
    expect(Array.from({ length: 25 }, () => limiter.take(one)).filter(Boolean)).toHaveLength(6);
  });

  it('keeps clients apart, and does not limit one without a limit', async () => {
    const limiter = new RateLimiter(undefined, () => 0);
    const [one, two, free] = [client('one', 1), client('two', 1), client('free')];
    for (let i = 0; i < 20; i += 1) limiter.take(one);
    expect(limiter.take(one)).toBe(false);
    expect(limiter.take(two)).toBe(true);
    expect(Array.from({ length: 1_000 }, () => limiter.take(free))).not.toContain(false);
    expect(await limiter.admit(free)).toBe(0);
  });
});
