import { counted } from '../shell/output.js';

/** What a rollout needs somebody for: it says itself how long its reason explains the waiting. */
export function rolloutProblem(state: string, reason: string | null, overdue: number, now = new Date()): string | null {
  const { detail, explained_until, remedy } = JSON.parse(reason ?? '{}') as {
    detail?: string;
    explained_until?: string;
    remedy?: { en?: string };
  };
  const why = [detail, remedy?.en].filter(Boolean).join(' ');
  if (state === 'paused') return `is paused${why ? `: ${why}` : ''}`;
  if (state === 'waiting' && explained_until !== undefined && new Date(explained_until) <= now)
    return `waits, and not for something that comes by itself${why ? `: ${why}` : ''}`;
  return overdue > 0
    ? `has ${counted(overdue, 'mini program that waits longer than its quota explains', 'mini programs that wait longer than their quota explains')}`
    : null;
}

/** The problem, and what to type about it. */
export function rolloutLine(rollout: {
  readonly rollout_id: number;
  readonly name: string;
  readonly state: string;
  readonly problem: string;
}): string {
  const { rollout_id: id, name, state, problem } = rollout;
  const commands = [
    `"wxplane rollout show ${id}" says more`,
    ...(state === 'paused'
      ? [
          `"wxplane rollout resume ${id}" goes on`,
          `"wxplane rollout retry ${id}" tries the failed ones again`,
          `"wxplane rollout abort ${id} --yes" ends it`,
        ]
      : []),
  ];
  return `rollout ${id} (${name}) ${problem.replace(/\.?$/, '.')} ${commands.join('; ')}.`;
}
