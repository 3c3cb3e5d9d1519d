import { describe, expect, it } from 'vitest';
import { pairsOptions } from '../../../bench/pairs/options.js';
import { MEASURES, ratios, type Sample, spreadOf, together, told, turns, undecided } from '../../../bench/pairs/statistics.js';
import { LAST_RELEASE } from '../../support/last-release.js';

const sample = (more: Partial<Sample>): Sample => ({ requests: 100, failures: 0, seconds: 1, cpuSeconds: 1, ...more });

describe('the statistics of pairs', () => {
  it('gives the middle of the values and the quartiles, whatever their order', () => {
    expect(spreadOf([5, 1, 4, 2, 3])).toEqual({ lower: 2, median: 3, upper: 4 });
    expect(spreadOf([7])).toEqual({ lower: 7, median: 7, upper: 7 });
  });

  it('takes what lies between the two values in the middle of an even number', () => {
    expect(spreadOf([4, 1, 3, 2])).toEqual({ lower: 1.75, median: 2.5, upper: 3.25 });
  });

  it('has nothing to say of no values', () => {
    expect(() => spreadOf([])).toThrow(RangeError);
  });

  it('measures each twice, the second time backwards', () => {
    expect(turns(['former', 'present', 'bare'])).toEqual(['former', 'present', 'bare', 'bare', 'present', 'former']);
  });

  it('adds up the two halves of a round', () => {
    const halves = [
      sample({ requests: 100, seconds: 1, cpuSeconds: 2, databaseCpuSeconds: 3 }),
      sample({ requests: 300, failures: 1, seconds: 2, cpuSeconds: 4, databaseCpuSeconds: 5 }),
    ];
    expect(together(halves)).toEqual({ requests: 400, failures: 1, seconds: 3, cpuSeconds: 6, databaseCpuSeconds: 8 });
    expect(together([halves[0]!, sample({})])).not.toHaveProperty('databaseCpuSeconds');
  });

  it('compares a round with the same round of the other one', () => {
    const ours = [sample({ cpuSeconds: 3 }), sample({ cpuSeconds: 8, seconds: 2 })];
    const theirs = [sample({ cpuSeconds: 2 }), sample({ cpuSeconds: 4, requests: 50 })];
    expect(ratios(ours, theirs, MEASURES.cpu)).toEqual([1.5, 1]);
    expect(ratios(ours, theirs, MEASURES.rate)).toEqual([1, 1]);
  });

  it('gives no ratio of what one of the two lacks', () => {
    expect(ratios([sample({ databaseCpuSeconds: 1 })], [sample({})], MEASURES.database)).toEqual([]);
    expect(ratios([sample({})], [], MEASURES.cpu)).toEqual([]);
  });

  it.each([
    { lower: 1.04, median: 1.05, upper: 1.06, warns: false },
    { lower: 0.94, median: 0.95, upper: 0.96, warns: false },
    { lower: 1.0, median: 1.05, upper: 1.1, warns: true },
    { lower: 0.99, median: 1.0, upper: 1.01, warns: true },
  ])('warns of $lower – $median – $upper: $warns', ({ warns, ...spread }) => {
    expect(undecided(spread)).toBe(warns);
    expect(told(spread).includes('WARNING')).toBe(warns);
  });

  it('says in the warning how large the spread and the difference are', () => {
    expect(told({ lower: 0.98, median: 1.01, upper: 1.03 })).toBe(
      '1.010 (0.980 – 1.030)  WARNING: undecided, the spread of 5.0 % is larger than the difference of 1.0 %',
    );
  });
});

describe('the options of pairs', () => {
  it('are the last release and both parts unless others are named', () => {
    expect(pairsOptions([])).toEqual({ against: LAST_RELEASE.commit, rounds: 10, seconds: 3, parts: ['warm', 'push'] });
  });

  it('are taken as given', () => {
    expect(pairsOptions(['--against', 'main~3', '--rounds', '20', '--seconds=1', '--parts', 'push'])).toEqual({
      against: 'main~3',
      rounds: 20,
      seconds: 1,
      parts: ['push'],
    });
  });

  it.each([
    ['--against=', /^--against takes a commit, not ""$/],
    ['--against=--all', /^--against takes a commit, not "--all"$/],
    ['--rounds=0', /^--rounds takes a whole number from 3 to 200, not "0"$/],
    ['--rounds=2.5', /^--rounds .*, not "2\.5"$/],
    ['--seconds=', /^--seconds takes a whole number from 1 to 60, not ""$/],
    ['--parts=warm,cold', /^--parts takes warm and push, joined by a comma, not "cold"$/],
    ['--pairs', /--pairs/],
  ])('are refused by name: %s', (option, message) => {
    expect(() => pairsOptions([option])).toThrow(message);
  });
});
