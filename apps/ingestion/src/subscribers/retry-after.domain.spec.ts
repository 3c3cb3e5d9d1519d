import { describe, expect, it } from 'vitest';
import { retryAfterS } from './retry-after.domain.js';

describe('Retry-After', () => {
  const now = Date.parse('2026-11-30T12:00:00Z');
  it.each([
    ['120', 120],
    ['Mon, 30 Nov 2026 12:10:00 GMT', 600],
    ['Mon, 30 Nov 2026 11:00:00 GMT', undefined],
    ['0', undefined],
    ['soon', undefined],
    [undefined, undefined],
  ])('%s is %s seconds from now', (header, seconds) => {
    expect(retryAfterS(header, now)).toBe(seconds);
  });
});
