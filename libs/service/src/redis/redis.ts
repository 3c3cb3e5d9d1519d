import { Redis, type RedisOptions } from 'ioredis';
import type { Logger } from '../observe/logger.js';

/** Injection token of the connection for commands. */
export const REDIS = Symbol('redis');

/**
 * A connection for commands: fails at once while Redis is away, so that callers can go on without it, and reconnects for ever.
 * @param role names the connection in `CLIENT LIST` and in the log.
 */
export function createRedis(url: string, role: string, logger: Logger, options: RedisOptions = {}): Redis {
  const redis = new Redis(url, {
    connectionName: `wxplane:${role}`,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    connectTimeout: 2_000,
    commandTimeout: 2_000,
    retryStrategy: (attempt) => Math.min(100 * 2 ** Math.min(attempt, 5), 2_000),
    ...options,
  });
  logConnection(redis, role, logger);
  return redis;
}

/** A connection for Bull or for subscriptions: waits for Redis instead of failing. */
export function createBlockingRedis(url: string, role: string, logger: Logger, options: RedisOptions = {}): Redis {
  return createRedis(url, role, logger, {
    enableOfflineQueue: true,
    maxRetriesPerRequest: null,
    enableReadyCheck: false,
    commandTimeout: undefined as never,
    ...options,
  });
}

/** One line when it goes and one when it is back, instead of one a second. */
function logConnection(redis: Redis, role: string, logger: Logger): void {
  let away = false;
  redis.on('error', (error: NodeJS.ErrnoException) => {
    if (!away) logger.warn({ event: 'redis.away', role, code: error.code }, 'Redis does not answer; going on without it');
    away = true;
  });
  redis.on('ready', () => {
    if (away) logger.info({ event: 'redis.back', role }, 'Redis answers again');
    away = false;
  });
}

/** Whether a command can be sent now. */
export function isReady(redis: Redis): boolean {
  return redis.status === 'ready';
}
