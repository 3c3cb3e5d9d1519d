import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BINDINGS, SecretBox } from '#persistence';
import { createLogger, Periodic, systemClock } from '#service';
import { createTestDatabase, type TestDatabase } from '../../../../libs/persistence/testing/database.js';
import { AuthorizerRepository } from './authorizer.repository.js';
import { OldTokens } from './old-tokens.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

it('refresh tokens of merchants that left, and those that were replaced, are erased after a month; rows and newer ones stay', async () => {
  const { dataSource } = database;
  const box = new SecretBox([{ id: 'k1', key: randomBytes(32) }]);
  const seal = (appid: string) => box.seal('refreshtoken@@@x', BINDINGS.refreshToken('wxc', appid));
  const add = (appid: string, cancelled: boolean, days: number) =>
    dataSource.query(
      `INSERT INTO f_wechat_refreshtoken (component_appid, authorizer_appid, authorizer_refresh_token, previous_refresh_token,
              create_time, is_cancel, cancel_time, update_time)
       VALUES ('wxc', ?, ?, ?, UTC_TIMESTAMP() - INTERVAL 90 DAY, ?, IF(?, UTC_TIMESTAMP() - INTERVAL ? DAY, NULL), UTC_TIMESTAMP() - INTERVAL ? DAY)`,
      [appid, seal(appid), seal(appid), cancelled, cancelled, days, days],
    );
  await add('wxlongGone', true, 31);
  await add('wxjustGone', true, 29);
  await add('wxliveOld', false, 31);
  await add('wxliveNew', false, 29);
  const logger = await createLogger({ app: 'test', level: 'silent' });
  const authorizers = new AuthorizerRepository(dataSource, box, logger);
  await new OldTokens(authorizers, systemClock, new Periodic(logger)).erase();
  const rows = await dataSource.query(
    `SELECT authorizer_appid AS appid, authorizer_refresh_token <> '' AS token, previous_refresh_token IS NOT NULL AS former
       FROM f_wechat_refreshtoken ORDER BY refresh_id`,
  );
  expect(rows.map(({ appid, token, former }: Record<string, unknown>) => `${appid}: ${Number(token)}${Number(former)}`)).toEqual([
    'wxlongGone: 00',
    'wxjustGone: 11',
    'wxliveOld: 10',
    'wxliveNew: 11',
  ]);
});
