import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BINDINGS, SecretBox } from '#persistence';
import { eventJobId, QUEUE_PREFIX, QUEUES, SET_ASIDE_KEY, SPOOL_KEY } from '#queues';
import { runService } from '#service';
import { api, eventually, type Running, startIngestion } from '../../testing/running.js';
import { OwnServers } from '../../testing/servers.js';
import { makePush, randomAppid, SUCCESS, send, ticketXml, unauthorizedXml } from '../../testing/wechat.js';
import { Dispatcher } from '../dispatch/dispatcher.service.js';
import { ingestionDefinition } from '../ingestion.definition.js';
import { SubscriptionStore } from '../subscribers/subscription.store.js';
import type { InboxEntry } from './inbox-entry.js';
import { SPOOL_BINDING, SpoolService } from './spool.service.js';
import { SpoolMover } from './spool-mover.service.js';

let servers: OwnServers;
let app: Running;

beforeAll(async () => {
  servers = await OwnServers.start();
  app = await startIngestion({ servers, env: { PUSH_DATABASE_TIMEOUT_MS: '500' } });
});
afterAll(async () => {
  await app?.stop();
  await servers?.stop();
});

const push = (authorizer = randomAppid()) => makePush(app.keys, unauthorizedXml(app.keys, authorizer));
const spooled = async () => (await app.redis.xlen(SPOOL_KEY)) ?? 0;
const stored = (appids: readonly string[]) =>
  app.query<{ authorizer_appid: string; state: string }>(
    'SELECT authorizer_appid, state FROM f_wechat_event WHERE authorizer_appid IN (?) ORDER BY event_id',
    [appids],
  );
/** An event as it waits in Redis, before it is sealed. */
const waitingEntry = (authorizerAppid: string): InboxEntry => ({
  componentAppid: app.keys.componentAppid,
  authorizerAppid,
  family: 'component',
  kind: 'unauthorized',
  dedupeKey: authorizerAppid.padEnd(64, '0'),
  msgSignature: authorizerAppid.padEnd(40, '0'),
  toUserName: null,
  createTimeMs: null,
  receivedAtMs: Date.now(),
  payload: app.secrets.seal(
    unauthorizedXml(app.keys, authorizerAppid),
    BINDINGS.event(app.keys.componentAppid, authorizerAppid.padEnd(64, '0')),
  ),
  state: 'received',
  note: null,
  ticket: null,
});
const ready = async () => (await request(`${app.management}/health/ready`)).body.json() as Promise<Record<string, unknown>>;

describe('while MySQL is away', () => {
  it('Redis takes the pushes, and they are moved in their order when it is back, tickets with their rows', async () => {
    expect(await send(app.base, push())).toEqual(SUCCESS);
    await servers.mariadb.child.stop();
    const appids = Array.from({ length: 30 }, randomAppid);
    for (const appid of appids) expect(await send(app.base, push(appid))).toEqual(SUCCESS);
    expect(await send(app.base, makePush(app.keys, ticketXml(app.keys)))).toEqual(SUCCESS);
    expect(await spooled()).toBe(31);
    expect(await ready()).toMatchObject({ status: 'degraded', checks: { inbox: { waiting_in_redis: 31 } } });

    await servers.startMariadb();
    await eventually('the spool is empty', async () => (await spooled()) === 0);
    expect((await stored(appids)).map((row) => row.authorizer_appid)).toEqual(appids);
    expect(await app.query('SELECT ticket_id FROM f_wechat_verifyticket')).toHaveLength(1);
    await eventually('all handed over', async () => (await stored(appids)).every((row) => row.state === 'queued'));
  });

  it('and is back, new pushes do not overtake those that wait; one that cannot be read stops none and is kept', async () => {
    const appids = Array.from({ length: 600 }, randomAppid);
    const [waiting, later] = [appids.slice(0, 500), appids.slice(500)];
    await servers.mariadb.child.stop();
    for (let at = 0; at < waiting.length; at += 1) {
      if (at === 250) await app.redis.xadd(SPOOL_KEY, '*', 'entry', 'not readable');
      expect(await send(app.base, push(waiting[at]))).toEqual(SUCCESS);
    }
    expect(await spooled()).toBe(waiting.length + 1);
    await servers.startMariadb();
    // From the first moment on, while they are moved, and after it.
    for (const appid of later) expect(await send(app.base, push(appid))).toEqual(SUCCESS);
    await eventually('all stored', async () => (await stored(appids)).length === appids.length);
    expect((await stored(appids)).map((row) => row.authorizer_appid)).toEqual(appids);
    expect(await spooled()).toBe(0);
    expect((await app.redis.xrange(SET_ASIDE_KEY, '-', '+')).map(([, fields]) => fields)).toEqual([['entry', 'not readable']]);
    const last = push();
    expect(await send(app.base, last)).toEqual(SUCCESS);
    expect(await spooled()).toBe(0);
  });

  it('and somebody else writes into Redis, no push of theirs is believed', async () => {
    const [forged, moved] = [randomAppid(), randomAppid()];
    const entry = (authorizerAppid: string) => JSON.stringify(waitingEntry(authorizerAppid));
    const before = await app.redis.xlen(SET_ASIDE_KEY);
    await app.redis.xadd(SPOOL_KEY, '*', 'entry', entry(forged));
    await app.redis.xadd(SPOOL_KEY, '*', 'entry', app.secrets.seal(entry(moved), BINDINGS.event(app.keys.componentAppid, moved)));
    await eventually('both are set aside', async () => (await app.redis.xlen(SET_ASIDE_KEY)) === before + 2);
    expect(await stored([forged, moved])).toEqual([]);
    const metrics = await (await request(`${app.management}/metrics`)).body.text();
    expect(metrics).toContain(`wxplane_inbox_set_aside ${before + 2}\n`);
    const good = randomAppid();
    await app.redis.xadd(SPOOL_KEY, '*', 'entry', app.secrets.seal(entry(good), SPOOL_BINDING));
    await eventually('ours is moved', async () => (await stored([good])).length === 1);
  });

  it('and a new key is rolled out, an older replica leaves what only newer ones can open to them', async () => {
    const newest = { id: 'k2', key: randomBytes(32) };
    const [first, second] = [randomAppid(), randomAppid()];
    const before = await app.redis.xlen(SET_ASIDE_KEY);
    for (const [appid, box] of [
      [first, new SecretBox([newest])],
      [second, app.secrets],
    ] as const)
      await app.redis.xadd(SPOOL_KEY, '*', 'entry', box.seal(JSON.stringify(waitingEntry(appid)), SPOOL_BINDING));
    expect(await app.service.app.get(SpoolMover).moveAll()).toBe(0);
    expect([await spooled(), await app.redis.xlen(SET_ASIDE_KEY)]).toEqual([2, before]);
    // It takes pushes all the same.
    const third = randomAppid();
    expect(await send(app.base, push(third))).toEqual(SUCCESS);
    const keys = `k2:${newest.key.toString('base64')},${app.env['WXPLANE_ENCRYPTION_KEYS']}`;
    const newer = await runService(ingestionDefinition, { ...app.env, WXPLANE_ENCRYPTION_KEYS: keys });
    try {
      await eventually('all are moved', async () => (await stored([first, second, third])).length === 3);
      expect((await stored([first, second, third])).map((row) => row.authorizer_appid)).toEqual([first, second, third]);
    } finally {
      await newer.stop('end of test');
    }
  });

  it('and no replica has the key for a quarter of an hour, the entry is set aside, and those behind it go on', async () => {
    const [before, good] = [await app.redis.xlen(SET_ASIDE_KEY), randomAppid()];
    const lost = new SecretBox([{ id: 'gone', key: randomBytes(32) }]).seal(
      JSON.stringify(waitingEntry(randomAppid())),
      SPOOL_BINDING,
    );
    await app.redis.del(SPOOL_KEY);
    await app.redis.xadd(SPOOL_KEY, `${Date.now() - 16 * 60_000}-0`, 'entry', lost);
    await app.redis.xadd(SPOOL_KEY, '*', 'entry', app.secrets.seal(JSON.stringify(waitingEntry(good)), SPOOL_BINDING));
    await app.service.app.get(SpoolMover).moveAll();
    await eventually('the other one is moved', async () => (await stored([good])).length === 1);
    // The app's own mover may be at it, too: it stores first and takes out of Redis then.
    await expect.poll(async () => [await spooled(), await app.redis.xlen(SET_ASIDE_KEY)]).toEqual([0, before + 1]);
    const [[id] = ['']] = await app.redis.xrevrange(SET_ASIDE_KEY, '+', '-', 'COUNT', 1);
    await app.redis.xdel(SET_ASIDE_KEY, id);
  });

  it('what was set aside is put back among those that wait by the command that the documents give', async () => {
    const documents = readFileSync(new URL('../../../../docs/ingestion.md', import.meta.url), 'utf8');
    const [, script, ...keys] = /redis-cli EVAL "([^"]+)" \\\n {2}2 (\S+) (\S+)/.exec(documents)!;
    expect(keys).toEqual([SET_ASIDE_KEY, SPOOL_KEY]);
    await app.redis.del(SET_ASIDE_KEY);
    const appid = randomAppid();
    await app.service.app.get(SpoolService).addDeadLetter(waitingEntry(appid));
    expect(await app.redis.eval(script!, 2, ...keys)).toBe(1);
    await eventually('it is stored', async () => (await stored([appid])).length === 1);
    expect(await app.redis.exists(SET_ASIDE_KEY)).toBe(0);
  });

  it('an app that is started takes pushes too, and stores them when MySQL is back', async () => {
    // What was stored a moment ago is taken out of Redis after that.
    await eventually('nothing waits', async () => (await spooled()) === 0);
    await servers.mariadb.child.kill();
    const late = await runService(ingestionDefinition, app.env);
    try {
      const base = `http://127.0.0.1:${late.httpPort}`;
      const appids = Array.from({ length: 5 }, randomAppid);
      for (const appid of appids) expect(await send(base, push(appid))).toEqual(SUCCESS);
      expect(await spooled()).toBe(5);
      const health = await request(`http://127.0.0.1:${late.managementPort}/health/ready`);
      expect([health.statusCode, await health.body.json()]).toMatchObject([200, { status: 'degraded' }]);
      await servers.startMariadb();
      await eventually('all stored', async () => (await stored(appids)).length === 5);
      await eventually('all handed over', async () => (await stored(appids)).every((row) => row.state === 'queued'));
      // It stores by itself as well, and its entities work.
      const own = randomAppid();
      await eventually('not spooled any more', async () => (await spooled()) === 0);
      expect(await send(base, push(own))).toEqual(SUCCESS);
      expect(await late.app.get(SubscriptionStore).enabled()).toEqual([]);
      await eventually('stored', async () => (await stored([own])).length === 1);
    } finally {
      await late.stop('end of test');
    }
  });

  it('and only hangs, pushes are answered all the same, each stored once', async () => {
    expect(await send(app.base, push())).toEqual(SUCCESS);
    servers.mariadb.child.signal('SIGSTOP');
    const appids = Array.from({ length: 5 }, randomAppid);
    const answers = await Promise.all(appids.map((appid) => send(app.base, push(appid))));
    expect(answers).toEqual(appids.map(() => SUCCESS));
    servers.mariadb.child.signal('SIGCONT');
    await eventually('the spool is empty', async () => (await spooled()) === 0);
    expect((await stored(appids)).map((row) => row.authorizer_appid).sort()).toEqual([...appids].sort());
  });
});

it('while Redis is away pushes are answered, and handed over when it is back', async () => {
  await servers.redis.child.stop();
  const appid = randomAppid();
  expect(await send(app.base, push(appid))).toEqual(SUCCESS);
  expect(await stored([appid])).toEqual([{ authorizer_appid: appid, state: 'received' }]);
  await servers.startRedis();
  await eventually('handed over', async () => (await stored([appid]))[0]?.state === 'queued');
});

it('while the disk of MySQL is full Redis takes the pushes, writes are refused with the reason, and all goes on when there is room', async () => {
  /** The server's own error, for one table. */
  const fill = (table: string) =>
    app.query(
      `CREATE TRIGGER full_${table} BEFORE INSERT ON ${table} FOR EACH ROW
         SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1021, MESSAGE_TEXT = 'Disk full'`,
    );
  const tables = ['f_wechat_event', 'f_wechat_subscription'];
  const key = await app.client(['subscriptions:write']);
  const subscribe = () =>
    api(app, key, 'POST', '/v1/subscriptions', { name: 'full', url: 'https://8.8.8.8/events', kinds: ['no-such-kind'] });
  for (const table of tables) await fill(table);
  const appid = randomAppid();
  expect(await send(app.base, push(appid))).toEqual(SUCCESS);
  expect(await spooled()).toBe(1);
  expect(await subscribe()).toMatchObject({
    status: 503,
    body: { type: expect.stringMatching(/unavailable$/), detail: expect.stringContaining('no room left') },
  });

  for (const table of tables) await app.query(`DROP TRIGGER full_${table}`);
  await eventually('the push is moved', async () => (await stored([appid])).length === 1);
  expect((await subscribe()).status).toBe(201);
});

it('while Redis is full pushes are answered, and handed over when it has room', async () => {
  await app.redis.config('SET', 'maxmemory', '1');
  const appids = [randomAppid(), randomAppid()];
  for (const appid of appids) expect(await send(app.base, push(appid))).toEqual(SUCCESS);
  await expect(app.redis.set('{wxplane}:test', 'x')).rejects.toThrow(/OOM/);
  // Whoever tries first: the sweeper, or this.
  await app.service.app
    .get(Dispatcher)
    .handOver()
    .catch(() => undefined);
  expect((await stored(appids)).map((row) => row.state)).toEqual(['received', 'received']);
  await app.redis.config('SET', 'maxmemory', '0');
  await eventually('handed over', async () => (await stored(appids)).every((row) => row.state === 'queued'));
  const ids = await app.query<{ event_id: string }>('SELECT event_id FROM f_wechat_event WHERE authorizer_appid IN (?)', [
    appids,
  ]);
  const jobs = ids.flatMap(({ event_id }) =>
    [QUEUES.brokerEvents, QUEUES.releaseEvents].map((queue) => `${QUEUE_PREFIX}:${queue}:${eventJobId(event_id)}`),
  );
  expect(await app.redis.exists(...jobs)).toBe(4);
});

it('while both are away WeChat is told to come again, and nothing is said to be stored that is not', async () => {
  const appid = randomAppid();
  await Promise.all([servers.redis.child.stop(), servers.mariadb.child.stop()]);
  const failed = { status: 503, type: 'text/plain; charset=utf-8', text: 'not stored, come again' };
  const again = push(appid);
  expect(await send(app.base, again)).toEqual(failed);
  expect(await send(app.base, again)).toEqual(failed);
  expect((await ready())['status']).toBe('down');
  await Promise.all([servers.startRedis(), servers.startMariadb()]);
  // The same bytes again: a push that failed is no replay.
  await eventually('taken again', async () => (await send(app.base, again)).status === 200);
  await eventually('stored', async () => (await stored([appid])).length === 1);
});
