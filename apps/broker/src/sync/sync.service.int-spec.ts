import { randomBytes } from 'node:crypto';
import type { Queue } from 'bull';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SecretBox, SyncEntity } from '#persistence';
import { type ComponentRegistry, createLogger } from '#service';
import type { WechatApi } from '#wechat';
import { createTestDatabase, type TestDatabase } from '../../../../libs/persistence/testing/database.js';
import { AuthorizerRepository } from '../authorizers/authorizer.repository.js';
import type { ProfileService } from '../authorizers/profile.service.js';
import type { TokenService } from '../tokens/token.service.js';
import { SyncService } from './sync.service.js';

const componentAppid = 'wx00000000000000c0';
const appid = 'wx00000000000000aa';
const box = new SecretBox([{ id: 'k1', key: randomBytes(32) }]);
const logger = await createLogger({ app: 'test', level: 'silent' });

let database: TestDatabase;
let authorizers: AuthorizerRepository;
let sync: SyncService;
/** Happens while WeChat's answer with the list is on its way. */
let meanwhile: () => Promise<void> = async () => {};

beforeAll(async () => {
  database = await createTestDatabase();
  authorizers = new AuthorizerRepository(database.dataSource, box);
  const wechat = {
    component: {
      apiGetAuthorizerList: async (_: string, { offset }: { offset: number }) => {
        if (offset > 0) return { total_count: 1, list: [] };
        await meanwhile();
        return {
          total_count: 1,
          list: [{ authorizer_appid: appid, refresh_token: 'refreshtoken@@@list', auth_time: 1_700_000_000 }],
        };
      },
    },
  } as unknown as WechatApi;
  const tokens = { get: async () => ({ token: 't' }), forgetFailures: async () => {} } as unknown as TokenService;
  const profiles = { refresh: async () => {} } as unknown as ProfileService;
  const components = { find: () => ({}) } as unknown as ComponentRegistry;
  sync = new SyncService(database.dataSource, authorizers, profiles, tokens, wechat, components, {} as Queue, logger);
});
afterAll(() => database?.drop());

const run = async () => {
  const row = await database.dataSource.getRepository(SyncEntity).save({ componentAppid, clientId: null, createdAt: new Date() });
  await sync.run(row.syncId, async () => {});
};
const cancel = async () => {
  const known = await authorizers.find(componentAppid, appid);
  await database.dataSource.transaction((manager) =>
    authorizers.cancel(manager, known!, new Date(), 'the merchant cancelled it'),
  );
};
const state = async () => (await authorizers.credentials(componentAppid, appid))?.state;

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
});
