import { describe, expect, it } from 'vitest';
import { FILING, missingOf, movesBetween, readAgainInS, SMS, type Standing, stateOf } from './filing.domain.js';
import { waitingFor } from './waiting.domain.js';

const at = (status: number | null, smsStatus: number | null = null, isCanceling = false): Standing => ({
  status,
  isCanceling,
  smsStatus,
});
const waits = (now: Standing) => waitingFor({ ...now, smsSince: new Date(0), statusAt: new Date(0) });

describe('the state of a filing', () => {
  it.each([
    [null, 'unread', []],
    [2, 'platform_review', []],
    [3, 'platform_rejected', []],
    [4, 'authority_review', []],
    [5, 'authority_rejected', []],
    [6, 'filed', []],
    [1024, 'not_filed', []],
    [1025, 'not_filed', ['basic_info']],
    [1030, 'not_filed', ['category', 'certification']],
    [1031, 'not_filed', ['basic_info', 'category', 'certification']],
    [7, 'unknown', []],
    [1032, 'unknown', []],
  ] as const)('that WeChat tells as %s is %s, without %j', (status, state, missing) => {
    expect([stateOf(status, false), missingOf(status)]).toEqual([state, missing]);
  });

  it('is that of its cancellation while that runs', () => {
    expect(stateOf(FILING.filed, true)).toBe('cancelling');
  });
});

describe('what happened between two readings', () => {
  it.each([
    [at(2), at(3), ['platform_rejected']],
    [at(2), at(4, SMS.waiting), ['authority_review', 'sms_waiting']],
    [at(4, SMS.waiting), at(4, SMS.done), ['sms_done']],
    [at(4, SMS.waiting), at(4, SMS.timedOut), ['sms_timed_out']],
    [at(4, SMS.done), at(6), ['filed']],
    [at(2), at(1024), ['withdrawn']],
    [at(6, null, true), at(1024), ['cancelled']],
    [at(1031), at(1024), []],
    [at(4, SMS.waiting), at(4, SMS.waiting), []],
  ] as const)('%j and %j', (before, now, moves) => {
    expect(movesBetween(before, now)).toEqual(moves);
  });
});

describe('who has to act', () => {
  it.each([
    [at(null), undefined, undefined],
    [at(2), 'wechat', false],
    [at(3), 'operator', true],
    [at(4, SMS.waiting), 'responsible_person', true],
    [at(4, SMS.done), 'authority', false],
    [at(4, SMS.timedOut), 'operator', true],
    [at(6), undefined, undefined],
    [at(1031), 'operator', true],
    [at(99), 'operator', true],
  ] as const)('in %j: %s', (now, who, personMustAct) => {
    const found = waits(now);
    expect([found?.who, found?.personMustAct]).toEqual([who, personMustAct]);
    if (found?.personMustAct)
      expect(found.remedy).toEqual({ en: expect.any(String), zh: expect.stringMatching(/\p{Script=Han}/u) });
  });

  it('has a day for the SMS', () => {
    expect(waits(at(4, SMS.waiting))?.until).toEqual(new Date(86_400_000));
  });

  it('is the administrator while a face check is open, unless the review runs', () => {
    const check = { createdAt: new Date(0), expiresAt: new Date(1), url: 'https://mp.weixin.qq.com/' };
    const during = (status: number) => waitingFor({ ...at(status), smsSince: null, statusAt: null, check })?.who;
    expect([during(1024), during(3), during(2)]).toEqual(['administrator', 'administrator', 'wechat']);
  });
});

describe('a state that no event tells of', () => {
  it('is read often while it is new or an SMS waits, and slowly otherwise', () => {
    expect(readAgainInS('platform_review', null, 0)).toBe(300);
    expect(readAgainInS('platform_review', null, 86_400)).toBe(3_600);
    expect(readAgainInS('authority_review', SMS.waiting, 86_400)).toBe(300);
    expect(readAgainInS('filed', null, 0)).toBe(7 * 86_400);
  });
});
