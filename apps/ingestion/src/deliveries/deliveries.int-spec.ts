import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AccessLog } from '#service';
import { Receiver, verifies } from '../../testing/receiver.js';
import { api, eventually, type Running, startIngestion } from '../../testing/running.js';
import { makePush, randomAppid, SUCCESS, send, textXml, ticketXml, unauthorizedXml, xmlOf } from '../../testing/wechat.js';
import { RetentionService } from '../events/retention.service.js';
import type { SubscriptionView, SubscriptionWithSecret } from '../subscriptions/subscriptions.dto.js';
import type { DeliveryPage, DeliveryView, DeliveryWithAttempts } from './deliveries.dto.js';

let app: Running;
let key: string;
const receivers: Receiver[] = [];
const made: string[] = [];

beforeAll(async () => {
  app = await startIngestion({
    env: {
      SUBSCRIBER_ALLOWED_CIDRS: '127.0.0.1/32',
      SUBSCRIBER_ALLOW_HTTP: 'true',
      DELIVERY_TIMEOUT_MS: '60000',
      DELIVERY_SCHEDULE_S: '0,0,1,1',
      DELIVERY_DISABLE_AFTER_S: '86400',
    },
  });
  key = await app.client(['subscriptions:write', 'events:read']);
});
afterAll(() => app?.stop());
beforeEach(() => {
  receivers.length = 0;
  made.length = 0;
});
afterEach(async () => {
  for (const id of made) await api(app, key, 'DELETE', `/v1/subscriptions/${id}`);
  for (const receiver of receivers) await receiver.stop();
});

async function subscribe(more: object = {}) {
  const receiver = await Receiver.start();
  receivers.push(receiver);
  const { status, body } = await api<SubscriptionWithSecret>(app, key, 'POST', '/v1/subscriptions', {
    name: 'test',
    url: receiver.url,
    kinds: ['*'],
    ...more,
  });
  expect(status).toBe(201);
  made.push(body.subscription_id);
  await new Promise((resolve) => setTimeout(resolve, 1_050));
  return { receiver, ...body };
}

const text = async (appid: string, content: string) =>
  expect(await send(app.base, makePush(app.keys, textXml('gh_a', content), { appid }))).toEqual(SUCCESS);
const end = async (appid = randomAppid()) => {
  expect(await send(app.base, makePush(app.keys, unauthorizedXml(app.keys, appid)))).toEqual(SUCCESS);
  return appid;
};
const deliveries = async (subscription: string, state?: string) =>
  (await api<DeliveryPage>(app, key, 'GET', `/v1/deliveries?subscription_id=${subscription}${state ? `&state=${state}` : ''}`))
    .body.items;

describe('a delivery', () => {
  it('is the typed event in an envelope, signed, and seen as delivered', async () => {
    const { receiver, secret, subscription_id } = await subscribe();
    const appid = randomAppid();
    await text(appid, '你好 👋');
    const got = await eventually('it arrives', async () => receiver.got[0]);
    expect(verifies(got, secret)).toBe(true);
    expect(verifies({ ...got, text: `${got.text} ` }, secret)).toBe(false);
    expect(got.body).toMatchObject({
      type: 'message.text',
      component_appid: app.keys.componentAppid,
      authorizer_appid: appid,
      replay: false,
      data: { kind: 'message.text', Content: '你好 👋', ToUserName: 'gh_a' },
    });
    const [row] = await eventually('delivered', async () => {
      const rows = await deliveries(subscription_id, 'delivered');
      return rows.length === 1 && rows;
    });
    const { body } = await api<DeliveryWithAttempts>(app, key, 'GET', `/v1/deliveries/${row!.delivery_id}`);
    expect(body).toMatchObject({ attempts: 1, last_status: 204, attempt_list: [{ status: 204, error: null }] });
  });

  it('is for what the filters let through, and never a ticket or a code', async () => {
    const mine = randomAppid();
    const { receiver } = await subscribe({ authorizers: [mine], kinds: ['message.*'] });
    const all = await subscribe();
    await text(randomAppid(), 'of another account');
    await end(mine);
    expect(await send(app.base, makePush(app.keys, ticketXml(app.keys, 'ticket@@@hidden')))).toEqual(SUCCESS);
    const code = 'queryauthcode@@@hidden';
    const fields = {
      AppId: app.keys.componentAppid,
      CreateTime: 1,
      InfoType: 'authorized',
      AuthorizerAppid: mine,
      AuthorizationCode: code,
    };
    expect(await send(app.base, makePush(app.keys, xmlOf(fields)))).toEqual(SUCCESS);
    await text(mine, 'mine');
    await eventually('all arrived', async () => receiver.got.length === 1 && all.receiver.got.length === 4);
    expect(receiver.got[0]!.body).toMatchObject({ data: { Content: 'mine' } });
    expect(all.receiver.got.map(({ body }) => body['type']).sort()).toEqual([
      'authorized',
      'message.text',
      'message.text',
      'unauthorized',
    ]);
    expect(JSON.stringify(all.receiver.got)).not.toContain('hidden');
  });

  it('is tried again after the schedule, with the same id, until the subscriber takes it', async () => {
    const { receiver, subscription_id, secret } = await subscribe();
    let failures = 2;
    receiver.answer = (_, response) =>
      void (failures-- > 0 ? response.writeHead(500).end('sorry, ticket@@@x') : response.end('ok'));
    await end();
    await eventually('taken', async () => receiver.got.length === 3);
    expect(new Set(receiver.got.map(({ id }) => id)).size).toBe(1);
    expect(receiver.got.every((got) => verifies(got, secret))).toBe(true);
    const [row] = await eventually('delivered', async () => {
      const rows = await deliveries(subscription_id, 'delivered');
      return rows.length === 1 && rows;
    });
    const { body } = await api<DeliveryWithAttempts>(app, key, 'GET', `/v1/deliveries/${row!.delivery_id}`);
    expect(body.attempt_list.map(({ status, excerpt }) => [status, excerpt])).toEqual([
      // Nothing of what it said: it is not on the Internet.
      [500, null],
      [500, null],
      [200, null],
    ]);
  });

  it('to a redirect is a failure, and the redirect is not followed', async () => {
    const target = await Receiver.start();
    receivers.push(target);
    const { receiver, subscription_id } = await subscribe();
    receiver.answer = (_, response) => void response.writeHead(302, { location: target.url }).end();
    await end();
    await eventually('tried', async () => (await deliveries(subscription_id))[0]?.last_status === 302);
    expect(target.got).toEqual([]);

    await eventually('given up', async () => (await deliveries(subscription_id, 'failed')).length === 1);
    receiver.answer = (_, response) => void response.writeHead(204).end();
    const [{ delivery_id }] = (await deliveries(subscription_id)) as [DeliveryView];
    expect((await api(app, key, 'POST', `/v1/deliveries/${delivery_id}/retry`)).status).toBe(202);
    await eventually('delivered', async () => (await deliveries(subscription_id, 'delivered')).length === 1);
    await app.service.app.get(AccessLog).flush();
    const log = `SELECT 1 FROM f_wechat_accesslog WHERE action = 'delivery.retry' AND subject = ?`;
    expect(await app.query(log, [delivery_id])).toHaveLength(1);
  });

  it('is never held up by a subscriber that hangs', async () => {
    const slow = [await subscribe(), await subscribe(), await subscribe()];
    for (const { receiver } of slow) receiver.answer = () => {};
    const quick = await subscribe();
    for (let index = 0; index < 30; index += 1) await end();
    await eventually('the quick one has all', async () => quick.receiver.got.length === 30);
    // Each of the slow ones has been asked, holds no more than its own lane, and is not switched off.
    for (const { receiver, subscription_id } of slow) {
      await eventually('it was asked', async () => receiver.got.length > 0);
      expect(receiver.got.length).toBeLessThanOrEqual(4);
      expect(await deliveries(subscription_id, 'delivered')).toEqual([]);
      const { body } = await api<SubscriptionView>(app, key, 'GET', `/v1/subscriptions/${subscription_id}`);
      expect(body).toMatchObject({ state: 'enabled' });
    }
  });

  it('waits for the one before it when the order matters, for the same authorizer only', async () => {
    const { receiver } = await subscribe({ ordered: true });
    const [a, b] = [randomAppid(), randomAppid()];
    let refused = 2;
    receiver.answer = (got, response) => {
      const content = (got.body['data'] as { Content: string }).Content;
      response.writeHead(content === 'a1' && refused-- > 0 ? 503 : 204).end();
    };
    for (const [appid, content] of [
      [a, 'a1'],
      [a, 'a2'],
      [b, 'b1'],
      [a, 'a3'],
    ])
      await text(appid!, content!);
    await eventually('all arrived', async () => receiver.got.length === 6);
    const order = receiver.got.map(({ body }) => (body['data'] as { Content: string }).Content);
    expect(order.filter((content) => content.startsWith('a'))).toEqual(['a1', 'a1', 'a1', 'a2', 'a3']);
  });
});

describe('a subscription', () => {
  it('that only fails is switched off, with an event about it to the client’s other subscriptions', async () => {
    const watcher = await subscribe({ kinds: ['wxplane.*'] });
    const dead = await subscribe();
    dead.receiver.answer = (_, response) => void response.writeHead(500).end();
    await end();
    await eventually('it failed', async () => dead.receiver.got.length === 5);
    expect(watcher.receiver.got).toEqual([]);
    await app.query('UPDATE f_wechat_subscription SET failing_since = failing_since - INTERVAL 2 DAY WHERE subscription_id = ?', [
      dead.subscription_id,
    ]);
    await end();
    const told = await eventually('the event', async () => watcher.receiver.got[0]);
    expect(told.body).toMatchObject({
      type: 'wxplane.subscription_disabled',
      data: { subscription_id: dead.subscription_id, name: 'test' },
    });
    const { body } = await api<SubscriptionView>(app, key, 'GET', `/v1/subscriptions/${dead.subscription_id}`);
    expect(body).toMatchObject({ state: 'disabled' });
    expect(body.disabled_reason).toContain('every attempt failed since');
  });

  it('that answers 410 is switched off at once', async () => {
    const gone = await subscribe();
    gone.receiver.answer = (_, response) => void response.writeHead(410).end();
    await end();
    await eventually('disabled', async () => {
      const { body } = await api<SubscriptionView>(app, key, 'GET', `/v1/subscriptions/${gone.subscription_id}`);
      return body.state === 'disabled';
    });
    expect(gone.receiver.got).toHaveLength(1);
  });

  it('that answers 410 is not tried again while it is being switched off, however long that takes', async () => {
    const gone = await subscribe();
    const other = app.service.app.get(DataSource).createQueryRunner();
    try {
      gone.receiver.answer = async (_, response) => {
        // Whoever notes the failure waits.
        await other.startTransaction();
        await other.query('SELECT 1 FROM f_wechat_subscription WHERE subscription_id = ? FOR UPDATE', [gone.subscription_id]);
        response.writeHead(410).end();
      };
      await end();
      await eventually('it waits for the row', async () => {
        // Not by innodb_trx, which goes on telling the same for as long as somebody asks ten times a second.
        const [row] = await app.query<{ waiting: string }>(
          `SELECT COUNT(*) AS waiting FROM information_schema.processlist
            WHERE db = DATABASE() AND id <> CONNECTION_ID() AND info LIKE 'UPDATE%f_wechat_subscription%' AND time_ms > 500`,
        );
        return Number(row!.waiting) > 0;
      });
      // It is still the attempt's that was answered.
      const [delivery] = await app.query<{ s: string }>(
        'SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(3), next_attempt_at) AS s FROM f_wechat_delivery WHERE subscription_id = ?',
        [gone.subscription_id],
      );
      expect(Number(delivery!.s)).toBeGreaterThan(10);
    } finally {
      await other.rollbackTransaction().catch(() => {});
      await other.release();
    }
    await eventually('disabled', async () => {
      const { body } = await api<SubscriptionView>(app, key, 'GET', `/v1/subscriptions/${gone.subscription_id}`);
      return body.state === 'disabled';
    });
    expect(gone.receiver.got).toHaveLength(1);
  });

  it('that is deleted gets nothing more', async () => {
    const { receiver, subscription_id } = await subscribe();
    await api(app, key, 'DELETE', `/v1/subscriptions/${subscription_id}`);
    await end();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(receiver.got).toEqual([]);
    // What a replica that had not heard of it yet wrote a moment later does not stay pending.
    await app.query(
      `INSERT INTO f_wechat_delivery (subscription_id, event_id, kind, next_attempt_at, created_at) VALUES (?, 1, 'x', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
      [subscription_id],
    );
    await app.service.app.get(RetentionService).sweep();
    expect(
      await app.query(`SELECT kind, state FROM f_wechat_delivery WHERE subscription_id = ? AND state <> 'delivered'`, [
        subscription_id,
      ]),
    ).toContainEqual({ kind: 'x', state: 'cancelled' });
  });

  it('signs with both secrets while they are rotated, and can be tested', async () => {
    const { receiver, secret, subscription_id } = await subscribe();
    const { body } = await api<SubscriptionWithSecret>(
      app,
      key,
      'POST',
      `/v1/subscriptions/${subscription_id}/rotate-secret`,
      {},
    );
    expect((await api(app, key, 'POST', `/v1/subscriptions/${subscription_id}/test`)).status).toBe(202);
    const got = await eventually('the test', async () => receiver.got[0]);
    expect(got.body['type']).toBe('wxplane.test');
    expect([verifies(got, secret), verifies(got, body.secret)]).toEqual([true, true]);
    await api(app, key, 'POST', `/v1/subscriptions/${subscription_id}/rotate-secret`, { overlap_s: 0 });
    await api(app, key, 'POST', `/v1/subscriptions/${subscription_id}/test`);
    const later = await eventually('the second test', async () => receiver.got[1]);
    expect([verifies(later, secret), verifies(later, body.secret)]).toEqual([false, false]);
    await app.service.app.get(AccessLog).flush();
    const log = await app.query(`SELECT action FROM f_wechat_accesslog WHERE subject = ? AND action = 'subscription.test'`, [
      subscription_id,
    ]);
    expect(log).toHaveLength(2);
  });

  it.each([
    ['http://169.254.169.254/latest/meta-data'],
    ['http://10.0.0.1/'],
    ['http://user:pw@127.0.0.1/'],
    ['https://[::1]/'],
    ['file:///etc/passwd'],
  ])('cannot lead to %s', async (url) => {
    const { status, body } = await api(app, key, 'POST', '/v1/subscriptions', { name: 'x', url, kinds: ['*'] });
    expect([status, body['type']]).toEqual([400, 'urn:wxplane:problem:invalid-request']);
  });

  it('whose name leads to a private address is not connected to', async () => {
    const { subscription_id } = await subscribe();
    // 127.0.0.1 is allowed here, ::1 and the rest of 127.0.0.0/8 are not.
    await app.query('UPDATE f_wechat_subscription SET url = ? WHERE subscription_id = ?', [
      `http://127.0.0.2:${receivers[0]!.port}/hook`,
      subscription_id,
    ]);
    await end();
    await eventually('tried', async () => /not public/.test((await deliveries(subscription_id))[0]?.last_error ?? ''));
    expect(receivers[0]!.got).toEqual([]);
  });

  it('gets no more than its client may have now', async () => {
    const team = await app.client(['subscriptions:write']);
    const { receiver, ...watcher } = await subscribe();
    const own = await Receiver.start();
    receivers.push(own);
    const wish = { name: 'team', url: own.url, kinds: ['*'] };
    const { body } = await api<SubscriptionWithSecret>(app, team, 'POST', '/v1/subscriptions', wish);
    const change = async (sql: string, value: unknown) => {
      await app.query(
        `UPDATE f_wechat_client c JOIN f_wechat_subscription s ON s.client_id = c.client_id SET ${sql} WHERE s.subscription_id = ?`,
        [value, body.subscription_id],
      );
      await new Promise((resolve) => setTimeout(resolve, 1_050));
    };
    const rows = (of: string) =>
      app.query<{ authorizer_appid: string; state: string; last_error: string }>(
        'SELECT authorizer_appid, state, last_error FROM f_wechat_delivery WHERE subscription_id = ? ORDER BY delivery_id',
        [of],
      );
    const again = () =>
      app.query(
        `UPDATE f_wechat_delivery SET state = 'pending', next_attempt_at = UTC_TIMESTAMP(3), finished_at = NULL WHERE subscription_id = ?`,
        [body.subscription_id],
      );
    /** Fan-out writes the deliveries of an event together: once the watcher's is there, no other will come. */
    const seen = async (count: number) => {
      await eventually('the watcher has it', async () => (await rows(watcher.subscription_id)).length === count);
      return (await rows(body.subscription_id)).map((row) => row.authorizer_appid);
    };
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    const [a, b] = [await end(), await end()];
    expect(await seen(2)).toEqual([a, b]);
    await eventually('both delivered', async () => (await rows(body.subscription_id)).every((row) => row.state === 'delivered'));

    await change('c.authorizers = ?', JSON.stringify([b]));
    await again();
    const [of] = await eventually('decided', async () => {
      const found = await rows(body.subscription_id);
      return found.every((row) => row.state !== 'pending') && found;
    });
    expect(of).toMatchObject({ state: 'failed', last_error: 'its client may not act for this authorizer any more' });
    await end();
    await end(b);
    expect(await seen(4)).toEqual([a, b, b]);
    await eventually('delivered', async () => own.got.length === 4);

    for (const [sql, value] of [
      ['c.expires_at = ?', new Date(Date.now() - 1_000)],
      ['c.expires_at = NULL, c.revoked_at = ?', new Date()],
      ['c.revoked_at = NULL, c.scopes = ?', JSON.stringify(['events:read'])],
    ] as const) {
      await change(sql, value);
      await again();
      const before = receiver.got.length;
      const had = (await rows(watcher.subscription_id)).length;
      await end(b);
      expect(await seen(had + 1)).toEqual([a, b, b]);
      await eventually('the watcher got it', async () => receiver.got.length === before + 1);
      // Longer than the look for what is due.
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      expect((await rows(body.subscription_id)).map((row) => row.state)).toEqual(['pending', 'pending', 'pending']);
    }
    expect(own.got).toHaveLength(4);

    // What it could not be sent for longer than deliveries are kept is not kept for ever.
    await app.query(
      'UPDATE f_wechat_delivery SET next_attempt_at = next_attempt_at - INTERVAL 31 DAY WHERE subscription_id = ? ORDER BY delivery_id LIMIT 2',
      [body.subscription_id],
    );
    await app.service.app.get(RetentionService).sweep();
    expect((await rows(body.subscription_id)).map((row) => row.state)).toEqual(['cancelled', 'cancelled', 'pending']);
  });

  it('is one of 200 at most of its client', async () => {
    const [greedy, other] = [await app.client(['subscriptions:write']), await app.client(['subscriptions:write'])];
    const wish = { name: 'one of many', url: 'http://127.0.0.1:1/', kinds: ['wxplane.none'] };
    const made = await api<SubscriptionView>(app, greedy, 'POST', '/v1/subscriptions', wish);
    expect(made.status).toBe(201);
    const columns = 'client_id, name, url, kinds, body_format, secret, state, created_at, updated_at';
    await app.query(
      `INSERT INTO f_wechat_subscription (subscription_id, ${columns})
       SELECT CONCAT('sub_', LPAD(seq, 20, '0')), ${columns} FROM f_wechat_subscription, seq_1_to_199 WHERE subscription_id = ?`,
      [made.body.subscription_id],
    );
    expect(await api(app, greedy, 'POST', '/v1/subscriptions', wish)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('200 subscriptions; delete some') },
    });
    expect((await api(app, other, 'POST', '/v1/subscriptions', wish)).status).toBe(201);
    await api(app, greedy, 'DELETE', `/v1/subscriptions/${made.body.subscription_id}`);
    expect((await api(app, greedy, 'POST', '/v1/subscriptions', wish)).status).toBe(201);
    await app.query(`DELETE FROM f_wechat_subscription WHERE name = 'one of many'`);
  });

  it('belongs to its client, and to the authorizers that client may act for', async () => {
    const { subscription_id } = await subscribe();
    const stranger = await app.client(['subscriptions:write'], ['wxmine']);
    expect((await api(app, stranger, 'GET', `/v1/subscriptions/${subscription_id}`)).status).toBe(404);
    expect((await api(app, stranger, 'DELETE', `/v1/subscriptions/${subscription_id}`)).status).toBe(404);
    expect((await deliveries(subscription_id)).length).toBe(0);
    const wish = { name: 'x', url: receivers[0]!.url, kinds: ['*'] };
    expect((await api(app, stranger, 'POST', '/v1/subscriptions', { ...wish, authorizers: ['wxother'] })).status).toBe(403);
    const { body } = await api<SubscriptionView>(app, stranger, 'POST', '/v1/subscriptions', wish);
    expect(body.authorizers).toEqual(['wxmine']);
    await api(app, stranger, 'DELETE', `/v1/subscriptions/${body.subscription_id}`);
    const reader = await app.client(['events:read']);
    expect((await api(app, reader, 'POST', '/v1/subscriptions', wish)).status).toBe(403);
  });
});
