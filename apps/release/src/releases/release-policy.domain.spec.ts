import { describe, expect, it } from 'vitest';
import { grayPauseS, nextGrayStep, nextOpening } from './release-policy.domain.js';

const at = (time: string) => new Date(`2026-11-25T${time}+08:00`); // a Wednesday

describe('nextOpening', () => {
  const window = { from: '10:00', to: '12:00' };
  it.each([
    ['before it', '09:00:00', '10:00:00'],
    ['in it', '11:59:59', '11:59:59'],
  ])('%s', (_, now, opens) => expect(nextOpening(window, at(now))).toEqual(at(opens)));
  it('after it: tomorrow', () =>
    expect(nextOpening(window, at('12:00:00'))).toEqual(new Date(at('10:00:00').getTime() + 86_400_000)));
  it('over midnight', () => {
    const night = { from: '22:00', to: '02:00' };
    expect(nextOpening(night, at('01:00:00'))).toEqual(at('01:00:00'));
    expect(nextOpening(night, at('03:00:00'))).toEqual(at('22:00:00'));
  });
  it('only on its days: the day on which it opens counts', () => {
    expect(nextOpening({ ...window, days: [5] }, at('11:00:00'))).toEqual(new Date(at('10:00:00').getTime() + 2 * 86_400_000));
    expect(nextOpening({ from: '22:00', to: '02:00', days: [2] }, at('01:00:00'))).toEqual(at('01:00:00'));
  });
  it('not on the days that are left out, however many', () => {
    const inDays = (days: number) => new Date(at('10:00:00').getTime() + days * 86_400_000);
    const except = Array.from({ length: 20 }, (_, day) => inDays(day).toISOString().slice(0, 10));
    expect(nextOpening({ ...window, except }, at('11:00:00'))).toEqual(inDays(20));
    expect(nextOpening({ from: '22:00', to: '02:00', except: ['2026-11-25'] }, at('23:00:00'))).toEqual(
      new Date(at('22:00:00').getTime() + 86_400_000),
    );
  });
  it('in another time zone', () => {
    const now = new Date('2026-11-25T10:30:00Z');
    expect(nextOpening({ ...window, utc_offset_minutes: 0 }, now)).toEqual(now);
  });
});

describe('gray steps', () => {
  const steps = [
    { percentage: 10, pause_s: 60 },
    { percentage: 50, pause_s: 120 },
  ];
  it('rise, then everybody', () => {
    expect([null, 10, 50].map((reached) => nextGrayStep(steps, reached)?.percentage)).toEqual([10, 50, undefined]);
    expect([null, 10, 50].map((reached) => grayPauseS(steps, reached))).toEqual([0, 60, 120]);
    expect(nextGrayStep(undefined, null)).toBeUndefined();
  });
});
