import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuthorizerEntity, CallEntity, EventEntity } from '#persistence';
import { createTestDatabase, type TestDatabase } from '../../../../libs/persistence/testing/database.js';
import { readStored } from './stored.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

const call = (api: string, outcome: string, errcode: number | null, at = new Date()) =>
  database.dataSource.getRepository(CallEntity).insert({
    at,
    app: 'release',
    api,
    method: 'GET',
    path: `/wxa/${api}`,
    authorizerAppid: 'wxa',
    outcome,
    errcode,
    durationMs: 1,
  });

describe('the newest errors', () => {
  it('are refusals and failures of the last day, not the answers to questions', async () => {
    const error = 'errcode';
    await call('get_latest_auditstatus', error, 85058);
    await call('get_code_privacy_info', error, 61039);
    await call('commit', 'ok', 0);
    await call('submit_audit', error, 45009, new Date(Date.now() - 25 * 3_600_000));
    await call('release', error, 85019);
    await call('gettemplatelist', 'timeout', null);
    // However many there are: they leave room for the others.
    for (let n = 0; n < 20; n += 1) await call('get_latest_auditstatus', error, 85058);
    const { errors } = await readStored(database.dataSource, []);
    expect(errors.map(({ what, why }) => `${what} ${why}`).sort()).toEqual([
      'WeChat: gettemplatelist timeout',
      'WeChat: release 85019',
    ]);
  });
});

describe('the counts of a rollout that waits', () => {
  it('are those of now, whatever the rollout last wrote', async () => {
    const { insertId } = await database.dataSource.query(
      `INSERT INTO f_wechat_rollout (component_appid, name, spec, options, preview_hash, state, stage, reason, created_at, updated_at, next_check_at)
       VALUES ('wxc', 'spring', '{}', '{}', '', 'waiting', 'full', '{"code":"quota"}', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL 40 MINUTE)`,
    );
    for (const appid of ['wxa', 'wxb', 'wxd'])
      await database.dataSource.query(
        `INSERT INTO f_wechat_rollouttarget (rollout_id, authorizer_appid, position, state, updated_at) VALUES (?, ?, 0, 'running', UTC_TIMESTAMP(3))`,
        [insertId, appid],
      );
    const look = async () =>
      (await readStored(database.dataSource, [])).rollouts.find((one) => one.rollout_id === Number(insertId));
    expect(await look()).toMatchObject({ state: 'waiting', ended: 0, total: 3, failed: 0, problem: null });
    await database.dataSource.query(
      "UPDATE f_wechat_rollouttarget SET state = IF(authorizer_appid = 'wxa', 'failed', 'succeeded') WHERE rollout_id = ? AND authorizer_appid <> 'wxd'",
      [insertId],
    );
    expect(await look()).toMatchObject({ state: 'waiting', ended: 2, total: 3, failed: 1 });
  });
});

describe('what was kept and not acted on', () => {
  const now = Math.floor(Date.now() / 1_000) * 1_000;
  const at = (minutes: number) => new Date(now + minutes * 60_000);
  const event = async (kind: string, state: 'stale' | 'received', authorizerAppid: string, createTime: Date) => {
    const { identifiers } = await database.dataSource.getRepository(EventEntity).insert({
      componentAppid: 'wxc',
      authorizerAppid,
      family: 'component',
      kind,
      dedupeKey: `${kind}${state}${authorizerAppid}`.padEnd(64, '0'),
      createTime,
      // Our clock was a day ahead.
      receivedAt: at(24 * 60),
      payload: '',
      state,
    });
    return String(identifiers[0]!['eventId']);
  };
  const known = (authorizerAppid: string, times: { grantedAt?: Date; cancelledAt?: Date }) =>
    database.dataSource
      .getRepository(AuthorizerEntity)
      .insert({ componentAppid: 'wxc', authorizerAppid, ...times, createdAt: at(-500), updatedAt: at(0) });

  it('are grants and cancellations that nothing newer has made good, with the time that WeChat says', async () => {
    await event('message.text', 'stale', 'wxa', at(-10));
    await event('authorized', 'received', 'wxb', at(-10));
    // The browser came back with the same grant.
    await event('authorized', 'stale', 'wxd', at(-10));
    await known('wxd', { grantedAt: at(-10) });
    const grant = await event('authorized', 'stale', 'wxe', at(-20));
    const cancellation = await event('unauthorized', 'stale', 'wxf', at(-10));
    await known('wxf', { grantedAt: at(-100) });
    // Granted again since.
    await event('unauthorized', 'stale', 'wxg', at(-10));
    await known('wxg', { grantedAt: at(-5) });
    const { stale_grants } = (await readStored(database.dataSource, [])).kept;
    expect(stale_grants).toEqual({ count: 2, since: at(-20).toISOString(), event_ids: [grant, cancellation] });
  });

  it('are pushes of the last day that cannot be read', async () => {
    expect((await readStored(database.dataSource, [])).kept.unreadable).toEqual({ count: 0, since: null });
    await event('unreadable', 'received', 'wxh', at(0));
    expect((await readStored(database.dataSource, [])).kept.unreadable.count).toBe(1);
  });
});
