import { describe, expect, it } from 'vitest';
import { paceOf } from './pace.domain.js';

const none = { pending: 0, preparing: 0, in_review: 0, approved: 0, gray: 0 };
const running = { state: 'running', reason: null } as const;

describe('how long a rollout will take', () => {
  it('is as it was in the last hour, and says what decides it', () => {
    const at = (stages: object) => paceOf(running, { ...none, ...stages }, new Map(), { n: 100, withinS: 3_600 });
    expect(at({ pending: 150, in_review: 50 })).toMatchObject({ leftS: 7_200, limitedBy: 'pace' });
    expect(at({ pending: 10, in_review: 90 })).toMatchObject({ leftS: 3_600, limitedBy: 'reviewers' });
  });

  it('cannot be said while it stands still, or nothing has ended yet', () => {
    const stages = { ...none, pending: 5 };
    const ended = { n: 10, withinS: 60 };
    const until = '2026-12-01T16:00:00.000Z';
    const quota = { state: 'waiting', reason: { code: 'quota', explained_until: until } } as const;
    expect(paceOf(quota, stages, new Map(), ended)).toMatchObject({ leftS: null, limitedBy: 'quota', limitedUntil: until });
    expect(paceOf({ state: 'paused', reason: null }, stages, new Map(), ended)).toMatchObject({
      leftS: null,
      limitedBy: 'paused',
    });
    expect(paceOf(running, stages, new Map(), { n: 0, withinS: 60 })).toMatchObject({ leftS: null, limitedBy: 'pace' });
    const approved = paceOf(running, { ...none, approved: 3 }, new Map([['approval', 3]]), ended);
    expect(approved).toMatchObject({ leftS: null, limitedBy: 'approval' });
  });

  it('is nothing when nothing is left', () => {
    expect(paceOf({ state: 'completed', reason: null }, none, new Map(), { n: 3, withinS: 9 })).toEqual({
      ...{ ended: 3, withinS: 9, leftS: 0, limitedBy: null, limitedUntil: null },
    });
  });
});
