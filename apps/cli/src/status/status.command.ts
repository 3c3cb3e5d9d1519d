import { Command } from 'commander';
import { isOfTheSchema } from '#persistence';
import { QUEUES } from '#queues';
import { readQueue, type Standstill } from '#service';
import { examples } from '../shell/arguments.js';
import { ComponentsConfig, DoctorConfig } from '../shell/cli.config.js';
import { withDatabase } from '../shell/database.js';
import { configured, configuredComponents } from '../shell/environment.js';
import { CliError, EXIT } from '../shell/failure.js';
import { age, facts, localTime, show, table } from '../shell/output.js';
import { withQueues } from '../shell/redis.js';
import { type AppStatus, askApps } from './apps.js';
import { rolloutLine } from './rollouts.domain.js';
import { inWords, merged, queueStandstills, storedStandstills } from './standstills.js';
import { readStored, type StoredStatus } from './stored.js';

interface QueueStatus {
  readonly queue: string;
  readonly paused: boolean;
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly dead_letters: number;
}

/** What was found, or why it could not be looked at. */
type Part<T> = { readonly value: T } | { readonly problem: string };

const NAMES = Object.values(QUEUES);

/** Of these the tool has words of its own. */
const SAID_OTHERWISE = /^(tickets|dead letters) of /;

/** `wxplane status`: the suite at a glance. */
export function statusCommand(): Command {
  return new Command('status')
    .description('the suite at a glance: apps, tickets, authorizers, queues, releases, rollouts, newest errors')
    .addHelpText(
      'after',
      `
Reads the database and Redis, and asks the apps named by INGESTION_URL, BROKER_URL, RELEASE_URL; with INGESTION_MANAGEMENT_URL and
so on (the management ports) also what they miss and what they do not get on with. What must move and does not is a problem.
Exit code 1: something needs somebody; it stands under "Problems".
${examples('status', 'status --json')}`,
    )
    .action(status);
}

async function status(options: { json?: boolean }): Promise<void> {
  const { WXPLANE_COMPONENTS_FILE, WXPLANE_COMPONENTS } = configured(ComponentsConfig);
  const components =
    WXPLANE_COMPONENTS_FILE || WXPLANE_COMPONENTS ? configuredComponents().all.map((component) => component.component_appid) : [];
  const [asked, database, redis] = await Promise.all([
    askApps(),
    part(() =>
      withDatabase(async (db) => ({ stored: await readStored(db, components), standstills: await storedStandstills(db) })),
    ),
    part(readQueues),
  ]);
  const stored = 'value' in database ? { value: database.value.stored } : database;
  const apps = ticketsAreFresh(stored) ? asked.map(withoutOlderView) : asked;
  const queues = 'value' in redis ? { value: redis.value.queues } : redis;
  const standstills = merged(
    'value' in database ? database.value.standstills : [],
    'value' in redis ? redis.value.standstills : [],
    ...apps.map((app) => app.standstills),
  ).filter(({ what }) => !SAID_OTHERWISE.test(what));
  const problems = [...problemsOf(apps, stored, queues), ...standstills.map(inWords)];
  const document = {
    at: new Date().toISOString(),
    problems,
    apps,
    ...('value' in stored ? stored.value : { components: null, inbox: null, releases: null, rollouts: null, errors: null }),
    queues: 'value' in queues ? queues.value : null,
    standstills,
  };
  show(options, document, () => report(apps, stored, queues, problems));
  if (problems.length > 0) process.exitCode = EXIT.failed;
}

async function part<T>(read: () => Promise<T>): Promise<Part<T>> {
  try {
    return { value: await read() };
  } catch (error) {
    if (error instanceof CliError) return { problem: error.message };
    // A table that is not there: the migrations have not run.
    if (isOfTheSchema(error)) return { problem: 'the schema is not there: run the migrations' };
    throw error;
  }
}

function readQueues(): Promise<{ queues: QueueStatus[]; standstills: Standstill[] }> {
  return withQueues(NAMES, async (all) => {
    const read = await Promise.all(
      all.map(async (queue) => ({ figures: await readQueue(queue.client, queue.name), paused: await queue.isPaused() })),
    );
    return {
      queues: read.map(({ figures: { queue, jobs }, paused }) => {
        const { waiting, active, delayed, failed } = jobs;
        return { queue, paused, waiting, active, delayed, dead_letters: failed };
      }),
      standstills: queueStandstills(read.map(({ figures }) => figures)),
    };
  });
}

function ticketsAreFresh(stored: Part<StoredStatus>): boolean {
  const { TICKET_ALARM_S } = configured(DoctorConfig);
  return (
    'value' in stored &&
    stored.value.components.every(({ ticket_age_s }) => ticket_age_s !== null && ticket_age_s < TICKET_ALARM_S)
  );
}

/** An app looks at the tickets now and then, and the rows were read now: what it misses of them is over. */
function withoutOlderView(app: AppStatus): AppStatus {
  const problems = app.problems.filter((problem) => !problem.startsWith('tickets: '));
  if (problems.length === app.problems.length) return app;
  return { ...app, problems, state: app.state === 'degraded' && problems.length === 0 ? 'up' : app.state };
}

/** Only what somebody must do something about. */
function problemsOf(apps: readonly AppStatus[], stored: Part<StoredStatus>, queues: Part<readonly QueueStatus[]>): string[] {
  const { TICKET_ALARM_S } = configured(DoctorConfig);
  const problems = apps
    // What is degraded stays in service; what stands still, or a server that refuses, stands below in clearer words.
    .filter(({ state }) => state === 'down')
    .map(({ app, state, problems: why }) => `${app} is ${state}: ${why.join('; ')}`);
  if ('problem' in stored) problems.push(stored.problem);
  else {
    for (const { component_appid, ticket_age_s } of stored.value.components)
      if (ticket_age_s === null || ticket_age_s >= TICKET_ALARM_S)
        problems.push(
          `${component_appid}: ${ticket_age_s === null ? 'no ticket yet' : `the newest ticket is ${age(ticket_age_s)} old`}`,
        );
    for (const { problem, ...rollout } of stored.value.rollouts)
      if (problem !== null) problems.push(rolloutLine({ ...rollout, problem }));
  }
  if ('problem' in queues) problems.push(queues.problem);
  else
    for (const { queue, paused, dead_letters } of queues.value) {
      if (paused) problems.push(`${queue} is paused: resume it at /queues of the management port`);
      if (dead_letters > 0) problems.push(`${dead_letters} dead letters in ${queue}: wxplane queues dead-letters`);
    }
  return problems;
}

const list = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts)
    .map(([state, n]) => `${n} ${state}`)
    .join(', ') || 'none';

function report(
  apps: readonly AppStatus[],
  stored: Part<StoredStatus>,
  queues: Part<readonly QueueStatus[]>,
  problems: readonly string[],
): string {
  const parts = [
    table(
      ['app', 'state', 'misses'],
      apps.map(({ app, state, problems: why }) => [app, state, why.join('; ')]),
    ),
  ];
  if ('value' in stored) {
    const { components, inbox, releases, rollouts, errors } = stored.value;
    parts.push(
      table(
        ['component', 'newest ticket', 'authorizers'],
        components.map((component) => [
          component.component_appid,
          component.ticket_age_s === null ? 'never' : `${age(component.ticket_age_s)} ago`,
          list(component.authorizers),
        ]),
        'no component is known',
      ),
      facts([
        ['inbox', inbox.waiting === 0 ? 'nothing waits' : `${inbox.waiting} wait, the oldest for ${age(inbox.oldest_s)}`],
        ['releases (30 days)', list(releases)],
        ['rollouts under way', rollouts.length || 'none'],
      ]) +
        rollouts
          .map(
            (rollout) =>
              `  ${rollout.rollout_id} ${rollout.name}: ${rollout.state}, ${rollout.ended} of ${rollout.total}, ${rollout.failed} failed${rollout.waiting > 0 ? `, ${rollout.waiting} wait for quotas of their own` : ''}\n`,
          )
          .join(''),
    );
    if ('value' in queues) parts.push(queueTable(queues.value));
    parts.push(
      errors.length === 0
        ? 'No errors in the last day.\n'
        : `Newest errors\n${table(
            ['at', 'what', 'about', 'why'],
            errors.map(({ at, what, about, why }) => [localTime(at), what, about, why]),
          )}`,
    );
  } else if ('value' in queues) parts.push(queueTable(queues.value));
  parts.push(problems.length === 0 ? allWell(apps) : `Problems\n${problems.map((problem) => `  ${problem}\n`).join('')}`);
  return parts.join('\n');
}

/** Only as far as was looked: an app that was not asked may have lost a poller or a channel. */
function allWell(apps: readonly AppStatus[]): string {
  const unasked = apps.filter(({ state }) => state === 'not asked').map(({ app }) => app);
  if (unasked.length === 0) return 'Nothing needs you.\n';
  return `Nothing needs you, as far as MySQL and Redis tell: ${unasked.join(', ')} ${unasked.length === 1 ? 'was' : 'were'} not asked.\n`;
}

function queueTable(queues: readonly QueueStatus[]): string {
  return table(
    ['queue', 'waiting', 'active', 'delayed', 'dead letters'],
    queues.map((queue) => [queue.queue, queue.waiting, queue.active, queue.delayed, queue.dead_letters]),
  );
}
