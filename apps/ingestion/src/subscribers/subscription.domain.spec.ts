import { describe, expect, it } from 'vitest';
import { matches, matchesPattern } from './subscription.domain.js';

it.each([
  ['*', 'authorized', true],
  ['message.*', 'message.text', true],
  ['message.*', 'messageXtext', false],
  ['weapp_audit_*', 'weapp_audit_fail', true],
  ['*_audit_*', 'weapp_audit_fail', true],
  ['event.subscribe', 'event.unsubscribe', false],
  ['authorized', 'unauthorized', false],
  ['(a|b)+$', 'a', false],
  ['**', 'x\ny', true],
])('%s on %s: %s', (pattern, kind, result) => {
  expect(matchesPattern(pattern, kind)).toBe(result);
});

describe('matches', () => {
  const event = { componentAppid: 'wxc', authorizerAppid: 'wxa', kind: 'message.text' };
  const all = { componentAppid: null, authorizers: null, kinds: ['*'] };

  it('by component, authorizer and kind, all of them', () => {
    expect(matches(all, event)).toBe(true);
    expect(matches({ ...all, componentAppid: 'wxd' }, event)).toBe(false);
    expect(matches({ ...all, authorizers: ['wxb', 'wxa'] }, event)).toBe(true);
    expect(matches({ ...all, authorizers: [] }, event)).toBe(false);
    expect(matches({ ...all, kinds: ['event.*', 'message.image'] }, event)).toBe(false);
  });

  it('gives a subscription with a list of authorizers nothing that belongs to none', () => {
    expect(matches({ ...all, authorizers: ['wxa'] }, { ...event, authorizerAppid: null })).toBe(false);
    expect(matches(all, { ...event, authorizerAppid: null })).toBe(true);
  });
});
