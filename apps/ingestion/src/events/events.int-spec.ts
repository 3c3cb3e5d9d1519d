import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccessLog } from '#service';
import { Receiver } from '../../testing/receiver.js';
import { api, eventually, type Running, startIngestion } from '../../testing/running.js';
import {
  eventXml,
  makePush,
  randomAppid,
  SUCCESS,
  send,
  textXml,
  ticketXml,
  unauthorizedXml,
  xmlOf,
} from '../../testing/wechat.js';
import type { SubscriptionWithSecret } from '../subscriptions/subscriptions.dto.js';
import type { EventPage, EventWithContent, ReplayResult } from './events.dto.js';

let app: Running;
let reader: string;
let admin: string;
const mine = randomAppid();

beforeAll(async () => {
  app = await startIngestion({ env: { SUBSCRIBER_ALLOWED_CIDRS: '127.0.0.1/32', SUBSCRIBER_ALLOW_HTTP: 'true' } });
  [reader, admin] = await Promise.all([app.client(['events:read', 'subscriptions:write']), app.client(['admin'])]);
  const pushes = [
    makePush(app.keys, ticketXml(app.keys, 'ticket@@@hidden')),
    makePush(app.keys, unauthorizedXml(app.keys, mine)),
    makePush(app.keys, textXml('gh_a', '😀 hello'), { appid: mine }),
    makePush(app.keys, eventXml('gh_a', 'weapp_audit_fail', { Reason: '1:<br>', FailTime: 7 }), { appid: mine }),
    makePush(app.keys, textXml('gh_b', 'other'), { appid: randomAppid() }),
  ];
  for (const push of pushes) expect(await send(app.base, push)).toEqual(SUCCESS);
  await settled();
});
afterAll(() => app?.stop());

const settled = () =>
  eventually(
    'all are handed over',
    async () => (await app.query(`SELECT 1 FROM f_wechat_event WHERE state = 'received'`)).length === 0,
  );
const search = async (query: string, key = reader) => (await api<EventPage>(app, key, 'GET', `/v1/events?${query}`)).body;
const kinds = async (query: string, key = reader) => (await search(query, key)).items.map((item) => item.kind);

describe('search', () => {
  it('by authorizer, kind, state and time, in pages', async () => {
    expect(await kinds('')).toEqual([
      'message.text',
      'weapp_audit_fail',
      'message.text',
      'unauthorized',
      'component_verify_ticket',
    ]);
    expect(await kinds(`authorizer_appid=${mine}&kind=message.*`)).toEqual(['message.text']);
    expect(await search('kind=weapp%25')).toMatchObject({ status: 400 });
    expect(await kinds('state=mismatch')).toEqual([]);
    expect(await kinds('component_appid=wxother')).toEqual([]);
    const soon = new Date(Date.now() + 60_000).toISOString();
    expect((await kinds(`to=${soon}`)).length).toBe(5);
    expect(await kinds(`from=${soon}`)).toEqual([]);
    const first = await search('limit=2');
    const second = await search(`limit=3&cursor=${first.next_cursor}`);
    expect([...first.items, ...second.items].map(({ event_id }) => event_id)).toHaveLength(5);
    expect(second.next_cursor).toBeNull();
    expect(await search('limit=0')).toMatchObject({ status: 400 });
  });

  it('shows a client only the authorizers it may act for, and nothing without a scope', async () => {
    const bound = await app.client(['events:read'], [mine]);
    expect(await kinds('', bound)).toEqual(['weapp_audit_fail', 'message.text', 'unauthorized']);
    const [other] = (await search('limit=1')).items;
    expect((await api(app, bound, 'GET', `/v1/events/${other!.event_id}`)).status).toBe(404);
    expect((await api(app, await app.client(['releases:read']), 'GET', '/v1/events')).status).toBe(403);
  });
});

describe('one event', () => {
  it('shows its content with the scope only, without tickets, and that is audited', async () => {
    const [text] = (await search(`authorizer_appid=${mine}&kind=message.text`)).items;
    const seen = await api<EventWithContent>(app, reader, 'GET', `/v1/events/${text!.event_id}`);
    expect(seen.body.content).toMatchObject({ kind: 'message.text', Content: '😀 hello' });
    const [ticket] = (await search('kind=component_verify_ticket')).items;
    expect(JSON.stringify((await api(app, reader, 'GET', `/v1/events/${ticket!.event_id}`)).body)).not.toContain('hidden');
    const writer = await app.client(['subscriptions:write']);
    expect((await api(app, writer, 'GET', `/v1/events/${text!.event_id}`)).body).not.toHaveProperty('content');
    await app.service.app.get(AccessLog).flush();
    const log = await app.query(
      `SELECT subject FROM f_wechat_accesslog WHERE action = 'event.reveal' AND outcome = 'ok' ORDER BY accesslog_id`,
    );
    expect(log).toEqual([{ subject: text!.event_id }, { subject: ticket!.event_id }]);
    expect((await api(app, reader, 'GET', '/v1/events/999999')).status).toBe(404);
  });
});

describe('replay', () => {
  const jobs = async () => (await app.redis.keys('{wxplane}:*.events:event-*-replay-*')).length;
  const range = { from: new Date(Date.now() - 3_600_000).toISOString(), to: new Date(Date.now() + 3_600_000).toISOString() };

  it('to our own consumers forgets what they did, and gives them the event again', async () => {
    const [event] = (await search('kind=unauthorized')).items;
    await app.query(
      `INSERT INTO f_wechat_eventeffect (event_id, consumer, state, at) VALUES (?, 'broker', 'done', UTC_TIMESTAMP(3))`,
      [event!.event_id],
    );
    const path = `/v1/events/${event!.event_id}/replay`;
    expect((await api(app, reader, 'POST', path, {})).status).toBe(403);
    expect(await api<ReplayResult>(app, admin, 'POST', path, {})).toEqual({ status: 202, body: { events: 1 } });
    await eventually('two jobs more', async () => (await jobs()) === 2);
    expect(await app.query('SELECT * FROM f_wechat_eventeffect')).toEqual([]);
  });

  it('of a range: every event that some consumer wants', async () => {
    await settled();
    const before = await jobs();
    const { body } = await api<ReplayResult>(app, admin, 'POST', '/v1/events/replay', range);
    expect(body).toEqual({ events: 3 });
    await eventually('ticket, unauthorized twice, audit', async () => (await jobs()) === before + 4);
  });

  it('of a range keeps no push waiting, however long it takes itself', async () => {
    await settled();
    const [event] = (await search('kind=unauthorized')).items;
    const other = app.database.createQueryRunner();
    await other.startTransaction();
    await other.query(
      `INSERT INTO f_wechat_eventeffect (event_id, consumer, state, at) VALUES (?, 'broker', 'done', UTC_TIMESTAMP(3))`,
      [event!.event_id],
    );
    const replay = api<ReplayResult>(app, admin, 'POST', '/v1/events/replay', range);
    await eventually(
      'the replay is in the middle of it',
      async () =>
        (
          await app.query(
            `SELECT 1 FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND INFO LIKE 'DELETE FROM f_wechat_eventeffect%'`,
          )
        ).length === 1,
    );
    const appid = randomAppid();
    expect(await send(app.base, makePush(app.keys, unauthorizedXml(app.keys, appid)))).toEqual(SUCCESS);
    // In MySQL, not in Redis in its stead.
    expect((await search(`authorizer_appid=${appid}`)).items).toHaveLength(1);
    await other.rollbackTransaction();
    await other.release();
    expect((await replay).body).toEqual({ events: 3 });
  });

  it('to one subscription: what it would have got, as messages of their own', async () => {
    const receiver = await Receiver.start();
    const wish = { name: 'late', url: receiver.url, kinds: ['message.*', 'weapp_*'], authorizers: [mine] };
    const { body } = await api<SubscriptionWithSecret>(app, reader, 'POST', '/v1/subscriptions', wish);
    const request = { ...range, subscription_id: body.subscription_id };
    for (let round = 1; round <= 2; round += 1) {
      expect((await api<ReplayResult>(app, reader, 'POST', '/v1/events/replay', request)).body).toEqual({ events: 2 });
      await eventually('both arrive', async () => receiver.got.length === 2 * round);
    }
    expect(new Set(receiver.got.map(({ id }) => id)).size).toBe(4);
    expect(receiver.got.every((got) => got.body['replay'] === true)).toBe(true);
    const [one] = (await search(`authorizer_appid=${mine}&kind=message.text`)).items;
    const single = { subscription_id: body.subscription_id };
    expect((await api(app, reader, 'POST', `/v1/events/${one!.event_id}/replay`, single)).body).toEqual({ events: 1 });
    await api(app, reader, 'DELETE', `/v1/subscriptions/${body.subscription_id}`);
    await receiver.stop();
  });

  it('to a subscription that is younger than the events is for who may read them, and its entry says how many there were', async () => {
    const writer = await app.client(['subscriptions:write']);
    const wish = { name: 'backwards', url: 'http://127.0.0.1:1/', kinds: ['*'], authorizers: [mine] };
    const { body } = await api<SubscriptionWithSecret>(app, writer, 'POST', '/v1/subscriptions', wish);
    const { subscription_id } = body;
    const request = { ...range, subscription_id };
    expect((await api(app, writer, 'POST', '/v1/events/replay', request)).status).toBe(403);
    const [one] = (await search(`authorizer_appid=${mine}&kind=message.text`)).items;
    expect((await api(app, writer, 'POST', `/v1/events/${one!.event_id}/replay`, { subscription_id })).status).toBe(403);
    const rows = await app.query('SELECT 1 FROM f_wechat_delivery WHERE subscription_id = ?', [subscription_id]);
    expect(rows).toEqual([]);
    const since = { ...request, from: new Date().toISOString() };
    expect((await api(app, writer, 'POST', '/v1/events/replay', since)).body).toEqual({ events: 0 });
    expect((await api(app, admin, 'POST', '/v1/events/replay', request)).body).toEqual({ events: 3 });
    await app.service.app.get(AccessLog).flush();
    const entries = await app.query<{ subject: string; outcome: string }>(
      `SELECT subject, outcome FROM f_wechat_accesslog WHERE action = 'event.replay-range' AND subject LIKE ? ORDER BY accesslog_id`,
      [`%${subscription_id}%`],
    );
    expect(entries.map(({ subject, outcome }) => `${outcome}: ${subject.split(`${subscription_id} `)[1] ?? ''}`)).toEqual([
      'refused: ',
      'ok: 0 events',
      'ok: 3 events',
    ]);
  });

  it('of an event that was not believed needs a person’s word', async () => {
    const then = Math.floor(Date.now() / 1_000) - 2 * 86_400;
    const appid = randomAppid();
    expect(await send(app.base, makePush(app.keys, unauthorizedXml(app.keys, appid, then), { timestamp: then }))).toEqual(
      SUCCESS,
    );
    const [stale] = (await search(`authorizer_appid=${appid}`)).items;
    expect(stale!.state).toBe('stale');
    const path = `/v1/events/${stale!.event_id}/replay`;
    expect((await api(app, admin, 'POST', path, {})).status).toBe(409);
    expect((await api(app, admin, 'POST', path, { accept: true })).body).toEqual({ events: 1 });
    await eventually('handed over', async () => (await search(`authorizer_appid=${appid}`)).items[0]!.state === 'queued');
  });
});

it('codes of an authorization are shown to nobody', async () => {
  const fields = {
    AppId: app.keys.componentAppid,
    CreateTime: 1,
    InfoType: 'authorized',
    AuthorizerAppid: mine,
    AuthorizationCode: 'c-o-d-e',
  };
  expect(await send(app.base, makePush(app.keys, xmlOf(fields)))).toEqual(SUCCESS);
  const [event] = (await search('kind=authorized')).items;
  expect(JSON.stringify((await api(app, admin, 'GET', `/v1/events/${event!.event_id}`)).body)).not.toContain('c-o-d-e');
});

it('an event that the documents do not know is shown as WeChat sent it', async () => {
  const fields = { AppId: app.keys.componentAppid, CreateTime: 1_900_000_000, InfoType: 'quite_new', Detail: '😀' };
  expect(await send(app.base, makePush(app.keys, xmlOf(fields)))).toEqual(SUCCESS);
  const [event] = (await search('kind=quite_new')).items;
  const { body } = await api<EventWithContent>(app, reader, 'GET', `/v1/events/${event!.event_id}`);
  expect(body.content).toMatchObject({ kind: 'unknown', why: 'new', raw: { InfoType: 'quite_new', Detail: '😀' } });
});
