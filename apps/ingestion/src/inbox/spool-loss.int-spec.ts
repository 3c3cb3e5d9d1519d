import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SPOOL_KEY } from '#queues';
import { LossWatch, Progress } from '#service';
import { type Failover, RedisServers } from '../../../../libs/service/testing/redis-servers.js';
import { eventually, type Running, startIngestion } from '../../testing/running.js';
import { OwnServers } from '../../testing/servers.js';
import { makePush, randomAppid, SUCCESS, send, unauthorizedXml } from '../../testing/wechat.js';

const PASSWORD = 'only-for-this-test';
const servers: OwnServers[] = [];
const redis = new RedisServers();
const stops: (() => unknown)[] = [];
afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
  for (const own of servers) await own.stop();
  await redis.stop();
});

/** A hundred pushes that WeChat was told are taken. */
async function acknowledged(app: Running, count = 100): Promise<string[]> {
  const appids = Array.from({ length: count }, randomAppid);
  await Promise.all(
    appids.map(async (appid) =>
      expect(await send(app.base, makePush(app.keys, unauthorizedXml(app.keys, appid)))).toEqual(SUCCESS),
    ),
  );
  return appids;
}

async function allStored(app: Running, appids: readonly string[]): Promise<void> {
  const rows = () =>
    app.query<{ appid: string }>('SELECT authorizer_appid AS appid FROM f_wechat_event WHERE authorizer_appid IN (?)', [appids]);
  await eventually(
    'all are stored',
    async () => new Set((await rows()).map(({ appid }) => appid)).size === appids.length,
    60_000,
  );
  // Each once, although some were taken from two places.
  expect((await rows()).map(({ appid }) => appid).sort()).toEqual([...appids].sort());
}

/** For how many seconds what must move says that pushes wait. */
async function waiting(app: Running): Promise<number> {
  const readings = await app.service.app.get(Progress).readings();
  const found = readings.find(({ what }) => what === 'pushes that wait in Redis');
  if (!found) throw new Error('nobody looks at them');
  return found.still_s;
}

async function ownServers(): Promise<OwnServers> {
  const own = await OwnServers.start();
  servers.push(own);
  return own;
}

describe('pushes that only Redis had while MySQL was away', () => {
  let own: OwnServers;
  let app: Running;
  beforeAll(async () => {
    own = await ownServers();
    app = await startIngestion({ servers: own, env: { PUSH_DATABASE_TIMEOUT_MS: '500' } });
    stops.push(() => app.stop());
  });

  it('are not lost when Redis is emptied, and that they wait is told', async () => {
    await own.mariadb.child.kill();
    const appids = await acknowledged(app);
    expect(await app.redis.xlen(SPOOL_KEY)).toBe(100);
    await eventually('that they wait is known', async () => (await waiting(app)) > 0);
    await app.redis.flushall();
    await eventually('they are there again', async () => (await app.redis.xlen(SPOOL_KEY)) === 100);
    await own.startMariadb();
    await allStored(app, appids);
    await eventually('that none waits is known', async () => (await waiting(app)) === 0);
  });

  it('are not lost when Redis was killed and does not come back before MySQL', async () => {
    await own.mariadb.child.kill();
    const appids = await acknowledged(app);
    await own.redis.child.kill();
    own.loseRedis();
    await own.startMariadb();
    await allStored(app, appids);
    await own.startRedis();
  });
});

describe('pushes that only a Redis behind Sentinel had while MySQL was away', () => {
  let own: OwnServers;
  let app: Running;
  let failover: Failover;
  const start = async () => {
    [own, failover] = await Promise.all([ownServers(), redis.startSentinel(PASSWORD)]);
    const { REDIS_URL, REDIS_MODE, REDIS_NODES, REDIS_SENTINEL_NAME } = failover.place as unknown as Record<string, string>;
    app = await startIngestion({
      servers: own,
      env: {
        PUSH_DATABASE_TIMEOUT_MS: '500',
        ...{ REDIS_URL, REDIS_MODE, REDIS_NODES, REDIS_SENTINEL_NAME },
      } as Record<string, string>,
    });
    stops.push(() => app.stop());
  };

  it('are acknowledged when a replica has them, too', async () => {
    await start();
    await eventually('the replica is known', async () => app.service.app.get(LossWatch).replicas === 1);
    await own.mariadb.child.kill();
    // The first one finds out that MySQL is away.
    const appids = await acknowledged(app, 1);
    const replica = new Redis(failover.replicaPort, '127.0.0.1', { password: PASSWORD });
    stops.push(() => replica.disconnect());
    for (let pushes = 0; pushes < 30; pushes += 1) {
      appids.push(...(await acknowledged(app, 1)));
      expect(await replica.xlen(SPOOL_KEY)).toBe(appids.length);
    }
    await own.startMariadb();
    await allStored(app, appids);
  });

  it('are not lost when it fails over to a replica that did not have them (the link cut, 100 pushes)', async () => {
    await own.mariadb.child.kill();
    await failover.cutLink();
    const appids = await acknowledged(app);
    await failover.master.kill();
    await own.startMariadb();
    await allStored(app, appids);
  }, 120_000);
});
