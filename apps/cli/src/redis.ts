import Bull, { type Queue } from 'bull';
import type { Redis } from 'ioredis';
import { QUEUE_PREFIX, type QueueName } from '#queues';
import { createBlockingRedis, createLogger, RedisConfig } from '#service';
import { configured } from './shell/environment.js';
import { CliError } from './shell/failure.js';

/** Runs `work` with a connection to Redis that fails soon, and closes it. */
export async function withRedis<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
  const config = configured(RedisConfig);
  const logger = await createLogger({ app: 'cli', level: 'silent' });
  const connection = createBlockingRedis(config, 'cli', logger, { maxRetriesPerRequest: 3, commandTimeout: 10_000 });
  let away: Error | undefined;
  connection.on('error', (error) => {
    away = error;
  });
  try {
    return await work(connection);
  } catch (error) {
    if (!away) throw error;
    throw new CliError(`REDIS_URL: Redis cannot be reached (${(away as NodeJS.ErrnoException).code ?? away.message})`, {
      remedy: 'Does the server run, is the address right, does the password fit?',
    });
  } finally {
    connection.disconnect();
  }
}

/** Runs `work` with the queues open, without taking jobs, and closes them. */
export function withQueues<T>(names: readonly QueueName[], work: (queues: Queue[]) => Promise<T>): Promise<T> {
  return withRedis((connection) =>
    work(names.map((name) => new Bull(name, { prefix: QUEUE_PREFIX, createClient: () => connection }))),
  );
}
