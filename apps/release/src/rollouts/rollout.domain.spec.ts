import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  csvField,
  DEFAULT_OPTIONS,
  decide,
  explained,
  goalStates,
  needsAttention,
  oneMoreRefusal,
  type Refusals,
  type RolloutCounts,
  refusalPauseS,
} from './rollout.domain.js';

const NONE: RolloutCounts = {
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
const full = (all: Partial<RolloutCounts>, sinceLaunchS?: number) =>
  ({ stage: 'full', all: { ...NONE, ...all }, canary: NONE, sinceLaunchS }) as const;
const canary = (counts: Partial<RolloutCounts>, pending = 100) =>
  ({ stage: 'canary', all: { ...NONE, ...counts, pending }, canary: { ...NONE, ...counts }, sinceLaunchS: 60 }) as const;

describe('decide', () => {
  it('begins as many as concurrency and rate allow', () => {
    expect(decide(full({ pending: 100 }), DEFAULT_OPTIONS)).toEqual({ do: 'launch', from: 'all', count: 20 });
    expect(decide(full({ pending: 100, running: 15, active: 15 }, 60), DEFAULT_OPTIONS)).toEqual({
      do: 'launch',
      from: 'all',
      count: 5,
    });
    expect(decide(full({ pending: 100 }, 1), { ...DEFAULT_OPTIONS, per_minute: 180 })).toEqual({
      do: 'launch',
      from: 'all',
      count: 3,
    });
    expect(decide(full({ pending: 100 }, 0.1), DEFAULT_OPTIONS)).toEqual({ do: 'wait' });
  });
  it('completes when nobody is left, and waits for those in audit', () => {
    expect(decide(full({ succeeded: 3, failed: 1 }), DEFAULT_OPTIONS)).toEqual({ do: 'complete' });
    expect(decide(full({ running: 1 }), DEFAULT_OPTIONS)).toEqual({ do: 'wait' });
  });
  it('is not held up by a canary that waits for a quota of its own: the others speak for it, or the next one takes its place', () => {
    const waits = { running: 1, waiting: 1 };
    expect(decide(canary({ ...waits, succeeded: 1 }), DEFAULT_OPTIONS)).toEqual({ do: 'widen' });
    expect(decide(canary({ ...waits, failed: 1 }), DEFAULT_OPTIONS)).toMatchObject({ do: 'pause' });
    const alone = {
      stage: 'canary',
      all: { ...NONE, ...waits, pending: 9 },
      canary: { ...NONE, ...waits },
      sinceLaunchS: 60,
    } as const;
    expect(decide(alone, DEFAULT_OPTIONS)).toEqual({ do: 'replace-canary', count: 1 });
    expect(decide({ ...alone, all: { ...NONE, ...waits } }, DEFAULT_OPTIONS)).toEqual({ do: 'wait' });
  });
  it('says how long the reason of a waiting rollout explains it; beyond that, and while it is paused, it needs a person', () => {
    const since = '2026-11-30T18:00:00.000Z';
    const now = new Date(since);
    expect(explained({ code: 'quota', since }).explained_until).toBe('2027-01-01T16:00:00.000Z');
    expect(explained({ code: 'quota', since }, false).explained_until).toBe('2026-11-30T19:00:00.000Z');
    const waiting = (reason: { code: string; since: string }) => ({ state: 'waiting', reason: explained(reason) });
    expect(needsAttention(waiting({ code: 'quota', since }), NONE, now)).toBe(false);
    expect(needsAttention(waiting({ code: 'platform', since }), NONE, now)).toBe(true);
    expect(needsAttention({ state: 'paused', reason: null }, NONE, now)).toBe(true);
    expect(needsAttention({ state: 'running', reason: null }, { overdue: 1 }, now)).toBe(true);
    expect(needsAttention({ state: 'running', reason: null }, NONE, now)).toBe(false);
  });
  it('widens after a good canary only', () => {
    expect(decide(canary({ succeeded: 2 }), DEFAULT_OPTIONS)).toEqual({ do: 'widen' });
    expect(decide(canary({ succeeded: 1, running: 1 }), DEFAULT_OPTIONS)).toEqual({ do: 'wait' });
    expect(decide(canary({ succeeded: 1, failed: 1 }), DEFAULT_OPTIONS)).toMatchObject({
      do: 'pause',
      reason: { code: 'canary-failed' },
    });
    expect(decide(canary({ succeeded: 1, failed: 1 }), { ...DEFAULT_OPTIONS, canary_success_share: 0.5 })).toEqual({
      do: 'widen',
    });
  });
  it('does not take a canary that was skipped for one that failed: the next one takes its place', () => {
    const options = { ...DEFAULT_OPTIONS, canary_size: 2 };
    expect(decide(canary({ skipped: 1, succeeded: 1 }), options)).toEqual({ do: 'widen' });
    expect(decide(canary({ skipped: 1, failed: 1 }), options)).toMatchObject({ do: 'pause', reason: { code: 'canary-failed' } });
    expect(decide(canary({ skipped: 2 }), options)).toEqual({ do: 'replace-canary', count: 2 });
    // Never more than a canary at once, however many were skipped before.
    expect(decide(canary({ skipped: 40 }), options)).toEqual({ do: 'replace-canary', count: 2 });
    expect(decide(canary({ skipped: 40 }, 1), options)).toEqual({ do: 'replace-canary', count: 1 });
    expect(decide(canary({ skipped: 40 }, 0), options)).toEqual({ do: 'complete' });
  });
  it('stops itself on too many failures, by number and by share', () => {
    expect(decide(full({ pending: 5, failed: 20, succeeded: 900 }), DEFAULT_OPTIONS)).toMatchObject({
      reason: { code: 'too-many-failures' },
    });
    expect(decide(full({ pending: 5, failed: 3, succeeded: 7 }), DEFAULT_OPTIONS)).toMatchObject({
      reason: { code: 'too-many-failures' },
    });
    expect(decide(full({ pending: 5, failed: 2, succeeded: 8 }, 60), DEFAULT_OPTIONS)).toMatchObject({ do: 'launch' });
  });
  it('takes the share over what was tried: known problems of the preview and reviews under way do not pause it in the first minute', () => {
    const first = { pending: 480, failed: 5, succeeded: 5 };
    expect(decide(full({ ...first, untried: 5, running: 10, active: 10 }, 60), DEFAULT_OPTIONS)).toMatchObject({ do: 'launch' });
    expect(decide(full({ ...first, running: 100, active: 0 }, 60), DEFAULT_OPTIONS)).toMatchObject({ do: 'launch' });
    expect(decide(full({ ...first, running: 5, active: 5 }, 60), DEFAULT_OPTIONS)).toMatchObject({
      reason: { code: 'too-many-failures', detail: expect.stringContaining('5 of 15') },
    });
    expect(decide(full({ pending: 5, failed: 25, untried: 25, succeeded: 1 }, 60), DEFAULT_OPTIONS)).toMatchObject({
      do: 'launch',
    });
    expect(decide(canary({ failed: 1, untried: 1 }), DEFAULT_OPTIONS)).toEqual({ do: 'replace-canary', count: 1 });
  });
  it('counts only what has failed since an operator let it go on', () => {
    const failures = { pending: 5, failed: 22, succeeded: 8 };
    const since = (failed: number) => ({ ...full(failures, 60), forgiven: { failed, succeeded: 8 } });
    expect(decide(since(20), DEFAULT_OPTIONS)).toMatchObject({ do: 'launch' });
    expect(decide(since(2), DEFAULT_OPTIONS)).toMatchObject({ reason: { code: 'too-many-failures' } });
  });
  it('never begins more than is pending, allowed or room for', () => {
    const count = fc.integer({ min: 0, max: 50 });
    fc.assert(
      fc.property(count, count, fc.double({ min: 0, max: 600, noNaN: true }), (pending, active, sinceLaunchS) => {
        const decision = decide(full({ pending, active, running: active }, sinceLaunchS), DEFAULT_OPTIONS);
        if (decision.do !== 'launch') return;
        expect(decision.count).toBeGreaterThan(0);
        expect(decision.count).toBeLessThanOrEqual(Math.min(pending, DEFAULT_OPTIONS.concurrency - active));
        expect(decision.count).toBeLessThanOrEqual(DEFAULT_OPTIONS.per_minute);
      }),
    );
  });
});

describe('waiting after refusals', () => {
  it('grows from refusal to refusal, up to six hours, and begins anew after a while', () => {
    let refusals: Refusals | undefined;
    const pauses = Array.from({ length: 14 }, (_, hour) => {
      refusals = oneMoreRefusal(refusals, new Date(hour * 3_600_000));
      return refusalPauseS(refusals, 15);
    });
    expect(pauses.slice(0, 4)).toEqual([15, 30, 60, 120]);
    expect(pauses.at(-1)).toBe(6 * 3_600);
    expect(oneMoreRefusal(refusals, new Date(30 * 86_400_000)).count).toBe(1);
    expect(refusalPauseS(undefined, 15)).toBe(15);
  });
});

describe('what a target has to reach', () => {
  it.each([
    [{}, 'ready'],
    [{ submit: 'auto' }, 'approved'],
    [{ submit: 'auto', publish: 'auto' }, 'released'],
  ] as const)('%j: %s', (policy, first) => expect(goalStates(policy)[0]).toBe(first));
});

describe('csvField', () => {
  it.each([
    ['a,"b"\n', '"a,""b""\n"'],
    ['=HYPERLINK(1)', "'=HYPERLINK(1)"],
    ['小店', '小店'],
    [null, ''],
  ])('%j', (value, text) => expect(csvField(value)).toBe(text));
});
