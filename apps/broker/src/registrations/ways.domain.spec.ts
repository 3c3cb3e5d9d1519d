import { describe, expect, it } from 'vitest';
import { mayMove, nextLookMs, REGISTRATION_MOVES, REGISTRATION_STATES, subjectHash } from './registration.domain.js';
import { labelOf, problemsOf, REGISTRATION_WAYS, WAYS, whoActs, withoutTrialSuffix } from './ways.domain.js';

describe('the ways of registration', () => {
  it.each(REGISTRATION_WAYS)('%s is told apart by something it requires, and knows who acts', (way) => {
    const { required, subject, source } = WAYS[way];
    expect(required).toContain(subject);
    if (source) expect(required).toContain(source);
    for (const step of [1, 2, 3]) expect(whoActs(way, step).zh).not.toBe('');
  });

  it('name what is missing and what belongs to another', () => {
    expect(problemsOf('enterprise', { name: '公司', code: '9'.repeat(18), component_phone: '1' })).toEqual([]);
    expect(problemsOf('enterprise', { wxuser: 'a' }).map(({ field }) => field)).toEqual([
      'name',
      'code',
      'component_phone',
      'wxuser',
    ]);
  });

  it('compare the name of a trial without its suffix, whichever WeChat has added', () => {
    for (const suffix of ['', '的体验小程序', '的试用小程序']) expect(withoutTrialSuffix(`小麦烤鸡${suffix}`)).toBe('小麦烤鸡');
  });

  it('show little of a person', () => {
    expect(labelOf('personal', { wxuser: 'zhangsan' })).toBe('zh***n');
  });
});

describe('the states of a registration', () => {
  it('lead somewhere from everywhere but the end, and to nothing unknown', () => {
    for (const [from, to] of Object.entries(REGISTRATION_MOVES)) {
      expect(to.length === 0).toBe(from === 'done');
      for (const state of to) expect(REGISTRATION_STATES).toContain(state);
    }
    expect(mayMove('expired', 'created')).toBe(true);
    expect(mayMove('done', 'failed')).toBe(false);
  });

  it('are looked at less often the longer nobody acts', () => {
    expect([0, 600_000, 86_400_000].map(nextLookMs)).toEqual([20_000, 60_000, 600_000]);
  });

  it('are one at a time for the same company of the same component', () => {
    expect(subjectHash('wxc', 'enterprise', '1')).toBe(subjectHash('wxc', 'enterprise', '1'));
    expect(subjectHash('wxc', 'enterprise', '1')).not.toBe(subjectHash('wxd', 'enterprise', '1'));
  });
});
