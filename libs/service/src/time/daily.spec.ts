import { describe, expect, it } from 'vitest';
import { daily } from './daily.js';

const at = (beijing: string) => Date.parse(`${beijing}:00+08:00`);

describe('what is done each day at half past three in Beijing', () => {
  const begun = (first: string) => {
    const state = { now: at(first), runs: 0, failing: false };
    const turn = daily(
      3.5,
      () => state.now,
      async () => {
        state.runs += 1;
        if (state.failing) throw new Error('MySQL is read-only');
      },
    );
    return {
      state,
      turnAt: async (time: string) => {
        state.now = at(time);
        await turn();
        return state.runs;
      },
    };
  };

  it('is done once a day, at its time, whatever the zone of the container', async () => {
    const { turnAt } = begun('2026-11-29T12:00');
    expect(await turnAt('2026-11-30T03:29')).toBe(0);
    expect(await turnAt('2026-11-30T03:30')).toBe(1);
    expect(await turnAt('2026-11-30T03:35')).toBe(1);
    expect(await turnAt('2026-11-30T23:59')).toBe(1);
    expect(await turnAt('2026-12-01T03:29')).toBe(1);
    expect(await turnAt('2026-12-01T03:31')).toBe(2);
  });

  it('that failed is tried again each turn until it ends well, and the turns fail', async () => {
    const { state, turnAt } = begun('2026-11-30T03:30');
    state.failing = true;
    await expect(turnAt('2026-11-30T03:30')).rejects.toThrow('read-only');
    await expect(turnAt('2026-11-30T03:35')).rejects.toThrow('read-only');
    state.failing = false;
    expect(await turnAt('2026-11-30T19:00')).toBe(3);
    expect(await turnAt('2026-11-30T19:05')).toBe(3);
  });

  it('is made up for by a process that was away at that time, in the morning only', async () => {
    expect(await begun('2026-11-30T05:00').turnAt('2026-11-30T05:00')).toBe(1);
    expect(await begun('2026-11-30T14:00').turnAt('2026-11-30T14:00')).toBe(0);
  });
});
