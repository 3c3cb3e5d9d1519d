import type { Redis } from 'ioredis';
import { afterAll, describe, expect, it } from 'vitest';
import { createLogger, createRedis, HealthRegistry, Progress } from '#service';
import { RedisServers } from '../../../../libs/service/testing/redis-servers.js';
import { BrokerConfig } from '../config/broker.config.js';
import { type Invalidation, InvalidationBus } from './invalidation.bus.js';

const logger = await createLogger({ app: 'test', level: 'silent' });
const servers = new RedisServers();
const stops: (() => void)[] = [];
afterAll(async () => {
  for (const stop of stops) stop();
  await servers.stop();
});

/** What one replica has of the channel. */
class Replica {
  readonly heard: Invalidation[] = [];
  readonly bus: InvalidationBus;
  regained = 0;

  constructor(config: BrokerConfig) {
    const redis: Redis = createRedis(config, 'test', logger);
    this.bus = new InvalidationBus(config, redis, logger, new HealthRegistry(), new Progress());
    this.bus.onMessage((message) => this.heard.push(message));
    this.bus.onRegained(() => {
      this.regained += 1;
    });
    this.bus.onModuleInit();
    stops.push(() => {
      this.bus.onApplicationShutdown();
      redis.disconnect();
    });
  }

  trusts(expected: boolean): Promise<void> {
    return expect.poll(() => this.bus.trusted, { timeout: 40_000, interval: 20 }).toBe(expected);
  }
}

describe('the invalidation channel behind Sentinel', () => {
  it('is not believed while there is no master, follows to the new one, and drops copies of before', async () => {
    const { place, master } = await servers.startSentinel('only-for-this-test');
    const config = Object.assign(new BrokerConfig(), place);
    const [one, two] = [new Replica(config), new Replica(config)];
    await Promise.all([one.trusts(true), two.trusts(true)]);
    one.bus.publish({ type: 'token', key: 'before', generation: 1 });
    await expect.poll(() => two.heard).toMatchObject([{ key: 'before' }]);

    await master.kill();
    await Promise.all([one.trusts(false), two.trusts(false)]);
    await Promise.all([one.trusts(true), two.trusts(true)]);
    // Whatever was said meanwhile: copies of before are dropped.
    expect([one.regained, two.regained]).toEqual([2, 2]);
    one.bus.publish({ type: 'token', key: 'after', generation: 2 });
    await expect.poll(() => two.heard.at(-1)).toMatchObject({ type: 'token', key: 'after' });
    two.bus.publish({ type: 'client', clientId: 'after' });
    await expect.poll(() => one.heard.at(-1)).toMatchObject({ type: 'client', clientId: 'after' });
  }, 90_000);
});
