import { expect, it } from 'vitest';
import { doubtfulName, isOld, OLD_AFTER_MS, usesProfile } from './profile-age.domain.js';

const now = Date.parse('2026-11-30T00:00:00Z');
const before = (days: number) => new Date(now - days * 86_400_000);

it('a name is old after a day, and doubtful after the week in which the nightly sync comes round; what was never read is neither', () => {
  expect([before(0.9), before(1.1), null].map((at) => isOld(at, now, OLD_AFTER_MS))).toEqual([false, true, false]);
  expect(doubtfulName(before(7), now)).toBeUndefined();
  expect(doubtfulName(null, now)).toBeUndefined();
  expect(doubtfulName(before(9), now)?.message).toContain('2026-11-21');
});

it('a document uses it by nickname or principal_name', () => {
  expect(usesProfile({ ext: { title: 'x {{ nickname }}' } }, {})).toBe(true);
  expect(usesProfile({}, { version_desc: '{{principal_name}}' })).toBe(true);
  expect(usesProfile({ ext: { a: '{{nicknames}}' } }, { b: 'nickname' })).toBe(false);
});
