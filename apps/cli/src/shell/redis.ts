import Bull, { type Queue } from 'bull';
import type { Redis } from 'ioredis';
import { QUEUE_PREFIX, type QueueName } from '#queues';
import { createBlockingRedis, createLogger, RedisConfig } from '#service';
import { configured } from './environment.js';
import { CliError } from './failure.js';

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
    throw refused(error) ?? refused(away) ?? (away ? unreachable(away) : error);
  } finally {
    connection.disconnect();
  }
}

/** What Redis says of users and passwords, in words; a transaction carries it inside of its own. */
function refused(error: unknown): CliError | undefined {
  const said = error instanceof Error ? /NOAUTH|WRONGPASS|NOPERM/.exec(error.message)?.[0] : undefined;
  switch (said) {
    case 'NOAUTH':
      return new CliError('REDIS_URL: holds no password, and Redis wants one', {
        remedy: 'redis://:password@host:port, or redis://user:password@host:port; rediss:// with TLS.',
        lasting: true,
      });
    case 'WRONGPASS':
      return new CliError('REDIS_URL: Redis refuses this user and password', {
        remedy: 'Special characters of the password are percent-encoded in a URL.',
        lasting: true,
      });
    case 'NOPERM':
      return new CliError(`REDIS_URL: this user lacks a right (${(error as Error).message})`, {
        remedy: 'Give it that right: ACL SETUSER.',
        lasting: true,
      });
    default:
      return undefined;
  }
}

const unreachable = (away: Error) =>
  new CliError(`REDIS_URL: Redis cannot be reached (${(away as NodeJS.ErrnoException).code ?? away.message})`, {
    remedy: 'Does the server run, and is the address right?',
  });

/** Runs `work` with the queues open, without taking jobs, and closes them. */
export function withQueues<T>(names: readonly QueueName[], work: (queues: Queue[]) => Promise<T>): Promise<T> {
  return withRedis((connection) =>
    work(names.map((name) => new Bull(name, { prefix: QUEUE_PREFIX, createClient: () => connection }))),
  );
}
