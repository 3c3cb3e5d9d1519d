import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Child } from '../../../../test/support/processes.ts';
import { startApp } from '../../../../test/support/processes.ts';
import { api, eventually, type Running, startIngestion } from '../../testing/running.js';
import { webhookHeaders } from '../subscribers/webhook-signature.domain.js';
import type { SubscriptionWithSecret } from '../subscriptions/subscriptions.dto.js';
import type { DeliveryWithAttempts } from './deliveries.dto.js';

let app: Running;
let receiver: Child;
beforeAll(async () => {
  app = await startIngestion({ env: { SUBSCRIBER_ALLOWED_CIDRS: '127.0.0.1/32', SUBSCRIBER_ALLOW_HTTP: 'true' } });
});
afterAll(async () => {
  await receiver?.stop();
  await app?.stop();
});

it('the receiver of docs/examples takes what we send, and nothing else', async () => {
  const key = await app.client(['subscriptions:write']);
  const wish = { name: 'example', url: 'http://127.0.0.1:1/', kinds: ['*'] };
  const { body } = await api<SubscriptionWithSecret>(app, key, 'POST', '/v1/subscriptions', wish);
  receiver = startApp({
    name: 'receiver',
    entry: 'docs/examples/node/receiver.mjs',
    env: { WEBHOOK_SECRET: body.secret, PORT: '0' },
  });
  const port = await eventually('it listens', async () => /listening on (\d+)/.exec(receiver.output())?.[1]);
  const url = `http://127.0.0.1:${port}/`;
  await api(app, key, 'PATCH', `/v1/subscriptions/${body.subscription_id}`, { url });

  const test = await api<{ delivery_id: string }>(app, key, 'POST', `/v1/subscriptions/${body.subscription_id}/test`);
  await eventually('delivered', async () => {
    const seen = await api<DeliveryWithAttempts>(app, key, 'GET', `/v1/deliveries/${test.body.delivery_id}`);
    return seen.body.state === 'delivered';
  });
  expect(receiver.output()).toContain('wxplane.test');

  const text = '{"id":"x","type":"forged"}';
  const post = async (headers: Record<string, string>, content = text) =>
    (await fetch(url, { method: 'POST', headers, body: content })).status;
  expect(await post({})).toBe(401);
  expect(await post(webhookHeaders('x', Date.now(), text, ['whsec_c3RyYW5nZXJzdHJhbmdlcnN0cmFuZ2Vy']))).toBe(401);
  expect(await post(webhookHeaders('x', Date.now() - 600_000, text, [body.secret]))).toBe(401);
  expect(await post(webhookHeaders('x', Date.now(), text, [body.secret]), `${text} `)).toBe(401);
  expect(await post(webhookHeaders('x', Date.now(), text, [body.secret]))).toBe(204);
});
