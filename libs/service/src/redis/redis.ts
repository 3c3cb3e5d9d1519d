import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { RedisConfig } from '../config/service-config.js';
import type { Logger } from '../log/logger.js';
import { isSilent, keep } from './keeper.js';
import { isDenial, remedyFor, wordOf } from './refusals.js';
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
  let attempts = 0;
  const redis = connect(place, {
    connectionName: `wxplane:${role}`,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    connectTimeout: 2_000,
    commandTimeout: 2_000,
    // A master that was demoted answers READONLY: connect again, to whoever is master now. Not sent again by itself: where there is no
    // other master, that would go round for ever.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    ...options,
    // Not ioredis' own count, which begins anew with every connection that is accepted, be it by a server that lets nobody in; and not
    // Bull's own pace, which begins with milliseconds.
    retryStrategy: () => {
      attempts += 1;
      return backOff(attempts);
    },
  });
  onAnswer(redis, () => {
    attempts = 0;
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

/** Told of each new connection that answers: a server that stands still lets its system accept them, one that lets nobody in does, too. */
function onAnswer(redis: Redis, told: () => void): void {
  redis.on('ready', () => void redis.ping().then(told, () => {}));
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

/** Connections that are away, by the logger of their process. */
const away = new WeakMap<Logger, Set<Redis>>();

/**
 * One line of a process when Redis goes and one when it is back, however many connections it has and however often they are tried;
 * `debug` tells of each. Back is a connection that answers.
 */
function logConnection(redis: Redis, role: string, logger: Logger): void {
  const gone = away.get(logger) ?? new Set<Redis>();
  away.set(logger, gone);
  redis.on('error', (error: NodeJS.ErrnoException) => {
    // Nobody is let in with that password: said as such, or it would look like a server that is gone.
    const denial = isDenial(error) ? { word: wordOf(error), remedy: remedyFor(error) } : undefined;
    const known = refusalOf(redis)?.word === denial?.word;
    refuse(redis, denial);
    if (gone.has(redis) && known) return;
    const level = denial && !known ? 'error' : gone.size === 0 ? 'warn' : 'debug';
    gone.add(redis);
    if (denial) logger[level]({ event: 'redis.denies', role, ...denial }, 'Redis does not let us in; going on without it');
    else logger[level]({ event: 'redis.away', role, code: error.code }, 'Redis does not answer; going on without it');
  });
  onAnswer(redis, () => {
    if (!gone.delete(redis)) return;
    refuse(redis, undefined);
    logger[gone.size === 0 ? 'info' : 'debug']({ event: 'redis.back', role }, 'Redis answers again');
  });
  redis.on('end', () => gone.delete(redis));
}

/**
 * Waits until the first connection stands or has failed, at most `ms`. What an app does without Redis it should not do because it is a
 * few milliseconds too early: ingestion without MySQL would send pushes back that Redis can keep.
 */
export async function firstConnection(redis: Redis, ms: number): Promise<void> {
  if (answers(redis)) return;
  await once(redis, 'ready', { signal: AbortSignal.timeout(ms) }).catch(() => {});
}

/** What Redis says no with: its word, and what a person can do. */
export interface Refusal {
  readonly word: string;
  readonly remedy: string;
}

/** By the connection for commands: with what Redis refuses what the queues need, or to let us in at all. */
const refusals = new WeakMap<Redis, Refusal>();

export const refusalOf = (redis: Redis): Refusal | undefined => refusals.get(redis);

/** @param refusal `undefined`: it takes everything, or does not answer at all */
export function refuse(redis: Redis, refusal: Refusal | undefined): void {
  if (refusal) refusals.set(redis, refusal);
  else refusals.delete(redis);
}

/** Whether a command would be answered now, be it with a refusal. */
export const answers = (redis: Redis): boolean => redis.status === 'ready' && !isSilent(redis);

/** Whether Redis can be used now: it answers, and takes what it is given (as far as that is tried, see `RedisTrial`). */
export const isReady = (redis: Redis): boolean => answers(redis) && !refusals.has(redis);

/** How it is, in a word: `up`, `away`, `silent`, or what it refuses with. */
export const stateOf = (redis: Redis): string =>
  redis.status !== 'ready' ? (refusalOf(redis)?.word ?? 'away') : isSilent(redis) ? 'silent' : (refusalOf(redis)?.word ?? 'up');

/** What ioredis throws while Redis is away, and what Redis itself says in words that Bull and others hand on. */
const AWAY =
  /^(Stream isn't writeable|Command timed out|Command aborted|Connection is closed|Cluster isn't ready|Redis did not answer|CLUSTERDOWN|READONLY|LOADING|OOM |NOREPLICAS|MISCONF|NOPERM|NOAUTH|WRONGPASS|Ready check failed)|MaxRetriesPerRequest|None of startup nodes/;

/** Whether an error is Redis's: it is away, or it refuses (no room, no replica, read-only, no right, a script it does not take). */
export function isOfRedis(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // The class of what Redis itself answered.
  return error.name === 'ReplyError' || error.name === 'MaxRetriesPerRequestError' || AWAY.test(error.message);
}
