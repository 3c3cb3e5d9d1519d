import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { BINDINGS, type SubscriptionEntity } from '#persistence';
import { QUEUE_PREFIX, QUEUES } from '#queues';
import { Receiver } from '../../testing/receiver.js';
import { api, eventually, type Running, startIngestion } from '../../testing/running.js';
import { makePush, randomAppid, SUCCESS, send, textXml } from '../../testing/wechat.js';
import { DispatchRepository } from '../dispatch/dispatch.repository.js';
import { SubscriptionStore } from '../subscribers/subscription.store.js';
import type { SubscriptionWithSecret } from '../subscriptions/subscriptions.dto.js';
import { CatchUp } from './catch-up.service.js';
import { DeliveryRepository, DUE_SUBSCRIPTIONS } from './delivery.repository.js';
import { DeliveryWorker } from './delivery-worker.service.js';
import { FanOut } from './fan-out.service.js';

/** Longer than a test may take: whoever waits for a request that hangs waits too long. */
const TIMEOUT_MS = '60000';

let app: Running;
let key: string;
let receiver: Receiver;
let subscription: string;

beforeAll(async () => {
  app = await startIngestion({
    env: {
      SUBSCRIBER_ALLOWED_CIDRS: '127.0.0.1/32',
      SUBSCRIBER_ALLOW_HTTP: 'true',
      DELIVERY_TIMEOUT_MS: TIMEOUT_MS,
      // What a test puts into the inbox by itself is handed over by that test.
      SWEEP_INTERVAL_MS: '60000',
    },
  });
  key = await app.client(['subscriptions:write']);
});
afterEach(async () => {
  await api(app, key, 'DELETE', `/v1/subscriptions/${subscription}`);
  await receiver.stop();
});
afterAll(() => app?.stop());

async function subscribe(more: object): Promise<void> {
  receiver = await Receiver.start();
  const wish = { name: 'test', url: receiver.url, kinds: ['*'], ...more };
  const { status, body } = await api<SubscriptionWithSecret>(app, key, 'POST', '/v1/subscriptions', wish);
  expect(status).toBe(201);
  subscription = body.subscription_id;
}
const text = async (appid: string, content: string) =>
  expect(await send(app.base, makePush(app.keys, textXml('gh_a', content), { appid }))).toEqual(SUCCESS);
/** An event as a replica stored it, without this one's knowing. */
const stored = (
  content: string,
  more: { at?: Date; appid?: string; kind?: string; state?: string; note?: string; route?: string } = {},
) => {
  const dedupeKey = randomBytes(32).toString('hex');
  return app.query(
    `INSERT INTO f_wechat_event (component_appid, authorizer_appid, family, kind, dedupe_key, received_at, payload, state, note, route, handed_over_at)
     VALUES (?, ?, 'authorizer', ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      app.keys.componentAppid,
      more.appid ?? 'wxa',
      more.kind ?? 'message.text',
      dedupeKey,
      more.at ?? new Date(),
      app.secrets.seal(textXml('gh_a', content), BINDINGS.event(app.keys.componentAppid, dedupeKey)),
      more.state ?? 'queued',
      more.note ?? null,
      more.route ?? null,
      more.state === 'received' ? null : new Date(),
    ],
  );
};
const contents = () => receiver.got.map(({ body }) => (body['data'] as { Content: string }).Content);

/** Three of four places are taken for ever: the fourth one does. */
it('requests that the subscriber never answers hold up none of its other events', async () => {
  await subscribe({});
  receiver.answer = ({ body }, response) => {
    if (!(body['data'] as { Content: string }).Content.startsWith('hang')) response.writeHead(204).end();
  };
  const appid = randomAppid();
  for (let index = 0; index < 3; index += 1) {
    await text(appid, `hang ${index}`);
    await eventually('it hangs', async () => contents().includes(`hang ${index}`));
    await text(appid, `after ${index}`);
    await eventually('the next one arrives', async () => contents().includes(`after ${index}`));
  }
  const more = Array.from({ length: 100 }, (_, index) => `more ${index}`);
  for (const content of more) await text(appid, content);
  await eventually('all others arrive', async () => contents().length === 106);
  expect(contents().slice(6).sort()).toEqual([...more].sort());
  const pending = () =>
    app.query(`SELECT kind FROM f_wechat_delivery WHERE subscription_id = ? AND state = 'pending'`, [subscription]);
  await eventually('three are open', async () => (await pending()).length === 3);
});

it('in an ordered subscription one that hangs holds back its own authorizer alone', async () => {
  await subscribe({ ordered: true });
  receiver.answer = ({ body }, response) => {
    if ((body['data'] as { Content: string }).Content !== 'a1') response.writeHead(204).end();
  };
  const [a, b] = [randomAppid(), randomAppid()];
  await text(a, 'a1');
  await eventually('it hangs', async () => contents().includes('a1'));
  await text(a, 'a2');
  const others = Array.from({ length: 30 }, (_, index) => `b${index}`);
  for (const content of others) await text(b, content);
  await eventually('all of the other one arrive', async () => contents().length === 31);
  expect(contents().slice(1)).toEqual(others);
});

/** A replica in the middle of handing over what waits: it holds the rows, and commits when it is told to. */
async function slowHandover(only?: SubscriptionEntity[]) {
  const [handover, fanOut] = [app.service.app.get(DispatchRepository), app.service.app.get(FanOut)];
  const [claimed, letGo] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const done = handover.claim(10, async (rows, manager) => {
    claimed.resolve();
    await letGo.promise;
    await fanOut.add(manager, rows, only);
    const ids = rows.map((row) => row.eventId);
    await handover.markQueued(manager, ids, { note: null, route: null });
  });
  await claimed.promise;
  return {
    finish() {
      letGo.resolve();
      return done;
    },
  };
}

it('in an ordered subscription an event that another replica is still handing over is waited for', async () => {
  await subscribe({ ordered: true });
  const appid = randomAppid();
  await stored('first', { appid, state: 'received' });
  const slow = await slowHandover();
  await text(appid, 'second');
  await eventually(
    'the second one is to be sent',
    async () => (await app.query('SELECT 1 FROM f_wechat_delivery WHERE subscription_id = ?', [subscription])).length === 1,
  );
  // As the lane asks that was woken for it.
  expect(await app.service.app.get(DeliveryRepository).due(subscription, true, 10)).toEqual([]);
  await slow.finish();
  await eventually('both arrive', async () => contents().length === 2);
  expect(contents()).toEqual(['first', 'second']);
});

it('a subscription that is deleted while another replica hands over gets nothing more', async () => {
  await subscribe({});
  const row = await app.service.app.get(SubscriptionStore).find(subscription);
  await stored('late', { state: 'received' });
  const slow = await slowHandover([row!]);
  await api(app, key, 'DELETE', `/v1/subscriptions/${subscription}`);
  await slow.finish();
  const state = () => app.query('SELECT state FROM f_wechat_delivery WHERE subscription_id = ?', [subscription]);
  expect(await state()).toEqual([{ state: 'pending' }]);
  await app.service.app.get(DeliveryWorker).run(subscription);
  expect(receiver.got).toEqual([]);
  await app.service.app.get(DeliveryRepository).cancelOrphans(10);
  expect(await state()).toEqual([{ state: 'cancelled' }]);
});

it('what waits for its place in a lane is not sent when the subscription is switched off meanwhile', async () => {
  await subscribe({});
  const held: ServerResponse[] = [];
  receiver.answer = (_, response) => void held.push(response);
  const appid = randomAppid();
  for (let index = 0; index < 8; index += 1) await text(appid, `${index}`);
  await eventually('four are under way', async () => held.length === 4);
  const rows = () => app.query('SELECT 1 FROM f_wechat_delivery WHERE subscription_id = ?', [subscription]);
  await eventually('the other four wait', async () => (await rows()).length === 8);
  expect((await api(app, key, 'PATCH', `/v1/subscriptions/${subscription}`, { state: 'disabled' })).status).toBe(200);
  for (const response of held) response.writeHead(204).end();
  await eventually(
    'the turn of the lane is over',
    async () => (await app.redis.exists(`${QUEUE_PREFIX}:${QUEUES.deliveries}:lane-${subscription}`)) === 0,
  );
  expect(held).toHaveLength(4);
  const left = await app.query(`SELECT attempts FROM f_wechat_delivery WHERE subscription_id = ? AND state = 'pending'`, [
    subscription,
  ]);
  expect(left).toEqual(Array(4).fill({ attempts: 0 }));
});

it('what waits for one subscriber is not walked over to find out who is due', async () => {
  await subscribe({ kinds: ['nothing'] });
  const waiting = Array.from({ length: 3_000 }, (_, index) => `('${subscription}', ${index + 1}, 'x', ?, UTC_TIMESTAMP(3))`);
  const tomorrow = new Date(Date.now() + 86_400_000);
  await app.query(
    `INSERT INTO f_wechat_delivery (subscription_id, event_id, kind, next_attempt_at, created_at) VALUES ${waiting.join(',')}`,
    waiting.map(() => tomorrow),
  );
  const connection = app.service.app.get(DataSource).createQueryRunner();
  const read = async () => {
    const status: { Value: string }[] = await connection.query(
      `SHOW SESSION STATUS WHERE Variable_name IN ('Handler_read_key', 'Handler_read_next', 'Handler_read_prev')`,
    );
    return status.reduce((sum, { Value }) => sum + Number(Value), 0);
  };
  try {
    const before = await read();
    const due = await connection.query(DUE_SUBSCRIPTIONS, [new Date(), new Date(tomorrow.getTime() + 1_000)]);
    expect(due).toEqual([{ subscription_id: subscription }]);
    expect((await read()) - before).toBeLessThan(300);
  } finally {
    await connection.release();
  }
});

it('what a replica took that had not heard of the subscription yet arrives too, once; nothing else does', async () => {
  const since = Date.now();
  await subscribe({ kinds: ['message.*'] });
  await text(randomAppid(), 'known');
  await stored('missed');
  await stored('before', { at: new Date(since - 10_000) });
  await stored('of another kind', { kind: 'event.subscribe' });
  await stored('of another account', { state: 'mismatch' });
  await stored('of the check', { route: 'release-check' });
  // As a replica of the release before writes it.
  await stored('of the check, by the release before', { note: 'release check' });
  await stored('missed as well');
  await eventually(
    'both that were missed arrive',
    async () => contents().includes('missed as well') && contents().includes('missed'),
  );
  await app.service.app.get(CatchUp).look(Date.now() + 20_000);
  const rows = await app.query<{ n: string }>('SELECT COUNT(*) AS n FROM f_wechat_delivery WHERE subscription_id = ?', [
    subscription,
  ]);
  expect(Number(rows[0]!.n)).toBe(3);
  await eventually('all arrive', async () => contents().length === 3);
  expect(contents().sort()).toEqual(['known', 'missed', 'missed as well']);
});
