import type { Redis } from 'ioredis';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { freePort } from '../../../../scripts/lib/ports.ts';
import { RedisServers } from '../../testing/redis-servers.js';
import { createLogger } from '../log/logger.js';
import { Periodic } from '../time/periodic.js';
import { LossWatch } from './loss-watch.js';
import { createBlockingRedis, createRedis, isReady, type RedisPlace } from './redis.js';

const PASSWORD = 'only-for-this-test';
const logger = await createLogger({ app: 'test', level: 'silent' });
const servers = new RedisServers();
const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
afterAll(() => servers.stop());

const single = (port: number, more = ''): RedisPlace => `redis://${more}127.0.0.1:${port}`;

/** A process that keeps one thing in Redis that it can make again. */
class Keeper {
  readonly redis: Redis;
  readonly periodic = new Periodic(logger);
  readonly watch: LossWatch;
  readonly recoveries: boolean[] = [];

  constructor(place: RedisPlace, meanwhile = async () => {}) {
    this.redis = createRedis(place, 'test', logger);
    const bull = createBlockingRedis(place, 'test-bull', logger);
    this.watch = new LossWatch(this.redis, logger, this.periodic);
    this.watch.watch(bull);
    this.watch.onLoss(async ({ atStart }) => {
      this.recoveries.push(atStart);
      await bull.set('{wxplane}:kept', 'x');
      await meanwhile();
    });
    stops.push(async () => {
      await this.periodic.beforeApplicationShutdown();
      this.redis.disconnect();
      bull.disconnect();
    });
  }

  async start(): Promise<this> {
    await expect.poll(() => isReady(this.redis)).toBe(true);
    await expect.poll(() => this.watch.look()).toBe(true);
    expect(this.recoveries).toEqual([true]);
    this.periodic.onApplicationBootstrap();
    return this;
  }

  has(): Promise<void> {
    return expect.poll(() => this.redis.get('{wxplane}:kept').catch(() => null), { timeout: 40_000, interval: 50 }).toBe('x');
  }
}

async function server(lines: readonly string[] = []) {
  const port = await freePort();
  const name = `server-${port}`;
  const start = async () => {
    const child = servers.start(name, port, lines);
    await servers.answers(child, '-p', String(port));
    return child;
  };
  return { port, start, child: await start() };
}

describe('what Redis lost is made again', () => {
  it('when it was emptied, by every process that may have written to it', async () => {
    const { port } = await server();
    const keepers = [await new Keeper(single(port)).start(), await new Keeper(single(port)).start()];
    await keepers[0]!.redis.flushall();
    await keepers[0]!.has();
    await expect
      .poll(() => keepers.map(({ recoveries }) => recoveries))
      .toEqual([
        [true, false],
        [true, false],
      ]);
    expect(await Promise.all(keepers.map(({ watch }) => watch.look()))).toEqual([true, true]);
  });

  it('when it was emptied before the first look was over: that is a loss, not a start', async () => {
    const { port } = await server();
    let emptied = false;
    const keeper = new Keeper(single(port), async () => {
      if (emptied) return;
      emptied = true;
      await keeper.redis.flushall();
    });
    await expect.poll(() => isReady(keeper.redis)).toBe(true);
    expect(await keeper.watch.look()).toBe(false);
    expect(await keeper.watch.look()).toBe(true);
    expect(keeper.recoveries).toEqual([true, false]);
    await keeper.has();
  });

  it('when it was killed and has no file', async () => {
    const { port, child, start } = await server();
    const keeper = await new Keeper(single(port)).start();
    await child.kill();
    await start();
    await keeper.has();
  });

  it('when it was killed and has its file: nobody knows what the last second was', async () => {
    const { port, child, start } = await server(['appendonly yes']);
    const keeper = await new Keeper(single(port)).start();
    await child.kill();
    await start();
    await expect.poll(() => keeper.recoveries).toEqual([true, false]);
  });

  it('when it was emptied once more meanwhile', async () => {
    const { port } = await server();
    let losses = 3;
    const keeper: Keeper = new Keeper(single(port), async () => {
      if (losses > 0) await keeper.redis.flushall();
      losses -= 1;
    });
    await expect.poll(() => isReady(keeper.redis)).toBe(true);
    await expect.poll(() => keeper.watch.look()).toBe(true);
    expect(keeper.recoveries).toHaveLength(4);
    await keeper.has();
  });

  it('when what makes it again failed: it is tried again', async () => {
    const { port } = await server();
    let failures = 2;
    const keeper = new Keeper(single(port), async () => {
      failures -= 1;
      if (failures >= 0) throw new Error('MySQL does not answer');
    });
    keeper.periodic.onApplicationBootstrap();
    await expect.poll(() => keeper.recoveries).toEqual([true, true, true]);
  });

  it('when a replica took its place that did not have it yet (Sentinel, the link cut)', async () => {
    const { place, master, replicaPort, cutLink } = await servers.startSentinel(PASSWORD);
    const keeper = await new Keeper(place).start();
    const replica = ['-p', String(replicaPort), '-a', PASSWORD];
    await expect.poll(() => servers.cli(...replica, 'exists', '{wxplane}:marker', '{wxplane}:kept').trim()).toBe('2');
    // The marker is there, the rest is not: only who the server is tells.
    await keeper.redis.del('{wxplane}:kept');
    await expect.poll(() => servers.cli(...replica, 'exists', '{wxplane}:kept').trim()).toBe('0');
    await cutLink();
    await keeper.redis.set('{wxplane}:kept', 'x');
    await master.kill();
    await keeper.has();
    expect(keeper.recoveries).toContain(false);
  }, 90_000);

  it('when the user may not ask who the server is, after each new connection', async () => {
    const { port } = await server(['user some on >word ~* &* +@all -info']);
    const keeper = await new Keeper(single(port, 'some:word@')).start();
    servers.cli('-p', String(port), 'client', 'kill', 'type', 'normal', 'skipme', 'yes');
    await expect.poll(() => keeper.recoveries.length).toBeGreaterThanOrEqual(2);
  });

  it('in a Cluster, by the node that has the queues', async () => {
    const { place, ports } = await servers.startCluster(PASSWORD);
    const keeper = await new Keeper(place).start();
    await keeper.redis.del('{wxplane}:kept');
    expect(await Promise.all(Array.from({ length: 10 }, () => keeper.watch.look()))).toEqual(
      Array.from({ length: 10 }, () => true),
    );
    for (const port of ports) servers.cli('-p', String(port), '-a', PASSWORD, 'flushall');
    await keeper.has();
    expect(keeper.recoveries).toEqual([true, false]);
  }, 90_000);
});
