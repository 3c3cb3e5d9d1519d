import { describe, expect, it } from 'vitest';
import { judgeTicket, restartStep } from './ticket-health.domain.js';

const MINUTE = 60;
const HOUR = 3_600;

it.each([
  [undefined, 'missing'],
  [0, 'ok'],
  [24 * MINUTE, 'ok'],
  [25 * MINUTE, 'warning'],
  [HOUR, 'alarm'],
  [11.9 * HOUR, 'alarm'],
  [12 * HOUR, 'missing'],
])('a ticket of %s s is %s', (ageS, state) => {
  expect(judgeTicket(ageS, { warningS: 25 * MINUTE, alarmS: HOUR })).toBe(state);
});

describe('asking WeChat to push again', () => {
  it('begins at two hours', () => {
    expect(restartStep(2 * HOUR - 1, 2 * HOUR)).toBeUndefined();
    expect(restartStep(2 * HOUR, 2 * HOUR)).toBe(0);
  });

  it('grows its pauses: 10, 20, 40 … minutes, at most 4 hours', () => {
    const begins: number[] = [];
    for (let age = 2 * HOUR; age < 40 * HOUR; age += MINUTE) {
      const step = restartStep(age, 2 * HOUR)!;
      begins[step] ??= age;
    }
    const pauses = begins.slice(1).map((begin, index) => (begin - begins[index]!) / MINUTE);
    expect(pauses.slice(0, 7)).toEqual([10, 20, 40, 80, 160, 240, 240]);
  });
});
