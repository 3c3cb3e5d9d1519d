import { describe, expect, it } from 'vitest';
import { Causes, causeOf } from './causes.domain.js';
import type { ReasonView, RolloutTargetView } from './rollout-views.dto.js';

const target = (appid: string, state: string, reason: ReasonView | null, release_state: string | null = null) =>
  ({ authorizer_appid: appid, state, reason, release_state }) as RolloutTargetView;

describe('what keeps mini programs from their goal', () => {
  it('is one thing however the words differ in names, numbers and addresses', () => {
    const [a, b] = [
      '1:<a href="https://a.example/x?1">see</a> wx0123456789abcdef has 3 pages',
      'wxfedcba9876543210 has 12 pages',
    ].map((detail) => causeOf(target('a', 'failed', { code: 'rejected', detail: detail.replace(/^.*<\/a> /, '') })));
    expect(a).toMatch(/^rejected\.[0-9a-f]{8}$/);
    expect(b).toBe(a);
    expect(causeOf(target('a', 'failed', { code: 'rejected', detail: 'nothing but a title' }))).not.toBe(a);
  });

  it('names the code of WeChat, and does not part what is refused with one code by its words', () => {
    const of = (detail: string) => causeOf(target('a', 'failed', { code: 'commit-failed', errcode: 85013, detail }));
    expect(of('invalid version rid: 1')).toBe('commit-failed.85013');
    expect(of('invalid version rid: 2')).toBe('commit-failed.85013');
  });

  it('is nothing for what is on its way or there, and something for what waits by itself', () => {
    expect(causeOf(target('a', 'succeeded', null))).toBeUndefined();
    expect(causeOf(target('a', 'pending', { code: 'changed-since-approval' }))).toBeUndefined();
    expect(causeOf(target('a', 'running', null))).toBeUndefined();
    expect(causeOf(target('a', 'running', { code: 'submit-failed', errcode: 45009 }))).toBe('submit-failed.45009');
  });

  it('counts the largest first, and what a retry carries on without a new release', () => {
    const causes = new Causes();
    causes.add(target('a', 'skipped', { code: 'older' }));
    for (const appid of ['b', 'c']) causes.add(target(appid, 'failed', { code: 'publish-failed', errcode: -1 }, 'approved'));
    causes.add(target('d', 'succeeded', null));
    expect(causes.all).toMatchObject([
      { cause: 'publish-failed.-1', state: 'failed', count: 2, carriedOn: 2, appids: ['b', 'c'] },
      { cause: 'older', state: 'skipped', count: 1, carriedOn: 0, appids: ['a'] },
    ]);
  });
});
