import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auditPollS, resendS, scanPollS } from './pauses.domain.js';

describe('pace', () => {
  it('is never faster than a minute nor slower than the longest, and delayed tickets are read more rarely', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e7, noNaN: true }), (pendingS) => {
        const pace = auditPollS(pendingS, false, 1_800);
        expect(pace).toBeGreaterThanOrEqual(60);
        expect(pace).toBeLessThanOrEqual(1_800);
        expect(auditPollS(pendingS, true, 1_800)).toBeGreaterThanOrEqual(pace);
      }),
    );
    expect([0, 1, 2, 3, 9].map((attempts) => scanPollS(attempts, 3))).toEqual([3, 6, 12, 24, 60]);
  });
});

it('sends what nothing comes of again by itself for about two hours, soon at first', () => {
  const pauses: number[] = [];
  for (let pauseS = resendS(1, 5); pauseS !== undefined; pauseS = resendS(pauses.length + 1, 5)) pauses.push(pauseS);
  expect(pauses.slice(0, 3)).toEqual([5, 10, 20]);
  const hours = pauses.reduce((sum, pauseS) => sum + pauseS, 0) / 3_600;
  expect(hours).toBeGreaterThan(1.5);
  expect(hours).toBeLessThan(2.5);
});
