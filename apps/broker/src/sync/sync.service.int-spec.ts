import { randomBytes } from 'node:crypto';
import type { Queue } from 'bull';
import type { EntityManager } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BINDINGS, SecretBox, SyncEntity } from '#persistence';
import { type Component, ComponentRegistry, createLogger } from '#service';
import type { AuthorizerListAnswer, WechatApi } from '#wechat';
import { createTestDatabase, type TestDatabase } from '../../../../libs/persistence/testing/database.js';
import { AuthorizerRepository, type Grant } from '../authorizers/authorizer.repository.js';
import type { TokenService } from '../tokens/token.service.js';
import type { ProfilesOfList } from './profiles-of-list.js';
import { SyncService } from './sync.service.js';

const componentAppid = 'wx00000000000000c0';
const box = new SecretBox([{ id: 'k1', key: randomBytes(32) }]);
const logger = await createLogger({ app: 'test', level: 'silent' });

/** Lets something happen after an account was seen to be unknown, and before it is added. */
class Interrupted extends AuthorizerRepository {
  beforeAdding = async () => {};

  override async addListed(manager: EntityManager, entry: Grant): Promise<boolean> {
    await this.beforeAdding();
    return super.addListed(manager, entry);
  }
}

let database: TestDatabase;
let authorizers: Interrupted;
let sync: SyncService;
let appid: string;
/** What WeChat lists, one page. */
let listed: AuthorizerListAnswer['list'];
/** WeChat's pages, in the order in which they are asked for; absent: `listed`. */
let pages: AuthorizerListAnswer[] | undefined;
/** Happens while WeChat's answer with the list is on its way. */
let meanwhile: () => Promise<void>;
let queue: { add: (...args: unknown[]) => Promise<unknown> };

beforeAll(async () => {
  database = await createTestDatabase();
  authorizers = new Interrupted(database.dataSource, box, logger);
  const wechat = {
    component: {
      apiGetAuthorizerList: async (_: string, { offset }: { offset: number }): Promise<AuthorizerListAnswer> => {
        const page = pages?.shift();
        if (page) return page;
        if (offset > 0) return { total_count: listed.length, list: [] };
        await meanwhile();
        return { total_count: listed.length, list: listed };
      },
    },
  } as unknown as WechatApi;
  const tokens = { get: async () => ({ token: 't' }), forgetFailures: async () => {} } as unknown as TokenService;
  const profiles = {
    unknown: async () => 0,
    read: async () => ({ read: 0, failed: 0 }),
    renewOldest: async () => 0,
  } as unknown as ProfilesOfList;
  const components = new ComponentRegistry([{ componentAppid } as Component]);
  const bull = { add: (...args: unknown[]) => queue.add(...args) } as unknown as Queue;
  sync = new SyncService(database.dataSource, authorizers, profiles, tokens, wechat, components, bull, logger);
});
afterAll(() => database?.drop());
beforeEach(() => {
  appid = `wx${randomBytes(8).toString('hex')}`;
  listed = [entry(appid)];
  pages = undefined;
  meanwhile = async () => {};
  authorizers.beforeAdding = async () => {};
  queue = { add: async () => {} };
});

const entry = (authorizer_appid: string) => ({
  authorizer_appid,
  refresh_token: 'refreshtoken@@@list',
  auth_time: 1_700_000_000,
});
const run = async () => {
  const row = await database.dataSource.getRepository(SyncEntity).save({ componentAppid, clientId: null, createdAt: new Date() });
  await sync.run(row.syncId, async () => {});
  return sync.get(componentAppid, row.syncId);
};
const grant = (refreshToken: string) =>
  database.dataSource.transaction((manager) =>
    authorizers.storeGrant(manager, {
      componentAppid,
      authorizerAppid: appid,
      refreshToken,
      permissionSets: undefined,
      grantedAt: new Date(),
    }),
  );
const cancel = async () => {
  const known = await authorizers.find(componentAppid, appid);
  await database.dataSource.transaction((manager) =>
    authorizers.cancel(manager, known!, new Date(), 'the merchant cancelled it'),
  );
};
const stored = () => authorizers.credentials(componentAppid, appid);
const state = async () => (await stored())?.state;

describe('a sync', () => {
  it('leaves an authorizer cancelled that was cancelled while the list was read; the next one believes the list', async () => {
    await run();
    expect(await state()).toBe('active');
    meanwhile = cancel;
    await run();
    expect(await state()).toBe('cancelled');
    meanwhile = async () => {};
    await run();
    expect(await state()).toBe('active');
  });

  it('leaves a grant alone that was stored after the list said that its code is not exchanged', async () => {
    listed = [{ ...entry(appid), refresh_token: '' }];
    authorizers.beforeAdding = () => grant('refreshtoken@@@granted');
    expect(await run()).toMatchObject({ added: 0 });
    expect(await stored()).toEqual({ state: 'active', refreshToken: 'refreshtoken@@@granted' });
  });

  it('leaves a cancellation alone that came before it could add the authorizer', async () => {
    authorizers.beforeAdding = async () => {
      await grant('refreshtoken@@@granted');
      await cancel();
    };
    expect(await run()).toMatchObject({ added: 0 });
    expect(await stored()).toEqual({ state: 'cancelled', refreshToken: undefined });
  });

  it('says that the merchant is needed where no code was ever exchanged', async () => {
    listed = [{ ...entry(appid), refresh_token: '' }];
    expect(await run()).toMatchObject({ added: 1 });
    expect(await stored()).toEqual({ state: 'needs_reauthorization', refreshToken: undefined });
  });

  it('mends a refresh token that cannot be read any more', async () => {
    await grant('refreshtoken@@@granted');
    const gone = new SecretBox([{ id: 'gone', key: randomBytes(32) }]);
    await database.dataSource.query(
      'UPDATE f_wechat_refreshtoken SET authorizer_refresh_token = ?, update_time = UTC_TIMESTAMP() - INTERVAL 1 HOUR WHERE authorizer_appid = ?',
      [gone.seal('refreshtoken@@@granted', BINDINGS.refreshToken(componentAppid, appid)), appid],
    );
    expect(await stored()).toEqual({ state: 'active', refreshToken: undefined });
    expect(await run()).toMatchObject({ recovered: 1 });
    expect(await stored()).toEqual({ state: 'active', refreshToken: 'refreshtoken@@@list' });
  });

  it('reads again when an authorization ended between two pages, before it says that another one is missing', async () => {
    const [first, second, third] = [1, 2, 3].map((n) => entry(`${appid}${n}`));
    const missing = async () =>
      (
        await database.dataSource.query(
          'SELECT authorizer_appid AS appid FROM f_wechat_authorizer WHERE authorizer_appid LIKE ? AND missing_since IS NOT NULL',
          [`${appid}%`],
        )
      ).map((row: { appid: string }) => row.appid);
    listed = [first!, second!, third!];
    await run();
    await database.dataSource.query('UPDATE f_wechat_authorizer SET created_at = created_at - INTERVAL 1 MINUTE');
    // The first one ends after the first page: the third moves to a page that was read already.
    pages = [
      { total_count: 3, list: [first!, second!] },
      { total_count: 2, list: [] },
      { total_count: 2, list: [second!, third!] },
      { total_count: 2, list: [] },
    ];
    await run();
    expect(await missing()).toEqual([`${appid}1`]);
  });

  it('marks nothing when the list never holds still', async () => {
    await grant('refreshtoken@@@granted');
    await database.dataSource.query('UPDATE f_wechat_authorizer SET created_at = created_at - INTERVAL 1 MINUTE');
    pages = Array.from({ length: 20 }, (_, index) => ({ total_count: index, list: index % 2 ? [] : [entry('wxother')] }));
    expect(await run()).toMatchObject({ missing: 0, state: 'done' });
    expect(pages).toHaveLength(14);
  });
});

describe('a sync that a client asks for', () => {
  beforeEach(() => database.dataSource.query('DELETE FROM f_wechat_sync'));

  it('is the one that is not finished yet, if there is one', async () => {
    const first = await sync.start(componentAppid, 'one');
    expect(await sync.start(componentAppid, 'two')).toMatchObject({ sync_id: first.sync_id, state: 'waiting' });
    await sync.run(first.sync_id, async () => {});
    expect((await sync.start(componentAppid, 'two')).sync_id).not.toBe(first.sync_id);
  });

  it('is accepted while Redis is away: it waits in MySQL, and whoever asks does not wait for Redis without end', async () => {
    queue = { add: () => new Promise(() => {}) };
    expect(await sync.start(componentAppid, 'one')).toMatchObject({ state: 'waiting' });
  });
});
