import { expect, it, vi } from 'vitest';
import { type Repeated, Repetitions } from './repetitions.js';

type Kind = 'read' | 'write';

const sweep = (repetitions: Repetitions<Kind>): Repeated<Kind>[] => {
  const told: Repeated<Kind>[] = [];
  for (const _ of repetitions.sweep((repeated) => told.push(repeated)));
  return told;
};
const counted = (repetitions: Repetitions<Kind>) =>
  sweep(repetitions).map(({ kind, caller, subject, times }) => `${kind} ${caller} ${subject} ×${times}`);

it('knows the first time from the others, for each kind, caller and subject', () => {
  const repetitions = new Repetitions<Kind>(10);
  expect(repetitions.add('read', 'a', 'x')).toBe(false);
  expect(repetitions.add('read', 'a', 'x')).toBe(true);
  expect(repetitions.add('read', 'a', 'x')).toBe(true);
  expect(repetitions.add('write', 'a', 'x')).toBe(false);
  expect(repetitions.add('read', 'b', 'x')).toBe(false);
  expect(repetitions.add('read', 'a', 'y')).toBe(false);
  expect(repetitions.size).toBe(4);
  expect(counted(repetitions)).toEqual(['read a x ×2']);
});

it('tells when the repetitions began and ended', () => {
  vi.useFakeTimers({ now: 1_000_000 });
  try {
    const repetitions = new Repetitions<Kind>(10);
    for (let times = 0; times < 4; times += 1) {
      repetitions.add('read', 'a', 'x');
      vi.setSystemTime(Date.now() + 2_000);
    }
    expect(sweep(repetitions)).toEqual([{ kind: 'read', caller: 'a', subject: 'x', times: 3, firstS: 1_002, lastS: 1_006 }]);
  } finally {
    vi.useRealTimers();
  }
});

it('forgets what was not repeated between two sweeps, and gives its place to others', () => {
  const repetitions = new Repetitions<Kind>(2);
  repetitions.add('read', 'a', 'x');
  repetitions.add('read', 'a', 'x');
  repetitions.add('read', 'a', 'y');
  expect(repetitions.add('read', 'a', 'full')).toBe(false);
  expect(repetitions.add('read', 'a', 'full')).toBe(false);

  expect(counted(repetitions)).toEqual(['read a x ×1']);
  expect(repetitions.size).toBe(1);
  expect(repetitions.add('read', 'a', 'z')).toBe(false);
  expect(repetitions.add('read', 'a', 'z')).toBe(true);
  expect(counted(repetitions)).toEqual(['read a z ×1']);
  expect(repetitions.size).toBe(1);
});

it('keeps each count apart among many thousands, while they come and go', () => {
  const repetitions = new Repetitions<Kind>(10_000);
  const expected = new Map<string, number>();
  for (let round = 0; round < 3; round += 1) {
    for (let index = 0; index < 5_000; index += 1) {
      const subject = `s${(index * 7 + round * 1_000) % 6_000}`;
      const before = repetitions.add('read', 'a', subject);
      expected.set(subject, before ? (expected.get(subject) ?? 0) + 1 : 0);
    }
    const told = new Map(sweep(repetitions).map(({ subject, times }) => [subject, times]));
    expect(told).toEqual(new Map([...expected].filter(([, times]) => times > 0)));
    for (const [subject, times] of expected) times > 0 ? expected.set(subject, 0) : expected.delete(subject);
    expect(repetitions.size).toBe(expected.size);
  }
});

it('ends a sweep even if ever new things come meanwhile', () => {
  const repetitions = new Repetitions<Kind>(1_000);
  repetitions.add('read', 'a', 's0');
  repetitions.add('read', 'a', 's1');
  let steps = 0;
  for (const _ of repetitions.sweep(() => {})) {
    steps += 1;
    repetitions.add('read', 'a', `new${steps}`);
  }
  expect(steps).toBe(2);
});
