import type { Standstill } from '#base';
import { SET_ASIDE_KEY } from '#queues';
import { age, counted } from '../shell/output.js';
import { setAsidePage } from '../shell/pages.js';
import type { AppStatus } from './apps.js';
import { channelProblem } from './channels.js';
import { keptProblems } from './kept.js';
import type { QueuesStatus } from './queues.js';
import { rolloutLine } from './rollouts.domain.js';
import { inWords, merged } from './standstills.js';
import type { StoredStatus } from './stored.js';

/** What was found, or why it could not be looked at. */
export type Part<T> = { readonly value: T } | { readonly problem: string };

export interface DatabaseStatus {
  readonly stored: StoredStatus;
  readonly standstills: readonly Standstill[];
  /** It answers, and takes no write. */
  readonly readOnly: boolean;
}

/** What the three places said. */
export interface Seen {
  readonly apps: readonly AppStatus[];
  readonly database: Part<DatabaseStatus>;
  readonly redis: Part<QueuesStatus>;
}

export interface Judged {
  /** Only what somebody must do something about, and what that is. */
  readonly problems: readonly string[];
  readonly apps: readonly AppStatus[];
  readonly standstills: readonly Standstill[];
}

/** Of these the tool has words of its own. */
const SAID_OTHERWISE = /^(tickets|dead letters) of /;
const READ_ONLY =
  'MySQL is read-only: pushes wait in Redis, and nothing else is written. This is a replica, or a demoted primary: point DATABASE_URL to the primary, or let it write again (SET GLOBAL read_only = 0).';

/** What needs somebody. @param ticketAlarmS an older ticket is a problem, seconds */
export function judge({ apps: asked, database, redis }: Seen, ticketAlarmS: number): Judged {
  const stored = 'value' in database ? database.value.stored : undefined;
  const apps = stored?.components.every(({ ticket_age_s }) => ticket_age_s !== null && ticket_age_s < ticketAlarmS)
    ? asked.map(withoutOlderView)
    : asked;
  const databaseProblem = 'problem' in database ? database.problem : database.value.readOnly ? READ_ONLY : undefined;
  const redisProblem = 'problem' in redis ? redis.problem : redis.value.refusal;
  const standstills = merged(
    'value' in database ? database.value.standstills : [],
    'value' in redis ? redis.value.standstills : [],
    ...apps.map((app) => app.standstills),
  ).filter(
    ({ what }) => !SAID_OTHERWISE.test(what) && !(what === 'mysql' && databaseProblem) && !(what === 'redis' && redisProblem),
  );
  const problems = [
    // What is degraded stays in service; what stands still, or a server that refuses, stands below in clearer words.
    ...apps
      .filter(({ state }) => state === 'down')
      .map(({ app, state, problems: why }) => `${app} is ${state}: ${why.join('; ')}`),
    ...[databaseProblem, redisProblem].filter((problem) => problem !== undefined),
    ...(stored ? storedProblems(stored, ticketAlarmS) : []),
    ...('value' in redis ? queueProblems(redis.value) : []),
    ...(databaseProblem || redisProblem ? together(standstills) : standstills.map(inWords)),
  ];
  return { problems, apps, standstills };
}

/** While a server is in trouble much stands still because of it: whoever mends the server mends that. */
function together(standstills: readonly Standstill[]): string[] {
  if (standstills.length === 0) return [];
  const names = standstills.map(({ what, still_s }) => `${what} (${age(still_s)})`);
  return [`Most likely because of that, this has not moved: ${names.join(', ')}.`];
}

function storedProblems({ components, rollouts, kept, mute_channels }: StoredStatus, ticketAlarmS: number): string[] {
  return [
    ...components
      .filter(({ ticket_age_s }) => ticket_age_s === null || ticket_age_s >= ticketAlarmS)
      .map(
        ({ component_appid, ticket_age_s }) =>
          `${component_appid}: ${ticket_age_s === null ? 'no ticket yet' : `the newest ticket is ${age(ticket_age_s)} old`}`,
      ),
    ...rollouts.flatMap(({ problem, ...rollout }) => (problem === null ? [] : [rolloutLine({ ...rollout, problem })])),
    ...keptProblems(kept),
    ...mute_channels.map(channelProblem),
  ];
}

function queueProblems({ queues, spool }: QueuesStatus): string[] {
  const ofQueues = queues.flatMap(({ queue, paused, dead_letters }) => [
    ...(paused ? [`${queue} is paused: resume it at /queues of the management port`] : []),
    ...(dead_letters > 0 ? [`${counted(dead_letters, 'dead letter')} in ${queue}: wxplane queues dead-letters`] : []),
  ]);
  if (spool.set_aside === 0) return ofQueues;
  return [
    ...ofQueues,
    `${counted(spool.set_aside, 'push that was', 'pushes that were')} kept in Redis cannot be stored (${SET_ASIDE_KEY}): the log of ingestion names the cause (spool.refused, spool.unreadable); put them back as "${setAsidePage()}" tells.`,
  ];
}

/** An app looks at the tickets now and then, and the rows were read now: what it misses of them is over. */
function withoutOlderView(app: AppStatus): AppStatus {
  const problems = app.problems.filter((problem) => !problem.startsWith('tickets: '));
  if (problems.length === app.problems.length) return app;
  return { ...app, problems, state: app.state === 'degraded' && problems.length === 0 ? 'up' : app.state };
}
