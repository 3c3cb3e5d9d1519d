import Bull from 'bull';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Child } from '../../../../scripts/lib/child.ts';
import { freePort } from '../../../../scripts/lib/ports.ts';
import { makeCertificates } from '../../../persistence/testing/certificates.js';
import { QUEUE_PREFIX } from '../../../queues/src/index.js';
import { RedisServers } from '../../testing/redis-servers.js';
import { createLogger } from '../log/logger.js';
import { createBlockingRedis, createRedis, isReady, type RedisPlace } from './redis.js';

const PASSWORD = 'only-for-this-test';
const SINGLE = { REDIS_MODE: 'single', REDIS_SENTINEL_NAME: 'mymaster' } as const;

const servers = new RedisServers();
const connections: Redis[] = [];
const logger = await createLogger({ app: 'test', level: 'silent' });

function commands(place: RedisPlace): Redis {
  const redis = createRedis(place, 'test', logger);
  connections.push(redis);
  return redis;
}
const ready = (redis: Redis) => expect.poll(() => isReady(redis)).toBe(true);

/** A queue as the apps have them, on the servers of `place`. */
function openQueue(place: RedisPlace): Bull.Queue {
  return new Bull('production', {
    prefix: QUEUE_PREFIX,
    createClient: (type, options) => createBlockingRedis(place, `bull-${type}`, logger, options),
    settings: { stalledInterval: 1_000, lockDuration: 3_000 },
  });
}

afterEach(() => {
  for (const redis of connections.splice(0)) redis.disconnect();
});
afterAll(() => servers.stop());

describe('Redis with TLS and a password', () => {
  let place: Exclude<RedisPlace, string>;
  let server: Child;
  let restart: () => Promise<void>;

  beforeAll(async () => {
    const { ca, cert, key } = makeCertificates(servers.folder);
    const port = await freePort();
    const lines = [
      'port 0',
      `tls-port ${port}`,
      `tls-ca-cert-file ${ca}`,
      `tls-cert-file ${cert}`,
      `tls-key-file ${key}`,
      'tls-auth-clients no',
      `requirepass ${PASSWORD}`,
    ];
    restart = async () => {
      server = servers.start('tls', port, lines);
      await servers.answers(server, '-p', String(port), '--tls', '--cacert', ca, '-a', PASSWORD);
    };
    place = { ...SINGLE, REDIS_URL: `rediss://:${PASSWORD}@127.0.0.1:${port}`, REDIS_CA_FILE: ca };
    await restart();
  });

  it('is reached when its certificate fits REDIS_CA_FILE', async () => {
    const redis = commands(place);
    await ready(redis);
    expect(await redis.ping()).toBe('PONG');
  });

  it('is not trusted without it', async () => {
    const { REDIS_CA_FILE: _, ...without } = place;
    const redis = commands(without);
    const error = await new Promise<Error>((resolve) => redis.once('error', resolve));
    expect(error.message).toMatch(/certificate/);
    expect(isReady(redis)).toBe(false);
  });

  it('is found again after it was killed and started anew', async () => {
    const redis = commands(place);
    await ready(redis);
    await server.kill();
    await expect.poll(() => isReady(redis)).toBe(false);
    await expect(redis.ping()).rejects.toThrow();
    await restart();
    await ready(redis);
    expect(await redis.ping()).toBe('PONG');
  });
});

describe('Redis behind Sentinel', () => {
  it('goes on at the new master after the old one was killed; a queue loses no job', async () => {
    const { place, master } = await servers.startSentinel(PASSWORD);
    const redis = commands(place);
    await ready(redis);
    await redis.set('{wxplane}:fact', 'kept');
    const queue = openQueue(place);
    const done: string[] = [];
    void queue.process((job, finished) => {
      done.push(job.data.id);
      finished();
    });
    await queue.add({ id: 'before' });
    await expect.poll(() => done).toEqual(['before']);
    await expect.poll(async () => (await redis.wait(1, 5_000)) as number).toBe(1);

    await master.kill();
    await expect.poll(() => redis.get('{wxplane}:fact').catch(() => undefined), { timeout: 30_000, interval: 200 }).toBe('kept');
    expect(await redis.set('{wxplane}:fact', 'written at the new master')).toBe('OK');
    await queue.add({ id: 'after' });
    await expect.poll(() => done).toEqual(['before', 'after']);
    await queue.close();
  }, 120_000);
});

describe('Redis behind a Sentinel that knows its users', () => {
  /** As docs/operations.md has them. */
  const RIGHTS = '-@all +sentinel|get-master-addr-by-name +sentinel|sentinels +client|setname +ping +info';

  it('is found with REDIS_SENTINEL_USERNAME and these rights, also after a failover; without the name it is not', async () => {
    const { place, master } = await servers.startSentinel(PASSWORD, RIGHTS);
    const { REDIS_SENTINEL_USERNAME: _, ...nameless } = place;
    const [redis, stranger] = [commands(place), commands(nameless)];
    await ready(redis);
    await redis.set('{wxplane}:fact', 'kept');
    await expect.poll(async () => (await redis.wait(1, 5_000)) as number).toBe(1);
    await master.kill();
    await expect.poll(() => redis.get('{wxplane}:fact').catch(() => undefined), { timeout: 30_000, interval: 200 }).toBe('kept');
    expect(isReady(stranger)).toBe(false);
  }, 120_000);
});

describe('Redis Cluster', () => {
  it('takes queues and scripts, whose keys share a hash tag; a node that comes back is used again', async () => {
    const { place, ports, nodes, startNode } = await servers.startCluster(PASSWORD);
    const redis = commands(place);
    await ready(redis);
    // Spread over the nodes; and together where a script needs them.
    for (let index = 0; index < 30; index++) await redis.set(`key-${index}`, String(index));
    expect(
      await redis.eval('return redis.call("INCR", KEYS[1]) + redis.call("INCR", KEYS[2])', 2, '{wxplane}:a', '{wxplane}:b'),
    ).toBe(2);

    const queue = openQueue(place);
    const done = new Set<number>();
    void queue.process(4, (job, finished) => {
      done.add(job.data.n);
      finished();
    });
    for (let n = 0; n < 50; n++) await queue.add({ n }, { jobId: `job-${n}`, attempts: 3 });
    await expect.poll(() => done.size).toBe(50);
    expect(await queue.getJobCounts()).toMatchObject({ waiting: 0, failed: 0 });

    // The node that holds the queue goes and comes back, with what it had written.
    const owner = ports.findIndex(
      (port) =>
        servers.cli('-p', String(port), '-a', PASSWORD, 'dbsize').trim() !== '0' &&
        servers.cli('-c', '-p', String(port), '-a', PASSWORD, 'keys', '{wxplane}:production:*').includes('production'),
    );
    expect(owner).toBeGreaterThanOrEqual(0);
    await nodes[owner]!.kill();
    await startNode(owner);
    await expect
      .poll(
        () =>
          queue.add({ n: 1_000 }, { jobId: 'job-1000' }).then(
            () => 'added',
            () => 'refused',
          ),
        { timeout: 30_000, interval: 300 },
      )
      .toBe('added');
    await expect.poll(() => done.has(1_000)).toBe(true);
    await expect.poll(() => redis.get('{wxplane}:a').catch(() => undefined), { timeout: 20_000, interval: 200 }).toBe('1');
    await queue.close();
  }, 120_000);
});
