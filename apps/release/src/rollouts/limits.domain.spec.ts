import { expect, it } from 'vitest';
import { isWider } from './limits.domain.js';
import { DEFAULT_OPTIONS } from './rollout.domain.js';

it.each([
  [{ concurrency: 19, per_minute: 1, quota_reserve: 11, max_failures: 1, max_failure_share: 0.1 }, false],
  [{}, false],
  [{ concurrency: 21 }, true],
  [{ per_minute: 121, concurrency: 1 }, true],
  [{ quota_reserve: 9 }, true],
  [{ max_failures: 21 }, true],
  [{ max_failure_share: 0.3 }, true],
])('%j is wider than the default: %s', (after, wider) => {
  expect(isWider(DEFAULT_OPTIONS, after)).toBe(wider);
});
