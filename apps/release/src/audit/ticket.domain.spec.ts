import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { designColumns } from '../releases/release.domain.js';
import { isOwnTicket, isOwnTrial, readTicket, sameWords, submittableSince } from './ticket.domain.js';

const BLANK = { status: null, isRelease: 0, isDelayed: 0 };

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

describe('what WeChat gives back', () => {
  it('is the same words when it comes back trimmed or escaped', () => {
    expect(sameWords('  Tom & "Jerry" <1>\n', 'Tom &amp; &quot;Jerry&quot; &lt;1&gt;')).toBe(true);
    expect(sameWords('Tom &amp; &lt;Jerry&gt;', 'Tom &amp;amp; &amp;lt;Jerry&amp;gt;')).toBe(true);
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
