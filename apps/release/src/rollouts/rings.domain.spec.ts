import { describe, expect, it } from 'vitest';
import { afterRing, assignRings, type RingRule, requireNoneEmpty, requireRings } from './rings.domain.js';

const names = (count: number) => Array.from({ length: count }, (_, index) => `wx${index}`);
const none = {
  pending: 0,
  held: 0,
  running: 0,
  active: 0,
  waiting: 0,
  overdue: 0,
  succeeded: 0,
  failed: 0,
  untried: 0,
  skipped: 0,
};
const rules = (...rings: RingRule[]) => rings;

describe('rings', () => {
  it.each([
    [{ canary_size: 1, rings: rules({ name: 'a', size: 1 }) }, 'canary_size'],
    [{ canary_size: 0, rings: rules({ name: 'a', size: 1 }, { name: 'a', size: 1 }) }, 'twice'],
    [{ canary_size: 0, rings: rules({ name: 'rest', size: 1 }) }, 'in no ring'],
    [{ canary_size: 0, rings: rules({ name: 'a' }) }, 'one of tag'],
    [{ canary_size: 0, rings: rules({ name: 'a', size: 1, share: 0.1 }) }, 'one of tag'],
    [{ canary_size: 0, rings: rules({ name: 'a', share: 0.6 }, { name: 'b', share: 0.5 }) }, '110 %'],
  ])('that contradict each other are refused: %j', (options, words) => {
    expect(() => requireRings(options)).toThrow(words);
  });

  it('take those with their tags first, then shares of all in their order', () => {
    const rings = rules({ name: 'tenth', share: 0.1 }, { name: 'pilots', tag: 'pilot' }, { name: 'half', share: 0.5 });
    const tags = new Map([
      ['wx0', ['pilot']],
      ['wx7', ['pilot', 'vip']],
    ]);
    const ringOf = assignRings(rings, names(10), tags);
    expect(names(10).map((appid) => ringOf.get(appid))).toEqual([1, 0, 2, 2, 2, 2, 2, 1, 3, 3]);
  });

  it('that name one mini program twice, or nobody, are refused', () => {
    const rings = rules({ name: 'pilots', tag: 'pilot' }, { name: 'vips', tags_any: ['vip'] });
    expect(() => assignRings(rings, names(2), new Map([['wx1', ['pilot', 'vip']]]))).toThrow(
      'wx1, are in "pilots" and in "vips"',
    );
    expect(() => requireNoneEmpty(rings, new Map([[0, 2]]))).toThrow('"vips" has no mini programs');
  });

  it.each([
    [{ success_share: 0.5 }, { succeeded: 1, failed: 1 }, undefined, 'widen'],
    [{}, { succeeded: 1, failed: 1 }, undefined, 'pause'],
    [{}, { failed: 1, untried: 1 }, undefined, 'pause'],
    [{}, { skipped: 2 }, undefined, 'widen'],
    [{ pause: true }, { succeeded: 2 }, undefined, 'pause'],
    [{ min_wait_s: 60, pause: true }, { succeeded: 2 }, 59, 'wait'],
    [{ min_wait_s: 60 }, { succeeded: 2 }, 60, 'widen'],
    [{}, { waiting: 1, running: 1 }, undefined, 'wait'],
  ])('%j with %j, %j s after: %s', (rule, counts, since, does) => {
    expect(afterRing({ name: 'a', ...rule }, { ...none, ...counts }, since).do).toBe(does);
  });
});
