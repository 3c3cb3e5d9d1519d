import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLogger, Periodic, systemClock } from '#service';
import { createTestDatabase, type TestDatabase } from '../../../../libs/persistence/testing/database.js';
import { CodeRepository } from './code.repository.js';
import { OldCodes } from './old-codes.js';
import { VisitRepository } from './visit.repository.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

it('visits and codes that are over for a month are deleted, the others stay', async () => {
  const { dataSource } = database;
  const letter = (days: number) => (days > 30 ? 'a' : 'b').repeat(64);
  for (const days of [31, 29]) {
    await dataSource.query(
      `INSERT INTO f_wechat_preauthcode (pre_auth_code_hash, visit_id, component_appid, link_id, created_at, expires_at)
       VALUES (?, ?, 'wxc', 'link', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) - INTERVAL ? DAY)`,
      [letter(days), `${days}`, days],
    );
    await dataSource.query(
      `INSERT INTO f_wechat_authorizationcode (code_hash, component_appid, source, state, at)
       VALUES (?, 'wxc', 'push', 'exchanged', UTC_TIMESTAMP(3) - INTERVAL ? DAY)`,
      [letter(days), days],
    );
  }
  const logger = await createLogger({ app: 'test', level: 'silent' });
  const codes = new CodeRepository(dataSource);
  await new OldCodes(codes, new VisitRepository(dataSource), systemClock, new Periodic(logger)).expire();
  expect(await dataSource.query('SELECT visit_id FROM f_wechat_preauthcode')).toEqual([{ visit_id: '29' }]);
  expect(await dataSource.query('SELECT code_hash FROM f_wechat_authorizationcode')).toEqual([{ code_hash: letter(29) }]);
});
