import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../libs/persistence/testing/database.js';
import { databaseRemedy } from './database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

const failureOf = (sql: string): Promise<unknown> =>
  database.dataSource.query(sql).then(
    () => expect.unreachable(`${sql} did not fail`),
    (error: unknown) => error,
  );

it('of a server that allows too little time names the setting to raise; of a mistake of ours there is nothing to say', async () => {
  const interrupted = await failureOf('SET STATEMENT max_statement_time = 0.01 FOR SELECT SLEEP(600)');
  expect(databaseRemedy(interrupted)).toMatch(/raise max_statement_time \(MariaDB\) or max_execution_time \(MySQL\)/);
  expect(databaseRemedy(await failureOf('SELECT no_such_column'))).toBeUndefined();
});
