import { describe, expect, it } from 'vitest';
import { type AfterFailure, afterFailure, afterRefusalHere, concernsRollout, type Standing } from './retry.domain.js';

const NOW = new Date('2026-03-01T04:00:00Z');
const standing = (more: Partial<Standing> = {}): Standing => ({
  state: 'ready',
  unsettled: false,
  inRollout: false,
  attempts: 0,
  ...more,
});
const then = (where: Standing, ...[verdict, errcode]: [Parameters<typeof afterFailure>[1], number?]): AfterFailure =>
  afterFailure(where, verdict, errcode, NOW, 60);

describe('a step of a release that failed', () => {
  it('ends the release when the merchant has ended the authorization', () => {
    expect(then(standing({ unsettled: true }), 'unauthorized', 61003)).toEqual({ do: 'stop' });
  });

  it('is tried again after growing pauses when waiting may help', () => {
    const pauses = [0, 1, 2, 20].map((attempts) => then(standing({ attempts }), 'later'));
    expect(pauses).toEqual([
      { do: 'retry', attempts: 1, afterS: 10 },
      { do: 'retry', attempts: 2, afterS: 20 },
      { do: 'retry', attempts: 3, afterS: 40 },
      { do: 'retry', attempts: 21, afterS: 900 },
    ]);
  });

  it('waits for a person when it was refused, and when it was repeated as often as makes sense', () => {
    expect(then(standing(), 'refused')).toEqual({ do: 'retry', attempts: 1, afterS: null });
    expect(then(standing({ attempts: 47 }), 'wait', 85009)).toMatchObject({ attempts: 48, afterS: 1_800 });
    expect(then(standing({ attempts: 48 }), 'wait', 85009)).toMatchObject({ attempts: 49, afterS: null });
  });

  it('is looked at until its outcome is known, whatever failed meanwhile', () => {
    for (const verdict of ['unclear', 'later', 'refused', 'quota', 'own-quota'] as const)
      expect(then(standing({ unsettled: true, inRollout: true }), verdict)).toEqual({ do: 'look', attempts: 1, afterS: 10 });
  });

  it('holds the release with its rollout when the quota of the platform is used up; alone it tries again later', () => {
    expect(then(standing({ inRollout: true }), 'quota', 85085)).toEqual({ do: 'hold', againS: 1_800 });
    expect(then(standing(), 'quota', 85085)).toEqual({ do: 'retry', attempts: 1, afterS: 1_800 });
    expect(concernsRollout(standing({ inRollout: true, state: 'auditing' }), 'quota')).toBe(true);
    expect(concernsRollout(standing(), 'quota')).toBe(false);
  });

  it('waits by itself for a quota of its own mini program, which spends no attempt', () => {
    const decision = then(standing({ attempts: 3, inRollout: true }), 'own-quota', 45009);
    expect(decision).toMatchObject({ do: 'wait', afterS: 60, waiting: { for: 'account', errcode: 45009 } });
    // It goes on waiting for the same: since when stays.
    const before = { for: 'account', errcode: 45009, since: '2026-03-01T02:00:00.000Z', explained_until: 'x' } as const;
    expect(then(standing({ waiting: before }), 'own-quota', 45009)).toEqual({ do: 'wait', waiting: before, afterS: 720 });
  });

  it('is read on when a reading of its review is refused, only more rarely', () => {
    const reading = (attempts: number) => then(standing({ state: 'auditing', attempts }), 'refused', 48001);
    expect(reading(0)).toMatchObject({ do: 'retry', afterS: 10 });
    expect(reading(4)).toMatchObject({ do: 'retry', afterS: 6 * 3_600 });
    expect(then(standing({ state: 'auditing', inRollout: true }), 'quota', 85085)).toMatchObject({ do: 'retry', afterS: 10 });
  });
});

describe('a step that was refused before WeChat was asked', () => {
  const conflict = { older: false, conflict: true };

  it('ends a release of a rollout when something newer is there; a single one waits for a person', () => {
    expect(afterRefusalHere(standing({ inRollout: true }), { ...conflict, older: true })).toEqual({ do: 'stop' });
    expect(afterRefusalHere(standing(), { ...conflict, older: true })).toMatchObject({ do: 'retry', afterS: null });
  });

  it('holds it with its rollout when every mini program would be refused', () => {
    const preflight = { forAll: true, onlyPending: false };
    expect(afterRefusalHere(standing({ inRollout: true }), { ...conflict, preflight })).toEqual({ do: 'hold', againS: 60 });
    expect(afterRefusalHere(standing(), { ...conflict, preflight })).toMatchObject({ do: 'retry', verdict: 'refused' });
  });

  it('is tried again when it was told when, or when something was away', () => {
    expect(afterRefusalHere(standing(), { ...conflict, retryAfterS: 5 })).toEqual({ do: 'look', afterS: 5 });
    expect(afterRefusalHere(standing(), { older: false, conflict: false })).toEqual({ do: 'look', afterS: 30 });
  });

  it('waits for a review that is in the way, but not for ever', () => {
    const preflight = { forAll: false, onlyPending: true };
    const pending = (attempts: number) => afterRefusalHere(standing({ attempts }), { ...conflict, preflight });
    expect(pending(0)).toEqual({ do: 'retry', verdict: 'wait', attempts: 1, afterS: 600 });
    expect(pending(48)).toEqual({ do: 'retry', verdict: 'wait', attempts: 49, afterS: null });
  });
});
