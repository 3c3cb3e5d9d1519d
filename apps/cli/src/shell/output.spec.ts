import { afterEach, describe, expect, it, vi } from 'vitest';
import { counted, localTime } from './output.js';

afterEach(() => vi.unstubAllEnvs());

describe('times for people are local, with their offset', () => {
  it.each([
    ['Asia/Shanghai', '2026-11-30 21:04:02 +08:00'],
    ['UTC', '2026-11-30 13:04:02 +00:00'],
    ['America/St_Johns', '2026-11-30 09:34:02 -03:30'],
  ])('in %s', (zone, shown) => {
    vi.stubEnv('TZ', zone);
    expect(localTime('2026-11-30T13:04:02.324Z')).toBe(shown);
  });

  it('what is no time stays as it is', () => {
    expect([localTime(null), localTime(undefined), localTime('never')]).toEqual(['', '', 'never']);
  });
});

describe('a sentence with a number in it', () => {
  it.each([
    [0, '0 jobs wait'],
    [1, '1 job waits'],
    [2, '2 jobs wait'],
  ])('%s', (n, said) => expect(counted(n, 'job waits', 'jobs wait')).toBe(said));
});
