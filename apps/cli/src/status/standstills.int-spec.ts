import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STORED_MOVERS } from '#base';
import { createTestDatabase, type TestDatabase } from '../../../../libs/persistence/testing/database.js';
import { inWords, merged, storedStandstills } from './standstills.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

const HOUR_AGO = 'UTC_TIMESTAMP(3) - INTERVAL 1 HOUR';
const event = (key: string, kind: string, state: string) =>
  `INSERT INTO f_wechat_event (component_appid, family, kind, dedupe_key, received_at, payload, state, handed_over_at)
   VALUES ('wxc', 'component', '${kind}', '${key}', ${HOUR_AGO}, '', '${state}', ${HOUR_AGO})`;

const rollout = (state: string, next: string, reason = {}) =>
  `INSERT INTO f_wechat_rollout
     (component_appid, name, spec, options, preview_hash, state, stage, reason, created_at, updated_at, next_check_at)
   VALUES ('wxc', 'spring', '{}', '{}', '', '${state}', 'full', '${JSON.stringify(reason)}', ${HOUR_AGO}, ${HOUR_AGO}, ${next})`;

/** What stands still in MySQL, by how it is brought about. */
const STANDS: Readonly<Record<string, string>> = {
  inbox: event('a', 'authorized', 'received'),
  'events for broker': event('b', 'authorized', 'queued'),
  'events for release': event('c', 'weapp_audit_success', 'queued'),
  deliveries: `INSERT INTO f_wechat_delivery (subscription_id, event_id, kind, next_attempt_at, created_at) VALUES ('s', 1, 'x', ${HOUR_AGO}, ${HOUR_AGO})`,
  syncs: `INSERT INTO f_wechat_sync (component_appid, created_at) VALUES ('wxc', ${HOUR_AGO})`,
  releases: `INSERT INTO f_wechat_submitaudit (weapp_id, app_id, template_id, user_desc, user_version, ext_json, status, create_time, next_check_at)
             VALUES (1, 'wxa', 1, '', '1', '{}', 4, ${HOUR_AGO}, ${HOUR_AGO})`,
  'releases that wait': `INSERT INTO f_wechat_submitaudit (weapp_id, app_id, template_id, user_desc, user_version, ext_json, status, create_time, next_check_at, waiting)
             VALUES (1, 'wxb', 1, '', '1', '{}', 4, ${HOUR_AGO}, UTC_TIMESTAMP(3) + INTERVAL 1 HOUR,
                     '${JSON.stringify({ for: 'account', errcode: 45009, since: new Date(Date.now() - 7_200_000).toISOString(), explained_until: new Date(Date.now() - 3_600_000).toISOString() })}')`,
  rollouts: rollout('running', HOUR_AGO),
  'rollouts that wait': rollout('waiting', 'UTC_TIMESTAMP(3) + INTERVAL 1 MINUTE', {
    code: 'quota',
    explained_until: new Date(Date.now() - 3_600_000).toISOString(),
  }),
};

describe('what stands still in MySQL', () => {
  it('is nothing in a fresh schema', async () => {
    expect(await storedStandstills(database.dataSource)).toEqual([]);
  });

  it('each thing that must move can be brought to a standstill by this test', () => {
    expect(Object.keys(STANDS).sort()).toEqual(STORED_MOVERS.map(({ what }) => what).sort());
  });

  it.each(Object.entries(STANDS))('%s is named when it has not moved for an hour', async (what, sql) => {
    const before = await storedStandstills(database.dataSource);
    expect(before.map((standstill) => standstill.what)).not.toContain(what);
    if (what === 'deliveries')
      await database.dataSource.query(
        `INSERT INTO f_wechat_subscription (subscription_id, client_id, name, url, kinds, secret, created_at, updated_at)
         VALUES ('s', 'c', 'test', 'https://x', '[]', '', ${HOUR_AGO}, ${HOUR_AGO})`,
      );
    await database.dataSource.query(sql);
    const found = (await storedStandstills(database.dataSource)).find((standstill) => standstill.what === what);
    expect(found?.still_s).toBeGreaterThan(3_500);
    expect(inWords(found!)).toMatch(/^[a-z ]+ has not moved for 60 min\. \w/);
  });

  it('is said once, as the longest of those who saw it', () => {
    const seen = (still_s: number) => ({ what: 'inbox', still_s, limit_s: 1, remedy: 'x' });
    expect(merged([seen(5)], [], [seen(9)])).toEqual([seen(9)]);
  });
});
