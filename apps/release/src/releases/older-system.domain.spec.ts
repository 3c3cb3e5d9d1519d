import { describe, expect, it } from 'vitest';
import { deriveState, movesBefore } from './older-system.domain.js';
import { designColumns } from './release.domain.js';

const BLANK = { status: null, isRelease: 0, isDelayed: 0 };

describe('the state of an older row', () => {
  it('derives from its columns the state that wrote them', () => {
    for (const state of ['ready', 'auditing', 'approved', 'rejected', 'withdrawn', 'released'] as const)
      expect(deriveState({ ...designColumns(state, BLANK), auditid: null })).toBe(state);
  });

  it('takes an older row with a ticket but no status for pending', () => {
    expect(deriveState({ status: null, isRelease: 0, auditid: '1' })).toBe('auditing');
    expect(deriveState({ status: null, isRelease: 0, auditid: null })).toBe('ready');
  });
});

describe('what an older row tells of its past', () => {
  const at = (minute: number) => new Date(minute * 60_000);
  const old = { status: 1, isRelease: 0, createdAt: null, createTime: at(1), auditresultTime: at(2), releaseTime: null };
  const moves = (row: object, firstKnown?: Date) => movesBefore({ ...old, ...row }, firstKnown).map((move) => move.toState);

  it('is its submission, its result and its release, as far as it has their times', () => {
    expect(moves({})).toEqual(['auditing', 'rejected']);
    expect(moves({ status: 0, isRelease: 1, releaseTime: at(3) })).toEqual(['auditing', 'approved', 'released']);
    expect(moves({ auditresultTime: new Date(Number.NaN) })).toEqual(['auditing']);
    expect(moves({ createTime: null, auditresultTime: null })).toEqual([]);
  });
  it('ends where our own history begins, and is nothing for our own rows', () => {
    expect(moves({}, at(2))).toEqual(['auditing']);
    expect(moves({ createdAt: at(0) })).toEqual([]);
  });
});
