import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { RedisConfig } from '../config/service-config.js';
import type { Logger } from '../log/logger.js';
import { isSilent, keep } from './keeper.js';
import { keepSubscribed } from './subscriber.js';

/** Injection token of the connection for commands. */
export const REDIS = Symbol('redis');

/** Where it is tried what Redis takes; in the slot of the queues. */
export const TRIAL_KEY = '{wxplane}:trial';
export const TRIAL_CHANNEL = '{wxplane}:trial';

/** An answer later than this is worth nothing to whoever waits: the connection is silent, and is made anew. */
const SILENT_MS = 3_000;
/** Bull's blocking read waits for five seconds by itself. */
const BLOCKING_SILENT_MS = 5_000 + SILENT_MS;

/** Longer than a failover mostly takes: short outages leave jobs under way alone. */
const BULL_COMMAND_MS = 5_000;

/** How Redis is reached: an address, or that part of the configuration. */
export type RedisPlace = string | RedisConfig;

/**
 * A connection for commands: fails at once while Redis is away, so that callers can go on without it, and reconnects for ever.
 * With Cluster it has the same methods; keys of one script or pipeline must share a hash tag.
 * @param role names the connection in `CLIENT LIST` and in the log.
 */
export function createRedis(place: RedisPlace, role: string, logger: Logger, options: RedisOptions = {}): Redis {
  const redis = connect(place, {
    connectionName: `wxplane:${role}`,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    connectTimeout: 2_000,
    commandTimeout: 2_000,
    retryStrategy: backOff,
    // A master that was demoted answers READONLY: connect again, to whoever is master now. Not sent again by itself: where there is no
    // other master, that would go round for ever.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    ...options,
  });
  logConnection(redis, role, logger);
  return keep(redis, { silentForMs: options.maxRetriesPerRequest === null ? BLOCKING_SILENT_MS : SILENT_MS });
}

/** A connection for messages alone; its subscriptions last (see `keepSubscribed`). */
export function createSubscriber(place: RedisPlace, role: string, logger: Logger, options: RedisOptions = {}): Redis {
  return keepSubscribed(createBlockingRedis(place, role, logger, { ...options, autoResubscribe: false }), role, logger);
}

/** One of the three connections of a Bull queue. Its commands have a bound, but for the read that waits for the next job. */
export function createBullRedis(
  place: RedisPlace,
  type: 'client' | 'subscriber' | 'bclient',
  role: string,
  logger: Logger,
  options: RedisOptions = {},
): Redis {
  if (type === 'subscriber') return createSubscriber(place, role, logger, options);
  return createBlockingRedis(place, role, logger, type === 'client' ? { ...options, commandTimeout: BULL_COMMAND_MS } : options);
}

/** A connection for Bull or for subscriptions: waits for Redis instead of failing. */
export function createBlockingRedis(place: RedisPlace, role: string, logger: Logger, options: RedisOptions = {}): Redis {
  const redis = createRedis(place, role, logger, {
    enableOfflineQueue: true,
    maxRetriesPerRequest: null,
    enableReadyCheck: false,
    commandTimeout: undefined as never,
    ...options,
  });
  // When it stops, Bull connects anew twice and does not listen to what becomes of it: a refusal would end the process.
  const connect = redis.connect.bind(redis);
  redis.connect = () => connect().catch(() => {});
  return redis;
}

const backOff = (attempt: number) => Math.min(100 * 2 ** Math.min(attempt, 5), 2_000);

function connect(place: RedisPlace, options: RedisOptions): Redis {
  const settings = typeof place === 'string' ? { REDIS_URL: place, REDIS_MODE: 'single' as const } : place;
  const url = new URL(settings.REDIS_URL);
  const tls: ConnectionOptions | undefined =
    url.protocol === 'rediss:'
      ? { ...('REDIS_CA_FILE' in settings && settings.REDIS_CA_FILE ? { ca: readFileSync(settings.REDIS_CA_FILE) } : {}) }
      : undefined;
  if (settings.REDIS_MODE === 'single') return new Redis(settings.REDIS_URL, { ...options, ...(tls ? { tls } : {}) });

  const nodes = (settings.REDIS_NODES ?? '').split(',').map((node) => {
    const colon = node.lastIndexOf(':');
    return { host: node.slice(0, colon), port: Number(node.slice(colon + 1)) };
  });
  const credentials: RedisOptions = {
    ...(url.username ? { username: decodeURIComponent(url.username) } : {}),
    ...(url.password ? { password: decodeURIComponent(url.password) } : {}),
    ...(tls ? { tls } : {}),
  };
  if (settings.REDIS_MODE === 'sentinel') {
    return new Redis({
      ...options,
      ...credentials,
      db: Number(url.pathname.slice(1) || 0),
      sentinels: nodes,
      name: settings.REDIS_SENTINEL_NAME,
      sentinelRetryStrategy: backOff,
      ...(settings.REDIS_SENTINEL_USERNAME ? { sentinelUsername: settings.REDIS_SENTINEL_USERNAME } : {}),
      ...(settings.REDIS_SENTINEL_PASSWORD ? { sentinelPassword: settings.REDIS_SENTINEL_PASSWORD } : {}),
      ...(tls ? { enableTLSForSentinelMode: true, sentinelTLS: tls } : {}),
    });
  }
  const { enableOfflineQueue, enableReadyCheck, maxRetriesPerRequest: _, retryStrategy: __, ...perNode } = options;
  const cluster = new Cluster(nodes, {
    clusterRetryStrategy: backOff,
    enableOfflineQueue: enableOfflineQueue ?? false,
    enableReadyCheck: enableReadyCheck ?? true,
    slotsRefreshTimeout: 5_000,
    redisOptions: { ...perNode, ...credentials },
    // With TLS the nodes must be called by the names in their certificates, not by the addresses they announce.
    ...(tls ? { dnsLookup: (address, callback) => callback(null, address) } : {}),
  });
  // The same commands; what differs (`options.db`) Cluster does not have.
  return cluster as unknown as Redis;
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

/**
 * Waits until the first connection stands or has failed, at most `ms`. What an app does without Redis it should not do because it is a
 * few milliseconds too early: ingestion without MySQL would send pushes back that Redis can keep.
 */
export async function firstConnection(redis: Redis, ms: number): Promise<void> {
  if (answers(redis)) return;
  await once(redis, 'ready', { signal: AbortSignal.timeout(ms) }).catch(() => {});
}

/** By the connection for commands: the word with which Redis refuses what the queues need. */
const refusals = new WeakMap<Redis, string>();

export const refusalOf = (redis: Redis): string | undefined => refusals.get(redis);

/** @param word `undefined`: it takes everything */
export function refuse(redis: Redis, word: string | undefined): void {
  if (word) refusals.set(redis, word);
  else refusals.delete(redis);
}

/** Whether a command would be answered now, be it with a refusal. */
export const answers = (redis: Redis): boolean => redis.status === 'ready' && !isSilent(redis);

/** Whether Redis can be used now: it answers, and takes what it is given (as far as that is tried, see `RedisTrial`). */
export const isReady = (redis: Redis): boolean => answers(redis) && !refusals.has(redis);

/** How it is, in a word: `up`, `away`, `silent`, or what it refuses with. */
export const stateOf = (redis: Redis): string =>
  redis.status !== 'ready' ? 'away' : isSilent(redis) ? 'silent' : (refusalOf(redis) ?? 'up');

/** What ioredis throws while Redis is away, and what Redis itself says in words that Bull and others hand on. */
const AWAY =
  /^(Stream isn't writeable|Command timed out|Command aborted|Connection is closed|Cluster isn't ready|Redis did not answer|CLUSTERDOWN|READONLY|LOADING|OOM |NOREPLICAS|MISCONF|NOPERM)|MaxRetriesPerRequest|None of startup nodes/;

/** Whether an error is Redis's: it is away, or it refuses (no room, no replica, read-only, no right, a script it does not take). */
export function isOfRedis(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // The class of what Redis itself answered.
  return error.name === 'ReplyError' || error.name === 'MaxRetriesPerRequestError' || AWAY.test(error.message);
}
