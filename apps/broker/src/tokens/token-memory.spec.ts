import { afterEach, describe, expect, it, vi } from 'vitest';
import { FORMER_TOKEN_MS, type LiveToken } from './token.domain.js';
import { TokenMemory } from './token-memory.js';

const live = (token: string, generation: number, remainingMs = 7_200_000): LiveToken => ({
  token,
  generation,
  remainingMs,
  lifetimeMs: 7_200_000,
  stale: false,
});

function memory(entries = 100) {
  const clock = { now: 1_000 };
  return { clock, memory: new TokenMemory(entries, () => clock.now) };
}

afterEach(() => vi.useRealTimers());

describe('TokenMemory', () => {
  it('gives a token out until shortly before its end', () => {
    const { clock, memory: tokens } = memory();
    tokens.put('k', live('t', 1));
    clock.now += 7_194_000;
    expect(tokens.get('k')?.token).toBe('t');
    clock.now += 1_000;
    expect(tokens.get('k')).toBeUndefined();
  });

  it.each([-365, -1, 1, 365])('does not mind the wall clock stepping by %i days', (days) => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const tokens = new TokenMemory(10, () => performance.now());
    tokens.put('k', live('t', 1));
    vi.setSystemTime(Date.now() + days * 86_400_000);
    const copy = tokens.get('k');
    expect(copy?.token).toBe('t');
    expect((copy?.diesAt ?? 0) - performance.now()).toBeGreaterThan(7_190_000);
  });

  it('a message that overtakes a slow reading keeps the older generation out', () => {
    const { memory: tokens } = memory();
    tokens.invalidate('k', 7);
    tokens.put('k', live('old', 6));
    expect(tokens.get('k')).toBeUndefined();
    tokens.put('k', live('new', 7));
    expect(tokens.get('k')?.token).toBe('new');
    tokens.put('k', live('late', 6));
    expect(tokens.get('k')?.token).toBe('new');
  });

  it('a repeated or late message does not end a newer copy', () => {
    const { memory: tokens } = memory();
    tokens.put('k', live('new', 8));
    tokens.invalidate('k', 7);
    tokens.invalidate('k', 8);
    expect(tokens.get('k')?.token).toBe('new');
  });

  it('after a restored backup, whose generations begin lower, it takes them again within a minute', () => {
    const { clock, memory: tokens } = memory();
    tokens.invalidate('k', 900);
    clock.now += 61_000;
    tokens.put('k', live('restored', 5));
    expect(tokens.get('k')?.token).toBe('restored');
  });

  it('a copy in doubt dies with the former token, and never lives longer for it', () => {
    const { clock, memory: tokens } = memory();
    tokens.put('long', live('t', 1));
    tokens.put('short', live('t', 1, 60_000));
    tokens.capAtFormerLife('long');
    tokens.capAtFormerLife('short');
    clock.now += 54_000;
    expect(tokens.get('short')).toBeDefined();
    clock.now += 2_000;
    expect(tokens.get('short')).toBeUndefined();
    clock.now += FORMER_TOKEN_MS - 56_000;
    expect(tokens.get('long')).toBeUndefined();
  });

  it('is due in the last part of life', () => {
    const { clock, memory: tokens } = memory();
    tokens.put('k', live('t', 1));
    const due = tokens.get('k')!.dueAt - clock.now;
    expect(due).toBeGreaterThanOrEqual(7_200_000 - 900_000);
    expect(due).toBeLessThanOrEqual(7_200_000 - 600_000);
  });

  it('forgets the least used beyond its size', () => {
    const { memory: tokens } = memory(3);
    for (const key of ['a', 'b', 'c']) tokens.put(key, live(key, 1));
    tokens.get('a');
    tokens.put('d', live('d', 1));
    expect(tokens.size).toBe(3);
    expect(tokens.get('a')).toBeDefined();
    expect(tokens.get('b')).toBeUndefined();
  });
});
