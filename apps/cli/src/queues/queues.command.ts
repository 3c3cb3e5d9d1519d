import Bull, { type Queue } from 'bull';
import { Command, InvalidArgumentError, Option } from 'commander';
import { listDeadLetters, QUEUE_PREFIX, QUEUES, type QueueName, redriveDeadLetters } from '#queues';
import { createBlockingRedis, createLogger, loadConfig, RedisConfig } from '#service';

const NAMES = Object.values(QUEUES);

export function queuesCommand(): Command {
  const json = () => new Option('--json', 'print JSON instead of text');
  const queues = new Command('queues').description('queues and their dead letters (reads the REDIS_* variables)');
  queues
    .command('dead-letters')
    .description('jobs that failed all their tries, newest first')
    .option('--queue <name>', `only this one: ${NAMES.join(', ')}`, parseQueue)
    .option('--limit <n>', 'at most so many of each queue', parseCount, 100)
    .addOption(json())
    .addHelpText('after', '\nExample:\n  npm run wxplane -- queues dead-letters --queue broker.events\n')
    .action(deadLetters);
  queues
    .command('redrive')
    .description('try dead letters once more, with all their tries; doing it twice has no second effect')
    .requiredOption('--queue <name>', `one of ${NAMES.join(', ')}`, parseQueue)
    .option('--job <id...>', 'these jobs')
    .option('--all', 'all dead letters of the queue')
    .addOption(json())
    .addHelpText('after', '\nExample:\n  npm run wxplane -- queues redrive --queue broker.events --job event-17\n')
    .action(redrive);
  return queues;
}

async function deadLetters(options: { queue?: QueueName; limit: number; json?: boolean }): Promise<void> {
  const items = await withQueues(options.queue ? [options.queue] : NAMES, async (queues) =>
    (await Promise.all(queues.map((queue) => listDeadLetters(queue, options.limit)))).flat(),
  );
  if (options.json) return print({ items });
  if (items.length === 0) process.stdout.write('no dead letters\n');
  for (const { queue, job_id, name, data, attempts, reason, failed_at } of items)
    process.stdout.write(
      `${queue}  ${job_id}  ${name} ${JSON.stringify(data)}  ${failed_at}  after ${attempts} tries: ${reason}\n`,
    );
}

async function redrive(
  options: { queue: QueueName; job?: string[]; all?: boolean; json?: boolean },
  command: Command,
): Promise<void> {
  if (Boolean(options.job) === Boolean(options.all)) command.error('error: give either --job or --all');
  const result = await withQueues([options.queue], ([queue]) => redriveDeadLetters(queue as Queue, options.job));
  if (options.json) print(result);
  else {
    process.stdout.write(`${result.redriven.length} jobs of ${options.queue} wait again\n`);
    for (const id of result.missed) process.stdout.write(`${id} is no dead letter (any more)\n`);
  }
  // Asked for by name and not there: a script should notice.
  if (result.missed.length > 0) process.exitCode = 1;
}

/** Runs `work` with the queues open, without taking jobs, and closes them. */
async function withQueues<T>(names: readonly QueueName[], work: (queues: Queue[]) => Promise<T>): Promise<T> {
  // biome-ignore lint/style/noProcessEnv: the one place where this command reads its environment
  const config = loadConfig(RedisConfig, process.env);
  const logger = await createLogger({ app: 'cli', level: 'silent' });
  const connection = createBlockingRedis(config, 'cli', logger, { maxRetriesPerRequest: 3, commandTimeout: 10_000 });
  let away: Error | undefined;
  connection.on('error', (error) => {
    away = error;
  });
  const queues = names.map((name) => new Bull(name, { prefix: QUEUE_PREFIX, createClient: () => connection }));
  try {
    return await work(queues);
  } catch (error) {
    if (!away) throw error;
    throw new Error(`REDIS_URL: Redis cannot be reached (${(away as NodeJS.ErrnoException).code ?? away.message})`, {
      cause: error,
    });
  } finally {
    connection.disconnect();
  }
}

function parseQueue(text: string): QueueName {
  const found = NAMES.find((name) => name === text);
  if (!found) throw new InvalidArgumentError(`there are ${NAMES.join(', ')}.`);
  return found;
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('must be a whole number above 0.');
  return count;
}

function print(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document)}\n`);
}
