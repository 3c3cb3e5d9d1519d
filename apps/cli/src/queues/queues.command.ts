import type { Queue } from 'bull';
import { Command, InvalidArgumentError } from 'commander';
import { listDeadLetters, QUEUES, type QueueName, redriveDeadLetters } from '#queues';
import { count, examples } from '../shell/arguments.js';
import { audit } from '../shell/audit.js';
import { confirm, yesOption } from '../shell/confirm.js';
import { withDatabase } from '../shell/database.js';
import { EXIT } from '../shell/failure.js';
import { counted, localTime, show, table } from '../shell/output.js';
import { withQueues } from '../shell/redis.js';

const NAMES = Object.values(QUEUES);

export function queuesCommand(): Command {
  const queues = new Command('queues').description(
    'queues and their dead letters (reads the REDIS_* variables; a redrive also the DATABASE_* ones, for the audit log)',
  );
  queues
    .command('dead-letters')
    .description('jobs that failed all their tries, newest first')
    .option('--queue <name>', `only this one: ${NAMES.join(', ')}`, parseQueue)
    .option('--limit <n>', 'at most so many of each queue', count, 100)
    .addHelpText('after', examples('queues dead-letters --queue broker.events'))
    .action(deadLetters);
  queues
    .command('redrive')
    .description('try dead letters once more, with all their tries; doing it twice has no second effect')
    .requiredOption('--queue <name>', `one of ${NAMES.join(', ')}`, parseQueue)
    .option('--job <id...>', 'these jobs')
    .option('--all', 'all dead letters of the queue')
    .addOption(yesOption())
    .addHelpText(
      'after',
      examples('queues redrive --queue broker.events --job event-17', 'queues redrive --queue broker.events --all --yes'),
    )
    .action(redrive);
  return queues;
}

async function deadLetters(options: { queue?: QueueName; limit: number; json?: boolean }): Promise<void> {
  const items = await withQueues(options.queue ? [options.queue] : NAMES, async (queues) =>
    (await Promise.all(queues.map((queue) => listDeadLetters(queue, options.limit)))).flat(),
  );
  show(options, { items }, () =>
    table(
      ['queue', 'job', 'about', 'failed at', 'tries', 'why'],
      items.map((item) => [
        item.queue,
        item.job_id,
        `${item.name} ${JSON.stringify(item.data)}`,
        localTime(item.failed_at),
        item.attempts,
        item.reason,
      ]),
      'no dead letters',
    ),
  );
}

async function redrive(
  options: { queue: QueueName; job?: string[]; all?: boolean; yes?: boolean; json?: boolean },
  command: Command,
): Promise<void> {
  if (Boolean(options.job) === Boolean(options.all)) command.error('error: give either --job or --all');
  if (options.all) await confirm(options, `Try every dead letter of ${options.queue} again?`);
  const subject = `${options.queue}: ${options.all ? 'all' : (options.job ?? []).join(' ')}`;
  await withDatabase((db) => audit(db, 'queues.redrive', subject));
  const result = await withQueues([options.queue], ([queue]) => redriveDeadLetters(queue as Queue, options.job));
  show(options, result, () =>
    [
      `${counted(result.redriven.length, 'job')} of ${options.queue} ${result.redriven.length === 1 ? 'waits' : 'wait'} again`,
      ...result.missed.map((id) => `${id} is no dead letter (any more)`),
      '',
    ].join('\n'),
  );
  // Asked for by name and not there: a script should notice.
  if (result.missed.length > 0) process.exitCode = EXIT.failed;
}

function parseQueue(text: string): QueueName {
  const found = NAMES.find((name) => name === text);
  if (!found) throw new InvalidArgumentError(`there are ${NAMES.join(', ')}.`);
  return found;
}
