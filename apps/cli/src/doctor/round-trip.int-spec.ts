import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../libs/persistence/testing/database.js';
import { checkRoundTrip } from './round-trip.check.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

describe('the doctor’s row in MySQL', () => {
  it('goes in and comes back, and is gone then', async () => {
    expect(await checkRoundTrip(database.dataSource)).toMatchObject({ area: 'database', result: 'ok' });
    expect(await database.dataSource.query('SELECT 1 FROM f_wechat_idempotency')).toEqual([]);
  });

  it('tells of tables without transactions', async () => {
    await database.dataSource.query('ALTER TABLE f_wechat_idempotency ENGINE=MyISAM');
    expect(await checkRoundTrip(database.dataSource)).toMatchObject({
      result: 'fail',
      detail: expect.stringContaining('others see a row before it is committed'),
    });
    expect(await database.dataSource.query('SELECT 1 FROM f_wechat_idempotency')).toEqual([]);
  });

  it('tells when nothing can be written', async () => {
    await database.dataSource.query('DROP TABLE f_wechat_idempotency');
    expect(await checkRoundTrip(database.dataSource)).toMatchObject({
      result: 'fail',
      detail: expect.stringContaining('no row'),
    });
  });
});
