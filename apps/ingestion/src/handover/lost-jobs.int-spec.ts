import { afterAll, beforeAll, expect, it } from 'vitest';
import { QUEUE_POLICY, QUEUES } from '#queues';
import { eventually, type Running, startIngestion } from '../../testing/running.js';
import { makePush, randomAppid, SUCCESS, send, textXml, unauthorizedXml } from '../../testing/wechat.js';
import { LostJobs } from './lost-jobs.service.js';

let app: Running;
beforeAll(async () => {
  app = await startIngestion();
});
afterAll(() => app?.stop());

it('jobs that Redis lost are made again, those that had their effect are not', async () => {
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
  expect(await lost.look()).toBe(0);

  await app.redis.flushall();
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
