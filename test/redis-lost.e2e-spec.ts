import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Receiver } from '../apps/ingestion/testing/receiver.js';
import { eventually } from './support/eventually.js';
import { type Suite, startSuite } from './support/suite.js';

let suite: Suite;
let redis: Redis;
let receiver: Receiver;

/** With the settings of production: what needs a timer of two hours to be made good is not made good here. */
beforeAll(async () => {
  receiver = await Receiver.start();
  suite = await startSuite({
    name: 'redis_lost',
    env: { ingestion: { SUBSCRIBER_ALLOWED_CIDRS: '127.0.0.1/32', SUBSCRIBER_ALLOW_HTTP: 'true' } },
  });
  redis = new Redis(suite.redisUrl);
  await suite.control.post(`/components/${suite.component.component_appid}/ticket`);
  const path = `/v1/components/${suite.component.component_appid}/token`;
  await eventually('a component token', async () => (await suite.api('broker', 'GET', path)).status === 200);
});
afterAll(async () => {
  redis?.disconnect();
  await suite?.stop();
  await receiver?.stop();
});

const appid = (index: number) => `wx00000000000000${String(index).padStart(2, '0')}`;
const authorize = async (name: string) => {
  const component_appid = suite.component.component_appid;
  await suite.control.post('/merchants', { appid: name, kind: 'miniprogram', nick_name: `店 ${name}` });
  await suite.control.post('/authorizations', { component_appid, merchant_appid: name, always_push: true });
};
const granted = (name: string) =>
  eventually(
    `${name} to have a token`,
    async () =>
      (await suite.api('broker', 'GET', `/v1/components/${suite.component.component_appid}/authorizers/${name}/token`)).status ===
      200,
    60_000,
  );
const jobs = () => redis.keys('{wxplane}:broker.events:event-*');

it('a grant survives a FLUSHALL between its push and its handling: no merchant must consent again', async () => {
  const names = [appid(1), appid(2), appid(3)];
  await suite.process('broker').kill();
  for (const name of names) await authorize(name);
  const waiting = await eventually('the jobs', async () => {
    const found = await redis.lrange('{wxplane}:broker.events:wait', 0, -1);
    return found.length >= names.length && found;
  });
  await redis.flushall();
  expect(await redis.lrange('{wxplane}:broker.events:wait', 0, -1)).not.toEqual(waiting);
  await suite.start('broker');
  for (const name of names) await granted(name);
});

it('nor does one get lost when Redis is emptied again and again while grants and deliveries are under way', async () => {
  const made = await suite.api('ingestion', 'POST', '/v1/subscriptions', {
    name: 'all',
    url: receiver.url,
    kinds: ['authorized'],
  });
  expect(made.status).toBe(201);
  const names = Array.from({ length: 12 }, (_, index) => appid(10 + index));
  let going = true;
  const emptied = (async () => {
    for (let times = 0; going || times < 10; times += 1) await redis.flushall();
  })();
  for (const name of names) await authorize(name);
  going = false;
  await emptied;
  for (const name of names) await granted(name);
  await eventually('each event to have one effect, and no job to be left', async () => {
    const { body } = await suite.api<{ items: unknown[] }>('ingestion', 'GET', '/v1/events?kind=authorized&state=received');
    return body.items.length === 0 && (await redis.llen('{wxplane}:broker.events:wait')) === 0;
  });
  await eventually(
    'all deliveries',
    async () => {
      const told = receiver.got.map(({ body }) => JSON.stringify(body)).join();
      return names.every((name) => told.includes(name));
    },
    60_000,
  );
  expect((await jobs()).length).toBeGreaterThan(0);
});
