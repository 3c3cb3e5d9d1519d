import { describe, expect, it } from 'vitest';
import {
  authorizerToken,
  cacheSeconds,
  componentToken,
  coolDownMs,
  FORMER_TOKEN_MS,
  refreshWindowMs,
  tokenKey,
} from './token.domain.js';

const FORMER_LIFE_S = 300;

describe('cacheSeconds', () => {
  it('is never so long that a token replaced meanwhile is used after its death', () => {
    for (let remainingS = 0; remainingS <= 7_200; remainingS += 7) {
      const keep = cacheSeconds(remainingS * 1_000);
      expect(keep).toBeGreaterThanOrEqual(0);
      // Replaced the moment after it was given out, the former one lives this long; some seconds are left to use it.
      expect(keep).toBeLessThanOrEqual(FORMER_LIFE_S - 30);
      expect(keep === 0 || keep <= remainingS - 10).toBe(true);
    }
  });
});

describe('refreshWindowMs', () => {
  it('is the last 10 to 15 minutes of two hours, and in proportion for shorter lives', () => {
    expect(refreshWindowMs(7_200_000, 0)).toBe(600_000);
    expect(refreshWindowMs(7_200_000, 1)).toBe(900_000);
    expect(refreshWindowMs(120_000, 0)).toBe(10_000);
  });

  it('of a full life is longer than a doubted token lives, so that a doubted one is always due', () => {
    expect(refreshWindowMs(7_200_000, 0)).toBeGreaterThan(FORMER_TOKEN_MS);
  });
});

describe('coolDownMs', () => {
  it('doubles up to its cap', () => {
    expect([1, 2, 3, 4].map((failures) => coolDownMs(failures, 60_000))).toEqual([1_000, 2_000, 4_000, 8_000]);
    expect(coolDownMs(50, 60_000)).toBe(60_000);
    expect(coolDownMs(100_000, 5_000)).toBe(5_000);
  });
});

describe('tokenKey', () => {
  it('keeps components, authorizers and kinds apart', () => {
    const subjects = [
      componentToken('wxc1'),
      componentToken('wxc2'),
      authorizerToken('wxc1', 'wxa'),
      authorizerToken('wxc2', 'wxa'),
      authorizerToken('wxc1', 'wxa', 'jsapi'),
      authorizerToken('wxc1', 'wxa', 'wx_card'),
    ];
    expect(new Set(subjects.map(tokenKey)).size).toBe(subjects.length);
  });
});
