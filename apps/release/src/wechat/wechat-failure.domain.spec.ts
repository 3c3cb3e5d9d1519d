import { describe, expect, it } from 'vitest';
import { WechatApiError } from '#wechat';
import { mostRepeats, verdictOf } from './wechat-failure.domain.js';

const refusal = (errcode: number) =>
  new WechatApiError({ kind: 'errcode', api: 'getLatestAuditStatus', errcode, errmsg: 'no', maybeExecuted: false });

describe('what a failed call means for its step', () => {
  it('a token that WeChat refuses, even a renewed one, is no end of the authorization: only the broker knows of that', () => {
    for (const errcode of [40001, 40014, 42001, 42006]) expect(verdictOf(refusal(errcode)), String(errcode)).toBe('later');
  });

  it('WeChat says itself when an authorization has ended', () => {
    for (const errcode of [61003, 61023, 42007]) expect(verdictOf(refusal(errcode)), String(errcode)).toBe('unauthorized');
  });

  it('whom a code concerns is said by the catalogue: the platform, one account, or one kind of mini programs', () => {
    for (const errcode of [85085, 61004, 61011, 61028, 86008, 40125])
      expect(verdictOf(refusal(errcode)), String(errcode)).toBe('quota');
    for (const errcode of [45009, 86009, 86010]) expect(verdictOf(refusal(errcode)), String(errcode)).toBe('own-quota');
    for (const errcode of [80051, 85014, 85043, 85044]) expect(verdictOf(refusal(errcode)), String(errcode)).toBe('refused');
  });

  it('what has to end at WeChat first is waited for, but not for ever', () => {
    for (const errcode of [85009, 85020, 85080, 87011]) {
      expect(verdictOf(refusal(errcode)), String(errcode)).toBe('wait');
      expect(mostRepeats(errcode)).toBeLessThan(100);
    }
    expect(mostRepeats(45011)).toBe(Number.POSITIVE_INFINITY);
    expect(mostRepeats(undefined)).toBe(Number.POSITIVE_INFINITY);
  });
});
