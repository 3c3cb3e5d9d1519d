import { age, counted, facts, localTime, table } from '../shell/output.js';
import type { AppStatus } from './apps.js';
import type { Judged } from './judge.js';
import type { QueueStatus, QueuesStatus, SpoolStatus } from './queues.js';
import type { StoredStatus } from './stored.js';

const list = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts)
    .map(([state, n]) => `${n} ${state}`)
    .join(', ') || 'none';

/** All of it, as a person reads it. */
export function report({ apps, problems }: Judged, stored: StoredStatus | undefined, redis: QueuesStatus | undefined): string {
  const parts = [
    table(
      ['app', 'state', 'misses'],
      apps.map(({ app, state, problems: why }) => [app, state, why.join('; ')]),
    ),
  ];
  if (stored) {
    const {
      components,
      inbox,
      releases,
      releases_that_wait: waiting,
      releases_behind_reviews: behind,
      rollouts,
      errors,
    } = stored;
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
        [
          'inbox',
          inbox.waiting === 0
            ? 'nothing waits'
            : `${counted(inbox.waiting, 'waits', 'wait')}, the oldest for ${age(inbox.oldest_s)}`,
        ],
        ['releases (30 days)', list(releases)],
        ...waiting.map(({ release_id, authorizer_appid, errcode, since, explained_until }): [string, string] => [
          `release ${release_id}`,
          `waits for the quota of ${authorizer_appid} (${errcode}) since ${localTime(since)}, explained until ${localTime(explained_until)}`,
        ]),
        ...(behind === 0
          ? []
          : [['releases that wait', `${behind} for the end of the review of a former version`] as [string, string]]),
        ['rollouts under way', rollouts.length || 'none'],
      ]) +
        rollouts
          .map(
            (rollout) =>
              `  ${rollout.rollout_id} ${rollout.name}: ${rollout.state}, ${rollout.ended} of ${rollout.total}, ${rollout.failed} failed${rollout.waiting > 0 ? `, ${counted(rollout.waiting, 'waits for a quota of its own', 'wait for quotas of their own')}` : ''}\n`,
          )
          .join(''),
    );
    if (redis) parts.push(queueTable(redis.queues), spoolLine(redis.spool));
    parts.push(
      errors.length === 0
        ? 'No errors in the last day.\n'
        : `Newest errors\n${table(
            ['at', 'what', 'about', 'why'],
            errors.map(({ at, what, about, why }) => [localTime(at), what, about, why]),
          )}`,
    );
  } else if (redis) parts.push(queueTable(redis.queues), spoolLine(redis.spool));
  parts.push(problems.length === 0 ? allWell(apps) : `Problems\n${problems.map((problem) => `  ${problem}\n`).join('')}`);
  return parts.join('\n');
}

/** Only as far as was looked: an app that was not asked may have lost a poller or a channel. */
function allWell(apps: readonly AppStatus[]): string {
  const unasked = apps.filter(({ state }) => state === 'not asked').map(({ app }) => app);
  if (unasked.length === 0) return 'Nothing needs you.\n';
  return `Nothing needs you, as far as MySQL and Redis tell: ${unasked.join(', ')} ${unasked.length === 1 ? 'was' : 'were'} not asked.\n`;
}

function spoolLine({ waiting, oldest_s }: SpoolStatus): string {
  const said = `${counted(waiting, 'waits', 'wait')} for MySQL, the oldest for ${age(oldest_s)}`;
  return facts([['pushes in Redis', waiting === 0 ? 'none wait' : said]]);
}

function queueTable(queues: readonly QueueStatus[]): string {
  return table(
    ['queue', 'waiting', 'active', 'delayed', 'dead letters'],
    queues.map((queue) => [queue.queue, queue.waiting, queue.active, queue.delayed, queue.dead_letters]),
  );
}
