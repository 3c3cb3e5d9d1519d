import { describe, expect, it } from 'vitest';
import { UNREPEATABLE_STEPS } from '../api/release.module.js';
import { canMove, RELEASE_MOVES, RELEASE_STEPS, type ReleaseState, UNREPEATABLE } from '../release.domain.js';
import { Commit } from './commit.js';
import { Scan } from './scan.js';
import { SpeedUp } from './speed-up.js';
import type { RepeatableStep, Step } from './step.js';

/** What a step says of itself needs nothing that it works with. */
const plain = <T>(step: new (...needs: never[]) => unknown) => new (step as new () => T)();
const unrepeatable = UNREPEATABLE_STEPS.map((step) => plain<Step>(step));
const repeatable = [Commit, Scan, SpeedUp].map((step) => ({ name: step.name, step: plain<RepeatableStep>(step) }));

/** It may lead there from each of its states, or is there already, such as a gray release that is widened. */
const leads = (from: readonly ReleaseState[], to: ReleaseState) => from.filter((state) => state !== to && !canMove(state, to));

describe('the steps', () => {
  it('there is one for each intent, and each is sent from where a caller may ask for it', () => {
    expect(unrepeatable.map((step) => step.intent).sort()).toEqual([...UNREPEATABLE].sort());
    for (const { intent, from } of unrepeatable) expect(from, intent).toEqual(RELEASE_STEPS[intent]);
  });

  it.each(unrepeatable)('$intent leads from each of its states where the table of moves says', ({ from, to }) => {
    expect(leads(from, to)).toEqual([]);
    expect(from.length).toBeGreaterThan(0);
  });

  it.each(repeatable)('$name, which may be repeated, as well', ({ step: { from, to } }) => {
    if (to) expect(leads(from, to)).toEqual([]);
    for (const state of from) expect(Object.keys(RELEASE_MOVES)).toContain(state);
  });

  it('a refusal that moves a release moves it where the table says', () => {
    const moves = unrepeatable.flatMap((step) => [...step.refusals.values()]).filter((meaning) => typeof meaning === 'object');
    expect(moves.length).toBeGreaterThan(0);
    for (const { from, to } of moves) expect(leads(from, to)).toEqual([]);
  });

  it('what is looked for longer than anything else can be looked for', () => {
    for (const { intent, refusals, hidden } of unrepeatable)
      if ([...refusals.values()].includes('look-on')) expect(hidden, intent).toBeDefined();
  });
});
