import Bull from 'bull';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QUEUE_POLICY, QUEUE_PREFIX, QUEUES } from '#queues';
import { LossWatch, runService } from '#service';
import { RELEASE_CHECK_PAIRS } from '#wechat';
import { eventually, type Running, startIngestion } from '../../testing/running.js';
import { OwnServers } from '../../testing/servers.js';
import { makePush, randomAppid, SUCCESS, send, textXml, unauthorizedXml } from '../../testing/wechat.js';
import { ingestionDefinition } from '../ingestion.definition.js';
import { Dispatcher } from './dispatcher.service.js';
import { LostJobs } from './lost-jobs.service.js';

let app: Running;
beforeAll(async () => {
  app = await startIngestion();
});
afterAll(() => app?.stop());

it('jobs that vanish unnoticed are handed over anew after a while, those that had their effect are not', async () => {
  for (const push of [
    makePush(app.keys, unauthorizedXml(app.keys, randomAppid())),
    makePush(app.keys, unauthorizedXml(app.keys, randomAppid())),
    makePush(app.keys, textXml('gh_a', 'no consumer'), { appid: randomAppid() }),
  ])
    expect(await send(app.base, push)).toEqual(SUCCESS);
  await eventually(
    'handed over',
    async () => (await app.query(`SELECT 1 FROM f_wechat_event WHERE state = 'queued'`)).length === 3,
  );
  const lost = app.service.app.get(LostJobs);
  // Its look at the start is over: it is not what this is about.
  await eventually('Redis is known', () => app.service.app.get(LossWatch).look());
  expect(await lost.look()).toBe(0);

  await app.redis.del(...(await app.redis.keys('{wxplane}:*.events:*')));
  const [done, gone] = await app.query<{ event_id: string }>(
    `SELECT event_id FROM f_wechat_event WHERE kind = 'unauthorized' ORDER BY event_id`,
  );
  for (const consumer of ['broker', 'release'])
    await app.query(`INSERT INTO f_wechat_eventeffect (event_id, consumer, state, at) VALUES (?, ?, 'done', UTC_TIMESTAMP(3))`, [
      done!.event_id,
      consumer,
    ]);
  const handedOver = (ago: string) => app.query(`UPDATE f_wechat_event SET handed_over_at = UTC_TIMESTAMP() - INTERVAL ${ago}`);
  // A job that fails and is tried again may still be alive then.
  const { attempts, backoff } = QUEUE_POLICY[QUEUES.brokerEvents];
  const triesMs = Array.from(
    { length: (attempts ?? 1) - 1 },
    (_, made) => (2 ** (made + 1) - 1) * (backoff as { delay: number }).delay,
  );
  await handedOver(`${Math.ceil(triesMs.reduce((sum, pauseMs) => sum + pauseMs, 0) / 1_000)} SECOND`);
  expect(await lost.look()).toBe(0);
  await handedOver('3 HOUR');
  expect(await lost.look()).toBe(1);
  const keys = await eventually('a job for each queue', async () => {
    const found = await app.redis.keys('{wxplane}:*.events:event-*');
    return found.length === 2 && found;
  });
  expect(keys.every((key) => key.includes(`event-${gone!.event_id}-replay-`))).toBe(true);
});

describe('jobs that Redis loses are there again within seconds, with the settings of production', () => {
  let servers: OwnServers;
  let own: Running;
  const replicas: Awaited<ReturnType<typeof runService>>[] = [];

  beforeAll(async () => {
    servers = await OwnServers.start();
    own = await startIngestion({ servers });
    // Nothing but what is noticed may help: the timer is the one of production, two hours.
    replicas.push(await runService(ingestionDefinition, own.env), await runService(ingestionDefinition, own.env));
  });
  afterAll(async () => {
    for (const replica of replicas) await replica.stop('end of test');
    await own?.stop();
    await servers?.stop();
  });

  /** Not the locks of those that are being worked on. */
  const jobs = async () =>
    (await own.redis.keys(`${QUEUE_PREFIX}:*.events:event-*`))
      .filter((key) => !key.endsWith(':lock'))
      .map((key) => key.split(':').slice(1).join(':'));
  /** A push whose event both consumers want. @returns its jobs, once they are there */
  const handedOver = async () => {
    const before = new Set(await jobs());
    expect(await send(own.base, makePush(own.keys, unauthorizedXml(own.keys, randomAppid())))).toEqual(SUCCESS);
    return eventually('handed over', async () => {
      const fresh = (await jobs()).filter((job) => !before.has(job));
      return fresh.length === 2 && fresh.sort();
    });
  };
  const allQueued = () =>
    eventually(
      'all handed over',
      async () => (await own.query(`SELECT 1 FROM f_wechat_event WHERE state <> 'queued'`)).length === 0,
    );
  /** Its jobs are there again, and no second ones. */
  const there = (expected: readonly string[]) =>
    eventually('the jobs are there again', async () => sameAs(await jobs(), expected));
  const sameAs = (found: readonly string[], expected: readonly string[]) =>
    JSON.stringify([...found].sort()) === JSON.stringify([...expected].sort());

  it('emptied (FLUSHALL): each job once, under its name, on three replicas', async () => {
    const expected = [...(await handedOver()), ...(await handedOver())];
    await own.redis.flushall();
    await there(expected);
  });

  it('emptied once more while it is made whole', async () => {
    const expected = await jobs();
    for (let times = 0; times < 20; times += 1) await own.redis.flushall();
    await there(expected);
  });

  it('started without its file (kill -9)', async () => {
    const expected = [...(await jobs()), ...(await handedOver())];
    await servers.redis.child.kill();
    servers.loseRedis();
    await servers.startRedis();
    await there(expected);
  });

  it('those that failed all their tries stay what they are; those that had their effect stay gone', async () => {
    const [first, second] = [await handedOver(), await handedOver()];
    const queue = new Bull(QUEUES.releaseEvents, own.redisUrl, { prefix: QUEUE_PREFIX });
    const dead = (await queue.getNextJob())!;
    await dead.discard();
    await dead.moveToFailed({ message: 'no more' }, true);
    await queue.close();
    const eventId = second[0]!.split('event-')[1]!;
    await own.query(
      `INSERT INTO f_wechat_eventeffect (event_id, consumer, state, at) VALUES (?, 'broker', 'done', UTC_TIMESTAMP(3)), (?, 'release', 'done', UTC_TIMESTAMP(3))`,
      [eventId, eventId],
    );
    const before = await jobs();
    // As after a failover: some are lost, others are not.
    const lost = first.find((job) => job.startsWith(QUEUES.brokerEvents))!;
    await own.redis.del(`${QUEUE_PREFIX}:${lost}`, ...second.map((job) => `${QUEUE_PREFIX}:${job}`), `${QUEUE_PREFIX}:marker`);
    await there(before.filter((job) => !second.includes(job)));
    expect(await own.redis.zrange(`${QUEUE_PREFIX}:${QUEUES.releaseEvents}:failed`, 0, -1)).toEqual([dead.id]);
  });

  it('emptied after the jobs were put in, and before their rows say so', async () => {
    const expected = await jobs();
    await allQueued();
    const eventIds = [...new Set(expected.map((job) => job.split('event-')[1]!))];
    // All their hand-overs at the same time, on all replicas, with losses in between.
    await own.query(`UPDATE f_wechat_event SET state = 'received', handed_over_at = NULL WHERE event_id IN (?)`, [eventIds]);
    for (let times = 0; times < 30; times += 1) {
      await Promise.all([
        own.redis.flushall(),
        ...[own.service, ...replicas].map((replica) =>
          replica.app
            .get(Dispatcher)
            .handOver()
            .catch(() => undefined),
        ),
      ]);
      if (times < 29)
        await own.query(`UPDATE f_wechat_event SET state = 'received', handed_over_at = NULL WHERE event_id IN (?)`, [eventIds]);
    }
    await allQueued();
    const all = eventIds.flatMap((id) => [`${QUEUES.brokerEvents}:event-${id}`, `${QUEUES.releaseEvents}:event-${id}`]);
    await eventually('all are there', async () => {
      const found = new Set(await jobs());
      return all.every((job) => found.has(job));
    });
  });

  it('by a replica that is killed before it has noticed: the next one that starts looks for itself', async () => {
    const expected = await jobs();
    for (const replica of replicas.splice(0)) await replica.stop('end');
    await own.service.app.get(LostJobs).recover();
    const lost = expected.slice(0, 2);
    // No marker is gone: nobody who runs has anything to notice.
    await own.redis.del(...lost.map((job) => `${QUEUE_PREFIX}:${job}`));
    replicas.push(await runService(ingestionDefinition, own.env));
    await there(expected);
  });

  it('the answer that the release check waits for, too', async () => {
    const { officialAccount } = RELEASE_CHECK_PAIRS[0]!;
    const text = textXml(officialAccount.userName, 'QUERY_AUTH_CODE:queryauthcode@@@x');
    expect((await send(own.base, makePush(own.keys, text, { appid: officialAccount.appid }))).status).toBe(200);
    const replies = () => own.redis.keys(`${QUEUE_PREFIX}:${QUEUES.brokerCommands}:event-*`);
    const expected = await eventually('handed over', async () => (await replies()).length === 1 && replies());
    await own.redis.flushall();
    await eventually('it is there again', async () => sameAs(await replies(), expected));
  });
});
