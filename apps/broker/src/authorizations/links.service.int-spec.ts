import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SecretBox } from '#persistence';
import { type Caller, type Component, ComponentRegistry } from '#service';
import { createTestDatabase, type TestDatabase } from '../../../../libs/persistence/testing/database.js';
import { callerWith } from '../../../../libs/service/testing/caller.js';
import { logger } from '../../testing/launches.js';
import { AuthorizerRepository } from '../authorizers/authorizer.repository.js';
import { BrokerConfig } from '../config/broker.config.js';
import { ExclusiveSets } from './exclusive-sets.service.js';
import { LinksService } from './links.service.js';

const componentAppid = 'wx00000000000000c0';
const client = (clientId: string, more: Partial<Caller> = {}) => callerWith(clientId, ['authorizations:write'], more);
const [one, two, admin] = [client('one'), client('two'), callerWith('admin', ['admin'])];

let database: TestDatabase;
let links: LinksService;
let linksWith: (settings: Partial<BrokerConfig>) => LinksService;

beforeAll(async () => {
  database = await createTestDatabase();
  const components = new ComponentRegistry([{ componentAppid } as Component]);
  const box = new SecretBox([{ id: 'k1', key: randomBytes(32) }]);
  const exclusive = new ExclusiveSets(database.dataSource, new AuthorizerRepository(database.dataSource, box, logger));
  linksWith = (settings) => {
    const config = Object.assign(new BrokerConfig(), { PUBLIC_BASE_URL: 'https://wx.example', ...settings });
    return new LinksService(database.dataSource, components, box, exclusive, config);
  };
  links = linksWith({});
});
afterAll(() => database?.drop());

describe('an authorization link', () => {
  it('is seen and revoked by the client that made it, and by an admin', async () => {
    const { link_id: id } = await links.create(componentAppid, one, {});
    await expect(links.get(componentAppid, id, two)).rejects.toMatchObject({ code: 'not-found' });
    await expect(links.revoke(componentAppid, id, two)).rejects.toMatchObject({ code: 'not-found' });
    expect((await links.get(componentAppid, id, one)).revoked_at).toBeNull();
    expect((await links.get(componentAppid, id, admin)).link_id).toBe(id);
    expect((await links.revoke(componentAppid, id, one)).revoked_at).not.toBeNull();
  });

  it('for one account is made only by who may act for it', async () => {
    const narrow = client('narrow', { authorizers: new Set(['wxmine']) });
    expect((await links.create(componentAppid, narrow, { biz_appid: 'wxmine' })).biz_appid).toBe('wxmine');
    await expect(links.create(componentAppid, narrow, { biz_appid: 'wxother' })).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('says what a merchant may take from another provider by it: not what we hold already', async () => {
    const grant = (appid: string, sets: readonly number[]) =>
      database.dataSource.query(
        'INSERT INTO f_wechat_authorizerpermission (component_appid, authorizer_appid, funcscope_id) VALUES ?',
        [sets.map((id) => [componentAppid, appid, id])],
      );
    const ids = async (more: object) =>
      (await links.create(componentAppid, one, { auth_type: 2, ...more })).exclusive_sets.map(({ id }) => id);
    expect(await ids({})).toEqual([18]);
    await database.dataSource.query(
      `INSERT INTO f_wechat_authorizer (component_appid, authorizer_appid, kind, state, created_at, updated_at)
       VALUES (?, 'wxheld', 'mini_program', 'active', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
      [componentAppid],
    );
    await grant('wxheld', [4, 18, 19]);
    await grant('wxsomebody', [18, 40, 76]);
    expect(await ids({})).toEqual([18, 40, 76]);
    expect(await ids({ auth_type: 3 })).toEqual([4, 18, 40, 76]);
    expect(await ids({ biz_appid: 'wxheld' })).toEqual([40, 76]);
    expect(await ids({ category_ids: [19, 76] })).toEqual([76]);
    const made = await links.create(componentAppid, one, { category_ids: [18] });
    expect((await links.get(componentAppid, made.link_id, one)).exclusive_sets).toEqual([
      { id: 18, name: { en: expect.any(String), zh: '小程序开发与数据分析' } },
    ]);
  });

  it('leads back by https, and by http only to a local host that its client names', async () => {
    const back = (return_url: string, returnHosts?: string[]) =>
      links.create(componentAppid, client('back', { returnHosts }), { return_url }).then(
        () => 'made',
        ({ code }) => code,
      );
    expect(await back('https://shop.example/back')).toBe('made');
    expect(await back('https://shop.example/back', ['other.example'])).toBe('invalid-request');
    for (const url of ['http://localhost:3000/back', 'http://127.0.0.1/back', 'http://[::1]/back', 'http://shop.example/back'])
      expect(await back(url)).toBe('invalid-request');
    expect(await back('http://localhost:3000/back', ['localhost'])).toBe('made');
    expect(await back('http://shop.example/back', ['shop.example'])).toBe('invalid-request');
  });

  it('leads back to hosts that its client names, to any by a star, nowhere by none; without a list where RETURN_HOSTS says', async () => {
    const back = (returnHosts: string[] | undefined, by = links) =>
      by.create(componentAppid, client('back', { returnHosts }), { return_url: 'https://shop.example/back' }).then(
        () => 'made',
        ({ code }) => code,
      );
    expect(await back(['shop.example'])).toBe('made');
    expect(await back(['*'])).toBe('made');
    expect(await back([])).toBe('invalid-request');
    expect(await back(undefined)).toBe('made');
    for (const [RETURN_HOSTS, made] of [
      ['other.example', 'invalid-request'],
      ['none', 'invalid-request'],
      ['other.example,shop.example', 'made'],
    ] as const) {
      const bounded = linksWith({ RETURN_HOSTS });
      expect([RETURN_HOSTS, await back(undefined, bounded)]).toEqual([RETURN_HOSTS, made]);
      expect(await back(['shop.example'], bounded)).toBe('made');
    }
  });

  it('is one of 10,000 open ones at most of its client; used, revoked and old ones do not count', async () => {
    const [greedy, other] = [client('greedy'), client('other')];
    const { link_id: id } = await links.create(componentAppid, greedy, {});
    const columns = 'component_appid, client_id, auth_type, max_uses, created_at, return_secret, uses, expires_at, revoked_at';
    await database.dataSource.query(
      `INSERT INTO f_wechat_authorizationlink (link_id, ${columns})
       SELECT LPAD(seq, 32, '0'), ${columns} FROM f_wechat_authorizationlink, seq_1_to_9999 WHERE link_id = ?`,
      [id],
    );
    const refused = () =>
      expect(links.create(componentAppid, greedy, {})).rejects.toMatchObject({
        code: 'conflict',
        detail: expect.stringContaining('revoke some'),
      });
    await refused();
    await links.create(componentAppid, other, {});
    for (const change of ['uses = 1', 'revoked_at = UTC_TIMESTAMP(3)', 'expires_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND']) {
      await database.dataSource.query(
        `UPDATE f_wechat_authorizationlink SET ${change} WHERE client_id = 'greedy' ORDER BY expires_at DESC LIMIT 1`,
      );
      await links.create(componentAppid, greedy, {});
      await refused();
    }
  });
});
