import { afterEach, describe, expect, it, vi } from 'vitest';
import type { TokenView } from './broker-api.js';
import { TokenCache } from './token-cache.js';

const answer = (access_token: string): TokenView => ({ access_token, expires_in: 7_200, cache_seconds: 240 });
const never = (): Promise<TokenView> => Promise.reject(new Error('nobody should be asked'));
/** A question that is answered when the test says so. */
const held = () => Promise.withResolvers<TokenView>();

afterEach(() => {
  vi.useRealTimers();
});

describe('TokenCache', () => {
  it('keeps a token no longer because the clock of the host was set back', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'] });
    const cache = new TokenCache({});
    expect(await cache.read('a', async () => answer('first'))).toBe('first');
    vi.advanceTimersByTime(239_000);
    expect(await cache.read('a', never)).toBe('first');
    vi.setSystemTime(Date.now() - 3_600_000);
    vi.advanceTimersByTime(2_000);
    expect(await cache.read('a', async () => answer('second'))).toBe('second');
  });

  it('does not remember the refused token because an older question is answered after the report', async () => {
    const cache = new TokenCache({});
    const slow = held();
    const early = cache.read('a', () => slow.promise);
    expect(await cache.replace('a', 'refused', async () => answer('new'))).toBe('new');
    slow.resolve(answer('refused'));
    await early;
    expect(await cache.read('a', never)).toBe('new');
  });

  it('lets whoever comes after a report wait for it, and not for the question before it', async () => {
    const cache = new TokenCache({});
    const [slow, report] = [held(), held()];
    const early = cache.read('a', () => slow.promise);
    const reporting = cache.replace('a', 'refused', () => report.promise);
    const late = cache.read('a', never);
    const again = cache.replace('a', 'refused', never);
    slow.resolve(answer('refused'));
    expect(await early).toBe('refused');
    report.resolve(answer('new'));
    expect(await Promise.all([reporting, late, again])).toEqual(['new', 'new', 'new']);
  });

  it('asks for itself when the report of somebody else fails', async () => {
    const cache = new TokenCache({});
    const report = held();
    const reporting = cache.replace('a', 'fine', () => report.promise);
    const reading = Promise.all([1, 2, 3].map(() => cache.read('a', async () => answer('fine'))));
    report.reject(new Error('no'));
    await expect(reporting).rejects.toThrow('no');
    expect(await reading).toEqual(['fine', 'fine', 'fine']);
  });

  it('forgets what it has when a renewal is asked for', async () => {
    const cache = new TokenCache({});
    await cache.read('a', async () => answer('first'));
    expect(await cache.renew('a', async () => answer('second'))).toBe('second');
    expect(await cache.read('a', never)).toBe('second');
  });
});
