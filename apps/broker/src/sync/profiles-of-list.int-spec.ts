import { randomBytes } from 'node:crypto';
import type { Queue } from 'bull';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SecretBox, SyncEntity } from '#persistence';
import { type Component, ComponentRegistry, createLogger } from '#service';
import { type AuthorizerInfoAnswer, type WechatApi, WechatApiError } from '#wechat';
import { createTestDatabase, type TestDatabase } from '../../../../libs/persistence/testing/database.js';
import { AuthorizerRepository } from '../authorizers/authorizer.repository.js';
import { ProfileService } from '../authorizers/profile.service.js';
import type { TokenService } from '../tokens/token.service.js';
import { ProfilesOfList } from './profiles-of-list.js';
import { SyncService } from './sync.service.js';

const componentAppid = 'wx00000000000000c0';
const logger = await createLogger({ app: 'test', level: 'silent' });
const MANY = 700;

let database: TestDatabase;
let sync: SyncService;
let profiles: ProfileService;
/** What WeChat says of one account; throws what WeChat refuses. */
let answer: (appid: string) => AuthorizerInfoAnswer;
let asked: string[];

beforeAll(async () => {
  database = await createTestDatabase();
  const wechat = {
    component: {
      apiGetAuthorizerList: async (_: string, { offset, count }: { offset: number; count: number }) => ({
        total_count: MANY,
        list: appids.slice(offset, offset + count).map((authorizer_appid) => ({
          authorizer_appid,
          refresh_token: `refreshtoken@@@${authorizer_appid}`,
          auth_time: 1_700_000_000,
        })),
      }),
      apiGetAuthorizerInfo: async (_: string, { authorizer_appid }: { authorizer_appid: string }) => {
        asked.push(authorizer_appid);
        return answer(authorizer_appid);
      },
    },
  } as unknown as WechatApi;
  const authorizers = new AuthorizerRepository(database.dataSource, new SecretBox([{ id: 'k1', key: randomBytes(32) }]), logger);
  const tokens = { get: async () => ({ token: 't' }), forgetFailures: async () => {} } as unknown as TokenService;
  const components = new ComponentRegistry([{ componentAppid } as Component]);
  profiles = new ProfileService(authorizers, tokens, wechat);
  const ofList = new ProfilesOfList(database.dataSource, profiles);
  const queue = { add: async () => {} } as unknown as Queue;
  sync = new SyncService(database.dataSource, authorizers, ofList, tokens, wechat, components, queue, logger);
});
afterAll(() => database?.drop());
beforeEach(async () => {
  for (const table of ['f_wechat_sync', 'f_wechat_authorizer', 'f_wechat_authorizerpermission', 'f_wechat_refreshtoken'])
    await database.dataSource.query(`DELETE FROM ${table}`);
  asked = [];
  answer = (appid) => of(appid, [17, 18]);
});

const appids = Array.from({ length: MANY }, (_, index) => `wx${String(index).padStart(16, '0')}`);
const of = (appid: string, sets: readonly number[]) =>
  ({
    authorizer_info: { nick_name: appid, user_name: `gh_${appid}`, MiniProgramInfo: {} },
    authorization_info: { authorizer_appid: appid, func_info: sets.map((id) => ({ funcscope_category: { id } })) },
  }) as unknown as AuthorizerInfoAnswer;
const refusal = (errcode: number) =>
  new WechatApiError({ kind: 'errcode', api: 'api_get_authorizer_info', errcode, errmsg: 'no', maybeExecuted: false });
const begun = async () =>
  (await database.dataSource.getRepository(SyncEntity).save({ componentAppid, clientId: null, createdAt: new Date() })).syncId;
const counted = async (sql: string) => Number((await database.dataSource.query(`SELECT COUNT(*) AS n FROM ${sql}`))[0].n);

describe('the profiles of a sync', () => {
  it('are read of everybody before it is done, not of the first 500', async () => {
    const syncId = await begun();
    await sync.run(syncId, async () => {});
    expect(await sync.get(componentAppid, syncId)).toMatchObject({
      state: 'done',
      seen: MANY,
      profiles: { total: MANY, read: MANY, failed: 0, seconds_left: 0 },
    });
    expect(await counted('f_wechat_authorizerpermission WHERE funcscope_id = 18')).toBe(MANY);
  });

  it('go on where they were when the run was killed, without reading the list or a profile twice', async () => {
    const syncId = await begun();
    let left = 300;
    answer = (appid) => {
      if (left <= 0) throw new WechatApiError({ kind: 'network', api: 'x', errmsg: 'gone', maybeExecuted: false });
      left -= 1;
      return of(appid, [18]);
    };
    await expect(sync.run(syncId, async () => {})).rejects.toThrow('gone');
    const known = new Set<string>(
      (
        await database.dataSource.query('SELECT authorizer_appid AS appid FROM f_wechat_authorizer WHERE profile_at IS NOT NULL')
      ).map(({ appid }: { appid: string }) => appid),
    );
    expect(known.size).toBe(300);
    asked = [];
    left = MANY;
    await sync.run(syncId, async () => {});
    expect(asked.filter((appid) => known.has(appid))).toEqual([]);
    expect(await sync.get(componentAppid, syncId)).toMatchObject({ state: 'done', profiles: { total: MANY, read: MANY } });
  });

  it('that WeChat refuses are counted and named, and the others are read', async () => {
    answer = (appid) => {
      if (appid === appids[3]) throw refusal(61003);
      return of(appid, [18]);
    };
    const syncId = await begun();
    await sync.run(syncId, async () => {});
    expect(await sync.get(componentAppid, syncId)).toMatchObject({
      state: 'done',
      profiles: { read: MANY - 1, failed: 1 },
      problem: expect.stringContaining('1 authorizers'),
    });
  });

  it('stop when the platform’s own quota is used up: the next try goes on', async () => {
    answer = () => {
      throw refusal(45009);
    };
    const syncId = await begun();
    await expect(sync.run(syncId, async () => {})).rejects.toMatchObject({ errcode: 45009 });
    expect(asked.length).toBeLessThan(20);
  });

  it('grow old: each night the oldest are read again, a seventh of all, and nothing that a client waits for', async () => {
    await sync.run(await begun(), async () => {});
    const bite = Math.ceil(MANY / 7);
    await database.dataSource.query('UPDATE f_wechat_authorizer SET profile_at = profile_at - INTERVAL 3 DAY');
    await database.dataSource.query(
      'UPDATE f_wechat_authorizer SET profile_at = profile_at - INTERVAL 1 DAY WHERE authorizer_appid = ?',
      [appids[7]],
    );
    asked = [];
    answer = (appid) => {
      const told = of(appid, [17, 18]);
      return { ...told, authorizer_info: { ...told.authorizer_info, nick_name: '改名后的店' } };
    };
    const byClient = (
      await database.dataSource.getRepository(SyncEntity).save({ componentAppid, clientId: 'somebody', createdAt: new Date() })
    ).syncId;
    await sync.run(byClient, async () => {});
    expect(asked).toEqual([]);
    await sync.run(await begun(), async () => {});
    expect(asked).toHaveLength(bite);
    expect(asked[0]).toBe(appids[7]);
    expect(await counted(`f_wechat_authorizer WHERE nick_name = '改名后的店'`)).toBe(bite);
    for (let night = 1; night < 7; night += 1) await sync.run(await begun(), async () => {});
    expect(await counted(`f_wechat_authorizer WHERE nick_name = '改名后的店'`)).toBe(MANY);
  });

  it('that were stored without their permission sets are read again', async () => {
    await sync.run(await begun(), async () => {});
    await database.dataSource.query('DELETE FROM f_wechat_authorizerpermission WHERE authorizer_appid = ?', [appids[5]]);
    await database.dataSource.query('UPDATE f_wechat_authorizer SET permission_sets_at = NULL WHERE authorizer_appid = ?', [
      appids[5],
    ]);
    asked = [];
    await sync.run(await begun(), async () => {});
    expect(asked).toEqual([appids[5]]);
  });

  it('are refreshed side by side without a deadlock, and never without their permission sets', async () => {
    await sync.run(await begun(), async () => {});
    for (let round = 0; round < 10; round += 1) {
      answer = (appid) => of(appid, round % 2 ? [17, 18, 30] : [18, 19, 40, 76]);
      await Promise.all(appids.slice(0, 40).map((appid) => profiles.refresh(componentAppid, appid)));
      expect(await counted(`f_wechat_authorizerpermission WHERE authorizer_appid <= '${appids[39]}'`)).toBe(
        round % 2 ? 120 : 160,
      );
    }
  });

  it('and permission sets are one write: when one of them fails, neither is stored', async () => {
    await sync.run(await begun(), async () => {});
    const [appid] = appids as [string];
    answer = () => of(appid, [18, Number.MAX_SAFE_INTEGER]);
    await database.dataSource.query('UPDATE f_wechat_authorizer SET nick_name = ? WHERE authorizer_appid = ?', ['before', appid]);
    await database.dataSource.query(
      'ALTER TABLE f_wechat_authorizerpermission ADD CONSTRAINT none_huge CHECK (funcscope_id < 4000000)',
    );
    await profiles.refresh(componentAppid, appid).catch(() => {});
    await database.dataSource.query('ALTER TABLE f_wechat_authorizerpermission DROP CONSTRAINT none_huge');
    const [row] = await database.dataSource.query('SELECT nick_name FROM f_wechat_authorizer WHERE authorizer_appid = ?', [
      appid,
    ]);
    const huge = await counted(`f_wechat_authorizerpermission WHERE authorizer_appid = '${appid}' AND funcscope_id > 4000000`);
    expect([row.nick_name, huge]).toEqual(['before', 0]);
  });
});
