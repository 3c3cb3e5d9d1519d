import { describe, expect, it } from 'vitest';
import { compareClocks } from './clock.domain.js';

const NOW = 1_790_000_000_000;

describe('compareClocks', () => {
  it.each([
    [0, 'ok', 'within 1 s'],
    [3_000, 'ok', '3.0 s ahead of'],
    [-8_000, 'warn', '8.0 s behind'],
    [70_000, 'fail', '70.0 s ahead of'],
  ])('%i ms is %s', (offset, result, words) => {
    const finding = compareClocks('the database’s clock', NOW + offset, NOW - 10, NOW + 10, 1);
    expect(finding.result).toBe(result);
    expect(finding.detail).toContain(words);
  });

  it('does not blame a slow answer or a coarse date', () => {
    expect(compareClocks('WeChat', NOW - 6_000, NOW - 6_000, NOW + 6_000, 1_000).result).toBe('ok');
    expect(compareClocks('WeChat', NOW - 999, NOW, NOW + 1, 1_000).detail).toContain('within');
  });
});
