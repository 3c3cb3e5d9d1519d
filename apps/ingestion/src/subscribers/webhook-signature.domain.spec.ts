import { expect, it } from 'vitest';
import { newWebhookSecret, webhookHeaders } from './webhook-signature.domain.js';

it('signs as the example of the Standard Webhooks specification', () => {
  // The worked example that the reference libraries carry in their tests.
  const headers = webhookHeaders('msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330_000, '{"test": 2432232314}', [
    'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  ]);
  expect(headers).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

it('signs once for each secret while they are rotated', () => {
  const [a, b] = [newWebhookSecret(), newWebhookSecret()];
  const both = webhookHeaders('x', 0, '{}', [a, b])['webhook-signature']!.split(' ');
  expect(both).toEqual([
    webhookHeaders('x', 0, '{}', [a])['webhook-signature'],
    webhookHeaders('x', 0, '{}', [b])['webhook-signature'],
  ]);
});
