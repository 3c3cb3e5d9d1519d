import { describe, expect, it } from 'vitest';
import { NearestOffset } from './nearest-offset.js';

const MINUTE = 60_000;

describe('how far our clock is from WeChat’s', () => {
  it('is told by the push that is nearest: recordings beside it do not count', () => {
    const offset = new NearestOffset(0);
    for (const ms of [-3_600_000, 200, -7_200_000]) offset.observe(ms, MINUTE);
    expect(offset.read(2 * MINUTE)).toBe(200);
  });

  it('is not known before the first push, and not long after the last', () => {
    const offset = new NearestOffset(0);
    expect(offset.read(MINUTE)).toBeUndefined();
    offset.observe(-500, 2 * MINUTE);
    expect(offset.read(16 * MINUTE)).toBe(-500);
    expect(offset.read(31 * MINUTE)).toBeUndefined();
  });

  it('a clock that was set wrong is seen when the pushes from before are forgotten', () => {
    const offset = new NearestOffset(0);
    offset.observe(100, MINUTE);
    offset.observe(86_400_000, 16 * MINUTE);
    expect(offset.read(17 * MINUTE)).toBe(100);
    offset.observe(86_400_000, 31 * MINUTE);
    expect(offset.read(31 * MINUTE)).toBe(86_400_000);
  });
});
