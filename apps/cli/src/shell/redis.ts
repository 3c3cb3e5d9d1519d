import Bull, { type Queue } from 'bull';
import type { Redis } from 'ioredis';
import { createBlockingRedis, createLogger, isOfRedis, RedisConfig, remedyFor, TimeoutError, within, wordOf } from '#base';
import { QUEUE_PREFIX, type QueueName } from '#queues';
import { configured } from './environment.js';
import { CliError } from './failure.js';
import { redisRightsPage } from './pages.js';

/** A server that is there answers sooner, also over a slow line; whoever looks in trouble should not wait for one that is not. */
const FIRST_ANSWER_MS = 4_000;

/** Runs `work` with a connection to Redis, and closes it. @throws CliError that says why Redis cannot be used, and what to do */
export async function withRedis<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
  const config = configured(RedisConfig);
  const logger = await createLogger({ app: 'cli', level: 'silent' });
  const connection = createBlockingRedis(config, 'cli', logger, { maxRetriesPerRequest: 3, commandTimeout: 10_000 });
  let away: Error | undefined;
  connection.on('error', (error) => {
    away = error;
  });
  try {
    await firstAnswer(connection);
    return await work(connection);
  } catch (error) {
    if (error instanceof CliError) throw refused(away) ?? error;
    throw refused(error) ?? refused(away) ?? (away || isOfRedis(error) ? unreachable(away ?? (error as Error)) : error);
  } finally {
    connection.disconnect();
  }
}

/** A refusal is an answer too: the user may lack the right to ping and have all others. */
async function firstAnswer(connection: Redis): Promise<void> {
  const answer = connection.ping().catch((error: Error) => {
    if (error.name !== 'ReplyError') throw error;
  });
  await within(FIRST_ANSWER_MS, answer).catch((error: unknown) => {
    throw error instanceof TimeoutError ? unreachable(new Error(`no answer in ${FIRST_ANSWER_MS / 1_000} s`)) : error;
  });
}

/** What Redis says no with, in words; a transaction and a broken connection carry it inside of their own. */
export function refused(error: unknown): CliError | undefined {
  const said = saidBy(error);
  if (!said) return undefined;
  const word = wordOf(said);
  return new CliError(`Redis refuses: ${said.message.replace(/^Ready check failed: /, '')}`, {
    remedy: remedyFor(said, redisRightsPage()),
    ...(LASTING.has(word) ? { lasting: true } : {}),
  });
}

/** Who is not let in, or lacks a right, lacks it until somebody gives it. */
const LASTING = new Set(['NOAUTH', 'WRONGPASS', 'NOPERM']);

function saidBy(error: unknown): Error | undefined {
  if (!(error instanceof Error)) return undefined;
  const { previousErrors } = error as { previousErrors?: readonly unknown[] };
  for (const inner of previousErrors ?? []) if (saidBy(inner)) return saidBy(inner);
  const isReply = error.name === 'ReplyError' || error.message.startsWith('Ready check failed: ');
  return isReply && wordOf(error) !== 'EXECABORT' ? error : undefined;
}

const unreachable = (away: Error) =>
  new CliError(`REDIS_URL: Redis cannot be reached (${(away as NodeJS.ErrnoException).code ?? away.message})`, {
    remedy: 'Does the server run, does it answer (redis-cli ping), and is the address right?',
  });

/** Runs `work` with the queues open, without taking jobs, and closes them. */
export function withQueues<T>(names: readonly QueueName[], work: (queues: Queue[]) => Promise<T>): Promise<T> {
  return withRedis((connection) =>
    work(names.map((name) => new Bull(name, { prefix: QUEUE_PREFIX, createClient: () => connection }))),
  );
}
