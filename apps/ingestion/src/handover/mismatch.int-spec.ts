import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually, type Running, startIngestion } from '../../testing/running.js';
import { eventXml, makePush, randomAppid, SUCCESS, send, textXml } from '../../testing/wechat.js';

let app: Running;
beforeAll(async () => {
  app = await startIngestion();
});
afterAll(() => app?.stop());

it('an event over the path of another account is kept, marked, and given to nobody', async () => {
  const [mine, other, unknown] = [randomAppid(), randomAppid(), randomAppid()];
  for (const [appid, userName] of [
    [mine, 'gh_mine'],
    [other, 'gh_other'],
  ])
    await app.query(
      'INSERT INTO f_wechat_authorizer (component_appid, authorizer_appid, user_name, created_at, updated_at) VALUES (?,?,?,UTC_TIMESTAMP(3),UTC_TIMESTAMP(3))',
      [app.keys.componentAppid, appid, userName],
    );
  const audit = async (appid: string, toUserName: string) => {
    expect(
      await send(app.base, makePush(app.keys, eventXml(toUserName, 'weapp_audit_success', { SuccTime: 5 }), { appid })),
    ).toEqual(SUCCESS);
    return eventually('it is decided', async () => {
      const [row] = await app.query<{ state: string; event_id: string }>(
        `SELECT * FROM f_wechat_event WHERE authorizer_appid = ? AND to_user_name = ? AND state <> 'received'`,
        [appid, toUserName],
      );
      return row;
    });
  };
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
  await app.query(
    'INSERT INTO f_wechat_authorizer (component_appid, authorizer_appid, user_name, created_at, updated_at) VALUES (?,?,?,UTC_TIMESTAMP(3),UTC_TIMESTAMP(3))',
    [app.keys.componentAppid, appid, 'gh_known'],
  );
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
