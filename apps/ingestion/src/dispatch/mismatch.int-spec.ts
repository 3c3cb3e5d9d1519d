import { afterAll, beforeAll, expect, it } from 'vitest';
import { AccessLog } from '#service';
import { api, eventually, type Running, startIngestion } from '../../testing/running.js';
import { eventXml, makePush, randomAppid, SUCCESS, send, textXml } from '../../testing/wechat.js';
import type { EventPage } from '../events/events.dto.js';

let app: Running;
beforeAll(async () => {
  app = await startIngestion();
});
afterAll(() => app?.stop());

const known = (appid: string, userName: string) =>
  app.query(
    'INSERT INTO f_wechat_authorizer (component_appid, authorizer_appid, user_name, created_at, updated_at) VALUES (?,?,?,UTC_TIMESTAMP(3),UTC_TIMESTAMP(3))',
    [app.keys.componentAppid, appid, userName],
  );
/** Pushes an audit result, and waits until it was decided. */
const audit = async (appid: string, toUserName: string, succTime = 5) => {
  const push = makePush(app.keys, eventXml(toUserName, 'weapp_audit_success', { SuccTime: succTime }), { appid });
  expect(await send(app.base, push)).toEqual(SUCCESS);
  return eventually('it is decided', async () => {
    const [newest] = await app.query<{ state: string; event_id: string }>(
      'SELECT * FROM f_wechat_event WHERE authorizer_appid = ? AND to_user_name = ? ORDER BY event_id DESC LIMIT 1',
      [appid, toUserName],
    );
    return newest?.state !== 'received' && newest;
  });
};

it('an event over the path of another account is kept, marked, and given to nobody', async () => {
  const [mine, other, unknown] = [randomAppid(), randomAppid(), randomAppid()];
  await known(mine, 'gh_mine');
  await known(other, 'gh_other');
  const results = [
    await audit(mine, 'gh_mine'),
    await audit(mine, 'gh_stranger'),
    await audit(unknown, 'gh_other'),
    await audit(unknown, 'gh_nobody'),
  ];
  expect(results.map(({ state }) => state)).toEqual(['queued', 'mismatch', 'mismatch', 'queued']);
  const jobs = await app.redis.keys('{wxplane}:release.events:event-*');
  expect(jobs.map((key) => key.split('event-')[1]).sort()).toEqual([results[0]!.event_id, results[3]!.event_id].sort());
});

it('one that a person accepts is acted on, and the next one like it is not', async () => {
  const appid = randomAppid();
  await known(appid, 'gh_before_the_change');
  const { event_id, state } = await audit(appid, 'gh_after_it');
  expect(state).toBe('mismatch');
  const admin = await app.client(['admin']);
  const listed = async () => {
    const { body } = await api<EventPage>(app, admin, 'GET', `/v1/events?state=mismatch&authorizer_appid=${appid}`);
    return body.items.map((item) => item.event_id);
  };
  expect(await listed()).toEqual([event_id]);
  const path = `/v1/events/${event_id}/replay`;
  expect((await api(app, admin, 'POST', path, {})).status).toBe(409);
  expect(await api(app, admin, 'POST', path, { accept: true })).toEqual({ status: 202, body: { events: 1 } });
  await eventually(
    'release gets it',
    async () => (await app.redis.keys(`{wxplane}:release.events:event-${event_id}-*`)).length === 1,
  );
  expect(await listed()).toEqual([]);
  expect((await api(app, admin, 'POST', path, { accept: true })).status).toBe(202);
  await app.service.app.get(AccessLog).flush();
  const log = await app.query('SELECT action, outcome FROM f_wechat_accesslog WHERE subject = ? ORDER BY accesslog_id', [
    event_id,
  ]);
  expect(log).toEqual([
    { action: 'event.replay', outcome: 'refused' },
    { action: 'event.accept', outcome: 'ok' },
    // There was nothing to accept any more.
    { action: 'event.replay', outcome: 'ok' },
  ]);

  expect((await audit(appid, 'gh_after_it', 6)).state).toBe('mismatch');
  const text = makePush(app.keys, textXml('gh_after_it', 'hello'), { appid });
  expect(await send(app.base, text)).toEqual(SUCCESS);
  await eventually('nor is a message', async () => (await listed()).length === 2);
});

it('what nobody waits for is stored as handed over, once the account is known; a stranger’s is still looked at', async () => {
  const appid = randomAppid();
  const text = async (toUserName: string, content: string) => {
    expect(await send(app.base, makePush(app.keys, textXml(toUserName, content), { appid }))).toEqual(SUCCESS);
    const [row] = await app.query<{ event_id: string; state: string }>(
      'SELECT event_id, state FROM f_wechat_event WHERE authorizer_appid = ? ORDER BY event_id DESC LIMIT 1',
      [appid],
    );
    return row!;
  };
  await known(appid, 'gh_known');
  const first = await text('gh_known', 'one');
  await eventually('the first is handed over', async () => {
    const [row] = await app.query<{ state: string }>('SELECT state FROM f_wechat_event WHERE event_id = ?', [first.event_id]);
    return row!.state === 'queued';
  });
  expect((await text('gh_known', 'two')).state).toBe('queued');
  const forged = await text('gh_forged', 'three');
  await eventually('the third is a mismatch', async () => {
    const [row] = await app.query<{ state: string }>('SELECT state FROM f_wechat_event WHERE event_id = ?', [forged.event_id]);
    return row!.state === 'mismatch';
  });
});
