import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PermissionSetMissingError } from '#wechat';
import { createTestDatabase, type TestDatabase } from '../../../persistence/testing/database.js';
import { GrantedSets } from './granted-sets.js';

const context = (authorizerAppid: string) => ({ componentAppid: 'wx00000000000000c0', authorizerAppid });
const call = (path: string) => ({ api: path.slice(path.lastIndexOf('/') + 1), path });

describe('what an account has granted, before WeChat is asked', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
    const known = (appid: string, read: boolean) =>
      database.dataSource.query(
        `INSERT INTO f_wechat_authorizer (component_appid, authorizer_appid, kind, state, permission_sets_at, created_at, updated_at)
         VALUES ('wx00000000000000c0', ?, 'mini_program', 'active', ${read ? 'UTC_TIMESTAMP(3)' : 'NULL'}, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
        [appid],
      );
    await known('wxread', true);
    await known('wxunread', false);
    await grant('wxread', 18);
    await grant('wxunread', 18);
  });
  afterAll(() => database?.drop());

  const grant = (appid: string, id: number) =>
    database.dataSource.query(
      "INSERT INTO f_wechat_authorizerpermission (component_appid, authorizer_appid, funcscope_id) VALUES ('wx00000000000000c0', ?, ?)",
      [appid, id],
    );

  it('lets pass what one of the sets opens, and what needs none', async () => {
    const { require } = new GrantedSets(database.dataSource);
    for (const path of ['/wxa/commit', '/wxa/get_qrcode', '/wxa/icp/get_icp_entrance_info', '/cgi-bin/openapi/quota/get'])
      await expect(require(call(path), context('wxread'))).resolves.toBeUndefined();
  });

  it('refuses what none opens, names the sets, and believes a grant the moment it is there', async () => {
    const { require } = new GrantedSets(database.dataSource);
    const refused = await Promise.resolve(require(call('/wxa/plugin'), context('wxread'))).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(PermissionSetMissingError);
    expect(refused).toMatchObject({
      sets: [40],
      errcode: 61007,
      maybeExecuted: false,
      remedy: {
        en: expect.stringMatching(/40 \(.+authorize again.+another provider/s),
        zh: expect.stringContaining('40（小程序插件管理）'),
      },
    });
    await grant('wxread', 40);
    await expect(require(call('/wxa/plugin'), context('wxread'))).resolves.toBeUndefined();
  });

  it('holds nothing against whom nobody has read, or who is not known here', async () => {
    const { require } = new GrantedSets(database.dataSource);
    for (const appid of ['wxunread', 'wxnobody'])
      await expect(require(call('/wxa/plugin'), context(appid))).resolves.toBeUndefined();
    await expect(require(call('/wxa/plugin'), {})).resolves.toBeUndefined();
  });
});
