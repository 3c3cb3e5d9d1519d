import { describe, expect, it } from 'vitest';
import { endOf, POWERFUL } from './powerful.js';

const now = new Date('2026-01-01T00:00:00Z');
const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000);

describe('when a key ends', () => {
  it.each(POWERFUL)('with %s: in ninety days unless somebody says sooner, and never later', (scope) => {
    expect(endOf(['proxy', scope], undefined, now)).toEqual(inDays(90));
    expect(endOf([scope], inDays(7), now)).toEqual(inDays(7));
    expect(endOf([scope], inDays(90), now)).toEqual(inDays(90));
    expect(() => endOf([scope], inDays(92), now)).toThrow('lives at most 90 days');
    expect(() => endOf([scope], null, now)).toThrow('lives at most 90 days');
  });

  it('with anything else: when somebody says, or never', () => {
    expect(endOf(['proxy'], undefined, now)).toBeNull();
    expect(endOf(['proxy'], inDays(400), now)).toEqual(inDays(400));
  });
});
