import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  auditPollS,
  canMove,
  cleanReason,
  deriveState,
  designColumns,
  isOwnTicket,
  isOwnTrial,
  isTerminal,
  movesBefore,
  RELEASE_MOVES,
  RELEASE_STATES,
  RELEASE_STEPS,
  type ReleaseState,
  readTicket,
  resendS,
  sameWords,
  scanPollS,
  stepsFrom,
  submittableSince,
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

describe("WeChat's five audit answers", () => {
  it.each([
    [0, 'approved', false],
    [1, 'rejected', false],
    [2, 'auditing', false],
    [3, 'withdrawn', false],
    [4, 'auditing', true],
  ])('%i is %s', (wechat, state, delayed) => {
    expect(readTicket(wechat)).toEqual({ state, delayed });
  });

  it('never becomes "not submitted", whatever WeChat answers', () => {
    fc.assert(
      fc.property(fc.integer(), (wechat) => {
        const reading = readTicket(wechat);
        if (reading) expect(designColumns(reading.state, BLANK).status).not.toBe(4);
      }),
    );
    expect(readTicket(5)).toBeUndefined();
  });
});

describe('finding the ticket of a submission whose answer was lost', () => {
  const trace = { userVersion: '1.2.0', userDesc: 'd', notBefore: new Date(1_700_000_000_000), knownAuditids: new Set(['7']) };
  const ticket = { auditid: 8, user_version: '1.2.0', user_desc: 'd', submit_audit_time: 1_700_000_001 };

  it('knows its own', () => expect(isOwnTicket(trace, ticket)).toBe(true));
  it.each([
    ['one that another release has', { auditid: 7 }],
    ['another version', { user_version: '1.1.0' }],
    ['another description', { user_desc: 'other' }],
    ['one submitted long before', { submit_audit_time: 1_699_990_000 }],
  ])('does not take %s for its own', (_, difference) => expect(isOwnTicket(trace, { ...ticket, ...difference })).toBe(false));
  it('knows the one of an earlier attempt, which WeChat shows only after the next one was begun', () => {
    const committedAt = new Date(1_700_000_000_000);
    const notBefore = submittableSince({ committedAt, intentAt: new Date(committedAt.getTime() + 86_400_000) });
    expect(isOwnTicket({ ...trace, notBefore }, ticket)).toBe(true);
  });
  it('needs an id', () => expect(isOwnTicket(trace, { user_version: '1.2.0' })).toBe(false));
});

describe('pace', () => {
  it('is never faster than a minute nor slower than the longest, and delayed tickets are read more rarely', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e7, noNaN: true }), (pendingS) => {
        const pace = auditPollS(pendingS, false, 1_800);
        expect(pace).toBeGreaterThanOrEqual(60);
        expect(pace).toBeLessThanOrEqual(1_800);
        expect(auditPollS(pendingS, true, 1_800)).toBeGreaterThanOrEqual(pace);
      }),
    );
    expect([0, 1, 2, 3, 9].map((attempts) => scanPollS(attempts, 3))).toEqual([3, 6, 12, 24, 60]);
  });
});

it('sends what nothing comes of again by itself for about two hours, soon at first', () => {
  const pauses: number[] = [];
  for (let pauseS = resendS(1, 5); pauseS !== undefined; pauseS = resendS(pauses.length + 1, 5)) pauses.push(pauseS);
  expect(pauses.slice(0, 3)).toEqual([5, 10, 20]);
  const hours = pauses.reduce((sum, pauseS) => sum + pauseS, 0) / 3_600;
  expect(hours).toBeGreaterThan(1.5);
  expect(hours).toBeLessThan(2.5);
});

describe('cleanReason', () => {
  it('turns breaks into lines and drops every other tag', () => {
    expect(cleanReason('1:内容不符:<br>(1):请<b>修改</b>&lt;首页&gt; 👩‍💻<BR/>2:<a href="https://x.example">链接</a>')).toBe(
      '1:内容不符:\n(1):请修改<首页> 👩‍💻\n2:链接',
    );
  });
  it('drops control characters, raw or as entities, that a terminal would obey', () => {
    expect(cleanReason('\u00141:see\u001b[2J&#27;[31m the picture\tor\nnot')).toBe('1:see[2J[31m the picture\tor\nnot');
  });
  it('drops scripts with their content', () => {
    expect(cleanReason('a<script>alert(1)</script >b<style>x{}</style>')).toBe('ab');
  });
  it('keeps a lone "<" and absent reasons', () => {
    expect(cleanReason('price < 5 & more')).toBe('price < 5 & more');
    expect(cleanReason(null)).toBeNull();
    expect(cleanReason('&#128512; &#xd800; &amp;lt;')).toBe('😀 &#xd800; &lt;');
  });
});

describe('what WeChat gives back', () => {
  it('is the same words when it comes back trimmed or escaped', () => {
    expect(sameWords('  Tom & "Jerry" <1>\n', 'Tom &amp; &quot;Jerry&quot; &lt;1&gt;')).toBe(true);
    expect(sameWords('spring', 'spring 2')).toBe(false);
  });
  it('is another upload when its time differs, although version and words are equal', () => {
    const row = { userVersion: '1.0', userDesc: 'first ', trialAt: new Date(1_700_000_000_000) };
    const trial = { exp_version: '1.0', exp_desc: 'first', exp_time: 1_700_000_000 };
    expect(isOwnTrial(row, trial)).toBe(true);
    expect(isOwnTrial(row, { ...trial, exp_time: 1_700_000_060 })).toBe(false);
    expect(isOwnTrial({ ...row, trialAt: null }, { ...trial, exp_time: 1_700_000_060 })).toBe(true);
    expect(isOwnTrial(row, { ...trial, exp_desc: 'second' })).toBe(false);
  });
});
