import { describe, expect, it } from 'vitest';
import { ownPauseS, ownWait } from './own-wait.domain.js';

const now = new Date('2026-11-30T10:00:00Z');

describe('a release that waits for itself', () => {
  it('is explained by a day’s quota until some hours after midnight in Beijing', () => {
    expect(ownWait(45009, undefined, now).explained_until).toBe('2026-11-30T19:00:00.000Z');
    expect(ownWait(45009, undefined, new Date('2026-11-30T16:00:00Z')).explained_until).toBe('2026-12-01T19:00:00.000Z');
  });

  it('needs a person at once for a penalty', () => {
    expect(ownWait(86009, undefined, now).explained_until).toBe(now.toISOString());
  });

  it('goes on from when it began, as long as the reason is the same', () => {
    const first = ownWait(45009, undefined, now);
    const later = new Date(now.getTime() + 86_400_000);
    expect(ownWait(45009, first, later)).toEqual(first);
    expect(ownWait(86010, first, later).since).toBe(later.toISOString());
  });

  it('is tried again more and more rarely, but at least each hour', () => {
    const wait = ownWait(45009, undefined, now);
    expect(ownPauseS(wait, now, 60)).toBe(60);
    expect(ownPauseS(wait, new Date(now.getTime() + 3_600_000), 60)).toBe(360);
    expect(ownPauseS(wait, new Date(now.getTime() + 20 * 3_600_000), 60)).toBe(3_600);
  });
});
