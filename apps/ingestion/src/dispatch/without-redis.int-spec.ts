import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Receiver } from '../../testing/receiver.js';
import { api, eventually, type Running, startIngestion } from '../../testing/running.js';
import { OwnServers } from '../../testing/servers.js';
import { makePush, randomAppid, SUCCESS, send, unauthorizedXml } from '../../testing/wechat.js';

let servers: OwnServers;
let app: Running;
let receiver: Receiver;

beforeAll(async () => {
  servers = await OwnServers.start();
  app = await startIngestion({
    servers,
    env: { SUBSCRIBER_ALLOWED_CIDRS: '127.0.0.1/32', SUBSCRIBER_ALLOW_HTTP: 'true' },
  });
  receiver = await Receiver.start();
});
afterAll(async () => {
  servers?.redis.child.signal('SIGCONT');
  await receiver?.stop();
  await app?.stop();
  await servers?.stop();
});

const ready = async () => {
  const { statusCode, body } = await request(`${app.management}/health/ready`);
  return [statusCode, await body.json()] as const;
};

describe('a Redis that stands still', () => {
  it('takes no replica out of service: pushes are stored, subscribers get their events, consumers may take theirs', async () => {
    const key = await app.client(['subscriptions:write']);
    const wish = { name: 'test', url: receiver.url, kinds: ['*'] };
    expect((await api(app, key, 'POST', '/v1/subscriptions', wish)).status).toBe(201);
    servers.redis.child.signal('SIGSTOP');
    // From the first moment on, when nobody knows of it yet, until it is known.
    for (let told = ''; told !== 'silent' && told !== 'away'; ) {
      const [status, body] = await ready();
      expect(status).toBe(200);
      told = String((body as { checks: { redis: { problem?: string } } }).checks.redis.problem);
    }
    expect(await ready()).toMatchObject([200, { status: 'degraded', checks: { mysql: { status: 'up' } } }]);
    const appid = randomAppid();
    expect(await send(app.base, makePush(app.keys, unauthorizedXml(app.keys, appid)))).toEqual(SUCCESS);
    const row = async () =>
      (
        await app.query<{ state: string; decided_at: Date | null }>(
          'SELECT state, decided_at FROM f_wechat_event WHERE authorizer_appid = ?',
          [appid],
        )
      )[0];
    await eventually('it is decided whose it is', async () => (await row())?.decided_at instanceof Date);
    expect((await row())?.state).toBe('received');
    await eventually('the subscriber has it', async () => receiver.got.length === 1);

    servers.redis.child.signal('SIGCONT');
    await eventually('it is handed over', async () => (await row())?.state === 'queued');
    await eventually('Redis is used again', async () => (await ready())[1] !== undefined && receiver.got.length === 1);
  });
});
