import type { ServerResponse } from 'node:http';
import { decrypt, getSignature } from '@wecom/crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { SubscriptionEntity } from '#persistence';
import { BINDINGS } from '#persistence';
import { Receiver, verifies } from '../../testing/receiver.js';
import { api, eventually, type Running, startIngestion } from '../../testing/running.js';
import { makePush, newPushKeys, randomAppid, SUCCESS, send, textXml } from '../../testing/wechat.js';
import { IngestionConfig } from '../config/ingestion.config.js';
import type { DeliveryPage, DeliveryWithAttempts } from '../deliveries/deliveries.dto.js';
import { SubscriptionStore } from '../subscribers/subscription.store.js';
import type { SubscriptionWithSecret } from '../subscriptions/subscriptions.dto.js';

const previous = newPushKeys();
let app: Running;
let key: string;
let receiver: Receiver;
let subscription: SubscriptionWithSecret;
let appid: string;

beforeAll(async () => {
  app = await startIngestion({
    previous,
    env: { SUBSCRIBER_ALLOWED_CIDRS: '127.0.0.1/32', SUBSCRIBER_ALLOW_HTTP: 'true' },
  });
  // As long as a busy machine may need; nobody waits for it where an answer comes.
  deadline(60_000);
  key = await app.client(['subscriptions:write']);
});
afterAll(() => app?.stop());
beforeEach(async () => {
  receiver = await Receiver.start();
  appid = randomAppid();
  subscription = await replier();
});
afterEach(async () => {
  await api(app, key, 'DELETE', `/v1/subscriptions/${subscription.subscription_id}`);
  await receiver.stop();
});

/** Longer than an operator may set it. */
function deadline(ms: number): void {
  Object.assign(app.service.app.get(IngestionConfig), { PASSIVE_REPLY_DEADLINE_MS: ms });
}

/** Pushes are compared with what the app has read of its subscriptions. */
const known = (subscriptionId: string, wish: Partial<SubscriptionEntity> = {}) =>
  eventually(`${subscriptionId} to be known`, async () =>
    app.service.app
      .get(SubscriptionStore)
      .snapshot()
      .some(
        (one) =>
          one.subscriptionId === subscriptionId &&
          Object.entries(wish).every(([name, value]) => one[name as keyof SubscriptionEntity] === value),
      ),
  );

async function replier(more: object = {}): Promise<SubscriptionWithSecret> {
  const wish = {
    name: 'bot',
    url: receiver.url,
    kinds: ['message.*'],
    component_appid: app.keys.componentAppid,
    authorizers: [appid],
    replier: true,
  };
  const { status, body } = await api<SubscriptionWithSecret>(app, key, 'POST', '/v1/subscriptions', { ...wish, ...more });
  expect(status).toBe(201);
  await known(body.subscription_id);
  return body;
}

const field = (xml: string, name: string) =>
  new RegExp(`<${name}>(?:<!\\[CDATA\\[)?(.*?)(?:\\]\\]>)?</${name}>`).exec(xml)?.[1] ?? '';
const say = (content: string) => send(app.base, makePush(app.keys, textXml('gh_a', content, undefined, 'oUser'), { appid }));
const plain = (text: string, keys = app.keys) => decrypt(keys.encodingAesKey, field(text, 'Encrypt')).message;
const attempts = async () => {
  const { body } = await api<DeliveryPage>(app, key, 'GET', `/v1/deliveries?subscription_id=${subscription.subscription_id}`);
  const one = await api<DeliveryWithAttempts>(app, key, 'GET', `/v1/deliveries/${body.items[0]?.delivery_id}`);
  return one.body;
};

it('the replier’s answer is encrypted and returned, and the message is not delivered a second time', async () => {
  receiver.answer = (got, response) => {
    const { Content } = got.body['data'] as { Content: string };
    response.end(JSON.stringify({ reply: { type: 'text', content: `you said ${Content}` } }));
  };
  const { status, text } = await say('你好');
  expect(status).toBe(200);
  expect(plain(text)).toContain('<Content><![CDATA[you said 你好]]></Content>');
  expect(plain(text)).toContain('<ToUserName><![CDATA[oUser]]></ToUserName>');
  expect(verifies(receiver.got[0]!, subscription.secret)).toBe(true);
  await eventually('recorded', async () => (await attempts()).state === 'delivered');
  await new Promise((resolve) => setTimeout(resolve, 7_500));
  expect(receiver.got).toHaveLength(1);
});

it('a message under the previous key and token is answered under them', async () => {
  receiver.answer = (_, response) => void response.end(JSON.stringify({ reply: { type: 'text', content: 'as before' } }));
  const keys = { ...previous, componentAppid: app.keys.componentAppid };
  const { text } = await send(app.base, makePush(keys, textXml('gh_a', 'hi', undefined, 'oUser'), { appid }));
  expect(plain(text, keys)).toContain('as before');
  const signed = [field(text, 'TimeStamp'), field(text, 'Nonce'), field(text, 'Encrypt')] as const;
  expect(field(text, 'MsgSignature')).toBe(getSignature(previous.pushToken, ...signed));
});

it('the replier of one account goes before that of the whole component', async () => {
  const wide = await Receiver.start();
  receiver.answer = (_, response) => void response.end(JSON.stringify({ reply: { type: 'text', content: 'narrow' } }));
  wide.answer = (_, response) => void response.end(JSON.stringify({ reply: { type: 'text', content: 'wide' } }));
  const { subscription_id } = await replier({ url: wide.url, authorizers: undefined });
  try {
    expect(plain((await say('who?')).text)).toContain('narrow');
    const other = makePush(app.keys, textXml('gh_b', 'who?', undefined, 'oUser'), { appid: randomAppid() });
    expect(plain((await send(app.base, other)).text)).toContain('wide');
  } finally {
    await api(app, key, 'DELETE', `/v1/subscriptions/${subscription_id}`);
    await wide.stop();
  }
});

it('one that answers too late loses its reply: success, with a note, and the message is delivered again', async () => {
  let first: ServerResponse | undefined;
  receiver.answer = (_, response) => {
    if (first) response.writeHead(204).end();
    else first = response;
  };
  deadline(2_000);
  try {
    expect(await say('anyone?')).toEqual(SUCCESS);
  } finally {
    deadline(60_000);
  }
  first!.end(JSON.stringify({ reply: { type: 'text', content: 'late' } }));
  const seen = await eventually('delivered after all', async () => {
    const now = await attempts();
    return now.state === 'delivered' && now;
  });
  expect(seen.attempt_list[0]!.error).toMatch(/^no answer in \d+ ms$/);
  expect(new Set(receiver.got.map(({ id }) => id)).size).toBe(1);
});

it('one that answers nonsense loses its reply, with a note', async () => {
  receiver.answer = (_, response) => void response.end('<html>');
  expect(await say('hm')).toEqual(SUCCESS);
  const seen = await eventually('recorded', async () => {
    const now = await attempts();
    return now.attempt_list?.length === 1 && now;
  });
  expect(seen.attempt_list[0]!.error).toBe('the reply was dropped: the answer is not JSON');
});

it('one that is down or says nothing: success', async () => {
  receiver.answer = (_, response) => void response.writeHead(204).end();
  expect(await say('a')).toEqual(SUCCESS);
  receiver.answer = (got, response) => void response.writeHead(Number((got.body['data'] as { Content: string }).Content)).end();
  for (const status of [500, 401, 410]) {
    expect(await say(`${status}`)).toEqual(SUCCESS);
    await eventually('recorded', async () => (await attempts()).attempt_list?.[0]?.status === status);
  }
  await receiver.stop();
  expect(await say('c')).toEqual(SUCCESS);
});

it('a repetition of WeChat’s is shown to the replier, a message that was recorded and sent again later is not', async () => {
  receiver.answer = (_, response) => void response.end(JSON.stringify({ reply: { type: 'text', content: 'hi' } }));
  const push = makePush(app.keys, textXml('gh_a', 'once', undefined, 'oUser'), { appid });
  expect(plain((await send(app.base, push)).text)).toContain('hi');
  expect(plain((await send(app.base, push)).text)).toContain('hi');
  expect(receiver.got).toHaveLength(2);
  await app.query('UPDATE f_wechat_event SET received_at = received_at - INTERVAL 30 SECOND WHERE authorizer_appid = ?', [appid]);
  expect(await send(app.base, push)).toEqual(SUCCESS);
  expect(receiver.got).toHaveLength(2);
});

it('two users’ messages with one MsgId are two events, and each is answered for itself', async () => {
  receiver.answer = (got, response) => {
    const { Content } = got.body['data'] as { Content: string };
    response.end(JSON.stringify({ reply: { type: 'text', content: `you said ${Content}` } }));
  };
  const from = (user: string, content: string) =>
    send(app.base, makePush(app.keys, textXml('gh_a', content, '22211872600753510', user), { appid }));
  const [a, b] = [(await from('oUserA', 'my phone is 13800000001')).text, (await from('oUserB', 'opening hours?')).text];
  expect(plain(a)).toContain('you said my phone is 13800000001');
  expect(plain(b)).toContain('<ToUserName><![CDATA[oUserB]]></ToUserName>');
  expect(plain(b)).toContain('you said opening hours?');
  expect(new Set(receiver.got.map(({ id }) => id)).size).toBe(2);
  expect(await app.query('SELECT 1 FROM f_wechat_event WHERE authorizer_appid = ?', [appid])).toHaveLength(2);
});

it('a reply is made of the very push it answers, whatever the inbox holds under its key', async () => {
  receiver.answer = (got, response) => {
    const { Content } = got.body['data'] as { Content: string };
    response.end(JSON.stringify({ reply: { type: 'text', content: Content } }));
  };
  const push = makePush(app.keys, textXml('gh_a', 'mine', undefined, 'oUser'), { appid });
  expect(plain((await send(app.base, push)).text)).toContain('mine');
  const other = app.secrets.seal(textXml('gh_a', 'of somebody else', undefined, 'oOther'), BINDINGS.event('', ''), 'v1');
  await app.query('UPDATE f_wechat_event SET payload = ? WHERE authorizer_appid = ?', [other, appid]);
  expect(plain((await send(app.base, push)).text)).toContain('mine');
  expect(receiver.got.map(({ text }) => text).join()).not.toContain('somebody else');
});

it('a message over the path of another account is not shown to the replier', async () => {
  await app.query(
    'INSERT INTO f_wechat_authorizer (component_appid, authorizer_appid, user_name, created_at, updated_at) VALUES (?,?,?,UTC_TIMESTAMP(3),UTC_TIMESTAMP(3))',
    [app.keys.componentAppid, appid, 'gh_real'],
  );
  expect(await say('forged')).toEqual(SUCCESS);
  expect(receiver.got).toEqual([]);
});

it('a message that is sent again under another account is not shown to that account’s replier', async () => {
  receiver.answer = (_, response) => void response.end(JSON.stringify({ reply: { type: 'text', content: 'mine' } }));
  const recorded = makePush(app.keys, textXml('gh_a', 'private', undefined, 'oUser'), { appid: randomAppid() });
  expect(await send(app.base, recorded)).toEqual(SUCCESS);
  const under = recorded.path.replace(/\/[^/]+\/messages/, `/${appid}/messages`);
  expect(await send(app.base, { ...recorded, path: under })).toEqual(SUCCESS);
  expect(receiver.got).toEqual([]);
  expect(await app.query('SELECT 1 FROM f_wechat_event WHERE authorizer_appid = ?', [appid])).toEqual([]);
});

it('there is one replier for an authorizer, and it may speak as to wxcomponent', async () => {
  const wish = {
    name: 'bot',
    url: receiver.url,
    kinds: ['*'],
    component_appid: app.keys.componentAppid,
    authorizers: [appid],
    replier: true,
  };
  expect((await api(app, key, 'POST', '/v1/subscriptions', wish)).status).toBe(409);
  expect((await api(app, key, 'POST', '/v1/subscriptions', { ...wish, authorizers: [appid, 'wxb'] })).status).toBe(400);
  const change = { body_format: 'wxcomponent', url: `${receiver.url}/$APPID$/callback` };
  expect((await api(app, key, 'PATCH', `/v1/subscriptions/${subscription.subscription_id}`, change)).status).toBe(200);
  await known(subscription.subscription_id, { url: change.url });
  receiver.answer = (got, response) => {
    const { ToUserName, FromUserName, Content } = got.body as Record<string, string>;
    response.end(
      JSON.stringify({
        ToUserName: FromUserName,
        FromUserName: ToUserName,
        CreateTime: 1,
        MsgType: 'text',
        Content: `${Content}!`,
      }),
    );
  };
  expect(plain((await say('hey')).text)).toContain('<Content><![CDATA[hey!]]></Content>');
  expect(receiver.got[0]!.path).toBe(`/hook/${appid}/callback`);
});

it('a message in JSON is answered in JSON, envelope and content', async () => {
  const reply = { type: 'news', articles: [{ title: 'T', description: 'D', pic_url: 'https://p', url: 'https://u' }] };
  receiver.answer = (_, response) => void response.end(JSON.stringify({ reply }));
  const message = {
    ToUserName: 'gh_a',
    FromUserName: 'oUser',
    CreateTime: Math.floor(Date.now() / 1_000),
    MsgType: 'text',
    Content: 'hi',
    MsgId: 7,
  };
  const push = makePush(app.keys, JSON.stringify(message), { appid, toUserName: 'gh_a', format: 'json' });
  const { type, text } = await send(app.base, push, 'application/json');
  expect(type).toBe('application/json; charset=utf-8');
  const sealed = JSON.parse(text) as { Encrypt: string; MsgSignature: string; TimeStamp: number; Nonce: string };
  expect(sealed.TimeStamp).toBeTypeOf('number');
  expect(sealed.MsgSignature).toBe(getSignature(app.keys.pushToken, String(sealed.TimeStamp), sealed.Nonce, sealed.Encrypt));
  expect(JSON.parse(decrypt(app.keys.encodingAesKey, sealed.Encrypt).message)).toEqual({
    ToUserName: 'oUser',
    FromUserName: 'gh_a',
    CreateTime: expect.any(Number),
    MsgType: 'news',
    ArticleCount: 1,
    Articles: [{ Title: 'T', Description: 'D', PicUrl: 'https://p', Url: 'https://u' }],
  });
});
