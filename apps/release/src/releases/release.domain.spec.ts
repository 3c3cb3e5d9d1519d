import { describe, expect, it } from 'vitest';
import {
  canMove,
  designColumns,
  isTerminal,
  RELEASE_MOVES,
  RELEASE_STATES,
  RELEASE_STEPS,
  type ReleaseState,
  stepsFrom,
} from './release.domain.js';

const BLANK = { status: null, isRelease: 0, isDelayed: 0 };

describe('the table of moves', () => {
  it('reaches every state from created', () => {
    const reached = new Set<ReleaseState>(['created']);
    for (let before = -1; before !== reached.size; ) {
      before = reached.size;
      for (const state of reached) for (const next of RELEASE_MOVES[state]) reached.add(next);
    }
    expect([...reached].sort()).toEqual([...RELEASE_STATES].sort());
  });

  it('ends where it says it ends', () => {
    expect(RELEASE_STATES.filter(isTerminal).sort()).toEqual(['failed', 'reverted', 'stopped', 'superseded']);
  });

  it('goes from no review to its result only through a review', () => {
    for (const state of ['created', 'scanning', 'ready'] as const)
      for (const result of ['approved', 'rejected', 'withdrawn', 'released', 'graying'] as const)
        expect(canMove(state, result)).toBe(false);
  });

  it('names for each step only states that can move on', () => {
    for (const states of Object.values(RELEASE_STEPS)) for (const state of states) expect(isTerminal(state)).toBe(false);
    expect(stepsFrom('auditing')).toEqual(['withdraw', 'speed-up']);
    expect(stepsFrom('stopped')).toEqual([]);
  });
});

describe('the columns of the source design', () => {
  it.each([
    ['created', 4, 0],
    ['scanning', 4, 0],
    ['ready', 4, 0],
    ['failed', 4, 0],
    ['auditing', 2, 0],
    ['approved', 0, 0],
    ['graying', 0, 0],
    ['rejected', 1, 0],
    ['withdrawn', 3, 0],
    ['released', 0, 1],
    ['reverted', 0, 1],
  ] as const)('%s is status %i, is_release %i', (state, status, isRelease) => {
    expect(designColumns(state, BLANK)).toMatchObject({ status, isRelease });
  });

  it('keeps the last known answer when a release is superseded or stopped', () => {
    expect(designColumns('superseded', { status: 0, isRelease: 1, isDelayed: 0 })).toEqual({
      status: 0,
      isRelease: 1,
      isDelayed: 0,
    });
    expect(designColumns('stopped', { status: 2, isRelease: 0, isDelayed: 1 })).toEqual({
      status: 2,
      isRelease: 0,
      isDelayed: 0,
    });
  });
});
