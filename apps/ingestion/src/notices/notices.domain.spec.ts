import { describe, expect, it } from 'vitest';
import { messageOf } from './message.domain.js';
import { isAtLeast, NOTICE_KINDS, noticeOf } from './notice-kinds.domain.js';
import { endOfQuiet, heldUntil } from './when.domain.js';

const at = (time: string) => new Date(`2026-12-01T${time}:00Z`);
const night = { from: '22:00', to: '08:00', utc_offset_minutes: 0 };

describe('when a channel is told', () => {
  it.each([
    ['21:59', '21:59'],
    ['07:59', '08:00'],
    ['08:00', '08:00'],
    ['03:30', '08:00'],
  ])('at %s of quiet hours over midnight: at %s', (now, then) => {
    expect(endOfQuiet(night, at(now))).toEqual(at(then));
  });

  it('before midnight it is the next morning', () => {
    expect(endOfQuiet(night, at('23:00'))).toEqual(new Date('2026-12-02T08:00:00Z'));
  });

  it('times are Beijing’s unless they say otherwise', () => {
    expect(endOfQuiet({ from: '22:00', to: '08:00' }, at('15:00'))).toEqual(new Date('2026-12-02T00:00:00Z'));
  });

  it('a digest waits for its end, and through the night; what is urgent waits for nothing', () => {
    const hourly = { quiet: night, digestMinutes: 60 };
    expect(heldUntil(hourly, 'notice', at('12:10'), at('12:20'))).toEqual(at('13:00'));
    expect(heldUntil(hourly, 'notice', at('21:30'), at('21:31'))).toEqual(new Date('2026-12-02T08:00:00Z'));
    expect(heldUntil(hourly, 'urgent', at('23:00'), at('23:01'))).toEqual(at('23:01'));
    expect(heldUntil({ quiet: null, digestMinutes: null }, 'info', at('12:00'), at('12:05'))).toEqual(at('12:05'));
  });
});

describe('a message', () => {
  const options = { language: 'en', consoleUrl: undefined, component: 'wxc', maxBytes: 600 } as const;
  const rejected = (n: number) =>
    noticeOf('wxplane.release_rejected', { release_id: n, rollout_id: 9, authorizer_appid: `wx${n}`, reason_text: '名称不符' })!;
  const paused = (n: number) =>
    noticeOf('wxplane.rollout_paused', { rollout_id: n, name: '春'.repeat(20), reason: { code: 'x' } })!;

  it('has every kind in both languages, with something to type', () => {
    for (const kind of NOTICE_KINDS) {
      const { title, command } = noticeOf(kind, {})!;
      expect([title.zh !== '', title.en !== '', command !== ''], kind).toEqual([true, true, true]);
    }
    expect(noticeOf('message.text', { Content: 'x' })).toBeUndefined();
    expect(isAtLeast('notice', 'warning')).toBe(false);
  });

  it('counts what belongs together, names some, and has what is urgent first', () => {
    const { subject, text } = messageOf([...Array.from({ length: 7 }, (_, n) => rejected(n)), paused(1)], options);
    expect(subject).toBe('[wxplane wxc] Rollout paused (+1)');
    expect(text.indexOf('Rollout paused')).toBeLessThan(text.indexOf('review × 7'));
    expect(text).toContain('wx0, wx1, wx2, wx3, wx4 … +2');
    expect(text).not.toContain('http');
  });

  it('fits, and says how many it leaves out', () => {
    const { text } = messageOf(
      Array.from({ length: 20 }, (_, n) => paused(n)),
      options,
    );
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(600);
    expect(text).toMatch(/\d+ more: wxplane rollout list$/);
    const cut = messageOf([paused(1)], { ...options, maxBytes: 150 }).text;
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(150);
    expect(cut).not.toContain('\uFFFD');
  });
});
