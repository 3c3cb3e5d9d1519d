import { describe, expect, it } from 'vitest';
import { rolloutLine, rolloutProblem } from './rollouts.domain.js';

const now = new Date('2026-11-30T12:00:00Z');
const waits = (until: string) => JSON.stringify({ code: 'quota', detail: 'No quota is left.', explained_until: until });

describe('the line of status about a rollout that needs somebody', () => {
  it('says of a paused one why, and what to type', () => {
    const reason = JSON.stringify({ code: 'canary-failed', detail: '0 of 1 canary mini programs succeeded.' });
    const problem = rolloutProblem('paused', reason, 0, now) as string;
    expect(rolloutLine({ rollout_id: 3, name: 'spring', state: 'paused', problem })).toBe(
      'rollout 3 (spring) is paused: 0 of 1 canary mini programs succeeded. "wxplane rollout show 3" says more; "wxplane rollout resume 3" goes on; "wxplane rollout retry 3" tries the failed ones again; "wxplane rollout abort 3 --yes" ends it.',
    );
  });

  it('ends the reason as a sentence, and names only what applies', () => {
    const problem = rolloutProblem('running', null, 2, now) as string;
    expect(rolloutLine({ rollout_id: 4, name: 'a', state: 'running', problem })).toBe(
      'rollout 4 (a) has 2 mini programs that wait longer than their quota explains. "wxplane rollout show 4" says more.',
    );
  });

  it('is none while the reason explains the waiting, and there when it no longer does', () => {
    expect(rolloutProblem('waiting', waits('2026-11-30T13:00:00Z'), 0, now)).toBeNull();
    expect(rolloutProblem('waiting', waits('2026-11-30T11:00:00Z'), 0, now)).toContain('not for something that comes by itself');
    expect(rolloutProblem('running', null, 0, now)).toBeNull();
  });
});
