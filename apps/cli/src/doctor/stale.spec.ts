import { describe, expect, it } from 'vitest';
import { judgeStale } from './stored.check.js';

describe('stale pushes', () => {
  it.each([
    [2, 100, []],
    [3, 100, ['warn']],
    [80, 100, ['fail']],
    [3, 4, ['fail']],
  ])('%i of the newest %i', (stale, of, levels) => {
    expect(judgeStale(stale, of).map((finding) => finding.result)).toEqual(levels);
  });
});
